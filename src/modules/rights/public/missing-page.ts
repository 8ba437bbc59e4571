import type { PortalPage } from "../../../web/view/models.ts";
import { contactLines, publicShell, statisticsHref } from "./front.ts";
import type { PublicPlace } from "./front.ts";

/** Where nothing is, or nothing that may be told of: what somebody outside can do now. */
export function missingPage(place: PublicPlace): PortalPage {
  const { base, front } = place;
  const title = "Page not found";
  return {
    shell: publicShell(place, title),
    back: { text: "Information from the council", href: base },
    title,
    lead: "If you typed the address, check it. If you copied it, check that you copied all of it.",
    blocks: [
      {
        kind: "rows",
        id: "instead",
        title: "You can",
        rows: [
          { text: "Look through the answers we published", href: `${base}/answers` },
          { text: "See what we publish", href: `${base}/scheme` },
          { text: "See how we answer requests", href: statisticsHref(base) },
          { text: "Ask for information", href: `${base}/ask` },
        ],
      },
      {
        kind: "inset",
        lines: [
          "The address by which you follow a request is long, and every letter of it counts. It stood on the page when you sent it, and is in our mail to you.",
          ...contactLines(front),
        ],
      },
    ],
  };
}
