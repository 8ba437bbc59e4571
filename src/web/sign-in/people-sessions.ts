import { sql } from "kysely";
import type { Tx } from "../../kernel/transaction.ts";

/** A place where somebody of the organisation is signed in, as an administrator sees it. */
export interface PersonSession {
  readonly id: string;
  readonly personId: string;
  readonly reference: string;
  readonly name: string;
  /** What the browser calls itself; empty when it did not say. */
  readonly userAgent: string;
  /** Network address at sign-in; empty when not known. */
  readonly address: string;
  readonly startedAt: string;
  /** To within five minutes. */
  readonly lastSeenAt: string;
}

/** At most this many are shown. */
export const peopleSessionsMax = 200;

/** The sessions that run, of the people whom the actor may see or of one of them, those used last first; one more than is shown. */
export async function peopleSessions(tx: Tx, personId: string | null): Promise<PersonSession[]> {
  const { rows } = await sql<PersonSession>`
    select s.id, p.id as "personId", p.reference, p.title as name, coalesce(s.user_agent, '') as "userAgent",
      coalesce(s.address, '') as address, s.created_at as "startedAt", s.updated_at as "lastSeenAt"
    from visible_person p join sign_in_session s on s.user_id = p.account_id
    where p.organisation_id = ${tx.actor.organisationId}::uuid and s.expires_at > now()
      ${personId === null ? sql`` : sql`and p.id = ${personId}::uuid`}
    order by s.updated_at desc, s.id limit ${peopleSessionsMax + 1}`.execute(tx.db);
  return rows;
}

/** Ends an account's second step of signing in. False when it had none. */
export async function endSecondStepOf(tx: Tx, accountId: string): Promise<boolean> {
  const { rows } = await sql`delete from sign_in_second_step where user_id = ${accountId} returning user_id`.execute(
    tx.db,
  );
  return rows.length > 0;
}

/** Ends one session of an account, or all of them where none is named. Answers the ids of those that it ended. */
export async function endSessionsOf(tx: Tx, accountId: string, sessionId: string | null): Promise<string[]> {
  // PostgreSQL text cannot hold a NUL, and no id has one.
  if (sessionId?.includes("\0")) return [];
  const { rows } = await sql<{ id: string }>`delete from sign_in_session where user_id = ${accountId}
    ${sessionId === null ? sql`` : sql`and id = ${sessionId}`} returning id`.execute(tx.db);
  return rows.map(({ id }) => id);
}
