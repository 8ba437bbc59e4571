import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** Each comment has its answer before anybody is asked to approve. */
export async function guardNothingToAnswer(tx: Tx, record: Stored): Promise<void> {
  const { rows } = await sql`select 1 from visible_policy_comment c
    where c.organisation_id = ${tx.actor.organisationId}::uuid and c.policy = ${record.id}::uuid and c.state = 'open' limit 100`.execute(
    tx.db,
  );
  if (rows.length > 0)
    refuse(
      "clauses",
      `Answer ${rows.length === 1 ? "the comment" : `the ${rows.length} comments`} from the consultation first`,
    );
}
