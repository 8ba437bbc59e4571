import { refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import { ownsOrWrote } from "../../kernel/store/written-by.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** A policy without clauses says nothing, so there is nothing to approve. */
export function guardHasClauses(record: Stored): void {
  // The lines kind gives lines.
  const clauses = (record.values["clauses"] ?? []) as readonly Line[];
  if (clauses.length === 0) refuse("clauses", "Write at least one clause before the policy is approved");
}

/** There is something to approve; and nobody approves what they wrote. */
export async function guardReadyForApproval(tx: Tx, record: Stored): Promise<void> {
  guardHasClauses(record);
  if (await ownsOrWrote(tx, record))
    refuse("owner", "A policy is approved by someone other than its owner and whoever wrote it last");
}

/** Why the words of a policy cannot be changed in a state: what was approved is what is published. */
export const lockedIn: Readonly<Record<string, string>> = {
  approved: "It is approved as it stands. Send it back to draft to change it, and it is approved again",
  published: "It is published. Start a review to change it, and it is approved again",
  withdrawn: "It is withdrawn, so it stays as it was",
};

/** The day of the next review lies ahead. */
export function guardReviewDay(tx: Tx, _record: Stored, values: Readonly<Record<string, unknown>>): void {
  const day = values["reviewOn"];
  if (typeof day === "string" && day <= today(tx.now))
    refuse("reviewOn", "Review by: give a day that is still to come");
}

/** The day in London at a moment. */
export function today(now: Temporal.Instant): string {
  return now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}

/** The version that publishing makes: 1, then one more each time. */
export function nextVersion(record: Stored): number {
  return typeof record.values["edition"] === "number" ? record.values["edition"] + 1 : 1;
}
