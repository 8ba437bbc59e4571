import { addJob } from "../../kernel/jobs/jobs.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { calledOutside, pageOutside } from "./restricted.ts";

/** The kind of job that takes a request from the catalogue to its next step. */
export const requestJob = "request-steps";

/** In a transaction’s memo: whoever acts takes the steps themselves, as when a past is played that has its own times. */
export const stepsByCaller = "the caller takes the steps of requests";

/**
 * Has the next step of a request taken by the product: whoever asks, approves or does a part of it may make neither approvals
 * nor tasks. `called` is the reference that the actor knows it by, `page` where they can follow it.
 */
export async function takeNextStep(
  tx: Tx,
  ticketId: string,
  { called, page = null }: { readonly called: string; readonly page?: string | null },
): Promise<void> {
  if (tx.memo.has(stepsByCaller)) return;
  await addJob(tx, { kind: requestJob, title: `Take the next step of ${called}`, subject: ticketId, page });
}

/** Whether a ticket was asked for from the catalogue, which says where it belongs and what is done. */
export function isFromCatalogue({ values }: Pick<Stored, "values">): boolean {
  return typeof values["catalogueItem"] === "string";
}

/** What follows from a ticket's own move, where it was asked for from the catalogue. */
export async function goOnWithRequest(tx: Tx, ticket: Stored): Promise<void> {
  // The product takes the next step itself.
  if (!isFromCatalogue(ticket) || tx.actor.personId === null) return;
  await takeNextStep(tx, ticket.id, {
    called: calledOutside(ticket) ?? "a restricted request",
    page: pageOutside(ticket),
  });
}
