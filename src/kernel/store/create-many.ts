import { sql } from "kysely";
import { mustBeAllowed } from "../access.ts";
import type { ClockReading } from "../clock.ts";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";
import { registersChanged } from "../transaction.ts";
import { addedValues, storeAdded } from "./added.ts";
import { clockRow, nextDue, readClocks } from "./clocks.ts";
import { createdBody, newId, present } from "./create.ts";
import { referenceOf } from "./reference.ts";
import { rulesOfTable } from "./refused-by-database.ts";
import { ownColumns, sharedValues } from "./row.ts";
import type { Values } from "./values.ts";
import { wordsOf } from "./words.ts";

/** Whether records with these values can be made many at once: what a record keeps outside its own row cannot. */
export function canMakeMany(type: RecordType, values: Values): boolean {
  const outside = (name: string) => ["lines", "links", "file"].includes(type.fields[name]?.kind.name ?? "");
  const holds = (value: unknown) =>
    value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
  return !Object.entries(values).some(([name, value]) => outside(name) && holds(value));
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
): Promise<{ id: string; reference: string }[]> {
  if (records.length === 0) return [];
  mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${type.label.one.toLowerCase()}`);
  const references = await nextReferences(tx, type, records.length);
  const names = references.map((reference) => ({ id: newId(tx.now), reference }));
  const rows: Record<string, unknown>[] = [];
  for (const [at, values] of records.entries()) {
    if (!canMakeMany(type, values)) throw new Error(`${type.name}: lines and links are not made many at once`);
    const fact = {
      at: tx.now,
      verb: "created",
      actorId: tx.actor.personId,
      audience: "everyone",
      state: type.starts,
      values,
    };
    const requesterId = (sharedValues(type, values)["requester_id"] ?? null) as string | null;
    const clocks = await readClocks(tx, type, { facts: [fact], requesterId, now: tx.now });
    rows.push(rowOf(tx, type, names[at]!, values, clocks));
  }
  await rulesOfTable(type, async () => {
    await sql`select create_many(${type.name}, ${JSON.stringify(rows)}::jsonb)`.execute(tx.db);
    await storeAdded(
      tx,
      records.map((values, at) => ({ id: names[at]!.id, added: present(addedValues(type, values)) })),
    );
  });
  if (type.referenceData) tx.memo.set(registersChanged, Promise.resolve(true));
  return names;
}

async function nextReferences(tx: Tx, type: RecordType, count: number): Promise<string[]> {
  const year = String(tx.now.toZonedDateTimeISO("Europe/London").year);
  const period = type.reference.includes("{yyyy}") ? year : "";
  const { rows } = await sql<{
    number: number;
  }>`select next_number(${type.name}, ${period}) as number from generate_series(1, ${count}::integer)`.execute(tx.db);
  return rows.map(({ number }) => referenceOf(type.reference, number, year));
}

function rowOf(
  tx: Tx,
  type: RecordType,
  { id, reference }: { id: string; reference: string },
  values: Values,
  clocks: readonly ClockReading[],
): Record<string, unknown> {
  const words = wordsOf(type, reference, values);
  const at = tx.now.toString({ smallestUnit: "microsecond" });
  return {
    sensitivity: "normal",
    ...sharedValues(type, values),
    id,
    reference,
    state: type.starts,
    opened_at: at,
    next_due_at: nextDue(clocks)?.toString() ?? "infinity",
    closed_at: type.states[type.starts]?.final ? at : null,
    own: Object.fromEntries(ownColumns(type, values)),
    clocks: clocks.map(clockRow),
    words_title: words.title,
    words_everyone: words.everyone,
    words_internal: words.internal,
    body: createdBody(reference, values, type.starts, clocks),
  };
}
