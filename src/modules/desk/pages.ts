import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { mailboxSections, messageSections, registerMailIn } from "./mail/pages.ts";
import { deskNumbers, numbersPath } from "./numbers.ts";
import { triagePage, triagePath, triageSection } from "./triage/pages.ts";

/** The desk's own pages. */
export const deskPages: ModulePages = {
  register: (app, parts) => {
    registerMailIn(app, parts);
    app.get(numbersPath, pageRoute(parts, deskNumbers));
    app.get(triagePath, pageRoute(parts, triagePage));
  },
  links: [
    { label: "Held mail", href: "/inbound-mail", group: "work", type: "inbound_message" },
    { label: "Desk numbers", href: numbersPath, group: "insight", type: "ticket" },
    { label: "Triage help", href: triagePath, group: "insight", type: "ticket" },
  ],
  sections: { ticket: triageSection, mailbox: mailboxSections, inbound_message: messageSections },
};
