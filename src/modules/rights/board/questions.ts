import { sql } from "kysely";
import type { Tx } from "../../../kernel/transaction.ts";

/** Something that must be answered before a case can be. */
export interface OpenQuestion {
  readonly caseId: string;
  /** A person or a team. */
  readonly askedOf: string | null;
  /** `yyyy-mm-dd`; null where no day is wanted. */
  readonly dueOn: string | null;
}

/** What teams were asked for these cases and have not answered, as the person may see it. */
export async function openQuestions(tx: Tx, caseIds: readonly string[]): Promise<readonly OpenQuestion[]> {
  if (caseIds.length === 0) return [];
  const { rows } =
    await sql<OpenQuestion>`select request as "caseId", coalesce(owner_id, team_id) as "askedOf", answer_by::text as "dueOn"
    from visible_case_question where organisation_id = ${tx.actor.organisationId}::uuid and state = 'asked' and request = any (${caseIds}::uuid[])`.execute(
      tx.db,
    );
  return rows;
}
