import assert from "node:assert/strict";
import type pg from "pg";
import { typeNamed } from "../src/kernel/registry.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { find } from "../src/kernel/store/find.ts";
import { asSystem } from "../src/kernel/transaction.ts";
import type { Tx } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";

const samples = 40;

/** Proves on samples that made tickets are what the store would have made: chains, clocks, words. Throws at the first that is not. */
export async function checkSamples(
  ownerPool: pg.Pool,
  organisationId: string,
  said: (line: string) => void,
): Promise<void> {
  const { rows } = await ownerPool.query<{ id: string }>(
    `(select r.id from records r, bench.setting s, generate_series(1, $2::integer) x
       where r.organisation_id = $1 and r.type = 'ticket' and r.reference = bench.reference((1 + (x * 7919::bigint * 131) % s.tickets)::integer))
     union all (select id from records where organisation_id = $1 and type = 'ticket' and closed_at is null order by next_due_at desc limit $2)`,
    [organisationId, samples],
  );
  for (const { id } of rows) {
    await checkChain(ownerPool, organisationId, id);
    await asSystem({ ownerPool, registry, organisationId }, (tx) => checkClocks(tx, id));
  }
  said(`${rows.length} samples checked: chains, clocks and words`);
}

async function checkChain(ownerPool: pg.Pool, organisationId: string, id: string): Promise<void> {
  const { rows } = await ownerPool.query<{ whole: boolean; words: boolean }>(
    `select r.event_count = count(*) and r.event_hash = (array_agg(e.hash order by e.sequence desc))[1]
        and bool_and(e.hash = event_digest(coalesce(e.previous, '\\x'), e.record_id, e.sequence, e.at, e.actor_id, e.verb, e.audience, e.body_hash))
        and bool_and(e.body_hash = sha256(e.salt || convert_to(e.body::text, 'UTF8'))) as whole,
        r.search @@ plainto_tsquery('english', r.title) as words
     from records r join (select *, lag(hash) over (order by sequence) as previous from events join event_bodies b using (organisation_id, record_id, sequence)
       where organisation_id = $1 and record_id = $2) e on e.record_id = r.id
     where r.organisation_id = $1 and r.id = $2 group by r.organisation_id, r.id`,
    [organisationId, id],
  );
  assert.deepEqual(rows, [{ whole: true, words: true }], `the chain or the words of ${id}`);
}

async function checkClocks(tx: Tx, id: string): Promise<void> {
  const type = typeNamed(registry, "ticket");
  const readings = await clocksOf(tx, type, await find(tx, type, id));
  const stored = await tx.db
    .selectFrom("clocks")
    .selectAll()
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("record_id", "=", id)
    .orderBy("name", "desc")
    .execute();
  const instant = (at: Temporal.Instant | null) => at?.toString({ smallestUnit: "millisecond" }) ?? null;
  const computed = readings.map((reading) => ({
    name: reading.name,
    state: reading.state,
    due_at: instant(reading.dueAt),
    stopped_at: instant(reading.stoppedAt),
    outcome: reading.outcome,
    target_minutes: reading.targetMinutes,
    elapsed_minutes: reading.state === "stopped" ? reading.elapsedMinutes : 0,
    policy_version: reading.policyVersion,
    calendar_version: reading.calendarVersion,
  }));
  const kept = stored.map(
    ({
      organisation_id: _organisation,
      record_id: _record,
      started_at: _started,
      paused_minutes: _paused,
      met_only_by_pause: _met,
      next_warning_at: _warning,
      ...rest
    }) => rest,
  );
  assert.deepEqual(
    kept.map((clock) => ({ ...clock })),
    computed.map((clock) => ({ ...clock })),
    `the clocks of ${id}`,
  );
}
