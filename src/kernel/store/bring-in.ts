import { sql } from "kysely";
import { mustBeAllowed } from "../access.ts";
import type { ClockReading } from "../clock.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { nextDue, readClocks, storeClocks, toldOfClocks } from "./clocks.ts";
import { momentText, rowsOfMany } from "./many-rows.ts";
import type { BroughtEvent, OneOfMany } from "./many-rows.ts";
import { hasLinesOrLinks, ownColumns, sharedValues } from "./row.ts";
import { referenceOf } from "./reference.ts";
import { rulesOfTable } from "./refused-by-database.ts";
import { appendEvent, factsFrom, timelineFacts } from "./timeline.ts";
import { checkRequired, checkValues } from "./values.ts";
import type { Values } from "./values.ts";
import { wordsOf } from "./words.ts";

/** A record as it came to stand elsewhere, and how: its first event is `created`, the others follow in order of time. */
export interface BroughtRecord {
  readonly values: Values;
  readonly state: string;
  readonly openedAt: Temporal.Instant;
  readonly closedAt: Temporal.Instant | null;
  readonly events: readonly BroughtEvent[];
}

/**
 * Makes records with their whole history, a few statements for all of them: for imports, acting as the product itself.
 * Values are checked and clocks computed as for any other record; what follows from values is for the source to have
 * said. Lines and links are not brought in this way. Gives the new ids, in order. Refuses (invalid) as `create` does.
 */
export async function bringIn(tx: Tx, type: RecordType, records: readonly BroughtRecord[]): Promise<string[]> {
  mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${type.label.one.toLowerCase()}`);
  if (records.length === 0) return [];
  await beNobodysNews(tx);
  const names = await nextNames(tx, type, records);
  const all: OneOfMany[] = [];
  for (const [at, record] of records.entries()) {
    const values = checked(type, record.values);
    const clocks = await clocksOfHistory(tx, type, record, values);
    all.push(oneOfMany(record, { ...names[at]!, values, clocks }));
  }
  const rows = JSON.stringify(rowsOfMany(type, all));
  await rulesOfTable(type, () => sql`select bring_in(${type.name}, ${rows}::jsonb)`.execute(tx.db));
  return names.map(({ id }) => id);
}

/** What a record that was brought in before has become since, in the source. */
export interface BroughtOn {
  /** Only the values that are to change. */
  readonly values: Values;
  readonly state: string;
  readonly closedAt: Temporal.Instant | null;
  readonly events: readonly BroughtEvent[];
}

/** Adds later history to a record that was brought in before, and computes its clocks again from the whole. */
export async function bringOn(tx: Tx, type: RecordType, before: Stored, more: BroughtOn): Promise<void> {
  mustBeAllowed(tx.actor, type, type.access.change.permission, `change this ${type.label.one.toLowerCase()}`, before);
  await beNobodysNews(tx);
  const values = checkValues(type, more.values, { trusted: true });
  for (const { at, verb, body } of more.events) await appendEvent(tx, before.id, { at, verb, body });
  const after = { ...before.values, ...values };
  const shared = sharedValues(type, after);
  const requesterId = (shared["requester_id"] ?? null) as string | null;
  const facts = await timelineFacts(tx, type, { id: before.id, state: more.state, values: after });
  const readings = await readClocks(tx, type, { facts, requesterId, now: tx.now });
  await storeClocks(tx, before.id, readings);
  const words = wordsOf(type, before.reference, after);
  const row = {
    ...shared,
    state: more.state,
    closed_at: moment(more.closedAt),
    next_due_at: moment(nextDue(readings)) ?? "infinity",
    updated_at: moment(more.events.at(-1)?.at ?? tx.now),
  };
  const which = sql`organisation_id = ${tx.actor.organisationId}::uuid and id = ${before.id}::uuid`;
  await rulesOfTable(type, async () => {
    await sql`update records set ${assignments(Object.entries(row))}, version = version + 1 where ${which}`.execute(
      tx.db,
    );
    const own = ownColumns(type, values);
    if (own.length > 0) await sql`update ${sql.table(type.name)} set ${assignments(own)} where ${which}`.execute(tx.db);
  });
  await sql`select index_record(${before.id}::uuid, ${words.title}, ${words.everyone}, ${words.internal})`.execute(
    tx.db,
  );
}

/** What is brought in happened elsewhere: nobody is told of it, however lately it did. Holds for the whole transaction. */
async function beNobodysNews(tx: Tx): Promise<void> {
  await sql`select set_config('reeve.quiet', 'on', true)`.execute(tx.db);
}

function assignments(cells: readonly (readonly [column: string, value: unknown])[]) {
  return sql.join(cells.map(([column, value]) => sql`${sql.ref(column)} = ${value}`));
}

/** Ids that sort by when the records were opened, and the next references. */
async function nextNames(
  tx: Tx,
  type: RecordType,
  records: readonly BroughtRecord[],
): Promise<{ id: string; reference: string }[]> {
  const years = records.map(({ openedAt }) => String(openedAt.toZonedDateTimeISO("Europe/London").year));
  const periods = years.map((year) => (type.reference.includes("{yyyy}") ? year : ""));
  const opened = records.map(({ openedAt }) => openedAt.toString());
  const { rows } = await sql<{ id: string; number: number }>`
    select uuidv7(given.opened - clock_timestamp()) as id, next_number(${type.name}, given.period) as number
    from unnest(${opened}::timestamptz[], ${periods}::text[]) with ordinality as given (opened, period, place) order by place`.execute(
    tx.db,
  );
  return rows.map(({ id, number }, at) => ({ id, reference: referenceOf(type.reference, number, years[at]!) }));
}

function checked(type: RecordType, given: Values): Values {
  const values = checkValues(type, given, { trusted: true });
  // What the organisation asks for now, its history did not know.
  checkRequired(type, values, [], {});
  const outside = Object.keys(values).filter(
    (name) => hasLinesOrLinks(type) && ["lines", "links"].includes(type.fields[name]?.kind.name ?? ""),
  );
  if (outside.length > 0)
    throw new Error(`${type.name}.${outside[0]}: lines and links are not brought in with many records at once`);
  return values;
}

/** The clocks as the stored timeline will give them: the same facts, read by the same functions. */
function clocksOfHistory(tx: Tx, type: RecordType, { events }: BroughtRecord, values: Values): Promise<ClockReading[]> {
  const facts = factsFrom(
    events.map(({ at, verb, body, audience = "everyone", actorId = null }) => ({
      at: moment(at)!,
      verb,
      actor: actorId,
      audience,
      body: verb === "commented" ? null : body,
    })),
  );
  const requesterId = (sharedValues(type, values)["requester_id"] ?? null) as string | null;
  return readClocks(tx, type, { facts, requesterId, now: tx.now });
}

function oneOfMany(
  { state, openedAt, closedAt, events }: BroughtRecord,
  more: Pick<OneOfMany, "id" | "reference" | "values" | "clocks">,
): OneOfMany {
  const { reference, clocks } = more;
  return {
    ...more,
    state,
    openedAt,
    closedAt,
    updatedAt: events.at(-1)?.at ?? openedAt,
    events: events.map(({ body, ...event }, place) => ({
      ...event,
      body: place === 0 ? { ...body, reference, ...toldOfClocks(clocks) } : body,
    })),
  };
}

function moment(at: Temporal.Instant | null): string | null {
  return at === null ? null : momentText(at);
}
