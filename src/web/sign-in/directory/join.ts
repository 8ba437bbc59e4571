import { sql } from "kysely";
import { followGroups, groupsMatter, rolesOfGroups } from "../../../kernel/organisation/group-roles.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import { appendEvent } from "../../../kernel/store/timeline.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { lockPerson } from "../link-holder.ts";
import type { DirectoryPerson } from "./claims.ts";

/** Why somebody whom the directory vouches for does not come in. */
export type JoinRefusal = "unverified" | "inactive" | "ambiguous" | "taken" | "no-role" | "too-many-groups";

/** The account that belongs to a person of the directory, or why there is none. */
export type Joined = { readonly accountId: string } | JoinRefusal;

interface Holder {
  readonly personId: string;
  readonly accountId: string | null;
  readonly active: boolean;
}

/**
 * Finds the person of this organisation whom the directory means, by who they are there, else by their e-mail address where
 * it is verified; makes them where there is nobody and a group of theirs gives a role. Gives and takes the roles that
 * follow from their groups. `tx` is the product's own; `provider` names the directory.
 */
export async function joinPerson(tx: Tx, provider: string, person: DirectoryPerson): Promise<Joined> {
  // Two browsers at once: the second finds what the first made.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in ${provider} ${person.subject}`}, 0))`.execute(
    tx.db,
  );
  const matters = await groupsMatter(tx);
  if (matters && person.groups === "unknown") return "too-many-groups";
  const known = await holderBySubject(tx, provider, person.subject);
  const held = known === null ? await firstTime(tx, provider, person) : whole(known);
  if (typeof held === "string") return held;
  if (person.groups !== "unknown") {
    await lockPerson(tx, held.personId);
    await followGroups(tx, held.personId, { source: "sign-in", groups: person.groups });
  }
  return { accountId: held.accountId };
}

type Found = { readonly personId: string; readonly accountId: string } | JoinRefusal;

function whole({ active, accountId, personId }: Holder): Found {
  return active && accountId !== null ? { personId, accountId } : "inactive";
}

async function holderBySubject(tx: Tx, provider: string, subject: string): Promise<Holder | null> {
  const { rows } = await sql<Omit<Holder, "active"> & { active: boolean | null }>`
    select p.id as "personId", c.user_id as "accountId", p.active and p.closed_at is null as active
    from sign_in_credential c
      left join visible_person p on p.account_id = c.user_id and p.organisation_id = ${tx.actor.organisationId}::uuid
    where c.provider = ${provider} and c.provider_account_id = ${subject}`.execute(tx.db);
  const found = rows[0];
  // Their record may have been joined to another account since, or be of another organisation.
  return found === undefined ? null : { ...found, active: found.active ?? false };
}

/** Somebody who has not come in this way before. */
async function firstTime(tx: Tx, provider: string, person: DirectoryPerson): Promise<Found> {
  if (person.email === null) return "unverified";
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in address ${person.email}`}, 0))`.execute(tx.db);
  const { rows } = await sql<Holder>`
    select p.id as "personId", p.account_id as "accountId", p.active and p.closed_at is null as active from visible_person p
    where p.organisation_id = ${tx.actor.organisationId}::uuid and lower(trim(p.email)) = ${person.email}
    order by p.account_id is null, p.id limit 3`.execute(tx.db);
  const [first, second] = rows;
  if (first === undefined) return makePerson(tx, provider, person, person.email);
  if (second !== undefined && (first.accountId === null || second.accountId !== null)) return "ambiguous";
  if (!first.active) return "inactive";
  return joinTo(tx, provider, person, { personId: first.personId, accountId: first.accountId, email: person.email });
}

async function makePerson(tx: Tx, provider: string, person: DirectoryPerson, email: string): Promise<Found> {
  const roles = person.groups === "unknown" ? [] : await rolesOfGroups(tx, person.groups);
  if (roles.length === 0) return "no-role";
  const { id } = await insertRecord(
    tx,
    typeNamed(tx.registry, "person"),
    { name: person.name === "" ? email : person.name, email, active: true },
    { trusted: true },
  );
  return joinTo(tx, provider, person, { personId: id, accountId: null, email });
}

/** Makes the directory's name for somebody one of the ways into their account, which is made where there is none. */
async function joinTo(
  tx: Tx,
  provider: string,
  { subject, name }: DirectoryPerson,
  { personId, accountId, email }: { personId: string; accountId: string | null; email: string },
): Promise<Found> {
  const account = accountId ?? (await makeAccount(tx, name === "" ? email : name, email));
  if (account === null) return "taken";
  // The address may have been a leaver's: what they left behind is not for whoever has it now.
  const others =
    await sql`select 1 from sign_in_credential where user_id = ${account} and provider = ${provider}`.execute(tx.db);
  if (others.rows.length > 0) return "taken";
  await sql`insert into sign_in_credential (user_id, provider, provider_account_id)
    values (${account}, ${provider}, ${subject})`.execute(tx.db);
  if (accountId === null)
    await change(tx, typeNamed(tx.registry, "person"), personId, "any", { accountId: account }, { trusted: true });
  await appendEvent(tx, personId, { verb: "directory_joined", body: {} });
  return { personId, accountId: account };
}

/** Null when another organisation's account, or one without a person, has this address. */
async function makeAccount(tx: Tx, name: string, email: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`insert into sign_in_user (name, email, email_verified)
    values (${name}, ${email}, true) on conflict (email) do nothing returning id`.execute(tx.db);
  return rows[0]?.id ?? null;
}
