import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf } from "../../../web/pages/places.ts";
import { plural } from "../../../web/view/format.ts";
import type { Cell, Row } from "../../../web/view/models.ts";
import { kindInSentence } from "./patterns.ts";
import type { Kind } from "./patterns.ts";
import type { Surveyed } from "./tasks.ts";

/** The whole document, page by page: what is marked, and what should be looked at again before the copy is made. */
export async function surveyPage(
  page: PageRequest,
  tx: Tx,
  redaction: Stored,
  pages: readonly Surveyed[],
): Promise<PageAnswer> {
  const address = addressOf(tx, redaction);
  const again = pages.filter(needsLook);
  return {
    page: "tables",
    model: {
      shell: await page.shell(tx, { title: `Look through ${redaction.reference}`, current: "/redactions" }),
      breadcrumb: [
        { text: "Redactions", href: "/redactions" },
        { text: redaction.reference, href: address },
      ],
      title: `${redaction.title}: page by page`,
      sentence:
        again.length === 0
          ? "No page holds anything that looks like something of a person and is not marked. Read every page all the same."
          : `${plural(again.length, "page")} of ${pages.length} to look at again before the copy is made.`,
      sections: [
        {
          id: "pages",
          title: "Pages",
          table: {
            caption: "Pages of the document",
            columns: [{ label: "Page" }, { label: "Marks", number: true }, { label: "Look again", wide: true }],
            rows: pages.map((one): Row => ({
              highlight: needsLook(one),
              cells: [
                { kind: "link", text: `Page ${one.page}`, href: `${address}/marking?page=${one.page}` },
                { kind: "number", text: String(one.marks) },
                lookAgain(one),
              ],
            })),
          },
        },
      ],
    },
  };
}

function needsLook({ unmarked, alsoHere, wordless }: Surveyed): boolean {
  return alsoHere || wordless || Object.keys(unmarked).length > 0;
}

function lookAgain({ unmarked, alsoHere, wordless }: Surveyed): Cell {
  const said = [
    ...(alsoHere ? ["words that are marked elsewhere stand here unmarked"] : []),
    // `survey` makes it of kinds alone.
    ...Object.entries(unmarked).map(([kind, count]) =>
      plural(count, kindInSentence(kind as Kind), manyOf(kind as Kind)),
    ),
    ...(wordless ? ["no text: read the picture"] : []),
  ];
  return said.length === 0 ? { kind: "empty" } : { kind: "text", text: said.join("; ") };
}

function manyOf(kind: Kind): string {
  const one = kindInSentence(kind);
  if (kind === "birth") return "dates of birth";
  return one.endsWith("s") ? `${one}es` : `${one}s`;
}
