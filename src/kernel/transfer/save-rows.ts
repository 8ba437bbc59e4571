import { Refusal, refusalOr } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { change, stale } from "../store/change.ts";
import { readyChanges, writeReady } from "../store/change-many.ts";
import type { ReadyChanges } from "../store/change-many.ts";
import { completeValues, insertRecord } from "../store/create.ts";
import { canMakeMany, readyMany, writeMany } from "../store/create-many.ts";
import type { ReadyMany } from "../store/create-many.ts";
import { find, findAll } from "../store/find.ts";
import { hasLinesOrLinks } from "../store/row.ts";
import type { Values } from "../store/values.ts";
import type { Stored, Tx } from "../transaction.ts";
import type { ImportRow, RowChange } from "./imports.ts";

/** The rows of a batch as they go into the database. */
export interface ReadyRows {
  /** Those that are settled without writing: rejected, or the record holds what they say already. */
  readonly settled: readonly RowChange[];
  /** Those that bring files, or whose rules ask the database something: saved one by one. */
  readonly single: readonly ImportRow[];
  readonly changing: readonly { readonly row: ImportRow; readonly record: Stored }[];
  readonly changes: ReadyChanges;
  readonly making: readonly ImportRow[];
  readonly many: ReadyMany;
}

/** Checks and completes what rows make and change, and writes nothing. What is refused is rejected, and the others go on; of one row alone it is thrown. */
export async function readyRows(tx: Tx, type: RecordType, rows: readonly ImportRow[]): Promise<ReadyRows> {
  const making = await toMake(tx, type, rows);
  const changing = await toChange(tx, type, rows);
  const settled = [...making.rejected, ...changing.settled];
  const [refused] = [...making.refused, ...changing.refused];
  if (refused && rows.length === 1) throw refused;
  return {
    settled,
    single: rows.filter(({ number }) => making.single.has(number) || changing.single.has(number)),
    changing: changing.together,
    changes: changing.changes,
    making: making.together.map(({ row }) => row),
    many: await readyMany(
      tx,
      type,
      making.together.map(({ values }) => values),
    ),
  };
}

async function toMake(tx: Tx, type: RecordType, rows: readonly ImportRow[]) {
  const refused: Refusal[] = [];
  const rejected: RowChange[] = [];
  const single = new Set<number>();
  const together: { row: ImportRow; values: Values }[] = [];
  // The check has read what the links lead to, save those in lines; what became of them since, the database asks again.
  const linksKnown = !hasLinesOrLinks(type);
  for (const row of rows.filter(({ outcome }) => outcome === "create")) {
    const given = row.given ?? {};
    if (!canMakeMany(type, given)) {
      single.add(row.number);
      continue;
    }
    const values = await refusalOr(() => completeValues(tx, type, given, { linksKnown }));
    if (values instanceof Refusal) {
      refused.push(values);
      rejected.push(rejectedRow(row, values));
    } else together.push({ row, values });
  }
  return { refused, rejected, single, together };
}

async function toChange(tx: Tx, type: RecordType, rows: readonly ImportRow[]) {
  const updates = rows.filter(({ outcome }) => outcome === "update");
  const records = await findAll(
    tx,
    type,
    updates.flatMap(({ recordId }) => recordId ?? []),
  );
  const found = updates.flatMap((row) => {
    const record = records.get(row.recordId ?? "");
    return record ? [{ row, record }] : [];
  });
  const changes = await readyChanges(
    tx,
    type,
    found.map(({ row, record }) => ({ before: record, version: row.version ?? 0, given: row.given ?? {} })),
  );
  const refused: Refusal[] = [];
  const settled: RowChange[] = [];
  // Of a record that the person does not see any more, finding it says so.
  const single = new Set(updates.filter(({ recordId }) => !records.has(recordId ?? "")).map(({ number }) => number));
  for (const [at, { row, record }] of found.entries()) {
    const among = changes.each[at];
    if (among === "alone") single.add(row.number);
    else if (among === "same") settled.push(changed(row, record, record.version));
    else if (among instanceof Refusal) {
      refused.push(among);
      settled.push(rejectedRow(row, among));
    }
  }
  return { refused, settled, single, changes, together: found.filter((_one, at) => changes.each[at] === "together") };
}

/** Saves rows in one transaction. Of one row alone a refusal is thrown. */
export async function saveRows(
  tx: Tx,
  type: RecordType,
  { settled, single, changing, changes, making, many }: ReadyRows,
  alone: boolean,
): Promise<RowChange[]> {
  const saved: RowChange[] = [];
  for (const row of single) saved.push(await saveSingle(tx, type, row, alone));
  const left = await writeReady(tx, type, changes);
  for (const { row, record } of changing) {
    const after = left.get(record.id);
    if (!after && alone) throw stale();
    saved.push(after ? changed(row, record, after.version) : rejectedRow(row, stale()));
  }
  await writeMany(tx, type, many);
  return [...settled, ...saved, ...making.map((row, at) => made(row, many.names[at]!.id))];
}

async function saveSingle(tx: Tx, type: RecordType, row: ImportRow, alone: boolean): Promise<RowChange> {
  const given = row.given ?? {};
  try {
    if (row.outcome === "create") return made(row, (await insertRecord(tx, type, given)).id);
    const record = await find(tx, type, row.recordId ?? "");
    const { version } = await change(tx, type, record.id, row.version ?? 0, given);
    return changed(row, record, version);
  } catch (error) {
    // Refused before anything was written, so the others go on. What the database refused has spoilt the transaction.
    if (!(error instanceof Refusal) || error.cause !== undefined || alone) throw error;
    return rejectedRow(row, error);
  }
}

function made({ number }: ImportRow, recordId: string): RowChange {
  return { number, recordId, version: 1, state: "saved" };
}

/** A row that changed a record, with what it held before. */
function changed({ number, given }: ImportRow, record: Stored, version: number): RowChange {
  const before = Object.fromEntries(Object.keys(given ?? {}).map((name) => [name, record.values[name] ?? null]));
  return { number, before, version, state: "saved" };
}

function rejectedRow({ number }: ImportRow, refusal: Refusal): RowChange {
  return { number, outcome: "rejected", reason: refusedBy(refusal) ?? refusal.message };
}

/** Why a row cannot be saved, where that is the row's own fault; null for every other error. */
export function refusedBy(error: unknown): string | null {
  if (error instanceof Refusal)
    return error.kind === "stale" ? "Somebody changed this record after the file was checked" : error.message;
  // Class 22 data exception, class 23 integrity constraint violation.
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^2[23]/.test(code) ? "The database does not take these values together" : null;
}
