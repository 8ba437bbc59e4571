import { sql } from "kysely";
import { Refusal, refusalOr } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { heldAmong } from "../retention/holds.ts";
import { change, stale } from "../store/change.ts";
import type { AskedChange } from "../store/change.ts";
import { readyChanges, writeReady } from "../store/change-many.ts";
import type { ReadyChanges } from "../store/change-many.ts";
import { storeClocksAnew } from "../store/clocks-anew.ts";
import { findAll } from "../store/find.ts";
import type { Tx } from "../transaction.ts";
import type { Import, ImportRow } from "./imports.ts";

/** Why rows stay as they are, by their number. */
export type Kept = ReadonlyMap<number, string>;

/** Takes away what rows made, where nobody touched it since. */
export async function removeAll(tx: Tx, type: RecordType, file: Import, rows: readonly ImportRow[]): Promise<Kept> {
  const made = rows.filter(({ outcome, recordId }) => outcome === "create" && recordId !== null);
  const ids = made.flatMap(({ recordId }) => recordId ?? []);
  // Somebody may need them as evidence: the database knows of holds by name, this of those by a list as well.
  const held = await heldAmong(tx, type, ids);
  const free = ids.filter((id) => !held.has(id));
  const gone = await removeMade(tx, type, file, free);
  const touched = "Somebody changed it since, or a legal hold keeps it, so it stays";
  return new Map(
    made.flatMap(({ number, recordId }): [number, string][] => {
      const hold = held.get(recordId ?? "");
      if (hold !== undefined) return [[number, `It is under the legal hold ${hold}, so it stays`]];
      return gone.has(recordId ?? "") ? [] : [[number, touched]];
    }),
  );
}

/** Rows that changed a record, and what gives it back what it held before. */
export interface Back {
  readonly changing: readonly (AskedChange & { readonly row: ImportRow })[];
  readonly changes: ReadyChanges;
  /** Those that are changed by themselves. */
  readonly single: readonly ImportRow[];
}

/** Works out what gives records back what they held before rows changed them, and writes nothing. */
export async function readyBack(tx: Tx, type: RecordType, rows: readonly ImportRow[]): Promise<Back> {
  const updates = rows.filter(({ outcome, recordId }) => outcome === "update" && recordId !== null);
  const records = await findAll(
    tx,
    type,
    updates.flatMap(({ recordId }) => recordId ?? []),
  );
  const changing = updates.flatMap((row) => {
    const before = records.get(row.recordId ?? "");
    return before ? [{ row, before, version: row.version ?? 0, given: linesAnew(type, row.before ?? {}) }] : [];
  });
  const changes = await readyChanges(tx, type, changing);
  const alone = changing.filter((_one, at) => changes.each[at] === "alone").map(({ row }) => row);
  const unseen = updates.filter(({ recordId }) => !records.has(recordId ?? ""));
  return { changing, changes, single: [...alone, ...unseen] };
}

/** Gives records back what they held before, where nobody changed them since. */
export async function changeBack(tx: Tx, type: RecordType, { changing, changes, single }: Back): Promise<Kept> {
  const kept = new Map<number, string>();
  for (const row of single) {
    const values = linesAnew(type, row.before ?? {});
    const done = await refusalOr(() => change(tx, type, row.recordId ?? "", row.version ?? 0, values));
    if (!(done instanceof Refusal)) continue;
    // What the database refused has spoilt the transaction.
    if (done.cause !== undefined) throw done;
    kept.set(row.number, whyKept(done));
  }
  const left = await writeReady(tx, type, changes);
  for (const [at, { row, before }] of changing.entries()) {
    const among = changes.each[at];
    if (among instanceof Refusal) kept.set(row.number, whyKept(among));
    else if (among === "together" && !left.has(before.id)) kept.set(row.number, whyKept(stale()));
  }
  return kept;
}

function whyKept(refusal: Refusal): string {
  return refusal.kind === "stale" ? "Somebody changed it since, so it stays" : refusal.message;
}

/** Takes the records back that an import made, in one statement. Gives those that went: nobody had touched them. */
async function removeMade(
  tx: Tx,
  type: RecordType,
  file: Import,
  recordIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (recordIds.length === 0) return new Set();
  const state = closedState(type);
  // Rules may have read a register, and what they decided is verified by it: it is closed, not erased.
  const reason = type.referenceData ? null : `The import of ${file.fileName.slice(0, 200)} was undone`;
  const { rows } = await sql<{ gone: string[] }>`
    select undo_created(${file.id}::uuid, ${recordIds}::uuid[], ${state}, ${reason}) as gone`.execute(tx.db);
  const gone = rows[0]?.gone ?? [];
  // Now that they are closed, their clocks stand still.
  await storeClocksAnew(tx, type, gone);
  return new Set(gone);
}

/** The state in which records of a type are closed that should never have been; null where a type has none. */
export function closedState(type: RecordType): string | null {
  return Object.keys(type.states).findLast((name) => type.states[name]?.final) ?? null;
}

/** Lines that went with the import come back as new ones: the old ids belong to lines that were taken away. */
function linesAnew(type: RecordType, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      type.fields[name]?.kind.name === "lines" && Array.isArray(value)
        ? value.map((line: object) =>
            Object.fromEntries(Object.entries(line).filter(([part]) => part !== "id" && part !== "number")),
          )
        : value,
    ]),
  );
}
