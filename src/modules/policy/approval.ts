import { refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { ownsOrWrote } from "../../kernel/store/written-by.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { guardNothingToAnswer } from "./answered.ts";

/** A policy without clauses says nothing, so there is nothing to approve. */
export function guardHasClauses(record: Stored): void {
  // The lines kind gives lines.
  const clauses = (record.values["clauses"] ?? []) as readonly Line[];
  if (clauses.length === 0) refuse("clauses", "Write at least one clause before the policy is approved");
}

/** There is something to approve; and nobody approves what they wrote. */
export async function guardReadyForApproval(tx: Tx, record: Stored): Promise<void> {
  guardHasClauses(record);
  await guardNothingToAnswer(tx, record);
  if (await ownsOrWrote(tx, record))
    refuse("owner", "A policy is approved by someone other than its owner and whoever wrote it last");
}

/** Why the words of a policy cannot be changed in a state: what was approved is what is published. */
export const lockedIn: Readonly<Record<string, string>> = {
  approved: "It is approved as it stands. Send it back to draft to change it, and it is approved again",
  published: "It is published. Start a review to change it, and it is approved again",
  consultation: "People are being asked about it. Send it back to draft to change it",
  superseded: "Another policy has taken its place, so it stays as it was",
  withdrawn: "It is withdrawn, so it stays as it was",
};

/** The day in London at a moment. */
export function today(now: Temporal.Instant): string {
  return now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
