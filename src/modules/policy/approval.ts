import { refuse } from "../../kernel/errors.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** A policy without clauses says nothing, so there is nothing to approve; and nobody approves their own draft. */
export function guardReadyForApproval(tx: Tx, record: Stored): void {
  // The lines kind gives lines.
  const clauses = (record.values["clauses"] ?? []) as readonly Line[];
  if (clauses.length === 0) refuse("clauses", "Write at least one clause before the policy is approved");
  if (record.ownerId !== null && record.ownerId === tx.actor.personId)
    refuse("owner", "A policy is approved by someone other than its owner");
}

/** The version that publishing makes: 1, then one more each time. */
export function nextVersion(record: Stored): number {
  return typeof record.values["edition"] === "number" ? record.values["edition"] + 1 : 1;
}
