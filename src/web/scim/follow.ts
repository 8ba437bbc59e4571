import { sql } from "kysely";
import type pg from "pg";
import { tryEach } from "../../kernel/jobs/try-each.ts";
import { followGroups } from "../../kernel/organisation/group-roles.ts";
import type { Registry } from "../../kernel/registry.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Tx } from "../../kernel/transaction.ts";

/** People whose roles follow in the directory's own call; each takes some milliseconds, and a directory waits a minute at the most. */
const atOnceMax = 200;

/** Gives people the roles of the groups that they are in now: the first 200 at once, the rest by the worker within minutes. */
export async function follow(tx: Tx, people: readonly string[]): Promise<void> {
  for (const person of people.slice(0, atOnceMax)) await followNow(tx, person);
  const later = people.slice(atOnceMax);
  if (later.length > 0)
    await sql`insert into scim_unfollowed (organisation_id, person_id)
      select ${tx.actor.organisationId}::uuid, unnest(${later}::uuid[]) on conflict do nothing`.execute(tx.db);
}

/**
 * Lets the roles of those follow who were too many for the directory's call, each in a transaction of its own, so that a
 * worker that is killed loses none. Tries them all; throws an AggregateError when some failed, which stay for the next time.
 */
export async function followLater(parts: { ownerPool: pg.Pool; registry: Registry }): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ organisation: string; person: string }>(
    "select organisation_id as organisation, person_id as person from reeve.scim_unfollowed order by organisation_id, person_id limit 20000",
  );
  await tryEach(
    rows,
    ({ organisation: organisationId, person }) =>
      asSystem({ ...parts, organisationId }, async (tx) => {
        const taken = await sql`delete from scim_unfollowed
          where organisation_id = ${organisationId}::uuid and person_id = ${person}::uuid returning 1`.execute(tx.db);
        if (taken.rows.length > 0) await followNow(tx, person);
      }),
    "roles that did not follow their groups",
  );
  return rows.length;
}

/** A group goes by either of its names: roles may say its object ID or what it is called. */
async function followNow(tx: Tx, personId: string): Promise<void> {
  const { rows } = await sql<{ group: string }>`select unnest(array[g.display_name, g.external_id]) as "group"
    from scim_group_member m join scim_group g on g.organisation_id = m.organisation_id and g.id = m.group_id
    where m.organisation_id = ${tx.actor.organisationId}::uuid and m.person_id = ${personId}::uuid limit 2000`.execute(
    tx.db,
  );
  const held = rows.flatMap(({ group }) => (group === null ? [] : [group]));
  await followGroups(tx, personId, { source: "provisioning", groups: held });
}
