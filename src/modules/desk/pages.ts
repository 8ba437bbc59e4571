import type { Stored, Tx } from "../../kernel/transaction.ts";
import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { forecastPath } from "./forecast/asked.ts";
import { deskForecast } from "./forecast/page.ts";
import { mailboxSections, messageSections, registerMailIn } from "./mail/pages.ts";
import { deskNumbers, numbersPath } from "./numbers.ts";
import { deskRota, rotaPath } from "./rota/page.ts";
import type { RecordSection } from "../../web/view/models.ts";
import { registerBeside } from "./beside-routes.ts";
import { callPage, callPath, postCall } from "./call.ts";
import { deskLearning, learningPath } from "./learning/page.ts";
import { levelsCompared, levelsPath } from "./import/levels-page.ts";
import { movingInPath } from "./moving-in/moves.ts";
import { registerMovingIn } from "./moving-in/page.ts";
import { deskNow, nowPath } from "./now/page.ts";
import { criterionSection } from "./quality/criterion-section.ts";
import { ticketSections, visitSections } from "./ticket-sections.ts";
import { visitDay, visitsPath } from "./visit-day.ts";
import { changeCalendar, changeCalendarPath } from "./change-calendar.ts";
import { changeSections } from "./change-sections.ts";
import { hypercareOf, hypercareSections } from "./hypercare/sections.ts";
import { majorIncidentOf, majorIncidentSections } from "./major-incident-sections.ts";
import { problemSections, workaroundSections } from "./problem-sections.ts";
import { seesNumbers } from "./sees-numbers.ts";
import { openOnSections } from "./service-sections.ts";
import { registerStatus } from "./status/routes.ts";
import { triagePage, triagePath, triageSection } from "./triage/pages.ts";

/** The desk's own pages. */
export const deskPages: ModulePages = {
  register: (app, parts) => {
    app.get(nowPath, pageRoute(parts, deskNow));
    registerMailIn(app, parts);
    app.get(numbersPath, pageRoute(parts, deskNumbers));
    app.get(levelsPath, pageRoute(parts, levelsCompared));
    app.get(learningPath, pageRoute(parts, deskLearning));
    app.get(forecastPath, pageRoute(parts, deskForecast));
    app.get(changeCalendarPath, pageRoute(parts, changeCalendar));
    app.get(rotaPath, pageRoute(parts, deskRota));
    app.get(triagePath, pageRoute(parts, triagePage));
    app.get(callPath, pageRoute(parts, callPage));
    app.post(callPath, { preHandler: app.csrfProtection.bind(app) }, pageRoute(parts, postCall));
    app.get(visitsPath, pageRoute(parts, visitDay));
    registerBeside(app, parts);
    registerMovingIn(app, parts);
    registerStatus(app, parts);
  },
  links: [
    { label: "What needs us now", href: nowPath, group: "work", type: "ticket", alsoFor: seesNumbers },
    { label: "Rota", href: rotaPath, group: "work", type: "ticket" },
    { label: "Breach forecast", href: forecastPath, group: "insight", type: "ticket" },
    { label: "Take a call", href: callPath, group: "work", type: "ticket" },
    { label: "Visits today", href: visitsPath, group: "work", type: "visit" },
    { label: "Major incidents", href: "/major-incidents", group: "work", type: "major_incident" },
    { label: "Hypercare", href: "/hypercare", group: "work", type: "hypercare" },
    { label: "Problems", href: "/problems", group: "work", type: "problem" },
    { label: "Known errors", href: "/problems?state=known_error", group: "work", type: "problem" },
    { label: "Changes", href: "/change-requests", group: "work", type: "change_request" },
    { label: "Calendar of changes", href: changeCalendarPath, group: "work", type: "change_request" },
    { label: "Held mail", href: "/inbound-mail", group: "work", type: "inbound_message" },
    { label: "Desk numbers", href: numbersPath, group: "insight", type: "ticket", alsoFor: seesNumbers },
    { label: "What to learn", href: learningPath, group: "insight", type: "ticket" },
    { label: "Triage help", href: triagePath, group: "insight", type: "ticket" },
  ],
  administration: [
    {
      title: "Move in from another tool",
      href: movingInPath,
      text: "Bring the tickets of Zammad, GLPI, Request Tracker, osTicket or ServiceNow in, with their history.",
    },
  ],
  sections: {
    ticket: sectionsOfTicket,
    visit: visitSections,
    quality_criterion: criterionSection,
    major_incident: majorIncidentSections,
    problem: problemSections,
    change_request: changeSections,
    hypercare: hypercareSections,
    service: openOnSections,
    system: openOnSections,
    mailbox: mailboxSections,
    inbound_message: messageSections,
  },
};

/** What each part of the desk adds to a ticket's page, in order. */
async function sectionsOfTicket(tx: Tx, ticket: Stored): Promise<readonly RecordSection[]> {
  const parts = [majorIncidentOf, hypercareOf, workaroundSections, triageSection, ticketSections];
  return (await Promise.all(parts.map((part) => part(tx, ticket)))).flat();
}
