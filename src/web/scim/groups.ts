import { sql } from "kysely";
import SCIMMY from "scimmy";
import * as z from "zod";
import { rolesOfGroups } from "../../kernel/organisation/group-roles.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { follow } from "./follow.ts";
import { ScimProblem, understood } from "./problem.ts";
import { listOf, readPatch } from "./query.ts";
import type { ListAsked } from "./query.ts";

type Group = InstanceType<typeof SCIMMY.Schemas.Group>;

/** The attributes by which groups can be looked for. */
export const groupFilters = ["displayName", "externalId", "id"];

const membersMax = 20_000;

/** A page holds fewer where each group comes with all its members. */
const withMembersMax = 20;

interface Row {
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | null;
}

const columns = sql`g.id, g.display_name as "displayName", g.external_id as "externalId"`;
const groups = (tx: Tx) => sql`from scim_group g where g.organisation_id = ${tx.actor.organisationId}::uuid`;

/** A page of groups, with their members unless they are left out. */
export async function listGroups(tx: Tx, asked: ListAsked, withMembers: boolean): Promise<object> {
  const narrowed = filtered(asked.filter);
  const count = withMembers ? Math.min(asked.count, withMembersMax) : asked.count;
  const { rows } = await sql<Row>`select ${columns} ${groups(tx)} ${narrowed} order by g.id
    limit ${count} offset ${asked.startIndex - 1}`.execute(tx.db);
  const counted = await sql<{ total: number }>`select count(*)::int as total ${groups(tx)} ${narrowed}`.execute(tx.db);
  const found = [];
  for (const row of rows) found.push(groupOf(row, withMembers ? await membersOf(tx, row.id) : null));
  return listOf(found, counted.rows[0]?.total ?? 0, asked);
}

function filtered(filter: ListAsked["filter"]) {
  if (filter === null) return sql``;
  if (filter.attribute === "id") return isId(filter.value) ? sql`and g.id = ${filter.value}::uuid` : sql`and false`;
  return filter.attribute === "externalId"
    ? sql`and g.external_id = ${filter.value}`
    : sql`and lower(g.display_name) = lower(${filter.value})`;
}

/** One group. Refuses (404) where there is none. */
export async function readGroup(tx: Tx, id: string, withMembers: boolean): Promise<Group> {
  const row = await rowOf(tx, id);
  return groupOf(row, withMembers ? await membersOf(tx, row.id) : null);
}

async function rowOf(tx: Tx, id: string): Promise<Row> {
  const { rows } = await sql<Row>`select ${columns} ${groups(tx)} ${filtered({ attribute: "id", value: id })}`.execute(
    tx.db,
  );
  const [row] = rows;
  if (row === undefined) throw new ScimProblem(404, "There is no such group");
  return row;
}

async function membersOf(tx: Tx, id: string): Promise<string[]> {
  const { rows } = await sql<{ person: string }>`select person_id as person from scim_group_member
    where organisation_id = ${tx.actor.organisationId}::uuid and group_id = ${id}::uuid
    order by person_id limit ${membersMax}`.execute(tx.db);
  return rows.map(({ person }) => person);
}

function groupOf({ id, displayName, externalId }: Row, members: readonly string[] | null): Group {
  const group = {
    id,
    displayName,
    ...(externalId === null ? {} : { externalId }),
    ...(members === null ? {} : { members: members.map((value) => ({ value, type: "User" })) }),
  };
  return new SCIMMY.Schemas.Group(group, "out", "/scim/v2/Groups");
}

/** Makes a group. */
export async function createGroup(tx: Tx, body: unknown): Promise<Group> {
  const { displayName, externalId, members } = read(body);
  const { rows } = await sql<{ id: string }>`insert into scim_group (organisation_id, display_name, external_id)
    values (${tx.actor.organisationId}::uuid, ${displayName}, ${externalId}) returning id`.execute(tx.db);
  const id = rows[0]!.id;
  await write(tx, id, { displayName, externalId, members: members ?? [] }, []);
  return readGroup(tx, id, true);
}

/** PUT. */
export async function replaceGroup(tx: Tx, id: string, body: unknown): Promise<Group> {
  const { members, ...given } = read(body);
  await locked(tx, id);
  await write(tx, id, { ...given, members: members ?? [] }, await membersOf(tx, id));
  return readGroup(tx, id, true);
}

/** PATCH. */
export async function patchGroup(tx: Tx, id: string, body: unknown): Promise<Group> {
  await locked(tx, id);
  const before = await readGroup(tx, id, true);
  const patched = await readPatch(body).apply(before, async (group) => group as unknown as Record<string, unknown>);
  if (patched === undefined) return before;
  const { members, ...given } = read(JSON.parse(JSON.stringify(patched)));
  await write(tx, id, { ...given, members: members ?? [] }, await membersOf(tx, id));
  return readGroup(tx, id, true);
}

/** DELETE: with the roles that it gave. */
export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await locked(tx, id);
  const members = await membersOf(tx, id);
  await sql`delete from scim_group where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(
    tx.db,
  );
  await follow(tx, members);
}

/** Two calls for one group come one after the other, so that neither forgets the other's members. */
async function locked(tx: Tx, id: string): Promise<void> {
  const row = await rowOf(tx, id);
  await sql`select from scim_group where organisation_id = ${tx.actor.organisationId}::uuid and id = ${row.id}::uuid for update`.execute(
    tx.db,
  );
}

const form = z.object({
  displayName: z
    .string()
    .trim()
    .min(1, "displayName must not be empty")
    .max(254)
    .refine(plain, "displayName holds control characters"),
  externalId: z.string().max(254).refine(plain).nullish(),
  members: z
    .array(z.object({ value: z.string().max(100) }))
    .max(membersMax)
    .nullish(),
});

function plain(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

interface Given {
  readonly displayName: string;
  readonly externalId: string | null;
  readonly members: readonly string[];
}

function read(body: unknown): Omit<Given, "members"> & { readonly members: readonly string[] | null } {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new ScimProblem(400, "Send a group as a JSON object", "invalidSyntax");
  const checked = understood(() => new SCIMMY.Schemas.Group(body, "in"));
  const parsed = form.safeParse(JSON.parse(JSON.stringify(checked)));
  if (!parsed.success)
    throw new ScimProblem(400, parsed.error.issues[0]?.message ?? "The group is not valid", "invalidValue");
  const { displayName, externalId, members } = parsed.data;
  return { displayName, externalId: externalId ?? null, members: members?.map(({ value }) => value) ?? null };
}

/** Writes names and members, then the roles that follow for whoever they matter to. */
async function write(tx: Tx, id: string, given: Given, before: readonly string[]): Promise<void> {
  const organisation = sql`${tx.actor.organisationId}::uuid`;
  const row = await rowOf(tx, id);
  const members = [...new Set(given.members.map((member) => member.toLowerCase()))];
  if (!members.every(isId)) throw new ScimProblem(400, "A member is no user of Reeve", "invalidValue");
  const added = members.filter((member) => !before.includes(member));
  const gone = before.filter((member) => !members.includes(member));
  const known = await sql<{ id: string }>`select p.id from visible_person p
    where p.organisation_id = ${organisation} and p.id = any (${added}::uuid[])`.execute(tx.db);
  if (known.rows.length !== added.length) throw new ScimProblem(400, "A member is no user of Reeve", "invalidValue");
  await sql`update scim_group set display_name = ${given.displayName}, external_id = ${given.externalId}
    where organisation_id = ${organisation} and id = ${id}::uuid`.execute(tx.db);
  await sql`insert into scim_group_member (organisation_id, group_id, person_id)
    select ${organisation}, ${id}::uuid, unnest(${added}::uuid[])`.execute(tx.db);
  await sql`delete from scim_group_member
    where organisation_id = ${organisation} and group_id = ${id}::uuid and person_id = any (${gone}::uuid[])`.execute(
    tx.db,
  );
  const names = [row.displayName, row.externalId, given.displayName, given.externalId].filter((name) => name !== null);
  const renamed = row.displayName !== given.displayName || row.externalId !== given.externalId;
  // Another name moves nobody where no role goes by either.
  const moved = renamed && (await rolesOfGroups(tx, names)).length > 0;
  await follow(tx, [...gone, ...added, ...(moved ? members.filter((one) => before.includes(one)) : [])]);
}
