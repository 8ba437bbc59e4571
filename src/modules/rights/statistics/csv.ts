import { stringify } from "csv-stringify/sync";
import { harmless } from "../../../web/pages/csv.ts";
import { columns } from "./columns.ts";
import { derive } from "./figures.ts";
import type { Tally } from "./figures.ts";
import { notTold } from "./small-numbers.ts";

/** A row of the Cabinet Office's file: a period, a body and what was counted of it. */
export interface CabinetOfficeRow {
  readonly period: string;
  readonly body: string;
  readonly tally: Tally;
}

/**
 * Figures in the shape of the Cabinet Office's quarterly file: its columns by their names, shares with 8 decimals, `-` for what is
 * not counted here. In a file for everybody the counts of exemptions that are not told, and the total that would tell them, are `[c]`.
 */
export function cabinetOfficeCsv(
  rows: readonly CabinetOfficeRow[],
  { untold: exemptions = [] }: { readonly untold?: readonly string[] } = {},
): string {
  const lines = rows.map(({ period, body, tally }) => {
    const derived = derive(tally);
    const untold: readonly string[] = exemptions.length > 0 ? [...exemptions, "exemptionsTotal"] : [];
    return columns.map(([, held]) => {
      if (held === "period") return period;
      if (held === "body") return harmless(body);
      if (untold.includes(held)) return notTold;
      const value = held in derived ? derived[held as keyof typeof derived] : tally[held as keyof Tally];
      return value === null || value === undefined ? "-" : String(Math.round(value * 1e8) / 1e8);
    });
  });
  return stringify([columns.map(([name]) => name), ...lines], { record_delimiter: "windows" });
}
