import { stringify } from "csv-stringify/sync";
import type { CellValue } from "hucre/xlsx";
import { Readable } from "node:stream";
import type { Counted, Figure } from "../../kernel/measures/evaluate.ts";
import type { Unit } from "../../kernel/measures/measure.ts";
import type { PageAnswer } from "../page.ts";
import { csvFormat, harmless } from "../pages/csv.ts";
import { byLabel } from "./chart.ts";
import { unitWords } from "./figures.ts";

const columns = ["Measure", "Seen by", "Group", "From", "To", "Value", "Unit", "Records", "Counted at"] as const;

type Line = readonly (string | number | null)[];

/** The figures of measures, one to a line, those in all last: time in minutes, money in pounds, shares in 100. */
function linesOf(counted: readonly Counted[]): Line[] {
  return counted.flatMap((one) => {
    const { measure, period, rows, total, readAt } = one;
    const at = readAt.toZonedDateTimeISO("Europe/London").toPlainDateTime().toString({ smallestUnit: "minute" });
    const line = (by: string, group: string, { value, records }: Figure, days: { from: string; to: string }): Line => [
      measure.label,
      by,
      group,
      days.from,
      days.to,
      valueOf(measure.unit, value),
      measure.unit === "minutes" ? "working minutes" : unitWords(measure.unit),
      records,
      at.replace("T", " "),
    ];
    return [
      ...rows.map((row) => line(byLabel(one), row.step ? "" : row.label, row, row.step ?? period)),
      line("All", "", total, period),
    ];
  });
}

function valueOf(unit: Unit, value: number | null): number | null {
  if (value === null) return null;
  return unit === "pence" ? value / 100 : Math.round(value * 100) / 100;
}

/** The figures as a CSV file. */
export function csvOf(counted: readonly Counted[]): string {
  const lines = linesOf(counted).map((line) => line.map((cell) => (cell === null ? "" : harmless(String(cell)))));
  return stringify([[...columns], ...lines], csvFormat);
}

/** The same as an answer: `name` is the file's, without its ending. */
export function csvAnswerOf(name: string, counted: readonly Counted[]): PageAnswer {
  return { body: csvOf(counted), type: "text/csv; charset=utf-8", headers: fileHeaders(name, "csv") };
}

/** The same as an Excel workbook of one sheet, in which numbers are numbers. */
export async function excelAnswerOf(name: string, counted: readonly Counted[]): Promise<PageAnswer> {
  const { writeXlsxStream } = await import("hucre/xlsx");
  const rows = linesOf(counted).map((line): CellValue[] => [...line]);
  const workbook = writeXlsxStream(rows, {
    name: "Figures",
    columns: columns.map((header) => ({
      header,
      width: header === "Measure" ? 50 : 18,
      numFmt: header === "Value" || header === "Records" ? "#,##0.##" : "@",
    })),
    freezePane: { rows: 1 },
  });
  return {
    // The same class of stream, which the two libraries of types describe apart.
    body: Readable.fromWeb(workbook as Parameters<typeof Readable.fromWeb>[0]),
    type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    headers: fileHeaders(name, "xlsx"),
  };
}

function fileHeaders(name: string, ending: string): Record<string, string> {
  return { "content-disposition": `attachment; filename="${name}.${ending}"`, "cache-control": "no-store" };
}
