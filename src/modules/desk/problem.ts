import { refuse } from "../../kernel/errors.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whoever begins to look into what nobody has, has it. */
export function investigates(tx: Tx, problem: Stored): Values {
  return problem.ownerId === null ? { owner: tx.actor.personId } : {};
}

/** A known error is one that people can be helped with: without a workaround or a cause nothing is known of it. */
export function guardKnownError(_tx: Tx, problem: Stored, values: Values): void {
  const known = { ...problem.values, ...values };
  if (!known["workaround"] && !known["rootCause"])
    refuse("workaround", "Enter the workaround, or the root cause where there is no way round it");
}
