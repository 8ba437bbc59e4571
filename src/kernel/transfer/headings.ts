import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";
import { columnLetters } from "./columns.ts";
import { importRows, setImport } from "./imports.ts";
import type { Import, ImportRow } from "./imports.ts";
import { likelyPlan } from "./plan.ts";

/** Among so many rows, from the top of a file, the headings are looked for. */
export const headRows = 20;

type Row = Pick<ImportRow, "number" | "cells">;

/**
 * The row of the headings among the first rows of a file: the first, or where that has one cell alone and is no name of a
 * field (`isKnown`) while most rows below have more, the first with more.
 */
export function likelyHeadings(head: readonly Row[], isKnown: (cell: string) => boolean): Row | undefined {
  const [top, ...below] = head;
  const filled = ({ cells }: Row) => cells.filter((cell) => cell.trim() !== "").length;
  if (!top || filled(top) > 1 || isKnown(top.cells.find((cell) => cell.trim() !== "") ?? "")) return top;
  const wide = below.filter((row) => filled(row) > 1);
  return wide.length > 0 && wide.length >= below.length / 2 ? wide[0] : top;
}

/** The headings, each once and none empty; a column without one is called by its letter, those on the right as far as rows reach. */
export function headingsOf(cells: readonly string[], widest: number): { headings: string[]; headed: number } {
  const headed = cells.findLastIndex((cell) => cell.trim() !== "") + 1;
  const seen = new Map<string, number>();
  const headings = Array.from({ length: Math.max(headed, widest) }, (_one, at) => {
    const heading = (cells[at] ?? "").trim().slice(0, 200).toWellFormed() || `Column ${columnLetters(at)}`;
    const times = (seen.get(heading) ?? 0) + 1;
    seen.set(heading, times);
    return times === 1 ? heading : `${heading} (${times})`;
  });
  return { headings, headed };
}

/** The rows that may hold the headings of a file, the one that does among them; none for a file that keeps no such row. */
export async function headingRows(tx: Tx, file: Import): Promise<readonly Row[]> {
  return file.told.headingRow === undefined ? [] : importRows(tx, file.id, { limit: headRows });
}

/** Takes another row of a file for its headings; the columns are matched anew, and what stood above is left out. Refuses (invalid) a row too far down or the last. */
export async function setHeadings(tx: Tx, type: RecordType, file: Import, number: number): Promise<void> {
  const row = (await headingRows(tx, file)).find((one) => one.number === number);
  const { rows } = await sql<{ widest: number | null; many: number }>`
    select max(cardinality(cells)) as widest, count(*)::integer as many from import_rows
    where organisation_id = ${tx.actor.organisationId}::uuid and import_id = ${file.id}::uuid and number > ${row?.number ?? 0}`.execute(
    tx.db,
  );
  const { widest = null, many = 0 } = rows[0] ?? {};
  if (!row || many === 0)
    throw new Refusal("invalid", [{ field: "row", message: "Select a row that has others below it" }]);
  await sql`update import_rows set outcome = null, title = null, reason = null, given = null, record_id = null, before = null
    where organisation_id = ${tx.actor.organisationId}::uuid and import_id = ${file.id}::uuid and number <= ${row.number}`.execute(
    tx.db,
  );
  const { headings, headed } = headingsOf(row.cells, widest ?? 0);
  const told = { ...file.told, headingRow: row.number, headed };
  const plan = likelyPlan(tx.actor, type, { headings, told });
  await setImport(tx, file.id, { stage: "columns", told, headings, rowCount: many, plan });
}
