import type { Pool } from "pg";

/** A passkey as its owner sees it. */
export interface PasskeyRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** A passkey as it is proved. */
export interface KeptPasskey {
  readonly accountId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
}

/** One account has at most this many. */
export const passkeysMax = 20;

/** An account's passkeys, the oldest first. */
export async function passkeysOf(pool: Pool, accountId: string): Promise<PasskeyRow[]> {
  const { rows } = await pool.query<PasskeyRow>(
    `select id, name, created_at as "createdAt", last_used_at as "lastUsedAt" from reeve.sign_in_passkey
     where user_id = $1 order by created_at, id limit $2`,
    [accountId, passkeysMax],
  );
  return rows;
}

export async function passkeyWithId(pool: Pool, id: string): Promise<KeptPasskey | null> {
  const { rows } = await pool.query<{ accountId: string; publicKey: Buffer; counter: string }>(
    `select user_id as "accountId", public_key as "publicKey", counter from reeve.sign_in_passkey where id = $1`,
    [id],
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, counter: Number(row.counter) };
}

/** False when it is kept already, or the account has too many. */
export async function keepPasskey(
  pool: Pool,
  passkey: KeptPasskey & { readonly id: string; readonly name: string; readonly createdAt: Date },
): Promise<boolean> {
  const { id, accountId, name, publicKey, counter, createdAt } = passkey;
  const { rowCount } = await pool.query(
    `insert into reeve.sign_in_passkey (id, user_id, name, public_key, counter, created_at)
     select $1, $2, $3, $4, $5, $6
     where (select count(*) from reeve.sign_in_passkey where user_id = $2) < $7
     on conflict (id) do nothing`,
    [id, accountId, name, publicKey, counter, createdAt, passkeysMax],
  );
  return rowCount === 1;
}

/** Notes a use. False when its counter has not gone on since, as that of a copy would not. */
export async function notePasskeyUse(pool: Pool, id: string, counter: number, now: Date): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update reeve.sign_in_passkey set counter = $2, last_used_at = $3
     where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))`,
    [id, counter, now],
  );
  return rowCount === 1;
}

/** Removes one of an account's own. False when there is none with that id. */
export async function dropPasskey(pool: Pool, accountId: string, id: string): Promise<boolean> {
  const { rowCount } = await pool.query("delete from reeve.sign_in_passkey where user_id = $1 and id = $2", [
    accountId,
    id.replaceAll("\0", ""),
  ]);
  return rowCount === 1;
}
