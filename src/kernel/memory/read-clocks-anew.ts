import { sql } from "kysely";
import type pg from "pg";
import { inTransaction } from "../database/in-transaction.ts";
import type { RecordType } from "../record.ts";
import type { Registry } from "../registry.ts";
import { begunAsProduct, once, productGrants } from "../transaction.ts";
import type { Stored, Tx } from "../transaction.ts";
import { keptClock, readClocks } from "../store/clocks.ts";
import type { clockRow } from "../store/clocks.ts";
import { withErasedFilledIn } from "../store/erased-facts.ts";
import { storedFrom, viewOf } from "../store/row.ts";
import type { Row } from "../store/row.ts";
import { appendEvent, factsFrom } from "../store/timeline.ts";
import type { StoredFact } from "../store/timeline.ts";
import { clockAsOf } from "./clock-as-of.ts";
import { rulesAsOf } from "./rules-as-of.ts";

const recordsAtATime = 200;

interface Parts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
}

/** A clock of a type that this version reads otherwise than the one that stored it. */
interface ToRead {
  readonly organisation: string;
  readonly type: string;
  readonly clock: string;
  /** To follow “read it anew”. */
  readonly why: string;
  /** The id of the last record that was looked at. */
  readonly done: string;
}

/**
 * Reads the clocks of `clocks_to_read_anew` again, each batch of records a transaction, so that it goes on where it was
 * stopped. Gives how many clocks were not as they were stored.
 */
export async function readClocksAnew({ ownerPool, registry }: Parts): Promise<number> {
  let changed = 0;
  for (;;) {
    const batch = await inTransaction(ownerPool, async (db) => {
      const { rows } = await sql<ToRead>`select organisation_id as organisation, type, clock, why, done_until as done
        from clocks_to_read_anew order by organisation_id, type, clock limit 1 for update skip locked`.execute(db);
      const [asked] = rows;
      if (!asked) return null;
      await sql`select act_as_system(${asked.organisation}::uuid), set_config('reeve.quiet', 'on', true)`.execute(db);
      const tx = await begunAsProduct({ registry }, db, asked.organisation, productGrants(registry.types.values()));
      return readBatch(tx, asked);
    });
    if (batch === null) return changed;
    changed += batch;
  }
}

interface Candidate extends Row {
  readonly facts: readonly StoredFact[];
  readonly stored_clocks: readonly StoredClock[];
}

interface StoredClock {
  readonly name: string;
  readonly state: string;
  readonly due_at: string | null;
  readonly stopped_at: string | null;
}

async function readBatch(tx: Tx, { organisation, type: name, clock, why, done }: ToRead): Promise<number> {
  const which = sql`organisation_id = ${organisation}::uuid and type = ${name} and clock = ${clock}`;
  const type = tx.registry.types.get(name);
  const { rows } = await sql<{ id: string }>`select r.id from records r
    where r.organisation_id = ${organisation}::uuid and r.type = ${name} and r.id > ${done}::uuid
      and exists (select 1 from clocks c where c.organisation_id = r.organisation_id and c.record_id = r.id and c.name = ${clock})
    order by r.id limit ${recordsAtATime} for no key update of r`.execute(tx.db);
  const ids = rows.map(({ id }) => id);
  const changed = type && ids.length > 0 ? await readAnew(tx, type, ids, { clock, why }) : 0;
  if (ids.length < recordsAtATime) await sql`delete from clocks_to_read_anew where ${which}`.execute(tx.db);
  else await sql`update clocks_to_read_anew set done_until = ${ids.at(-1)}::uuid where ${which}`.execute(tx.db);
  return changed;
}

type Asked = Pick<ToRead, "clock" | "why">;

async function readAnew(tx: Tx, type: RecordType, ids: readonly string[], { clock, why }: Asked): Promise<number> {
  const utc = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const { rows } = await sql<Candidate>`select v.*, record_facts(v.id) as facts, (
      select jsonb_agg(jsonb_build_object('name', c.name, 'state', c.state, 'due_at', ${utc("c.due_at")}, 'stopped_at', ${utc("c.stopped_at")}))
      from clocks c where c.organisation_id = v.organisation_id and c.record_id = v.id) as stored_clocks
    from ${viewOf(type)} v where v.organisation_id = ${tx.actor.organisationId}::uuid and v.id = any (${ids}::uuid[]) order by v.id`.execute(
    tx.db,
  );
  let changed = 0;
  for (const row of rows) {
    const record = storedFrom(type, row);
    const stored = row.stored_clocks.find(({ name }) => name === clock);
    const is = await readNow(tx, type, { record, facts: row.facts, clock });
    if (!stored || is === undefined || isAsStored(stored, is)) continue;
    await writeAnew(tx, record, { stored, is, why, all: row.stored_clocks.map(({ name }) => name) });
    changed += 1;
  }
  return changed;
}

type Kept = ReturnType<typeof clockRow>;

/**
 * How a clock stands as this version reads it: by the rules that hold, else by those that held when it was last written. null
 * where none is owed, undefined where nobody can say.
 */
async function readNow(
  tx: Tx,
  type: RecordType,
  { record, facts, clock }: { record: Stored; facts: readonly StoredFact[]; clock: string },
): Promise<Kept | null | undefined> {
  const whose = { facts: factsFrom(withErasedFilledIn(facts, type, record)), requesterId: record.requesterId };
  const readings = await readClocks(tx, type, { ...whose, now: tx.now });
  const reading = readings.find(({ name }) => name === clock);
  if (reading) return keptClock(reading);
  const definition = type.clocks[clock];
  if (!definition) return undefined;
  if (definition.rule === "service-level" && definition.owed?.(record.values) === false) return null;
  const recorded = await sql<{ at: number }>`select (extract(epoch from recorded_at) * 1000)::float8 as at from events
    where organisation_id = ${tx.actor.organisationId}::uuid and record_id = ${record.id}::uuid order by sequence`.execute(
    tx.db,
  );
  const then = await clockAsOf(
    await once(tx, "rules as of", () =>
      rulesAsOf({ db: tx.db, registry: tx.registry, organisation: { id: tx.actor.organisationId } }, tx),
    ),
    {
      type,
      requesterId: record.requesterId,
      now: tx.now,
      facts: facts.map((fact, at) => ({ ...fact, recordedMs: recorded.rows[at]?.at ?? 0 })),
    },
    clock,
  );
  return then?.rows[0];
}

/** Whether it stands where it stood: what policies and calendars moved since is for the job that moves deadlines. */
function isAsStored(stored: StoredClock, is: Kept | null): boolean {
  return is !== null && stored.state === is.state && sameMoment(stored.stopped_at, is.stopped_at);
}

function sameMoment(stored: string | null, read: string | null): boolean {
  if (stored === null || read === null) return stored === null && read === null;
  const [one, other] = [stored, read].map((at) => Temporal.Instant.from(at).epochMilliseconds);
  return Math.abs(one! - other!) <= 1;
}

interface Anew {
  readonly stored: StoredClock;
  readonly is: Kept | null;
  readonly why: string;
  /** Every clock that is stored for the record. */
  readonly all: readonly string[];
}

/** Stores the clock as it is read now, or takes it away where none is owed, and says so on the timeline. */
async function writeAnew(tx: Tx, record: Stored, { stored, is, why, all }: Anew): Promise<void> {
  const rows = JSON.stringify([{ record_id: record.id, ...is }]);
  if (is) await sql`select store_clocks(${rows}::jsonb)`.execute(tx.db);
  else
    await sql`delete from clocks where organisation_id = ${tx.actor.organisationId}::uuid and record_id = ${record.id}::uuid
      and name = ${stored.name}`.execute(tx.db);
  await sql`select refresh_next_due(${record.id}::uuid)`.execute(tx.db);
  await appendEvent(tx, record.id, {
    verb: "deadlines_moved",
    body: {
      clocks: is ? all : all.filter((name) => name !== stored.name),
      deadlines: { [stored.name]: { from: stored.due_at, to: is?.due_at ?? null } },
      reason: is ? why : "since nothing of it is owed for what was asked for so",
    },
  });
}
