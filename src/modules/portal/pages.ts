import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { articleFace, keepAnswer } from "./article-page.ts";
import { cataloguePage, itemFace, itemPage, sendRequest } from "./ask.ts";
import { guidancePage, guidancePath } from "./guidance.ts";
import { beginReport, helpPage } from "./home.ts";
import { ownTicketsPage } from "./own-tickets.ts";
import { ticketFace } from "./ticket-page.ts";
import { requestSection } from "./request-steps.ts";
import { helpPath, ownTicketsPath, usesPortal } from "./who.ts";

/** Where staff ask for help: what they need, what they can ask for, and what became of it. */
export const portalPages: ModulePages = {
  register: (app, parts) => {
    const guarded = { preHandler: app.csrfProtection.bind(app) };
    app.get(helpPath, pageRoute(parts, helpPage));
    app.get(guidancePath, pageRoute(parts, guidancePage));
    app.get(ownTicketsPath, pageRoute(parts, ownTicketsPage));
    app.post(`${helpPath}/report`, guarded, pageRoute(parts, beginReport));
    app.get(`${helpPath}/ask`, pageRoute(parts, cataloguePage));
    app.get(`${helpPath}/ask/:reference`, pageRoute(parts, itemPage));
    app.post(`${helpPath}/ask/:reference`, guarded, pageRoute(parts, sendRequest));
    app.post(`${helpPath}/articles/:reference/solved`, guarded, pageRoute(parts, keepAnswer("solved")));
    app.post(`${helpPath}/articles/:reference/not-solved`, guarded, pageRoute(parts, keepAnswer("not_solved")));
  },
  links: [
    { label: "Approvals", href: "/approvals", group: "work", type: "approval" },
    { label: "Help for staff", href: helpPath, group: "work", type: "ticket" },
  ],
  home: { label: "Help", href: helpPath, isFor: usesPortal },
  sections: { ticket: requestSection },
  faces: { ticket: ticketFace, article: articleFace, catalogue_item: itemFace },
};
