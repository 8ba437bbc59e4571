import type { Pool } from "pg";

/** One place where somebody is signed in. */
export interface SessionRow {
  readonly id: string;
  readonly current: boolean;
  /** What the browser calls itself; empty when it did not say. */
  readonly userAgent: string;
  /** Network address at sign-in; empty when not known. */
  readonly address: string;
  readonly startedAt: Date;
  /** To within five minutes. */
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

const sessionsMax = 100;

export async function listSessionRows(pool: Pool, accountId: string, currentId: string): Promise<SessionRow[]> {
  const { rows } = await pool.query<SessionRow>(
    `select id, id = $2 as current, coalesce(user_agent, '') as "userAgent", coalesce(address, '') as address,
       created_at as "startedAt", updated_at as "lastSeenAt", expires_at as "expiresAt"
     from reeve.sign_in_session where user_id = $1 and expires_at > now()
     order by created_at desc, id limit $3`,
    [accountId, currentId, sessionsMax],
  );
  return rows;
}

export async function endSessionRow(pool: Pool, accountId: string, sessionId: string): Promise<boolean> {
  // PostgreSQL text cannot hold a NUL, and no id has one.
  if (sessionId.includes("\0")) return false;
  const { rowCount } = await pool.query("delete from reeve.sign_in_session where user_id = $1 and id = $2", [
    accountId,
    sessionId,
  ]);
  return rowCount === 1;
}

/** Answers the ids of the sessions it ended. */
export async function endOtherSessionRows(pool: Pool, accountId: string, keptId: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    "delete from reeve.sign_in_session where user_id = $1 and id <> $2 returning id",
    [accountId, keptId],
  );
  return rows.map((row) => row.id);
}

/** Before a new session: removes a few that have run out, and the oldest of an account that has too many. */
export async function makeRoom(pool: Pool, accountId: string): Promise<void> {
  await pool.query(
    `delete from reeve.sign_in_session where id in (
       (select id from reeve.sign_in_session where expires_at < now() order by expires_at limit 20)
       union all
       (select id from reeve.sign_in_session where user_id = $1 order by created_at desc offset $2 limit 20)
     )`,
    [accountId, sessionsMax - 1],
  );
}
