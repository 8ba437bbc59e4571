import { sql } from "kysely";
import * as z from "zod";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { appendEvent } from "../../kernel/store/timeline.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { normalEmail } from "./attempts.ts";

/** How a person signs in, as the database has it. */
interface Held {
  readonly name: string;
  readonly organisation: string;
  readonly active: boolean;
  /** The e-mail address on the record, which need not be the one to sign in with. */
  readonly recordEmail: string | null;
  readonly accountId: string | null;
  readonly accountEmail: string | null;
  readonly passwordHash: string | null;
  /** They have no account, and somebody else's has their e-mail address. */
  readonly taken: boolean;
}

/** A person who can be given a password. */
export interface LinkHolder {
  readonly name: string;
  readonly organisation: string;
  /** The e-mail address to sign in with: the account's, or the record's where there is no account. */
  readonly email: string;
  readonly accountId: string | null;
  readonly passwordHash: string | null;
}

/** Null where there is no such person in the organisation. An account that is gone is none. */
export async function readHolder(tx: Tx, personId: string): Promise<Held | null> {
  const { rows } = await sql<Held>`
    select r.title as name, o.name as organisation, p.active, p.email as "recordEmail", u.id as "accountId", u.email as "accountEmail",
      c.password_hash as "passwordHash", u.id is null and other.id is not null as taken
    from records r
      join person p on p.organisation_id = r.organisation_id and p.id = r.id
      join organisations o on o.id = r.organisation_id
      left join sign_in_user u on u.id = p.account_id
      left join sign_in_credential c on c.provider = 'credential' and c.provider_account_id = u.id
      left join sign_in_user other on other.email = lower(trim(p.email))
    where r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = ${personId}::uuid`.execute(tx.db);
  return rows[0] ?? null;
}

/** The same person with the address that they sign in with; null where there is none to be used. */
export function heldNow({ accountEmail, recordEmail, ...held }: Held): LinkHolder | null {
  const email = accountEmail ?? normalEmail(recordEmail ?? "");
  if (!z.email().safeParse(email).success) return null;
  const { name, organisation, accountId, passwordHash } = held;
  return { name, organisation, email, accountId, passwordHash };
}

/** Holds the person's record until the transaction ends, as every change to it does. */
export async function lockPerson(tx: Tx, personId: string): Promise<void> {
  await sql`select from records where organisation_id = ${tx.actor.organisationId}::uuid and id = ${personId}::uuid
    for no key update`.execute(tx.db);
}

/** How it ended: with which sessions ended, because the password was changed meanwhile, or because the address is taken. */
type Given = { readonly ended: readonly string[] } | "dead" | "taken";

/**
 * Keeps the password, with an account for a person who has none, as one with the line on their timeline. The rows are those
 * that better-auth writes, in our own transaction, which its adapter cannot join.
 */
export async function giveAccount(tx: Tx, personId: string, holder: LinkHolder, passwordHash: string): Promise<Given> {
  const accountId = holder.accountId ?? (await makeAccount(tx, holder));
  if (accountId === null) return "taken";
  if (!(await keepHash(tx, accountId, { before: holder.passwordHash, after: passwordHash }))) return "dead";
  const { rows } = await sql<{
    id: string;
  }>`delete from sign_in_session where user_id = ${accountId} returning id`.execute(tx.db);
  if (holder.accountId === null)
    await change(tx, typeNamed(tx.registry, "person"), personId, "any", { accountId }, { trusted: true });
  await appendEvent(tx, personId, { verb: "password_set", body: {} });
  return { ended: rows.map(({ id }) => id) };
}

/** Null when there is an account with this e-mail address. */
async function makeAccount(tx: Tx, { name, email }: LinkHolder): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`insert into sign_in_user (name, email, email_verified)
    values (${name}, ${email}, true) on conflict (email) do nothing returning id`.execute(tx.db);
  return rows[0]?.id ?? null;
}

/** False when the password is another than it was: its owner may change it at the same moment. */
async function keepHash(
  tx: Tx,
  accountId: string,
  { before, after }: { before: string | null; after: string },
): Promise<boolean> {
  // better-auth finds a password by an account number that equals the user's own id.
  const { rows } = await sql`insert into sign_in_credential as c (user_id, provider, provider_account_id, password_hash)
    values (${accountId}, 'credential', ${accountId}, ${after})
    on conflict (provider, provider_account_id) do update set password_hash = excluded.password_hash, updated_at = now()
      where c.password_hash is not distinct from ${before}::text
    returning c.id`.execute(tx.db);
  return rows.length === 1;
}
