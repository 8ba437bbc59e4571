import { sql } from "kysely";
import { problemsMax } from "./findings.ts";
import type { Problem } from "./findings.ts";
import type { Verifying } from "./verify.ts";

/** Records whose chains are looked at in one statement: bounds what PostgreSQL holds, and says how far it has come. */
const recordsAtATime = 20_000;
const firstId = "00000000-0000-0000-0000-000000000000";
const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

interface Fault {
  readonly type: string | null;
  readonly reference: string | null;
  readonly recordId: string;
  readonly sequence: number | null;
  readonly fault: keyof typeof sentences;
  readonly expected: string | null;
  readonly found: string | null;
}

const sentences = {
  gap: "This line of the timeline is missing",
  hash: "This line is not what was written: its time, actor, verb, audience or place was changed",
  type: "This line says that it belongs to a record of another type",
  "no body": "What this line said is missing, and no erasure accounts for it",
  "no certificate": "What this line said is gone under a certificate that no erasure of this record has",
  body: "What this line says was changed",
  "no record": "This line belongs to a record that is not there",
  count: "The record says how many lines its timeline has, and it has another number",
  head: "The record’s own copy of its last line’s hash was changed",
  sealed: "This line was sealed and is not there, or not as it was sealed",
  "not erased": "An erasure has a certificate for this and it is still there",
  "not in chain": "An erasure is listed that the record’s timeline does not know",
} as const;

/** Every chain, body and head of an organisation, and the sealed heads against them, records in order of their ids. */
export async function verifyChains(verifying: Verifying): Promise<void> {
  const { db, organisation, findings, progress } = verifying;
  let after: string | null = firstId;
  let done = 0;
  while (after !== null) {
    const from: string = after;
    const next = await sql<{
      id: string;
    }>`select id from records where organisation_id = ${organisation.id}::uuid and id > ${from}::uuid
      order by id offset ${recordsAtATime - 1} limit 1`.execute(db);
    // The last stretch has no end, so that lines of records that are not there are found too.
    const until: string | null = next.rows[0]?.id ?? null;
    const counted = await verifyStretch(verifying, from, until ?? lastId);
    done += counted;
    if (until !== null) progress(`${organisation.name}: the timelines of ${done.toLocaleString("en-GB")} records`);
    after = until;
  }
  findings.count("records", done);
}

interface Stretch {
  readonly records: number;
  readonly events: number;
  readonly erased: number;
  readonly faultCount: number;
  readonly faults: readonly Fault[] | null;
}

async function verifyStretch({ db, organisation, findings }: Verifying, after: string, until: string): Promise<number> {
  const { rows } = await sql<Stretch>`
    with told as (
      select e.record_id, e.sequence, e.at, e.actor_id, e.verb, e.audience, e.type, e.body_hash, e.hash, b.erased_by_certificate is not null as erased,
        case
          when b.record_id is null then 'no body'
          when b.body is null and not exists (
            select 1 from erasures x
            join events c on c.organisation_id = x.organisation_id and c.record_id = x.record_id and c.verb = 'erased' and c.sequence > e.sequence
            join event_bodies w on w.organisation_id = c.organisation_id and w.record_id = c.record_id and w.sequence = c.sequence
            where x.organisation_id = e.organisation_id and x.certificate = b.erased_by_certificate and x.record_id = e.record_id
              and (x.sequence is null or x.sequence = e.sequence) and w.body ->> 'certificate' = x.certificate::text) then 'no certificate'
          when b.body is not null and sha256(b.salt || convert_to(b.body::text, 'UTF8')) is distinct from e.body_hash then 'body'
        end as body_fault
      from events e left join event_bodies b using (organisation_id, record_id, sequence)
      where e.organisation_id = ${organisation.id}::uuid and e.record_id > ${after}::uuid and e.record_id <= ${until}::uuid
    ), chained as (
      select *, lag(sequence, 1, 0) over line as before, lag(hash, 1, '\\x'::bytea) over line as previous, lead(sequence) over line is null as is_last
      from told window line as (partition by record_id order by sequence)
    ), lines as materialized (
      select c.record_id, c.sequence, c.hash, c.erased, c.is_last, c.before, r.type, r.reference, h.should_be,
        case
          when c.sequence <> c.before + 1 then 'gap'
          when c.hash <> h.should_be then 'hash'
          when r.type <> c.type then 'type'
          else c.body_fault
        end as fault
      from chained c
      left join records r on r.organisation_id = ${organisation.id}::uuid and r.id = c.record_id
      cross join lateral (select event_digest(c.previous, c.record_id, c.sequence, c.at, c.actor_id, c.verb, c.audience, c.body_hash) as should_be) h
    ), known as materialized (
      select id, type, reference, event_count, event_hash from records
      where organisation_id = ${organisation.id}::uuid and id > ${after}::uuid and id <= ${until}::uuid
    ), faults as (
      select type, reference, record_id, case fault when 'gap' then before + 1 else sequence end as sequence, fault,
        case fault when 'hash' then encode(should_be, 'hex') end as expected, case fault when 'hash' then encode(hash, 'hex') end as found
      from lines where fault is not null
      union all
      select k.type, k.reference, coalesce(k.id, l.record_id), case when k.id is null then l.sequence end,
        case when k.id is null then 'no record' when k.event_count <> coalesce(l.sequence, 0) then 'count' else 'head' end,
        case when k.id is null then null when k.event_count <> coalesce(l.sequence, 0) then k.event_count::text else encode(l.hash, 'hex') end,
        case when k.id is null then null when k.event_count <> coalesce(l.sequence, 0) then coalesce(l.sequence, 0)::text else encode(k.event_hash, 'hex') end
      from known k full join (select * from lines where is_last) l on l.record_id = k.id
      where k.id is null or k.event_count <> coalesce(l.sequence, 0) or k.event_hash <> coalesce(l.hash, '\\x')
      union all
      select k.type, k.reference, h.record_id, h.sequence, 'sealed', encode(h.hash, 'hex') || ' (seal ' || h.number || ')', encode(l.hash, 'hex')
      from seal_heads h left join lines l using (record_id, sequence) left join known k on k.id = h.record_id
      where h.organisation_id = ${organisation.id}::uuid and h.record_id > ${after}::uuid and h.record_id <= ${until}::uuid and l.hash is distinct from h.hash
    )
    select (select count(*) from known) as records, (select count(*) from lines) as events, (select count(*) from lines where erased) as erased,
      (select count(*) from faults) as "faultCount",
      (select jsonb_agg(jsonb_build_object('type', type, 'reference', reference, 'recordId', record_id, 'sequence', sequence, 'fault', fault, 'expected', expected, 'found', found))
       from (select * from faults order by record_id, sequence nulls last, fault limit ${problemsMax}) f) as faults`.execute(
    db,
  );
  const stretch = rows[0]!;
  findings.count("events", stretch.events);
  findings.count("erased", stretch.erased);
  findings.add(
    (stretch.faults ?? []).map((fault) => problemOf(organisation.name, fault)),
    stretch.faultCount,
  );
  return stretch.records;
}

/** Every erasure on the list has emptied what it names, and the timeline says so. */
export async function verifyErasures({ db, organisation, findings }: Verifying): Promise<void> {
  const { rows } = await sql<Fault>`
    select r.type, r.reference, x.record_id as "recordId", x.sequence, x.certificate::text as expected, null as found,
      case when c.sequence is null then 'not in chain' else 'not erased' end as fault
    from erasures x
    left join records r on r.organisation_id = x.organisation_id and r.id = x.record_id
    left join lateral (select e.sequence from events e join event_bodies b using (organisation_id, record_id, sequence)
      where e.organisation_id = x.organisation_id and e.record_id = x.record_id and e.verb = 'erased' and b.body ->> 'certificate' = x.certificate::text limit 1) c on true
    where x.organisation_id = ${organisation.id}::uuid and (c.sequence is null or exists (
      select 1 from events e join event_bodies b using (organisation_id, record_id, sequence)
      where e.organisation_id = x.organisation_id and e.record_id = x.record_id and e.verb <> 'erased' and e.sequence < c.sequence
        and (x.sequence is null or e.sequence = x.sequence) and b.body is not null))
    order by x.record_id, x.sequence limit 1000`.execute(db);
  findings.add(rows.map((fault) => problemOf(organisation.name, fault)));
}

function problemOf(
  organisation: string,
  { type, reference, recordId, sequence, fault, expected, found }: Fault,
): Problem {
  return { organisation, type, reference: reference ?? recordId, sequence, message: sentences[fault], expected, found };
}
