import { sql } from "kysely";
import { mustBeAllowed } from "../access.ts";
import type { LineFields } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";
import { registersChanged } from "../transaction.ts";
import { addedValues, storeAdded } from "./added.ts";
import { readClocks } from "./clocks.ts";
import { createdBody, newId, present } from "./create.ts";
import { movesDeadlines, startMoving } from "./deadline-jobs.ts";
import { rowsOfMany } from "./many-rows.ts";
import type { OneOfMany } from "./many-rows.ts";
import { referenceOf } from "./reference.ts";
import { rulesOfTable } from "./refused-by-database.ts";
import { sharedValues } from "./row.ts";
import { doneBy } from "./timeline.ts";
import type { Values } from "./values.ts";

/** Whether records with these values can be made many at once: those that bring files cannot, nor those from which more follows. */
export function canMakeMany(type: RecordType, values: Values): boolean {
  return type.made === undefined && !bringsFiles(type, values);
}

/** Whether there are files among these values, or in their lines. */
export function bringsFiles(type: RecordType, values: Values): boolean {
  const brings = (name: string) => {
    const field = type.fields[name];
    if (field?.kind.name !== "lines") return field?.kind.name === "file";
    // Only the lines kind has this name, and its options carry the fields of a line.
    const { fields } = field.options as unknown as { fields: LineFields };
    return Object.values(fields).some(({ kind }) => kind.name === "file");
  };
  return Object.entries(values).some(([name, value]) => value !== null && value !== undefined && brings(name));
}

/** Records that wait to be written, with the ids and references that they get. */
export interface ReadyMany {
  readonly names: readonly { readonly id: string; readonly reference: string }[];
  readonly rows: string;
  readonly added: readonly { readonly id: string; readonly added: Values }[];
  /** The first of them from which deadlines of other records follow. */
  readonly moving: { readonly id: string; readonly reference: string } | null;
}

/**
 * Makes records as the actor from values that `completeValues` has checked and completed, in a few statements for all of
 * them. References, clocks, words and the first event are as `create` makes them. Gives ids and references, in order.
 * Refuses (forbidden, invalid) all of them where the database refuses one.
 */
export async function createMany(
  tx: Tx,
  type: RecordType,
  records: readonly Values[],
): Promise<readonly { readonly id: string; readonly reference: string }[]> {
  const ready = await readyMany(tx, type, records);
  await writeMany(tx, type, ready);
  return ready.names;
}

/** The half of `createMany` that writes nothing: what it gives another transaction of the same actor may write. */
export async function readyMany(tx: Tx, type: RecordType, records: readonly Values[]): Promise<ReadyMany> {
  const references = records.length === 0 ? [] : await nextReferences(tx, type, records.length);
  const names = references.map((reference) => ({ id: newId(tx.now), reference }));
  const all: OneOfMany[] = [];
  for (const [at, values] of records.entries()) {
    if (!canMakeMany(type, values)) throw new Error(`${type.name}: records with files are not made many at once`);
    all.push(await oneOfMany(tx, type, names[at]!, values));
  }
  const moves = records.findIndex((values) => movesDeadlines(type, null, { values, state: type.starts }));
  return {
    names,
    rows: JSON.stringify(rowsOfMany(type, all)),
    added: records.map((values, at) => ({ id: names[at]!.id, added: present(addedValues(type, values)) })),
    moving: names[moves] ?? null,
  };
}

/** Writes what `readyMany` made ready. */
export async function writeMany(tx: Tx, type: RecordType, { names, rows, added, moving }: ReadyMany): Promise<void> {
  if (names.length === 0) return;
  mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${type.label.one.toLowerCase()}`);
  await rulesOfTable(type, async () => {
    await sql`select create_many(${type.name}, ${rows}::jsonb)`.execute(tx.db);
    await storeAdded(tx, added);
  });
  if (moving !== null) await startMoving(tx, type, moving);
  if (type.referenceData) tx.memo.set(registersChanged, Promise.resolve(true));
}

async function oneOfMany(
  tx: Tx,
  type: RecordType,
  name: { readonly id: string; readonly reference: string },
  values: Values,
): Promise<OneOfMany> {
  const state = type.starts;
  const at = tx.now;
  const fact = { ...doneBy(tx), verb: "created", audience: "everyone", state, values };
  const requesterId = (sharedValues(type, values)["requester_id"] ?? null) as string | null;
  const clocks = await readClocks(tx, type, { facts: [fact], requesterId, now: at });
  return {
    ...name,
    state,
    openedAt: at,
    updatedAt: at,
    closedAt: type.states[state]?.final ? at : null,
    values,
    clocks,
    events: [{ at, verb: "created", body: createdBody(name.reference, values, state, clocks) }],
  };
}

async function nextReferences(tx: Tx, type: RecordType, count: number): Promise<string[]> {
  const year = String(tx.now.toZonedDateTimeISO("Europe/London").year);
  const period = type.reference.includes("{yyyy}") ? year : "";
  const { rows } = await sql<{
    number: number;
  }>`select next_number(${type.name}, ${period}) as number from generate_series(1, ${count}::integer)`.execute(tx.db);
  return rows.map(({ number }) => referenceOf(type.reference, number, year));
}
