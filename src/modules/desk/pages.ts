import { pageRoute } from "../../web/page.ts";
import type { ModulePages } from "../../web/parts.ts";
import { mailboxSections, messageSections, registerMailIn } from "./mail/pages.ts";
import { deskNumbers, numbersPath } from "./numbers.ts";

/** The desk's own pages. */
export const deskPages: ModulePages = {
  register: (app, parts) => {
    registerMailIn(app, parts);
    app.get(numbersPath, pageRoute(parts, deskNumbers));
  },
  links: [
    { label: "Held mail", href: "/inbound-mail", group: "work", type: "inbound_message" },
    { label: "Desk numbers", href: numbersPath, group: "insight", type: "ticket" },
  ],
  sections: { mailbox: mailboxSections, inbound_message: messageSections },
};
