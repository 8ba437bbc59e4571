import { handsOf } from "../../kernel/access.ts";
import { Refusal, refuse } from "../../kernel/errors.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** Only the person who was asked decides, or whoever stands in for them; and nobody on what they asked for themselves. */
export function guardDecision(tx: Tx, approval: Stored): void {
  const hands = handsOf(tx.actor);
  if (approval.requesterId !== null && hands.includes(approval.requesterId))
    throw new Refusal("forbidden", [{ message: "Nobody approves what they asked for themselves" }]);
  if (approval.ownerId === null || !hands.includes(approval.ownerId))
    throw new Refusal("forbidden", [
      { message: "Only the person who was asked decides, or somebody who stands in for them" },
    ]);
}

/** It is not passed to the person who asked for the thing. */
export function guardPassing(_tx: Tx, approval: Stored, values: Readonly<Record<string, unknown>>): void {
  if (values["owner"] === approval.requesterId)
    refuse("owner", "Approver: select somebody other than the person who asked for it");
}
