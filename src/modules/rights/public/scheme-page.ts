import type { PortalBlock, PortalPage, PortalRow } from "../../../web/view/models.ts";
import { publicShell } from "./front.ts";
import type { PublicPlace } from "./front.ts";
import { figuresRow, optionsOf, sizeWords } from "./log-pages.ts";
import type { SchemeEntry } from "./log-read.ts";

const classes = optionsOf("schemeClass");

/** The publication scheme by its classes. */
export function schemePage(
  place: PublicPlace,
  entries: readonly SchemeEntry[],
  stale: readonly PortalBlock[],
): PortalPage {
  const { base } = place;
  const title = "What we publish";
  const blocks = Object.entries(classes).map(([name, label]): PortalBlock => {
    const own = entries.filter(({ schemeClass }) => schemeClass === name);
    return {
      kind: "rows",
      id: `class-${name}`,
      title: label,
      rows: [
        ...(name === "priorities" ? [figuresRow(base)] : []),
        ...own.flatMap((entry): PortalRow[] => [
          ...(entry.address === null && entry.files.length > 0
            ? []
            : [
                {
                  text: entry.title,
                  href: entry.address ?? `${base}/ask`,
                  ...(entry.about === null ? {} : { note: entry.about }),
                },
              ]),
          ...entry.files.map((file) => ({
            text: entry.address === null ? `${entry.title}: ${file.name}` : file.name,
            href: `${base}/files/${entry.reference}/${file.id}`,
            note: sizeWords(file.sizeBytes),
          })),
        ]),
      ],
      empty: "Nothing is listed here yet. Ask for what you are looking for.",
    };
  });
  return {
    shell: publicShell(place, title, { indexed: true }),
    back: { text: "Information from the council", href: base },
    title,
    lead: "Our publication scheme, by the seven classes of the Information Commissioner’s model. All of it is free unless we say otherwise.",
    blocks: [
      ...stale,
      ...blocks,
      { kind: "moves", moves: [{ label: "Ask for something else", href: `${base}/ask`, method: "get" }] },
    ],
  };
}
