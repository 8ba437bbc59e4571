import { sql } from "kysely";
import { problemsMax } from "./findings.ts";
import type { Verifying } from "./verify.ts";

interface Fault {
  readonly type: string;
  readonly reference: string;
  readonly sequence: number | null;
  readonly fault: keyof typeof sentences;
  readonly relation: string;
  /** The reference of the record at the other end. */
  readonly other: string;
  readonly many: number;
}

const sentences = {
  missing: "This line joined it to another record, and the join is not there",
  "still there": "This line took a join to another record away, and the join is there",
  untold: "It is joined to another record, and its timeline does not tell of it",
} as const;

/**
 * Every join of two records, from both ends, against what each timeline last said of it; what a field of the record holds is
 * compared with its other values. What an erasure took with it is not known, and the joins of a record that was disposed of
 * went with it.
 */
export async function verifyJoins({ db, registry, organisation, findings }: Verifying): Promise<void> {
  const types = [...registry.types.values()];
  const fields = types.flatMap(({ name, fields: own }) =>
    Object.entries(own).flatMap(([field, { kind }]) => (kind.name === "links" ? [`${name} ${field}`] : [])),
  );
  const { rows } = await sql<Fault & { joins: number }>`
    with told as materialized (
      select e.record_id, e.sequence, e.verb, b.body ->> 'relation' as relation, (b.body ->> 'other')::uuid as other,
        coalesce((b.body ->> 'back')::boolean, false) as back, b.body is null as erased
      from events e left join event_bodies b using (organisation_id, record_id, sequence)
      where e.organisation_id = ${organisation.id}::uuid and e.type = any (${types.map(({ name }) => name)}::text[]) and e.verb in ('linked', 'unlinked')
    ), said as materialized (
      select distinct on (record_id, relation, other, back) record_id as teller, sequence, verb, relation,
        case when back then other else record_id end as from_id, case when back then record_id else other end as to_id
      from told where not erased order by record_id, relation, other, back, sequence desc
    ), erased as materialized (
      select record_id, max(sequence) as until from told where erased group by record_id
    ), joins as materialized (
      select l.from_id, l.relation, l.to_id from links l join records r on r.organisation_id = l.organisation_id and r.id = l.from_id
      where l.organisation_id = ${organisation.id}::uuid and r.type || ' ' || l.relation <> all (${fields}::text[])
    ), ends as materialized (
      select from_id, relation, to_id, from_id as teller from joins union all select from_id, relation, to_id, to_id from joins
    ), gone as (
      select record_id from disposal_items where organisation_id = ${organisation.id}::uuid and outcome in ('destroyed', 'anonymised')
    ), faults as (
      select s.teller, s.sequence, case s.verb when 'linked' then 'missing' else 'still there' end as fault, s.relation, s.from_id, s.to_id
      from said s left join joins j using (from_id, relation, to_id) left join erased x on x.record_id = s.teller
      where (s.verb = 'linked') <> (j.from_id is not null) and coalesce(x.until, 0) < s.sequence
        and not exists (select 1 from gone g where g.record_id in (s.from_id, s.to_id))
      union all
      select e.teller, null, 'untold', e.relation, e.from_id, e.to_id
      from ends e left join said s using (teller, from_id, relation, to_id) left join erased x on x.record_id = e.teller
      where s.teller is null and x.record_id is null
    )
    select r.type, r.reference, f.sequence, f.fault, f.relation, coalesce(o.reference, f.from_id::text) as other, count(*) over ()::integer as many,
      (select count(*)::integer from joins) as joins
    from (select 1) one left join faults f on true
    left join records r on r.organisation_id = ${organisation.id}::uuid and r.id = f.teller
    left join records o on o.organisation_id = ${organisation.id}::uuid and o.id = case when f.teller = f.from_id then f.to_id else f.from_id end
    order by f.teller, f.sequence nulls last limit ${problemsMax}`.execute(db);
  findings.count("joins", rows[0]?.joins ?? 0);
  const faults = rows.filter(({ fault }) => fault !== null);
  findings.add(
    faults.map(({ type, reference, sequence, fault, relation, other }) => ({
      organisation: organisation.name,
      type,
      reference,
      sequence,
      message: sentences[fault],
      expected: fault === "missing" ? `${relation} ${other}` : "none",
      found: fault === "missing" ? "none" : `${relation} ${other}`,
    })),
    faults[0]?.many ?? 0,
  );
}
