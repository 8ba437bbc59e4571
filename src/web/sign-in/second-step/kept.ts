import type { Pool } from "pg";
import { hashOfRecoveryCode, newRecoveryCodes, openKey, readCode, sealKey, stepOfCode } from "./codes.ts";

/** What the tables of second steps need. */
interface KeptParts {
  readonly pool: Pool;
  readonly secret: string;
  readonly now: () => Date;
}

/** An account's second step as its owner may see it. */
export interface KeptSecondStep {
  readonly startedAt: Date;
  readonly recoveryCodesLeft: number;
}

/** Null for an account that has none. */
export async function keptSecondStep(
  { pool }: Pick<KeptParts, "pool">,
  accountId: string,
): Promise<KeptSecondStep | null> {
  const { rows } = await pool.query<{ startedAt: Date; left: number }>(
    `select started_at as "startedAt",
       (select count(*)::int from reeve.sign_in_recovery_code c where c.user_id = s.user_id) as left
     from reeve.sign_in_second_step s where user_id = $1`,
    [accountId],
  );
  const [row] = rows;
  return row === undefined ? null : { startedAt: row.startedAt, recoveryCodesLeft: row.left };
}

/** Begins it with a key whose code at `step` was right. Answers its recovery codes; null when there is one already. */
export async function keepSecondStep(
  parts: KeptParts,
  accountId: string,
  { key, step }: { key: string; step: number },
): Promise<string[] | null> {
  const { rowCount } = await parts.pool.query(
    `insert into reeve.sign_in_second_step (user_id, secret_sealed, last_step, started_at) values ($1, $2, $3, $4)
     on conflict (user_id) do nothing`,
    [accountId, sealKey(parts.secret, accountId, key), step, parts.now()],
  );
  return rowCount === 1 ? renewRecoveryCodes(parts, accountId) : null;
}

/** New recovery codes, in the place of those there are. */
export async function renewRecoveryCodes({ pool, secret }: KeptParts, accountId: string): Promise<string[]> {
  const codes = newRecoveryCodes();
  const hashes = codes.map((code) => hashOfRecoveryCode(secret, accountId, code.replace("-", "")));
  await pool.query(
    `with gone as (delete from reeve.sign_in_recovery_code where user_id = $1)
     insert into reeve.sign_in_recovery_code (user_id, code_hmac) select $1, unnest($2::bytea[])`,
    [accountId, hashes],
  );
  return codes;
}

/** Ends it. False when there was none. */
export async function dropSecondStep({ pool }: Pick<KeptParts, "pool">, accountId: string): Promise<boolean> {
  const { rowCount } = await pool.query("delete from reeve.sign_in_second_step where user_id = $1", [accountId]);
  return rowCount === 1;
}

/** Takes a code once: which kind it was, or null for a wrong one. Of two uses at once, one is right. */
export async function takeCode(parts: KeptParts, accountId: string, typed: string): Promise<"app" | "recovery" | null> {
  const read = readCode(typed);
  if (read === null) return null;
  const taken =
    read.kind === "app" ? takeAppCode(parts, accountId, read.code) : takeRecoveryCode(parts, accountId, read.code);
  return (await taken) ? read.kind : null;
}

async function takeAppCode({ pool, secret, now }: KeptParts, accountId: string, code: string): Promise<boolean> {
  const { rows } = await pool.query<{ sealed: Buffer; lastStep: string }>(
    `select secret_sealed as sealed, last_step as "lastStep" from reeve.sign_in_second_step where user_id = $1`,
    [accountId],
  );
  const [row] = rows;
  const key = row === undefined ? null : openKey(secret, accountId, row.sealed);
  const step = row === undefined || key === null ? null : await stepOfCode(key, code, now(), Number(row.lastStep));
  if (step === null) return false;
  const { rowCount } = await pool.query(
    "update reeve.sign_in_second_step set last_step = $2 where user_id = $1 and last_step < $2",
    [accountId, step],
  );
  return rowCount === 1;
}

async function takeRecoveryCode({ pool, secret }: KeptParts, accountId: string, code: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "delete from reeve.sign_in_recovery_code where user_id = $1 and code_hmac = $2",
    [accountId, hashOfRecoveryCode(secret, accountId, code)],
  );
  return rowCount === 1;
}
