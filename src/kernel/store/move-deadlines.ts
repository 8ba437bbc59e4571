import { sql } from "kysely";
import type { ClockReading } from "../clock.ts";
import type { RecordType } from "../record.ts";
import type { Registry } from "../registry.ts";
import type { Stored, Tx } from "../transaction.ts";
import { readClocks, storeClocks } from "./clocks.ts";
import { withErasedFilledIn } from "./erased-facts.ts";
import { filterOf } from "./find.ts";
import { storedFrom, viewOf } from "./row.ts";
import type { Row } from "./row.ts";
import { appendEvent, factsFrom } from "./timeline.ts";
import type { StoredFact } from "./timeline.ts";

/** A clock whose deadline the rules in force put elsewhere. Null: none is stored yet, or the hours never open. */
export interface MovingClock {
  readonly reading: ClockReading;
  readonly from: Temporal.Instant | null;
  readonly to: Temporal.Instant | null;
}

/** A record with the deadlines of its own that move. */
export interface Moving {
  readonly record: Stored;
  readonly clocks: readonly MovingClock[];
  /** Every clock that is stored for it. */
  readonly stored: readonly string[];
}

/** A part of the records of a type, in order of their ids. */
interface Looking {
  readonly after: string;
  readonly limit: number;
  /** Only these. */
  readonly ids?: readonly string[];
}

/** What was found in a part: `last` is where the next begins, null after the last. */
interface Found {
  readonly moving: readonly Moving[];
  readonly looked: number;
  readonly last: string | null;
}

/** Comes before every id. */
export const beforeAll = "00000000-0000-0000-0000-000000000000";

interface Candidate extends Row {
  readonly facts: readonly StoredFact[];
  readonly stored_clocks: readonly StoredClock[] | null;
}

interface StoredClock {
  readonly name: string;
  readonly state: string;
  readonly due_at: string | null;
}

/** The types whose clocks are counted by registers. */
export function countedTypes(registry: Registry): RecordType[] {
  return [...registry.types.values()].filter(({ clocks }) =>
    Object.values(clocks).some(({ rule }) => rule === "service-level" || rule === "counted"),
  );
}

/**
 * Of a part of the open records that the actor sees, those with running clocks whose stored deadline is not what the rules
 * in force make of their timeline. What has closed, stopped, or is paused stays as it is, and so does what no rule promises
 * any more.
 */
export async function deadlinesToMove(tx: Tx, type: RecordType, { after, limit, ids }: Looking): Promise<Found> {
  const { rows } = await sql<Candidate>`select v.*, record_facts(v.id) as facts, (
      select jsonb_agg(jsonb_build_object('name', c.name, 'state', c.state,
        'due_at', to_char(c.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
      from clocks c where c.organisation_id = v.organisation_id and c.record_id = v.id) as stored_clocks
    from (select * from ${viewOf(type)} where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null
      and id > ${after}::uuid ${ids ? sql`and id = any (${ids}::uuid[])` : sql``} ${filterOf(tx, type)} order by id limit ${limit}) v`.execute(
    tx.db,
  );
  const moving: Moving[] = [];
  for (const row of rows) {
    const record = storedFrom(type, row);
    const stored = row.stored_clocks ?? [];
    const facts = factsFrom(withErasedFilledIn(row.facts, type, record));
    const readings = await readClocks(tx, type, { facts, requesterId: record.requesterId, now: tx.now });
    const clocks = readings.flatMap(
      (reading) =>
        moved(
          reading,
          stored.find(({ name }) => name === reading.name),
        ) ?? [],
    );
    if (clocks.length > 0) moving.push({ record, clocks, stored: stored.map(({ name }) => name) });
  }
  const last = rows.at(-1);
  return { moving, looked: rows.length, last: rows.length < limit || !last ? null : String(last["id"]) };
}

function moved(reading: ClockReading, stored: StoredClock | undefined): MovingClock | null {
  if (reading.rule !== "service-level" && reading.rule !== "counted") return null;
  // The day of another reading comes and goes with the holidays that are known.
  const comesOrGoes = reading.rule === "counted" && stored !== undefined && stored.state !== reading.state;
  if (!comesOrGoes && reading.state !== "running") return null;
  if (!comesOrGoes && stored && stored.state !== "running") return null;
  const from = stored?.due_at ? Temporal.Instant.from(stored.due_at) : null;
  const to = reading.dueAt;
  const same =
    stored !== undefined &&
    (from === null || to === null ? from === to : Math.abs(from.epochMilliseconds - to.epochMilliseconds) <= 1);
  return same ? null : { reading, from, to };
}

/**
 * Moves what `deadlinesToMove` finds among these records, each with a line on its timeline that names the record `because`
 * of which (null: the bank holidays). For the product itself, since deadlines follow from the rules whoever may see the records. The records are held
 * while they are read again, so that nobody's change falls between. Gives how many records' deadlines moved.
 */
export async function moveDeadlines(
  tx: Tx,
  type: RecordType,
  ids: readonly string[],
  because: string | null,
): Promise<number> {
  await sql`select id from records where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${ids}::uuid[])
    order by id for no key update`.execute(tx.db);
  const { moving } = await deadlinesToMove(tx, type, { after: beforeAll, limit: ids.length, ids });
  for (const { record, clocks, stored } of moving) {
    const readings = clocks.map(({ reading }) => reading);
    await storeClocks(tx, record.id, readings);
    await sql`update records set next_due_at = coalesce((select min(c.due_at) from clocks c
        where c.organisation_id = records.organisation_id and c.record_id = records.id and c.state = 'running'), 'infinity')
      where organisation_id = ${tx.actor.organisationId}::uuid and id = ${record.id}::uuid`.execute(tx.db);
    const text = (at: Temporal.Instant | null) => at?.toString() ?? null;
    await appendEvent(tx, record.id, {
      verb: "deadlines_moved",
      body: {
        clocks: [...new Set([...stored, ...readings.map(({ name }) => name)])],
        deadlines: Object.fromEntries(
          clocks.map(({ reading, from, to }) => [reading.name, { from: text(from), to: text(to) }]),
        ),
        ...(because === null ? {} : { other: because }),
      },
    });
  }
  return moving.length;
}
