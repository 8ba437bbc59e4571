import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { costsPage, planSections } from "./costs-page.ts";

/** What plans for devices cost. */
export const byodPages: ModulePages = {
  register: (app, parts) => {
    app.get("/device-plans/:reference/costs", pageRoute(parts, costsPage));
  },
  links: [],
  sections: { device_plan: planSections },
};
