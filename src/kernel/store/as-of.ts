import { sql } from "kysely";
import { readsInternal } from "../access.ts";
import type { ClockReading } from "../clock.ts";
import { refuse } from "../errors.ts";
import { isDay } from "../fields/date.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { nextDue, readClocks } from "./clocks.ts";
import { filterOf } from "./find.ts";
import { columnOf, sharedValues, storedFrom, viewOf, withComputed } from "./row.ts";
import type { Row } from "./row.ts";
import { factsFrom, storedFacts } from "./timeline.ts";
import { withErasedFilledIn } from "./erased-facts.ts";
import type { Values } from "./values.ts";

/** A record as it stood at the end of a day in London. */
export interface AsOf {
  /** `yyyy-mm-dd`. */
  readonly day: string;
  /** The record with its values, lines, links and state of then; null where it had not been made. */
  readonly record: Stored | null;
  readonly clocks: readonly ClockReading[];
  /** Whether a line that told of it was erased by law, so that not all that it held can be known. */
  readonly erased: boolean;
  /** Of a dated type: whether its values held on that day, and the record that held in its place. */
  readonly held: { readonly here: boolean; readonly instead: Stored | null } | null;
}

/**
 * A record that the actor may see, as it stood at the end of a day (now, for today). What they may not read of it now they do
 * not read as it was then. Refuses (invalid) what is no day, and a day to come except for types whose values hold from a
 * day on. With `explain` its clocks come with their ledgers.
 */
export async function asOf(
  tx: Tx,
  type: RecordType,
  record: Stored,
  day: string,
  { explain = false }: { readonly explain?: boolean } = {},
): Promise<AsOf> {
  const end = endOf(tx, type, day);
  const rows = await storedFacts(tx, record);
  const facts = factsFrom(withErasedFilledIn(rows, type, record)).filter(
    ({ at }) => Temporal.Instant.compare(at, end) < 0,
  );
  const held = await heldOn(tx, type, record, day);
  if (facts.length === 0) return { day, record: null, clocks: [], erased: false, held };
  const now = Temporal.Instant.compare(end, tx.now) < 0 ? end : tx.now;
  const then = standing(tx, type, record, facts);
  const clocks = await readClocks(tx, type, { facts, requesterId: then.requesterId, now, explain });
  return {
    day,
    record: { ...then, dueAt: nextDue(clocks)?.toString({ smallestUnit: "millisecond" }) ?? null },
    clocks,
    erased: rows.some(
      ({ at, verb, body }) =>
        body === null && tellingVerbs.has(verb) && Temporal.Instant.compare(Temporal.Instant.from(at), end) < 0,
    ),
    held,
  };
}

/** The verbs of the lines that tell what a record holds. */
export const tellingVerbs: ReadonlySet<string> = new Set(["created", "changed", "moved"]);

/** The day in London at a moment, `yyyy-mm-dd`. */
export function dayOf(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}

/** The moment at which a day ends in London. */
function endOf(tx: Tx, type: RecordType, day: string): Temporal.Instant {
  if (!isDay(day)) refuse("on", "on: give a day as yyyy-mm-dd, like 2026-11-21");
  if (day > dayOf(tx.now) && type.dated === null) refuse("on", "on: give today or a day that has been");
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime("Europe/London").toInstant();
}

/** What the lines say in turn, the last word counting. */
function standing(tx: Tx, type: RecordType, record: Stored, facts: Awaited<ReturnType<typeof factsFrom>>): Stored {
  let values: Values = {};
  let state = type.starts;
  let closedAt: string | null = null;
  for (const fact of facts) {
    if (fact.values) values = { ...values, ...fact.values };
    if (fact.state === undefined) continue;
    state = fact.state;
    closedAt = type.states[state]?.final ? (closedAt ?? moment(fact.at)) : null;
  }
  const shared = sharedValues(type, values);
  // The columns of `records` hold an id or nothing.
  const part = (column: string) => (shared[column] ?? null) as string | null;
  const last = facts.findLast(({ verb }) => tellingVerbs.has(verb)) ?? facts.at(-1)!;
  return withComputed(type, {
    ...record,
    title: String(values[type.titleField] ?? record.title),
    state,
    version: facts.filter(({ verb }) => tellingVerbs.has(verb)).length,
    updatedAt: moment(last.at),
    closedAt,
    ownerId: part("owner_id"),
    teamId: part("team_id"),
    requesterId: part("requester_id"),
    sensitivity: String(values["sensitivity"] ?? "normal"),
    values: readable(tx, type, record, values),
  });
}

/** The values that the actor reads on the record as it is now: what is kept from them now is kept from them as it was. */
function readable(tx: Tx, type: RecordType, record: Stored, values: Values): Values {
  const inside = readsInternal(tx.actor, type.name, record);
  return Object.fromEntries(
    Object.entries(type.fields).flatMap(([name, { kind, options }]) =>
      options.untold || (options.internal && !inside)
        ? []
        : [[name, values[name] ?? (kind.name === "lines" || kind.name === "links" ? [] : null)] as const],
    ),
  );
}

function moment(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: "millisecond" });
}

/** Whether a dated record's values, as they are now, hold on a day, and which record's do in its place, as far as the actor sees. */
async function heldOn(tx: Tx, type: RecordType, record: Stored, day: string): Promise<AsOf["held"]> {
  if (type.dated === null) return null;
  const same = type.dated.by.map((name) => {
    const column = columnOf(type, name);
    if (column === null) throw new Error(`${type.name}: dated.by names ${name}, which has no column`);
    return sql` and ${sql.ref(column)} is not distinct from ${record.values[name] ?? null}`;
  });
  const { rows } = await sql<Row>`select * from ${viewOf(type)} where organisation_id = ${tx.actor.organisationId}::uuid
    ${sql.join(same, sql``)} and valid_from <= ${day}::date and (valid_until is null or valid_until >= ${day}::date)
    and closed_at is null ${filterOf(tx, type)} limit 1`.execute(tx.db);
  const [row] = rows;
  const holding = row ? storedFrom(type, row) : null;
  return { here: holding?.id === record.id, instead: holding?.id === record.id ? null : holding };
}
