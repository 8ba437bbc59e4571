import { refuse } from "../../kernel/errors.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whether the person who looks at the ticket has it already. */
export function isOwn(tx: Tx, record: Stored): boolean {
  return record.ownerId !== null && record.ownerId === tx.actor.personId;
}

/** Taking a ticket makes it one's own. */
export function takeForSelf(tx: Tx, record: Stored): Values {
  if (isOwn(tx, record)) refuse("owner", "You already have this ticket");
  return { owner: tx.actor.personId, assignmentNote: null };
}

/** Assigning without saying to whom or where would change nothing. */
export function guardOwner(_tx: Tx, record: Stored, values: Values): void {
  const queue = values["queue"] ?? record.values["queue"];
  if (!values["owner"] && queue === record.values["queue"]) refuse("owner", "Select a person or another queue");
}

/** What was waited for is over once the work goes on. */
export function endWaiting(): Values {
  return { waitingFor: null, waitingReason: null, reviewOn: null };
}

/** Whoever assigns by hand ends the waiting, and what the queue’s rule said. */
export function assignByHand(): Values {
  return { ...endWaiting(), assignmentNote: null };
}

/** Whoever carries on or resolves what nobody has, has it from then on: an assigned ticket is somebody’s. */
export function carryOn(tx: Tx, record: Stored): Values {
  return { ...endWaiting(), ...(record.ownerId === null ? { owner: tx.actor.personId, assignmentNote: null } : {}) };
}
