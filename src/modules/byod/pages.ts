import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { compareFile, comparePage, comparePath, policyPlans } from "./compare-page.ts";
import { costsPage, planSections } from "./costs-page.ts";

/** What plans for devices cost. */
export const byodPages: ModulePages = {
  register: (app, parts) => {
    app.get(comparePath, pageRoute(parts, comparePage));
    app.get(`${comparePath}/file.csv`, pageRoute(parts, compareFile));
    app.get("/device-plans/:reference/costs", pageRoute(parts, costsPage));
  },
  links: [],
  sections: { device_plan: planSections, policy: policyPlans },
};
