import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Stored, Tx } from "../transaction.ts";

/** The most people that one look at an audience gives. */
export const audienceMax = 20_000;

/** Somebody who is in an audience. */
export interface InAudience {
  readonly id: string;
  readonly name: string;
  /** The team on their own record, or else the first that they are a member of. */
  readonly teamId: string | null;
}

/**
 * Whom an audience holds at this moment, in the order of their names: people who are active, work here (they have a role) and
 * whom the actor may see. At most `limit`.
 */
export async function peopleIn(
  tx: Tx,
  audience: Pick<Stored, "id" | "values">,
  limit = audienceMax,
): Promise<readonly InAudience[]> {
  const { rows } = await sql<InAudience>`
    select p.id, p.title as name, coalesce(p.team_id, (
      select m.parent_id from team_members m where m.organisation_id = p.organisation_id and m.member = p.id
        and m.removed_at is null order by m.parent_id limit 1)) as "teamId"
    from visible_person p where ${isIn(tx, audience)} order by p.title, p.id limit ${limit}`.execute(tx.db);
  return rows;
}

/** How many people an audience holds, of those whom the actor may see. */
export async function countAudience(tx: Tx, audience: Pick<Stored, "id" | "values">): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from visible_person p
    where ${isIn(tx, audience)}`.execute(tx.db);
  return rows[0]?.count ?? 0;
}

/** Whether the person who acts is in an audience. */
export async function isInAudience(tx: Tx, audience: Pick<Stored, "id" | "values">): Promise<boolean> {
  if (tx.actor.personId === null) return false;
  const { rows } = await sql`select 1 from visible_person p
    where ${isIn(tx, audience)} and p.id = ${tx.actor.personId}::uuid`.execute(tx.db);
  return rows.length > 0;
}

/**
 * The condition on a person `p`. A part that leaves out counts for more than any that takes in. Links are read as the actor may
 * see them, and a site or service only where they see it: how many work at a place that is kept from them is not theirs to count.
 */
function isIn(tx: Tx, { id, values }: Pick<Stored, "id" | "values">): RawBuilder<unknown> {
  const named = (way: "in" | "out") => sql`exists (select 1 from audience_parts a
    where a.organisation_id = p.organisation_id and a.parent_id = ${id}::uuid and a.removed_at is null and a.way = ${way} and (
      a.kind = 'person' and a.person = p.id
      or a.kind = 'title' and position(lower(a.words) in lower(coalesce(p.job_title, ''))) > 0
      or a.kind = 'role' and exists (select 1 from person_roles h where h.organisation_id = p.organisation_id
        and h.parent_id = p.id and h.removed_at is null and h.role = a.role)
      or a.kind = 'site' and p.site = a.site and exists (select 1 from records s
        where s.organisation_id = p.organisation_id and s.id = a.site)
      or a.kind = 'service_users' and exists (select 1 from links l where l.organisation_id = p.organisation_id
        and l.from_id = p.id and l.relation = 'services' and l.to_id = a.service)
      or a.kind = 'service_owners' and exists (select 1 from records s where s.organisation_id = p.organisation_id
        and s.id = a.service and (s.owner_id = p.id or s.team_id = p.team_id or exists (select 1 from team_members m
          where m.organisation_id = p.organisation_id and m.parent_id = s.team_id and m.removed_at is null and m.member = p.id)))
      or a.kind = 'team' and (p.team_id = a.team or exists (select 1 from team_members m where m.organisation_id = p.organisation_id
        and m.parent_id = a.team and m.removed_at is null and m.member = p.id))))`;
  return sql`p.organisation_id = ${tx.actor.organisationId}::uuid and p.state = 'current' and p.active
    and exists (select 1 from person_roles h where h.organisation_id = p.organisation_id and h.parent_id = p.id and h.removed_at is null)
    and (${values["everyone"] === true} or ${named("in")}) and not ${named("out")}`;
}
