import { sql } from "kysely";
import SCIMMY from "scimmy";
import * as z from "zod";
import { Refusal } from "../../kernel/errors.ts";
import { wouldLeaveNobody } from "../../kernel/organisation/administrators.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { insertRecord } from "../../kernel/store/create.ts";
import { find, isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { endSessionsOf } from "../sign-in/people-sessions.ts";
import { ScimProblem, understood } from "./problem.ts";
import { listOf, readPatch } from "./query.ts";
import type { ListAsked } from "./query.ts";

type User = InstanceType<typeof SCIMMY.Schemas.User>;

/** A person as the directory sees them, and the sessions that ended when they were changed. */
export interface UserAnswer {
  readonly user: User;
  readonly endedSessions: readonly string[];
}

/** The attributes by which users can be looked for. */
export const userFilters = ["userName", "externalId", "id"];

interface Row {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly jobTitle: string | null;
  readonly site: string | null;
  readonly active: boolean | null;
  readonly userName: string;
  readonly externalId: string | null;
  readonly created: string;
  readonly lastModified: string;
}

/** Everybody with an e-mail address or a name in the directory, but for those whom it has let go of. */
const users = (tx: Tx) => sql`
  from visible_person p left join scim_people s on s.organisation_id = p.organisation_id and s.person_id = p.id
  where p.organisation_id = ${tx.actor.organisationId}::uuid and s.gone_at is null
    and (s.person_id is not null or p.email is not null)`;

const columns = sql`p.id, p.title as name, p.email, p.job_title as "jobTitle", p.active,
  (select w.title from records w where w.organisation_id = p.organisation_id and w.id = p.site) as site,
  coalesce(s.user_name, lower(trim(p.email))) as "userName", s.external_id as "externalId",
  p.opened_at as created, p.updated_at as "lastModified"`;

/** A page of users. */
export async function listUsers(tx: Tx, asked: ListAsked): Promise<object> {
  const narrowed = filtered(asked.filter);
  const { rows } = await sql<Row>`select ${columns} ${users(tx)} ${narrowed} order by p.id
    limit ${asked.count} offset ${asked.startIndex - 1}`.execute(tx.db);
  const counted = await sql<{ total: number }>`select count(*)::int as total ${users(tx)} ${narrowed}`.execute(tx.db);
  return listOf(rows.map(userOf), counted.rows[0]?.total ?? 0, asked);
}

function filtered(filter: ListAsked["filter"]) {
  if (filter === null) return sql``;
  if (filter.attribute === "id") return isId(filter.value) ? sql`and p.id = ${filter.value}::uuid` : sql`and false`;
  if (filter.attribute === "externalId") return sql`and s.external_id = ${filter.value}`;
  return sql`and coalesce(s.user_name, lower(trim(p.email))) = ${filter.value.trim().toLowerCase()}`;
}

/** One user. Refuses (404) where there is none. */
export async function readUser(tx: Tx, id: string): Promise<User> {
  const { rows } = await sql<Row>`select ${columns} ${users(tx)} ${filtered({ attribute: "id", value: id })}`.execute(
    tx.db,
  );
  const [row] = rows;
  if (row === undefined) throw new ScimProblem(404, "There is no such user");
  return userOf(row);
}

function userOf({ id, name, email, jobTitle, site, active, userName, externalId, created, lastModified }: Row): User {
  const user = {
    id,
    userName,
    ...(externalId === null ? {} : { externalId }),
    displayName: name,
    name: { formatted: name },
    ...(jobTitle === null ? {} : { title: jobTitle }),
    active: active === true,
    ...(site === null ? {} : { addresses: [{ type: "work", formatted: site }] }),
    ...(email === null ? {} : { emails: [{ value: email, type: "work", primary: true }] }),
    meta: { created, lastModified },
  };
  return new SCIMMY.Schemas.User(user, "out", "/scim/v2/Users");
}

/** Makes a user, or takes back one of the same name whom the directory had let go of. Refuses (409) a name that is taken. */
export async function createUser(tx: Tx, body: unknown): Promise<UserAnswer> {
  const given = read(body);
  const { rows } = await sql<{ id: string; gone: boolean }>`
    select p.id, s.gone_at is not null as gone from visible_person p
      left join scim_people s on s.organisation_id = p.organisation_id and s.person_id = p.id
    where p.organisation_id = ${tx.actor.organisationId}::uuid
      and (coalesce(s.user_name, lower(trim(p.email))) = ${given.userName} or lower(trim(p.email)) = ${given.email ?? ""})
    order by p.id limit 2`.execute(tx.db);
  const [found, second] = rows;
  if (second !== undefined || found?.gone === false)
    throw new ScimProblem(409, "There is a user with this userName or e-mail address", "uniqueness");
  if (found !== undefined) return write(tx, found.id, given, { active: true, ...(await valuesOf(tx, given)) });
  const values = {
    active: true,
    ...(await valuesOf(tx, given)),
    ...(given.email === null ? {} : { email: given.email }),
  };
  const { id } = await insertRecord(tx, typeNamed(tx.registry, "person"), values, { trusted: true });
  await keepNames(tx, id, given);
  return { user: await readUser(tx, id), endedSessions: [] };
}

/** PUT. */
export async function replaceUser(tx: Tx, id: string, body: unknown): Promise<UserAnswer> {
  await readUser(tx, id);
  const given = read(body);
  return write(tx, id, given, await valuesOf(tx, given));
}

/** PATCH. A person who is no longer active has no session and no token from that moment. */
export async function patchUser(tx: Tx, id: string, body: unknown): Promise<UserAnswer> {
  const before = await readUser(tx, id);
  // Entra ID adds an office to the work address of somebody who has none yet.
  Object.assign(before, { addresses: before.addresses ?? [{ type: "work", formatted: " " }] });
  const patched = await readPatch(body).apply(before, async (user) => user as unknown as Record<string, unknown>);
  if (patched === undefined) return { user: await readUser(tx, id), endedSessions: [] };
  const given = read(JSON.parse(JSON.stringify(patched)));
  return write(tx, id, given, await valuesOf(tx, given));
}

/** DELETE: the person stays as a record and is no longer active, and the directory no longer sees them. */
export async function deleteUser(tx: Tx, id: string): Promise<readonly string[]> {
  const { userName, externalId } = JSON.parse(JSON.stringify(await readUser(tx, id))) as {
    userName: string;
    externalId?: string;
  };
  const endedSessions = await deactivate(tx, id);
  await change(tx, typeNamed(tx.registry, "person"), id, "any", { active: false }, { trusted: true });
  await keepNames(tx, id, { userName, externalId: externalId ?? null });
  await sql`update scim_people set gone_at = ${tx.now.toString()}::timestamptz
    where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${id}::uuid`.execute(tx.db);
  return endedSessions;
}

interface Given {
  readonly userName: string;
  readonly externalId: string | null;
  readonly email: string | null;
  /** What the directory calls their place of work, or null where it says none. */
  readonly office: string | null;
  readonly values: Readonly<Record<string, unknown>>;
}

const text = (max: number) =>
  z
    .string()
    .max(5000)
    .transform((given) =>
      given
        .replaceAll(/\p{Cc}/gu, " ")
        .trim()
        .slice(0, max),
    );
const name = z.object({ formatted: text(120), givenName: text(60), familyName: text(60) }).partial();
const form = z.object({
  userName: text(254).refine((given) => given !== "", "userName must not be empty"),
  externalId: text(254).nullish(),
  displayName: text(120).nullish(),
  name: name.nullish(),
  title: text(120).nullish(),
  active: z.boolean().optional(),
  addresses: z
    .array(z.object({ formatted: text(500).nullish(), type: z.string().optional(), primary: z.boolean().optional() }))
    .max(20)
    .nullish(),
  emails: z
    .array(z.object({ value: text(254), type: z.string().optional(), primary: z.boolean().optional() }))
    .max(20)
    .nullish(),
});

/** What is ours of a user that was sent; the rest (telephones, other addresses) is left alone. */
function read(body: unknown): Given {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new ScimProblem(400, "Send a user as a JSON object", "invalidSyntax");
  const plain: unknown = JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    key === "active" && typeof value === "string" && /^(true|false)$/i.test(value)
      ? value.toLowerCase() === "true"
      : value,
  );
  const checked = understood(() => new SCIMMY.Schemas.User(plain as object, "in"));
  const parsed = form.safeParse(JSON.parse(JSON.stringify(checked)));
  if (!parsed.success)
    throw new ScimProblem(400, parsed.error.issues[0]?.message ?? "The user is not valid", "invalidValue");
  const { userName, externalId, displayName, name: parts, title, active, emails, addresses } = parsed.data;
  const called = displayName || parts?.formatted || [parts?.givenName, parts?.familyName].filter(Boolean).join(" ");
  const chosen = (emails?.find(({ primary }) => primary) ?? emails?.find(({ type }) => type === "work") ?? emails?.[0])
    ?.value;
  const address = (chosen ?? userName).toLowerCase();
  const email = z.email().safeParse(address).success ? address : null;
  return {
    userName: userName.toLowerCase(),
    externalId: externalId ?? null,
    email,
    office: (addresses?.find(({ type }) => type === "work") ?? addresses?.[0])?.formatted || null,
    values: {
      name: called || userName.slice(0, 120),
      ...(email === null ? {} : { email }),
      ...(title === undefined ? {} : { jobTitle: title || null }),
      ...(active === undefined ? {} : { active }),
    },
  };
}

/**
 * What is written, with the site whose name is that of their office in the directory: `addresses[type eq "work"].formatted`, which
 * Entra ID fills with the office location. A name that no open site has changes nothing: the directory may call places otherwise.
 */
async function valuesOf(tx: Tx, { office, values }: Given): Promise<Given["values"]> {
  if (office === null) return values;
  const { rows } = await sql<{
    id: string;
  }>`select id from visible_site where organisation_id = ${tx.actor.organisationId}::uuid
    and state = 'open' and lower(title) = lower(${office}) order by id limit 2`.execute(tx.db);
  return rows.length === 1 ? { ...values, site: rows[0]?.id } : values;
}

async function write(tx: Tx, id: string, given: Given, values: Given["values"]): Promise<UserAnswer> {
  const endedSessions = values["active"] === false ? await deactivate(tx, id) : [];
  await change(tx, typeNamed(tx.registry, "person"), id, "any", values, { trusted: true });
  await keepNames(tx, id, given);
  return { user: await readUser(tx, id), endedSessions };
}

/** Ends what somebody could still do with. Refuses (409) the last administrator. */
async function deactivate(tx: Tx, id: string): Promise<string[]> {
  const person = await find(tx, typeNamed(tx.registry, "person"), id);
  if (await wouldLeaveNobody(tx, person, []))
    throw new Refusal("impossible", [
      { message: "This is the last administrator of Reeve. Make somebody else an administrator first" },
    ]);
  await sql`select revoke_tokens_of(${id}::uuid, ${tx.now.toString()}::timestamptz)`.execute(tx.db);
  const account = person.values["accountId"];
  return typeof account === "string" ? endSessionsOf(tx, account, null) : [];
}

/** What the directory calls them. Refuses (409) a name that another has. */
async function keepNames(
  tx: Tx,
  id: string,
  { userName, externalId }: Pick<Given, "userName" | "externalId">,
): Promise<void> {
  const organisation = sql`${tx.actor.organisationId}::uuid`;
  const taken = await sql`select from scim_people
    where organisation_id = ${organisation} and user_name = ${userName} and person_id <> ${id}::uuid`.execute(tx.db);
  if (taken.rows.length > 0) throw new ScimProblem(409, "Another user has this userName", "uniqueness");
  await sql`insert into scim_people (organisation_id, person_id, user_name, external_id)
    values (${organisation}, ${id}::uuid, ${userName}, ${externalId})
    on conflict (organisation_id, person_id) do update
      set user_name = excluded.user_name, external_id = excluded.external_id, gone_at = null`.execute(tx.db);
}
