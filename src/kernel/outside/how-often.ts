import { createHmac } from "node:crypto";
import type pg from "pg";

/** What is counted: of what kind, and from where or with which words. Neither is kept, but a keyed hash of both. */
export interface Counted {
  readonly what: string;
  readonly from: string;
  /** What is noted again under the same name counts once; anything new each time counts each time. */
  readonly once: string;
}

interface Bound {
  /** Minutes; a day at the most, for nothing is kept longer. */
  readonly withinMinutes: number;
  /** Beyond so many none is noted, and it is counted no further; 1,000 at the most. */
  readonly most: number;
}

/**
 * Notes that the public sent something, for all web processes together, and gives how many others there were within the time;
 * `most` when it is one too many and was not noted.
 */
export async function howOften(
  { pool, secret, now }: { readonly pool: pg.Pool; readonly secret: string; readonly now: Temporal.Instant },
  { what, from, once }: Counted,
  { withinMinutes, most }: Bound,
): Promise<number> {
  const hash = (text: string) => createHmac("sha256", secret).update(`reeve outside\0${what}\0${text}`).digest();
  const { rows } = await pool.query<{ others: number }>(
    "select reeve.count_outside($1, $2, make_interval(mins => $3), $4, $5::timestamptz) as others",
    [hash(from), hash(`once\0${once}`), withinMinutes, most, now.toString()],
  );
  return rows[0]?.others ?? 0;
}

/** Forgets what was counted more than a day ago, where nobody sends anything that would. */
export async function forgetHowOften(ownerPool: pg.Pool, now: Temporal.Instant): Promise<void> {
  await ownerPool.query("delete from reeve.outside_sendings where at < $1::timestamptz - interval '1 day'", [
    now.toString(),
  ]);
}
