import { may } from "../../kernel/access.ts";
import { Refusal, refuse } from "../../kernel/errors.ts";
import { addJob } from "../../kernel/jobs/jobs.ts";
import { isInAudience } from "../../kernel/organisation/audience.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { guardHasClauses, today } from "./approval.ts";
import { clauseNamed, clausesOf } from "./clauses.ts";
import { followedByCaller } from "./publishing.ts";

type Values = Readonly<Record<string, unknown>>;

/** There is something to comment on, and time to do so. */
export function guardConsulting(tx: Tx, record: Stored, values: Values): void {
  guardHasClauses(record);
  const day = values["consultUntil"];
  if (typeof day === "string" && day <= today(tx.now))
    refuse("consultUntil", "Comments until: give a day that is still to come");
}

/**
 * Only a policy that is out for consultation is commented on, by those who are consulted; and by whoever runs it at any time, to
 * write down what was said in a meeting. Only a clause that is there is meant.
 */
export async function mayComment(tx: Tx, values: Values, before: Stored | null): Promise<void> {
  if (before !== null || typeof values["policy"] !== "string") return;
  const policy = await find(tx, typeNamed(tx.registry, "policy"), values["policy"]);
  const { clause } = values;
  if (typeof clause === "number" && clausesOf(policy).length > 0 && !clauseNamed(policy, clause))
    refuse("clause", `Clause: there is no clause ${clause} in ${policy.reference}`);
  if (tx.actor.personId === null || may(tx.actor, "policy", "handle", policy)) return;
  const why = await whyNotConsulted(tx, policy);
  if (why !== null) refuse("policy", why);
}

/** Why the person who acts cannot comment on a policy now; null where they can. */
export async function whyNotConsulted(tx: Tx, policy: Stored): Promise<string | null> {
  if (policy.state !== "consultation") return `${policy.reference} is not out for consultation`;
  const until = policy.values["consultUntil"];
  if (typeof until === "string" && until < today(tx.now)) return `The consultation on ${policy.reference} has ended`;
  const audience = policy.values["consulted"];
  if (typeof audience !== "string") return null;
  const consulted = await isInAudience(tx, await find(tx, typeNamed(tx.registry, "audience"), audience));
  return consulted ? null : `You are not among those who are consulted on ${policy.reference}`;
}

/** Whoever said it takes it back, and nobody else. */
export function guardTakingBack(tx: Tx, comment: Stored): void {
  if (tx.actor.personId !== null && comment.requesterId !== tx.actor.personId)
    throw new Refusal("forbidden", [{ message: "Only whoever said it takes it back" }]);
}

/** The kind of job that tells those who are consulted. */
export const tellConsultedKind = "tell-consulted";

/** A job tells those whom the audience holds. */
export async function tellThoseConsulted(tx: Tx, policy: Stored): Promise<void> {
  if (tx.actor.personId === null || tx.memo.has(followedByCaller) || typeof policy.values["consulted"] !== "string")
    return;
  await addJob(tx, {
    kind: tellConsultedKind,
    title: `Ask those who are consulted on ${policy.reference}`,
    subject: policy.id,
    page: `/policies/${policy.reference}`,
  });
}
