import type { Pool } from "pg";
import { recent } from "./recent.ts";
import type { Recent } from "./recent.ts";

/** Who an account belongs to. */
export interface AccountPerson {
  readonly organisationId: string;
  readonly personId: string;
  readonly name: string;
  /** True when the organisation is flagged demo. */
  readonly demo: boolean;
}

/** A person for whom the sign-in page of a demo may show a button. */
export interface DemoAccount {
  readonly accountId: string;
  readonly organisationId: string;
  readonly personId: string;
  readonly name: string;
  readonly email: string | null;
  readonly jobTitle: string | null;
}

/** An ended session or a deactivated person is out after at most this long. Milliseconds. */
export const personKeptMs = 10_000;
const peopleMax = 5_000;

const personColumns = `organisation_id as "organisationId", person_id as "personId", name, demo`;

/** The active person of an account. */
export async function personForAccount(pool: Pool, accountId: string): Promise<AccountPerson | null> {
  const { rows } = await pool.query<AccountPerson>(`select ${personColumns} from reeve.person_for_account($1)`, [
    accountId,
  ]);
  return rows[0] ?? null;
}

/** Whose session it is. */
export interface SessionHolder extends AccountPerson {
  readonly accountId: string;
}

/** The active person of a session that still runs, by the session's id, remembered for `personKeptMs`. */
export function peopleOfSessions(pool: Pool, now: () => Date): Recent<SessionHolder> {
  const load = async (sessionId: string) => {
    const { rows } = await pool.query<SessionHolder>(
      `select account_id as "accountId", ${personColumns} from reeve.person_for_session($1)`,
      [sessionId],
    );
    return rows[0] ?? null;
  };
  return recent(load, { keptMs: personKeptMs, entriesMax: peopleMax, clock: () => now().getTime() });
}

/**
 * At most 50, in the order in which they were made. Empty where no organisation is flagged demo. Somebody who was given a
 * password of their own since is no one to look round as, unless theirs is one of these e-mail addresses.
 */
export async function demoAccounts(pool: Pool, emails: readonly string[]): Promise<DemoAccount[]> {
  const { rows } = await pool.query<DemoAccount>(
    `select account_id as "accountId", organisation_id as "organisationId", person_id as "personId", name, email,
       job_title as "jobTitle"
     from reeve.demo_accounts() d
     where d.email = any ($1) or not exists (select from reeve.sign_in_credential c where c.user_id = d.account_id)`,
    [emails],
  );
  return rows;
}
