import { stringify } from "csv-stringify";
import { Readable } from "node:stream";
import type { RecordType } from "../../kernel/record.ts";
import { wholeAll } from "../../kernel/store/find.ts";
import { pageMax } from "../../kernel/store/list.ts";
import { hasLinesOrLinks } from "../../kernel/store/row.ts";
import { importable } from "../../kernel/transfer/columns.ts";
import type { Stored } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { textOf, shownOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { baseColumns, columnChoices, readAddress } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { mentionedRecords } from "./list-cells.ts";
import { checkFilters, checkSort, listed } from "./list-read.ts";
import { resolveAddress } from "./list-surroundings.ts";

/** The mark at the start tells Excel that the file is UTF-8; a cell of several lines stands in quotation marks. */
export const csvFormat = { bom: true, record_delimiter: "windows", quoted_match: /[\r\n]/ } as const;

/** The most rows of one file. */
const rowsMax = 100_000;

/** The whole list as the address narrows and sorts it, as a CSV file: read and sent page by page. */
export async function csvAnswer(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const { address, labels } = await page.as(async (tx) => {
    const { whole: _whole, ...query } = page.query;
    const typed = { ...readAddress(tx.actor, type, query), cursor: "" };
    checkFilters(tx, type, typed);
    const resolved = await resolveAddress(tx, type, typed);
    await checkSort(tx, type, resolved);
    if (!isWhole(page)) return { address: resolved, labels: new Map(columnChoices(tx.actor, type)) };
    const fields = importable(tx.actor, type);
    return {
      address: { ...resolved, show: "all" as const, columns: ["reference", ...fields.map(({ name }) => name)] },
      labels: new Map([["reference", "Reference"], ...fields.map(({ name, label }) => [name, label] as const)]),
    };
  });
  // The first rows are read before anything is sent, so that a refusal is a page and not half a file.
  const first = await readPart(page, type, address, "");
  const rows = rowsOf(page, type, address, first);
  const file = stringify(csvFormat);
  file.write(address.columns.map((name) => labels.get(name) ?? name));
  const source = Readable.from(rows);
  source.on("error", (error) => {
    page.request.log.error({ err: error }, "an export ended early");
    file.destroy(error);
  });
  file.on("close", () => source.destroy());
  source.pipe(file);
  const day = Temporal.Now.zonedDateTimeISO("Europe/London").toPlainDate().toString();
  return {
    body: file,
    type: "text/csv; charset=utf-8",
    headers: { "content-disposition": `attachment; filename="${type.path}-${day}.csv"`, "cache-control": "no-store" },
  };
}

/** Whether the file is to hold everything that can be given, lines and long texts too, so that it can be brought back. */
function isWhole({ query }: PageRequest): boolean {
  return first(query, "whole") === "yes";
}

interface Part {
  readonly rows: readonly (readonly string[])[];
  readonly next: string | null;
}

async function* rowsOf(
  page: PageRequest,
  type: RecordType,
  address: ListAddress,
  first: Part,
): AsyncGenerator<readonly string[]> {
  let part = first;
  let sent = 0;
  for (;;) {
    for (const row of part.rows.slice(0, rowsMax - sent)) yield row;
    sent += part.rows.length;
    if (part.next === null) return;
    if (sent >= rowsMax) break;
    part = await readPart(page, type, address, part.next);
  }
  yield [`Only the first ${rowsMax.toLocaleString("en-GB")} rows are here. Narrow the list to export the others.`];
}

function readPart(page: PageRequest, type: RecordType, address: ListAddress, cursor: string): Promise<Part> {
  return page.as(async (tx) => {
    const { items: rows, nextCursor } = await listed(tx, type, { ...address, cursor }, pageMax);
    const whole = isWhole(page);
    const items = whole && hasLinesOrLinks(type) ? await wholeAll(tx, type, rows) : rows;
    const names = await namesOf(tx, mentionedRecords(type, address.columns, items));
    return {
      rows: items.map((record) => address.columns.map((name) => harmless(textFor(type, record, name, names, whole)))),
      next: nextCursor,
    };
  });
}

function textFor(type: RecordType, record: Stored, name: string, names: Names, whole: boolean): string {
  if (name === "reference") return record.reference;
  if (name === "state") return type.states[record.state]?.label ?? record.state;
  if (Object.hasOwn(baseColumns, name))
    return moment(
      { due: record.dueAt, opened: record.openedAt, updated: record.updatedAt, closed: record.closedAt }[name] ?? null,
    );
  const field = type.fields[name]!;
  const value = record.values[name];
  const shown = shownOf(field, value);
  if (shown === null) return "";
  if (whole && (shown.kind === "record" || shown.kind === "records")) {
    const ids = shown.kind === "record" ? [shown.id] : shown.ids;
    return ids
      .map((id) => `${names.get(id)?.reference ?? id} ${names.get(id)?.title.replaceAll(";", ",") ?? ""}`.trim())
      .join("; ");
  }
  return shown.kind === "record" || shown.kind === "records" || shown.kind === "file"
    ? textOf(shown, names)
    : field.kind.text(field.options, value);
}

/** As spreadsheets read a moment: London's day and time of day. */
function moment(iso: string | null): string {
  return iso === null
    ? ""
    : Temporal.Instant.from(iso)
        .toZonedDateTimeISO("Europe/London")
        .toPlainDateTime()
        .toString({ smallestUnit: "minute" })
        .replace("T", " ");
}

/**
 * A cell that a spreadsheet would take for a formula gets an apostrophe before it, by which it is text (OWASP: CSV
 * injection). Negative numbers are numbers. Text that begins so with apostrophes of its own gets one more, so that an import
 * can take it off again.
 */
export function harmless(text: string): string {
  return /^'*[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
}
