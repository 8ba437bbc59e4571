import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { forecastPath } from "./forecast/asked.ts";
import { deskForecast } from "./forecast/page.ts";
import { mailboxSections, messageSections, registerMailIn } from "./mail/pages.ts";
import { deskNumbers, numbersPath } from "./numbers.ts";
import { deskRota, rotaPath } from "./rota/page.ts";
import { triagePage, triagePath, triageSection } from "./triage/pages.ts";

/** The desk's own pages. */
export const deskPages: ModulePages = {
  register: (app, parts) => {
    registerMailIn(app, parts);
    app.get(numbersPath, pageRoute(parts, deskNumbers));
    app.get(forecastPath, pageRoute(parts, deskForecast));
    app.get(rotaPath, pageRoute(parts, deskRota));
    app.get(triagePath, pageRoute(parts, triagePage));
  },
  links: [
    { label: "Rota", href: rotaPath, group: "work", type: "ticket" },
    { label: "Breach forecast", href: forecastPath, group: "insight", type: "ticket" },
    { label: "Held mail", href: "/inbound-mail", group: "work", type: "inbound_message" },
    { label: "Desk numbers", href: numbersPath, group: "insight", type: "ticket" },
    { label: "Triage help", href: triagePath, group: "insight", type: "ticket" },
  ],
  sections: { ticket: triageSection, mailbox: mailboxSections, inbound_message: messageSections },
};
