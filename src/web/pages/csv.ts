import { stringify } from "csv-stringify";
import { Readable } from "node:stream";
import type { Stored } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { momentOf } from "./list-cells.ts";
import type { Rows } from "./list-cells.ts";
import { baseColumns } from "./list-columns.ts";
import { fieldText, fileHeaders, onlyTheFirst, openExport, recordOf } from "./list-export.ts";
import type { Export, ExportColumn } from "./list-export.ts";

/** The whole list as the address narrows and sorts it, as a CSV file: read and sent page by page. */
export async function csvAnswer(page: PageRequest): Promise<PageAnswer> {
  const list = await openExport(page);
  // The mark at the start tells Excel that the file is UTF-8.
  const file = stringify({ bom: true, record_delimiter: "windows" });
  file.write(list.columns.map(({ label }) => label));
  const source = Readable.from(rowsOf(list));
  source.on("error", (error) => {
    page.request.log.error({ err: error }, "an export ended early");
    file.destroy(error);
  });
  file.on("close", () => source.destroy());
  source.pipe(file);
  return { body: file, type: "text/csv; charset=utf-8", headers: fileHeaders(list.type, "csv") };
}

async function* rowsOf({ columns, parts }: Export): AsyncGenerator<readonly string[]> {
  for await (const { rows, leftOut } of parts) {
    for (const record of rows.records) yield columns.map((column) => harmless(textFor(column, record, rows)));
    if (leftOut) yield [onlyTheFirst];
  }
}

function textFor(column: ExportColumn, listed: Stored, rows: Rows): string {
  const record = recordOf(column, listed, rows);
  if (record === null || typeof record === "string") return record ?? "";
  const { type, column: name } = column;
  if (name === "reference") return record.reference;
  if (name === "state") return type.states[record.state]?.label ?? record.state;
  return Object.hasOwn(baseColumns, name) ? moment(momentOf(record, name)) : fieldText(column, record, rows);
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
 * injection). Negative numbers are numbers.
 */
export function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
}
