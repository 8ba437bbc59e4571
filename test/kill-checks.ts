import assert from "node:assert/strict";
import type pg from "pg";
import type { EventBody } from "../src/kernel/store/timeline.ts";
import type { Step } from "./kill-writers.ts";

/** A ticket that the writers made, as the database holds it. */
export interface Kept {
  readonly reference: string;
  readonly summary: string;
  readonly state: string;
  readonly version: number;
  /** Its timeline, each line as `sign` says it. */
  readonly lines: readonly string[];
}

/** The tickets of the writers with their timelines, by summary. A summary that two of them have fails. */
export async function readKept(ownerPool: pg.Pool): Promise<ReadonlyMap<string, Kept>> {
  const { rows } = await ownerPool.query<Omit<Kept, "lines"> & { events: { verb: string; body: EventBody }[] }>(
    `select r.reference, r.title as summary, r.state, r.version,
       (select coalesce(jsonb_agg(jsonb_build_object('verb', e.verb, 'body', b.body) order by e.sequence), '[]')
        from events e join event_bodies b using (organisation_id, record_id, sequence)
        where e.organisation_id = r.organisation_id and e.record_id = r.id) as events
     from records r where r.type = 'ticket' and r.title like 'Kill test %'`,
  );
  const kept = new Map(rows.map(({ events, ...ticket }) => [ticket.summary, { ...ticket, lines: events.map(sign) }]));
  assert.equal(kept.size, rows.length, "a ticket was made twice");
  return kept;
}

/** A line of a timeline in short: what was done, and the text by which the writer knows it. */
function sign({ verb, body }: { verb: string; body: EventBody }): string {
  const { waitingReason, resolution, details } = body.changes ?? {};
  const text = body.text ?? body.values?.["summary"] ?? waitingReason?.to ?? resolution?.to ?? details?.to;
  return [verb, body.move, text].filter((part) => part !== undefined && part !== null).join(" ");
}

/** How often the step was done: its lines are there as many times, all of them, one after the other. */
export function timesDone(kept: ReadonlyMap<string, Kept>, step: Step): number {
  const lines = kept.get(step.ticket)?.lines ?? [];
  const [first = "", ...others] = step.lines;
  const places = lines.flatMap((line, place) => (line === first ? [place] : []));
  for (const place of places)
    assert.deepEqual(lines.slice(place + 1, place + 1 + others.length), others, `${step.path} is half done`);
  for (const other of others)
    assert.equal(lines.filter((line) => line === other).length, places.length, `${step.path} is half done`);
  return places.length;
}

/** Fails when something acknowledged is not there, once, or the writers' own order is not the timeline's. */
export function assertNothingLost(kept: ReadonlyMap<string, Kept>, steps: readonly Step[]): void {
  for (const step of steps.filter(({ acknowledged }) => acknowledged))
    assert.equal(timesDone(kept, step), 1, `acknowledged: ${step.method} ${step.path}, ${step.lines.join(", ")}`);
  for (const { summary, lines } of kept.values()) {
    const sent = steps.filter(({ kind, ticket }) => ticket === summary && kind !== "comment");
    const expected = sent.filter((step) => timesDone(kept, step) > 0).flatMap((step) => step.lines);
    const comments = steps.filter(({ kind, ticket }) => ticket === summary && kind === "comment");
    const said = new Set(comments.flatMap((step) => step.lines));
    const found = lines.filter((line) => !said.has(line));
    assert.deepEqual(found, expected, `the timeline of ${summary}`);
  }
}

/**
 * Everything that one transaction writes for a ticket is there or nothing is: record, own row, lines, state, version, both
 * clocks, words to find it by, seal to come, and the answer that its key remembers. Gives what is not so.
 */
export async function halfDone(ownerPool: pg.Pool): Promise<string[]> {
  const { rows } = await ownerPool.query<{ problem: string }>(
    `with told as (
       select organisation_id, record_id, count(*)::integer as lines,
         count(*) filter (where verb in ('moved', 'changed'))::integer as changes,
         (array_agg(b.body ->> 'state' order by sequence desc) filter (where b.body ? 'state'))[1] as state,
         string_agg(b.body ->> 'text', ' ') as said
       from events join event_bodies b using (organisation_id, record_id, sequence) group by organisation_id, record_id
     ), ours as (
       select r.*, told.lines, told.changes, told.state as told_state, told.said, own.id is not null as has_own,
         (select count(*) from clocks c where c.organisation_id = r.organisation_id and c.record_id = r.id) as clocks,
         (select min(due_at) from clocks c where c.organisation_id = r.organisation_id and c.record_id = r.id and c.state = 'running') as due
       from records r left join told on told.organisation_id = r.organisation_id and told.record_id = r.id
       left join ticket own on own.organisation_id = r.organisation_id and own.id = r.id
       where r.type = 'ticket' and r.title like 'Kill test %'
     )
     select reference || ': it has no row of its own' as problem from ours where not has_own
     union all select reference || ': it says ' || event_count || ' lines and has ' || coalesce(lines, 0) from ours where event_count is distinct from lines
     union all select reference || ': it is ' || state || ' and its timeline says ' || coalesce(told_state, 'nothing') from ours where state is distinct from told_state
     union all select reference || ': version ' || version || ' after ' || changes || ' changes' from ours where version is distinct from 1 + changes
     union all select reference || ': ' || clocks || ' clocks' from ours where clocks <> 2
     union all select reference || ': its next deadline is not its clocks''' from ours where next_due_at is distinct from coalesce(due, 'infinity')
     union all select reference || ': what it says cannot be found' from ours where not search @@ plainto_tsquery('english', title || ' ' || coalesce(said, ''))
     union all select reference || ': closed_at does not go with ' || state from ours where (closed_at is not null) <> (state in ('closed', 'cancelled'))
     union all select o.reference || ': its end is under no seal and waits for none' from ours o
       where not exists (select 1 from unsealed u where u.organisation_id = o.organisation_id and u.record_id = o.id)
         and not exists (select 1 from seal_heads h where h.organisation_id = o.organisation_id and h.record_id = o.id and h.hash = o.event_hash)
     union all select 'the key ' || key || ' remembers no answer, or that of a record which is not there' from submissions s
       where status is null or location is null or not exists (select 1 from records r where r.organisation_id = s.organisation_id and r.id = s.record_id)`,
  );
  return rows.map(({ problem }) => problem);
}

/** The keys that the database remembers: each goes with an effect. */
export async function rememberedKeys(ownerPool: pg.Pool): Promise<ReadonlySet<string>> {
  const { rows } = await ownerPool.query<{ key: string }>("select key from submissions");
  return new Set(rows.map(({ key }) => key));
}
