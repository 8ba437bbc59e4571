import { addJob } from "../../kernel/jobs/jobs.ts";
import type { JobKind } from "../../kernel/jobs/run.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { move } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { calledOutside, pageOutside } from "./restricted.ts";
import { stepsByCaller } from "./request-steps.ts";

/** The kind of job that takes up a ticket whose answer has come. */
export const takeUpJob = "take-up-ticket";

/**
 * What was waited for has come once whoever asked answers, or whoever stands in for them: the product takes the ticket up, as
 * it does for an answer by mail.
 */
export async function takeUpOnAnswer(tx: Tx, ticket: Stored): Promise<void> {
  const { personId, standsInFor } = tx.actor;
  const isAnswer = ticket.state === "waiting_user" && (standsInFor?.personId ?? personId) === ticket.requesterId;
  if (!isAnswer || personId === null || tx.memo.has(stepsByCaller)) return;
  await addJob(tx, {
    kind: takeUpJob,
    title: `Take up ${calledOutside(ticket) ?? "a restricted ticket"} after the answer`,
    subject: ticket.id,
    page: pageOutside(ticket),
  });
}

/** Carries on, unless somebody was quicker. */
export const takeUp: JobKind = ({ subject, asProduct }) =>
  asProduct(async (tx) => {
    const type = typeNamed(tx.registry, "ticket");
    const { id, state } = await find(tx, type, subject);
    if (state !== "waiting_user") return "It was taken up already.";
    await move(tx, type, id, "any", "resume", {});
    return "It no longer waits.";
  });
