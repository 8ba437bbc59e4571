import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { forecastPath } from "./forecast/asked.ts";
import { deskForecast } from "./forecast/page.ts";
import { mailboxSections, messageSections, registerMailIn } from "./mail/pages.ts";
import { deskNumbers, numbersPath } from "./numbers.ts";
import { deskRota, rotaPath } from "./rota/page.ts";
import { changeSections } from "./change-sections.ts";
import { majorIncidentOf, majorIncidentSections } from "./major-incident-sections.ts";
import { problemSections, workaroundSections } from "./problem-sections.ts";
import { registerStatus } from "./status/routes.ts";
import { triagePage, triagePath, triageSection } from "./triage/pages.ts";

/** The desk's own pages. */
export const deskPages: ModulePages = {
  register: (app, parts) => {
    registerMailIn(app, parts);
    app.get(numbersPath, pageRoute(parts, deskNumbers));
    app.get(forecastPath, pageRoute(parts, deskForecast));
    app.get(rotaPath, pageRoute(parts, deskRota));
    app.get(triagePath, pageRoute(parts, triagePage));
    registerStatus(app, parts);
  },
  links: [
    { label: "Rota", href: rotaPath, group: "work", type: "ticket" },
    { label: "Breach forecast", href: forecastPath, group: "insight", type: "ticket" },
    { label: "Major incidents", href: "/major-incidents", group: "work", type: "major_incident" },
    { label: "Problems", href: "/problems", group: "work", type: "problem" },
    { label: "Known errors", href: "/problems?state=known_error", group: "work", type: "problem" },
    { label: "Changes", href: "/change-requests", group: "work", type: "change_request" },
    { label: "Held mail", href: "/inbound-mail", group: "work", type: "inbound_message" },
    { label: "Desk numbers", href: numbersPath, group: "insight", type: "ticket" },
    { label: "Triage help", href: triagePath, group: "insight", type: "ticket" },
  ],
  sections: {
    ticket: async (tx, ticket) =>
      (
        await Promise.all([majorIncidentOf(tx, ticket), workaroundSections(tx, ticket), triageSection(tx, ticket)])
      ).flat(),
    major_incident: majorIncidentSections,
    problem: problemSections,
    change_request: changeSections,
    mailbox: mailboxSections,
    inbound_message: messageSections,
  },
};
