import type { Stored, Tx } from "../../kernel/transaction.ts";
import { takeNextStep } from "../desk/module.ts";

/** What follows from an approval or a task: the next step of its request. */
export async function goOnWithTicket(tx: Tx, { reference, values }: Stored): Promise<void> {
  const { ticket } = values;
  // The product takes the next step itself.
  if (typeof ticket === "string" && tx.actor.personId !== null) await takeNextStep(tx, ticket, { called: reference });
}
