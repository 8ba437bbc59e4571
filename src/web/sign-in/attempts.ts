import { createHmac } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import type { Pool } from "pg";

/** One attempt to sign in: which counters it belongs to. Holds hashes only. */
export interface Attempt {
  readonly emailKey: Buffer;
  readonly addressKey: Buffer;
}

/** `locked`: too many wrong passwords for this e-mail address. `limited`: too many from this place. */
export interface AttemptRefusal {
  readonly reason: "locked" | "limited";
  readonly retryAfterSeconds: number;
}

/** The counters for an e-mail address and the network address it comes from. Keyed, so the table names nobody. */
export function attemptOf(secret: string, email: string, address: string): Attempt {
  const key = (kind: string, text: string): Buffer =>
    createHmac("sha256", secret).update(`sign-in attempt\0${kind}\0${text}`).digest();
  return { emailKey: key("email", normalEmail(email)), addressKey: key("address", networkOf(address)) };
}

/** Asks leave to check one password; null when it may be checked. See `reeve.sign_in_claim` for the figures. */
export async function claimAttempt(pool: Pool, attempt: Attempt, now: Date): Promise<AttemptRefusal | null> {
  const { rows } = await pool.query<{ refusal: AttemptRefusal["reason"] | null; retry_after_seconds: number }>(
    "select refusal, retry_after_seconds from reeve.sign_in_claim($1, $2, $3)",
    [attempt.emailKey, attempt.addressKey, now],
  );
  const [answer] = rows;
  if (answer === undefined) throw new Error("sign_in_claim gave no answer");
  return answer.refusal === null ? null : { reason: answer.refusal, retryAfterSeconds: answer.retry_after_seconds };
}

/** The claimed attempt had the right password. */
export async function attemptSucceeded(pool: Pool, attempt: Attempt): Promise<void> {
  await pool.query("select reeve.sign_in_succeeded($1, $2)", [attempt.emailKey, attempt.addressKey]);
}

/** An e-mail address as accounts hold it. */
export function normalEmail(email: string): string {
  return email.normalize("NFC").trim().toLowerCase();
}

/**
 * What counts as one place: an IPv4 address, or the /64 of an IPv6 one, since a single household or phone is given
 * that many addresses (RFC 6177). IPv4 written as IPv6 (`::ffff:192.0.2.1`) is IPv4.
 */
export function networkOf(address: string): string {
  const bare = address.trim().toLowerCase().split("%")[0] ?? "";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : "unknown";
  // URL writes every IPv6 address in one way, with hexadecimal groups only.
  const [left = "", right] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split("::");
  const groupsLeft = left === "" ? [] : left.split(":");
  const groupsRight = right === undefined || right === "" ? [] : right.split(":");
  const zeros = Array<string>(8 - groupsLeft.length - groupsRight.length).fill("0");
  return [...groupsLeft, ...zeros, ...groupsRight].slice(0, 4).join(":");
}
