import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Database } from "../database/tables.ts";

import type { StandIn } from "./decide.ts";

/** More than so many are not told that something waits for one of them. */
const decidersMax = 50;

/** The people who hold a permission for records of a type, for those of this team or for all. */
export async function decidersFor(
  db: Kysely<Database>,
  organisationId: string,
  { type, permission, teamId }: { type: string; permission: string; teamId: string | null },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct h.parent_id as id from person_roles h
    join records role on role.organisation_id = h.organisation_id and role.id = h.role and role.type = 'role' and role.closed_at is null
    join role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
    where h.organisation_id = ${organisationId}::uuid and h.removed_at is null and g.type in ('*', ${type}) and g.permission = ${permission}
      and (g.scope = 'all' or g.scope = 'team' and exists (select 1 from team_members m where m.organisation_id = h.organisation_id
        and m.parent_id = ${teamId}::uuid and m.member = h.parent_id and m.removed_at is null))
    order by id limit ${decidersMax}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Who stands in today for those of these people who are away and have handed on their decisions. */
export async function standInsFor(
  db: Kysely<Database>,
  organisationId: string,
  people: readonly string[],
): Promise<StandIn[]> {
  if (people.length === 0) return [];
  const { rows } = await sql<StandIn>`
    select delegate_id as "delegateId", person_id as "absentId" from absences
    where organisation_id = ${organisationId}::uuid and person_id = any (${people}::uuid[]) and ended_at is null
      and london_today() between from_day and until_day and 'decisions' = any (kinds)
    order by person_id`.execute(db);
  return rows;
}
