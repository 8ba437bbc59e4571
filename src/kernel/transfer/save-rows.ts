import { Refusal } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { change } from "../store/change.ts";
import { completeValues, insertRecord } from "../store/create.ts";
import { canMakeMany, readyMany, writeMany } from "../store/create-many.ts";
import type { ReadyMany } from "../store/create-many.ts";
import { find } from "../store/find.ts";
import { hasLinesOrLinks } from "../store/row.ts";
import type { Values } from "../store/values.ts";
import type { Tx } from "../transaction.ts";
import type { ImportRow, RowChange } from "./imports.ts";

/** The rows of a batch as they go into the database. */
export interface ReadyRows {
  readonly rejected: readonly RowChange[];
  /** Those that change a record or bring files, which are saved one by one. */
  readonly single: readonly ImportRow[];
  readonly together: readonly ImportRow[];
  readonly many: ReadyMany;
}

/** Checks and completes what rows make, and writes nothing. What is refused is rejected, and the others go on; of one row alone it is thrown. */
export async function readyRows(tx: Tx, type: RecordType, rows: readonly ImportRow[]): Promise<ReadyRows> {
  const rejected: RowChange[] = [];
  const single: ImportRow[] = [];
  const together: { row: ImportRow; values: Values }[] = [];
  for (const row of rows) {
    const given = row.given ?? {};
    if (row.outcome === "update" || !canMakeMany(type, given)) single.push(row);
    else
      try {
        // The check has read what the links lead to, save those in lines; what became of them since, the database asks again.
        const linksKnown = !hasLinesOrLinks(type);
        together.push({ row, values: await completeValues(tx, type, given, { linksKnown }) });
      } catch (error) {
        if (!(error instanceof Refusal) || rows.length === 1) throw error;
        rejected.push({ number: row.number, outcome: "rejected", reason: error.message });
      }
  }
  const values = together.map((one) => one.values);
  return { rejected, single, together: together.map(({ row }) => row), many: await readyMany(tx, type, values) };
}

/** Saves rows in one transaction. Of one row alone a refusal is thrown. */
export async function saveRows(
  tx: Tx,
  type: RecordType,
  { rejected, single, together, many }: ReadyRows,
  alone: boolean,
): Promise<RowChange[]> {
  const changes = [...rejected];
  for (const row of single) {
    try {
      const given = row.given ?? {};
      changes.push(
        row.outcome === "update"
          ? await update(tx, type, row, given)
          : made(row, (await insertRecord(tx, type, given)).id),
      );
    } catch (error) {
      // Refused before anything was written, so the others go on.
      if (!(error instanceof Refusal) || alone) throw error;
      changes.push({ number: row.number, outcome: "rejected", reason: error.message });
    }
  }
  await writeMany(tx, type, many);
  return [...changes, ...together.map((row, at) => made(row, many.names[at]!.id))];
}

function made({ number }: ImportRow, recordId: string): RowChange {
  return { number, recordId, version: 1, state: "saved" };
}

async function update(tx: Tx, type: RecordType, row: ImportRow, given: Values): Promise<RowChange> {
  const record = await find(tx, type, row.recordId ?? "");
  const before = Object.fromEntries(Object.keys(given).map((name) => [name, record.values[name] ?? null]));
  const { version } = await change(tx, type, record.id, row.version ?? 0, given);
  return { number: row.number, before, version, state: "saved" };
}

/** Why a row cannot be saved, where that is the row's own fault; null for every other error. */
export function refusedBy(error: unknown): string | null {
  if (error instanceof Refusal)
    return error.kind === "stale" ? "Somebody changed this record after the file was checked" : error.message;
  // Class 22 data exception, class 23 integrity constraint violation.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^2[23]/.test(code) ? "The database does not take these values together" : null;
}
