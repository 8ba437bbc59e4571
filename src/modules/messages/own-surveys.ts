import { sql } from "kysely";
import type { Tx } from "../../kernel/transaction.ts";

/** A survey that still asks the person who acts. */
export interface OwnSurvey {
  readonly title: string;
  readonly href: string;
  /** `yyyy-mm-dd` */
  readonly closesOn: string;
}

/** The open surveys that ask whoever acts, the one that closes first before the others. */
export async function ownSurveys(tx: Tx): Promise<readonly OwnSurvey[]> {
  const { rows } = await sql<{ reference: string; title: string; closesOn: string }>`
    select reference, title, closes_on as "closesOn" from own_surveys()`.execute(tx.db);
  return rows.map(({ reference, title, closesOn }) => ({ title, closesOn, href: `/surveys/${reference}/answer` }));
}
