import { Readable } from "node:stream";
import type { CellValue, ColumnDef } from "hucre/xlsx";
import { wallClock } from "../../kernel/fields/moment.ts";
import type { Stored } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { shownOf } from "./field-value.ts";
import { momentOf } from "./list-cells.ts";
import type { Rows } from "./list-cells.ts";
import { baseColumns } from "./list-columns.ts";
import { fieldText, fileHeaders, onlyTheFirst, openExport, recordOf } from "./list-export.ts";
import type { Export, ExportColumn } from "./list-export.ts";

const momentFormat = "dd mmm yyyy hh:mm";
/** The format “Text”: what stands in the cell is never a formula, not even after somebody edits it. */
const textFormat = "@";
/** Excel holds no more characters in a cell. */
const charactersMax = 32_767;

/**
 * The whole list as the address narrows and sorts it, as an Excel workbook of one sheet: read, packed and sent part by
 * part. Days, numbers and money are what they are; everything else is text, and no cell holds a formula.
 */
export async function excelAnswer(page: PageRequest): Promise<PageAnswer> {
  const list = await openExport(page);
  const { writeXlsxStream } = await import("hucre/xlsx");
  const workbook = writeXlsxStream(rowsOf(page, list), {
    name: sheetName(list.type.label.many),
    columns: list.columns.map(columnOf),
    freezePane: { rows: 1 },
  });
  return {
    // The same class of stream, which the two libraries of types describe apart.
    body: Readable.fromWeb(workbook as Parameters<typeof Readable.fromWeb>[0]),
    type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    headers: fileHeaders(list.type, "xlsx"),
  };
}

function columnOf(column: ExportColumn): ColumnDef {
  const wide = column.column === column.type.titleField;
  return {
    header: printable(column.label),
    width: wide ? 50 : Math.min(Math.max(column.label.length + 3, 14), 40),
    numFmt: formatOf(column),
  };
}

function formatOf({ type, column }: ExportColumn): string {
  if (column === "reference" || column === "state") return textFormat;
  if (Object.hasOwn(baseColumns, column)) return momentFormat;
  return type.fields[column]?.kind.sheet?.format ?? textFormat;
}

async function* rowsOf(page: PageRequest, { columns, parts }: Export): AsyncGenerator<CellValue[]> {
  try {
    for await (const { rows, leftOut } of parts) {
      for (const record of rows.records) yield columns.map((column) => valueFor(column, record, rows));
      if (leftOut) yield [onlyTheFirst];
    }
  } catch (error) {
    page.request.log.error({ err: error }, "an export ended early");
    throw error;
  }
}

function valueFor(column: ExportColumn, listed: Stored, rows: Rows): CellValue {
  const record = recordOf(column, listed, rows);
  if (record === null || typeof record === "string") return record;
  const { type, column: name } = column;
  if (name === "reference") return record.reference;
  if (name === "state") return type.states[record.state]?.label ?? record.state;
  if (Object.hasOwn(baseColumns, name)) {
    const moment = momentOf(record, name);
    return moment === null ? null : wallClock(moment);
  }
  const field = type.fields[name]!;
  const value = record.values[name];
  if (shownOf(field, value) === null) return null;
  return field.kind.sheet && !beforeExcel(value)
    ? field.kind.sheet.value(field.options, value)
    : printable(fieldText(column, record, rows));
}

/** Excel's days begin with 1900; what was before is written out. */
function beforeExcel(value: unknown): boolean {
  return typeof value === "string" && value < "1900-03-01";
}

/** Text as XML can hold it: without the control characters that would break the file. */
function printable(text: string): string {
  // These are the characters that XML 1.0 does not allow.
  return text
    .toWellFormed()
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .slice(0, charactersMax);
}

function sheetName(label: string): string {
  return label.replaceAll(/[\\/?*:[\]]/g, " ").slice(0, 31);
}
