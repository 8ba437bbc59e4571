import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { registerBeside } from "./beside-routes.ts";
import { callPage, callPath, postCall } from "./call.ts";
import { deskNumbers, numbersPath } from "./numbers.ts";
import { ticketSections, visitSections } from "./ticket-sections.ts";
import { visitDay, visitsPath } from "./visit-day.ts";

/** The desk's own pages. */
export const deskPages: ModulePages = {
  register: (app, parts) => {
    app.get(numbersPath, pageRoute(parts, deskNumbers));
    app.get(callPath, pageRoute(parts, callPage));
    app.post(callPath, { preHandler: app.csrfProtection.bind(app) }, pageRoute(parts, postCall));
    app.get(visitsPath, pageRoute(parts, visitDay));
    registerBeside(app, parts);
  },
  links: [
    { label: "Take a call", href: callPath, group: "work", type: "ticket" },
    { label: "Visits today", href: visitsPath, group: "work", type: "visit" },
    { label: "Desk numbers", href: numbersPath, group: "insight", type: "ticket" },
  ],
  sections: { ticket: ticketSections, visit: visitSections },
};
