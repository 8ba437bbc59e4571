import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { ClockReading, Warned, Warns } from "../clock.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { Database } from "../database/tables.ts";
import type { RecordType } from "../record.ts";
import { readClocks } from "../store/clocks.ts";
import { withErasedFilledIn } from "../store/erased-facts.ts";
import { storedFrom, viewOf } from "../store/row.ts";
import type { Row } from "../store/row.ts";
import { factsFrom } from "../store/timeline.ts";
import type { StoredFact } from "../store/timeline.ts";
import { begunAsProduct, productGrants } from "../transaction.ts";
import type { Stored, Tx } from "../transaction.ts";
import { writeNotices } from "./note.ts";
import type { Notice, TellingParts } from "./note.ts";
import { peopleToWarn } from "./people-to-warn.ts";
import type { PeopleToWarn } from "./people-to-warn.ts";

/** Records looked at in one transaction. */
const batchMax = 200;
/** Batches in one go, so that a flood of them keeps nothing else waiting. */
const batchesMax = 25;
/** What was reached longer ago is nobody's news any more: a long weekend. Hours. */
const lookBackHours = 96;

/**
 * Warns of clocks whose time runs out, each part of it once: what was warned of is kept in the same transaction as the
 * notifications, so that neither a restart nor a deadline that moves warns twice. Gives how many notifications were made.
 */
export async function warnAll(parts: TellingParts, now: Temporal.Instant = Temporal.Now.instant()): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ id: string }>("select id from reeve.organisations");
  let told = 0;
  for (const { id } of rows)
    for (let batch = 0; batch < batchesMax; batch++) {
      const done = await warnBatch(parts, id, now);
      told += done.told;
      if (done.looked < batchMax) break;
    }
  return told;
}

function warnBatch(
  parts: TellingParts,
  organisationId: string,
  now: Temporal.Instant,
): Promise<{ looked: number; told: number }> {
  return inTransaction(parts.ownerPool, async (db) => {
    const { rows } = await sql<{ id: string; type: string }>`
      select c.record_id as id, r.type from clocks c join records r on r.organisation_id = c.organisation_id and r.id = c.record_id
      where c.organisation_id = ${organisationId}::uuid and c.state = 'running' and c.next_warning_at <= ${now.toString()}::timestamptz
        and c.next_warning_at < 'infinity' order by c.next_warning_at limit ${batchMax} for update of c skip locked`.execute(
      db,
    );
    if (rows.length === 0) return { looked: 0, told: 0 };
    await sql`select act_as_system(${organisationId}::uuid)`.execute(db);
    const grants = productGrants(parts.registry.types.values());
    const tx = await begunAsProduct({ registry: parts.registry, now }, db, organisationId, grants);
    const notices: Notice[] = [];
    for (const [name, ofType] of Map.groupBy(rows, ({ type }) => type)) {
      const ids = [...new Set(ofType.map(({ id }) => id))];
      const type = tx.registry.types.get(name);
      notices.push(...(type ? await warningsOfType(tx, type, ids) : []));
    }
    return { looked: rows.length, told: await writeNotices(db, parts, organisationId, notices, now) };
  });
}

/** Notes what these records' clocks have reached and when each is to be looked at again. Gives whom to tell of it. */
async function warningsOfType(tx: Tx, type: RecordType, ids: readonly string[]): Promise<Notice[]> {
  // A clock that is not read any more (nothing is promised now) is not looked at again until it is written anew.
  await sql`update clocks set next_warning_at = 'infinity' where organisation_id = ${tx.actor.organisationId}::uuid
    and record_id = any (${ids}::uuid[]) and next_warning_at <= ${tx.now.toString()}::timestamptz`.execute(tx.db);
  const [{ rows }, noted] = await Promise.all([
    sql<Row & { facts: readonly StoredFact[] }>`select v.*, record_facts(v.id) as facts from ${viewOf(type)} v
      where v.organisation_id = ${tx.actor.organisationId}::uuid and v.id = any (${ids}::uuid[]) order by v.id`.execute(
      tx.db,
    ),
    notedOf(tx.db, tx.actor.organisationId, ids),
  ]);
  const records = rows.map((row) => ({ record: storedFrom(type, row), facts: row.facts }));
  const people = await peopleToWarn(
    tx,
    records.map(({ record }) => record),
  );
  const notices: Notice[] = [];
  for (const { record, facts } of records) {
    const readings = await readClocks(tx, type, {
      facts: factsFrom(withErasedFilledIn(facts, type, record)),
      requesterId: record.requesterId,
      now: tx.now,
    });
    for (const reading of readings) {
      const clock = type.clocks[reading.name];
      if (clock?.rule !== "service-level" || !clock.warns || reading.state !== "running") continue;
      const reached = await note(tx, record, reading, noted);
      notices.push(...(await noticesOf(tx, { warns: clock.warns, record, reading, reached, people })));
    }
  }
  return notices;
}

const key = (record: string, clock: string, percent: number) => `${record} ${clock} ${percent}`;

async function notedOf(
  db: Kysely<Database>,
  organisationId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string; clock: string; percent: number }>`
    select record_id as id, clock, percent from clock_warnings
    where organisation_id = ${organisationId}::uuid and record_id = any (${ids}::uuid[])`.execute(db);
  return new Set(rows.map(({ id, clock, percent }) => key(id, clock, percent)));
}

/** A part of a clock's time that has gone: its place among the fractions, and when it was reached. */
interface Reached {
  readonly percent: number;
  readonly place: number;
  readonly at: Temporal.Instant;
}

/** Keeps what was reached and not noted yet, and when the next is. */
async function note(
  tx: Tx,
  record: Stored,
  { name, warnings }: ClockReading,
  noted: ReadonlySet<string>,
): Promise<Reached[]> {
  const left = warnings
    .map(({ fraction, at }, place) => ({ percent: Math.round(fraction * 100), place, at }))
    .filter(({ percent }) => !noted.has(key(record.id, name, percent)));
  const reached = left.filter(({ at }) => Temporal.Instant.compare(at, tx.now) <= 0);
  const next = left
    .filter((one) => !reached.includes(one))
    .map(({ at }) => at)
    .sort((one, other) => Temporal.Instant.compare(one, other))[0];
  if (next)
    await sql`update clocks set next_warning_at = ${next.toString()}::timestamptz where organisation_id = ${tx.actor.organisationId}::uuid
      and record_id = ${record.id}::uuid and name = ${name} and state = 'running'`.execute(tx.db);
  if (reached.length > 0)
    await sql`insert into clock_warnings (organisation_id, record_id, clock, percent, reached_at)
      select ${tx.actor.organisationId}::uuid, ${record.id}::uuid, ${name}, percent, at
      from unnest(${reached.map(({ percent }) => percent)}::smallint[], ${reached.map(({ at }) => at.toString())}::timestamptz[]) as w (percent, at)
      on conflict do nothing`.execute(tx.db);
  const oldest = tx.now.subtract({ hours: lookBackHours });
  return reached.filter(({ at }) => Temporal.Instant.compare(at, oldest) >= 0);
}

interface Warning {
  readonly warns: Warns;
  readonly record: Stored;
  readonly reading: ClockReading;
  readonly reached: readonly Reached[];
  readonly people: PeopleToWarn;
}

/** Each person once, of the most that was reached of what is theirs to hear. */
async function noticesOf(tx: Tx, { warns, record, reading, reached, people }: Warning): Promise<Notice[]> {
  const told = new Map<string, { readonly one: Reached; readonly owns: boolean }>();
  for (const one of reached) {
    const breach = one.percent === 100;
    const place = warns.inTurn[Math.min(one.place, warns.inTurn.length - 1)];
    const whom: readonly Warned[] = breach ? warns.inTurn : place === undefined ? [] : [place];
    const others = breach ? ((await warns.ofBreach?.(tx, record)) ?? []) : [];
    for (const id of [...whom.flatMap((who) => people.of(record, who, warns.inTurn)), ...others])
      told.set(id, { one, owns: id === record.ownerId });
  }
  const dueAt = (reading.dueAt ?? tx.now).toString({ smallestUnit: "second" });
  return [...told].map(([personId, { one, owns }]): Notice => {
    const kind = !owns ? "team" : one.percent === 100 ? "late" : "due";
    return {
      personId,
      kind,
      recordId: record.id,
      sequence: null,
      about: `${kind} ${reading.name} ${dueAt} ${one.percent}`,
      actorId: null,
      madeAt: one.percent === 100 ? one.at.toString() : tx.now.toString(),
    };
  });
}
