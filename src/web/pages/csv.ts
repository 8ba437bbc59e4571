import { stringify } from "csv-stringify";
import { Readable } from "node:stream";
import type { Stored } from "../../kernel/transaction.ts";
import { first } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { momentOf } from "./list-cells.ts";
import type { Rows } from "./list-cells.ts";
import { baseColumns } from "./list-columns.ts";
import { fieldText, fileHeaders, onlyTheFirst, openExport, recordOf, referencesText } from "./list-export.ts";
import type { Export, ExportColumn } from "./list-export.ts";

/** The mark at the start tells Excel that the file is UTF-8; a cell of several lines stands in quotation marks. */
export const csvFormat = { bom: true, record_delimiter: "windows", quoted_match: /[\r\n]/ } as const;

/**
 * The whole list as the address narrows and sorts it, as a CSV file: read and sent page by page. With `whole=yes` it holds
 * everything that can be given, lines and long texts too, so that it can be brought back.
 */
export async function csvAnswer(page: PageRequest): Promise<PageAnswer> {
  const list = await openExport(page, { whole: first(page.query, "whole") === "yes" });
  const file = stringify(csvFormat);
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
  if (Object.hasOwn(baseColumns, name)) return moment(momentOf(record, name));
  return column.byReference ? referencesText(column, record, rows) : fieldText(column, record, rows);
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
