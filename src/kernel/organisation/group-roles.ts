import { sql } from "kysely";
import type { Line } from "../fields/lines.ts";
import { typeNamed } from "../registry.ts";
import { change } from "../store/change.ts";
import { find } from "../store/find.ts";
import { readReferenceData } from "../store/reference-data.ts";
import { appendEvent } from "../store/timeline.ts";
import type { Stored, Tx } from "../transaction.ts";
import { wouldLeaveNobody } from "./administrators.ts";

/** The ids of the roles that any of these groups gives. A group is compared without regard to case. */
export async function rolesOfGroups(tx: Tx, groups: readonly string[]): Promise<string[]> {
  const held = new Set(groups.map(comparable));
  return (await rolesWithGroups(tx))
    .filter((role) => groupsOf(role).some((group) => held.has(group)))
    .map(({ id }) => id);
}

/** Whether any role in use is given by a group, so that it matters in which ones somebody is. */
export async function groupsMatter(tx: Tx): Promise<boolean> {
  return (await rolesWithGroups(tx)).length > 0;
}

/** By whom somebody's groups are told: when they sign in, or by provisioning. Each takes away only what it gave. */
export type GroupSource = "sign-in" | "provisioning";

/**
 * Gives a person the roles that their groups give, and takes away those that a group gave before and none gives now. What was
 * given by hand stays, and so does what makes the last administrator. `tx` is the product's own.
 */
export async function followGroups(
  tx: Tx,
  personId: string,
  { source, groups }: { readonly source: GroupSource; readonly groups: readonly string[] },
): Promise<void> {
  const type = typeNamed(tx.registry, "person");
  const wanted = await rolesOfGroups(tx, groups);
  const person = await find(tx, type, personId);
  const given = await givenByGroups(tx, personId);
  const own = given.flatMap((one) => (one.source === source ? [one.role] : []));
  const others = given.flatMap((one) => (one.source === source ? [] : [one.role]));
  const lines = linesOf(person);
  const held = lines.map(({ role }) => String(role));
  const gone = own.filter((role) => !wanted.includes(role));
  const leaving = gone.filter((role) => !others.includes(role));
  const added = wanted.filter((role) => !held.includes(role));
  const staying = lines.filter(({ role }) => !leaving.includes(String(role)));
  const roles = [...staying.map(({ role }) => String(role)), ...added];
  const kept = leaving.length > 0 && (await wouldLeaveNobody(tx, person, roles));
  const after = [...(kept ? lines : staying), ...added.map((role) => ({ role }))];
  if (after.length !== lines.length || added.length > 0)
    await change(tx, type, personId, "any", { roles: after }, { trusted: true });
  if (kept) await appendEvent(tx, personId, { verb: "last_administrator_kept", body: {} });
  // What another source gave is given by this one too, so that it stays when the other takes it away.
  const shared = wanted.filter((role) => others.includes(role));
  await keepGiven(tx, personId, source, { added: [...added, ...shared], gone: kept ? [] : gone });
}

/** Roles that are not withdrawn and name a group. */
async function rolesWithGroups(tx: Tx): Promise<Stored[]> {
  const roles = (await readReferenceData(tx, ["role"])).get("role") ?? [];
  return roles.filter((role) => role.closedAt === null && groupsOf(role).length > 0);
}

function groupsOf(role: Stored): string[] {
  // The lines kind gives lines; a role of before has none.
  return ((role.values["groups"] ?? []) as readonly Line[]).map(({ groupId }) => comparable(String(groupId)));
}

function linesOf(person: Stored): readonly Line[] {
  // The same.
  return (person.values["roles"] ?? []) as readonly Line[];
}

function comparable(group: string): string {
  return group.normalize("NFC").trim().toLowerCase();
}

async function givenByGroups(tx: Tx, personId: string): Promise<{ role: string; source: string }[]> {
  const { rows } = await sql<{ role: string; source: string }>`select role_id as role, source from group_roles
    where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${personId}::uuid order by role_id`.execute(
    tx.db,
  );
  return rows;
}

async function keepGiven(
  tx: Tx,
  personId: string,
  source: GroupSource,
  { added, gone }: { added: readonly string[]; gone: readonly string[] },
): Promise<void> {
  const whose = sql`${tx.actor.organisationId}::uuid, ${personId}::uuid`;
  await sql`delete from group_roles where (organisation_id, person_id) = (${whose}) and source = ${source}
    and role_id = any (${gone}::uuid[])`.execute(tx.db);
  await sql`insert into group_roles (organisation_id, person_id, role_id, source)
    select ${whose}, unnest(${added}::uuid[]), ${source} on conflict do nothing`.execute(tx.db);
}
