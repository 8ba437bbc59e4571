import { stringify } from "csv-stringify/sync";
import { typeNamed } from "../../../kernel/registry.ts";
import { find } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { csvFormat, harmless } from "../../../web/pages/csv.ts";
import { addressOf } from "../../../web/pages/places.ts";
import { plural } from "../../../web/view/format.ts";
import type { RecordSection, Row } from "../../../web/view/models.ts";
import { marksOf } from "./handling.ts";
import { scheduleOf } from "./marks.ts";
import { kindInSentence, kinds } from "./patterns.ts";

/** Lines of the schedule on its page, and on that of the record; the file holds all. */
const shownMax = 300;
const besideMax = 20;

/** The redaction at an address. Refuses (unseen) one that the person may not see. */
export function redactionAt(page: PageRequest, tx: Tx): Promise<Stored> {
  return find(tx, typeNamed(tx.registry, "redaction"), page.params["reference"] ?? "");
}

/** What was withheld, by page, section and kind: never the words. */
export function schedulePage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const redaction = await redactionAt(page, tx);
    const lines = scheduleOf(marksOf(redaction));
    const address = addressOf(tx, redaction);
    return {
      page: "tables",
      model: {
        shell: await page.shell(tx, { title: `Schedule of ${redaction.reference}`, current: "/redactions" }),
        breadcrumb: [
          { text: "Redactions", href: "/redactions" },
          { text: redaction.reference, href: address },
        ],
        title: `${redaction.title}: what is withheld`,
        sentence: sentenceOf(redaction),
        sections: [
          {
            id: "schedule",
            title: "Schedule",
            ...(lines.length > shownMax
              ? { note: `The first ${shownMax} of ${lines.length} lines. The file holds all.` }
              : {}),
            table: {
              caption: "What is withheld, by page",
              columns: [
                { label: "Page", number: true },
                { label: "Section", wide: true },
                { label: "What it is" },
                { label: "Marks", number: true },
              ],
              rows: lines.slice(0, shownMax).map(({ page: number, section, kind, count }): Row => ({
                cells: [
                  { kind: "number", text: String(number), href: `${address}/marking?page=${number}` },
                  { kind: "text", text: section },
                  { kind: "text", text: kinds[kind] },
                  { kind: "number", text: String(count) },
                ],
              })),
              empty: {
                title: "Nothing is marked yet",
                text: "Each mark stands here with its page and section, and never its words.",
                actions: [{ text: "Mark the pages", href: `${address}/marking?page=1` }],
              },
            },
          },
        ],
        ...(lines.length > 0 ? { older: { text: "Schedule as a CSV file", href: `${address}/schedule.csv` } } : {}),
      },
    };
  });
}

function sentenceOf(redaction: Stored): string {
  const marks = marksOf(redaction);
  const pages = new Set(marks.map(({ page }) => page)).size;
  const where = `${plural(marks.length, "mark")} on ${plural(pages, "page")}`;
  return redaction.state === "done" ? `${where}, blacked out in the copy.` : `${where} so far.`;
}

/** The same as a file. */
export function scheduleFile(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const redaction = await redactionAt(page, tx);
    const rows = [
      ["Document", redaction.title],
      ["Redaction", redaction.reference],
      [],
      ["Page", "Section", "What it is", "Marks"],
      ...scheduleOf(marksOf(redaction)).map((line) => [
        String(line.page),
        line.section,
        kinds[line.kind],
        String(line.count),
      ]),
    ].map((row) => row.map(harmless));
    return {
      body: stringify(rows, { ...csvFormat }),
      type: "text/csv; charset=utf-8",
      headers: {
        "content-disposition": `attachment; filename="${redaction.reference.toLowerCase()}-schedule.csv"`,
      },
    };
  });
}

/** On the page of a redaction: what is withheld so far, and what to do next. */
export function redactionSections(tx: Tx, redaction: Stored): Promise<readonly RecordSection[]> {
  const lines = scheduleOf(marksOf(redaction));
  const address = addressOf(tx, redaction);
  const rest = lines.length - besideMax;
  return Promise.resolve([
    {
      kind: "steps",
      title: "What is withheld",
      sentence: lines.length === 0 ? "Nothing is marked yet." : sentenceOf(redaction),
      items: lines.slice(0, besideMax).map(({ page, section, kind, count }) => ({
        text: `Page ${page}: ${kindInSentence(kind)}${count > 1 ? `, ${count} times` : ""}`,
        href: `${address}/marking?page=${page}`,
        note: section,
      })),
      links: [
        {
          text: redaction.state === "marking" ? "Mark the pages" : "See the marks",
          href: `${address}/marking?page=${lines[0]?.page ?? 1}`,
        },
        { text: "Look through the whole document", href: `${address}/survey` },
        { text: rest > 0 ? `Whole schedule, ${rest} more lines` : "Schedule", href: `${address}/schedule` },
      ],
    },
  ]);
}
