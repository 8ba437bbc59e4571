import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { deskForecast, forecastPath } from "./forecast/page.ts";
import { deskNumbers, numbersPath } from "./numbers.ts";

/** The desk's own pages. */
export const deskPages: ModulePages = {
  register: (app, parts) => {
    app.get(numbersPath, pageRoute(parts, deskNumbers));
    app.get(forecastPath, pageRoute(parts, deskForecast));
  },
  links: [
    { label: "Breach forecast", href: forecastPath, group: "insight", type: "ticket" },
    { label: "Desk numbers", href: numbersPath, group: "insight", type: "ticket" },
  ],
};
