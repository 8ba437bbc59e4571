import { handsOf } from "../../kernel/access.ts";
import { Refusal, refuse } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { today } from "./approval.ts";
import { clauseNamed, clausesOf } from "./clauses.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whoever approved the policy decides, unless somebody is named. */
export async function exceptionStarts(tx: Tx, values: Values, before: Stored | null): Promise<Values> {
  if (before !== null || typeof values["policy"] !== "string" || values["owner"]) return {};
  const policy = await find(tx, typeNamed(tx.registry, "policy"), values["policy"]);
  const approver = policy.values["approvedBy"];
  return typeof approver !== "string" || approver === values["requester"] ? {} : { owner: approver };
}

/** An exception is from a clause that is there. What is brought in says what it says. */
export async function guardAsking(tx: Tx, values: Values, before: Stored | null): Promise<void> {
  if (before !== null || tx.actor.personId === null || typeof values["policy"] !== "string") return;
  const policy = await find(tx, typeNamed(tx.registry, "policy"), values["policy"]);
  if (policy.values["edition"] === null) refuse("policy", `Policy: ${policy.reference} is not in force yet`);
  if (policy.closedAt !== null) refuse("policy", `Policy: ${policy.reference} is no longer in force`);
  if (clausesOf(policy).length > 0 && !clauseNamed(policy, values["clause"]))
    refuse("clause", `Clause: there is no clause ${String(values["clause"])} in ${policy.reference}`);
}

/** Nobody decides on what they asked for; it ends on a day to come, within a year. */
export function guardDeciding(tx: Tx, exception: Stored, values: Values): void {
  if (exception.requesterId !== null && handsOf(tx.actor).includes(exception.requesterId))
    throw new Refusal("forbidden", [{ message: "Nobody decides on an exception that they asked for themselves" }]);
  const day = values["expiresOn"];
  if (typeof day !== "string") return;
  const now = Temporal.PlainDate.from(today(tx.now));
  if (day <= now.toString()) refuse("expiresOn", "It ends on: give a day that is still to come");
  if (day > now.add({ years: 1 }).toString())
    refuse("expiresOn", "It ends on: give a day within a year. It can be looked at again then");
}

/** Who decided, and when it was looked at. */
export function decided(tx: Tx): Values {
  return { decidedBy: tx.actor.personId, reviewedOn: today(tx.now) };
}

/** Whoever asked for it withdraws it. */
export function guardOwn(tx: Tx, exception: Stored): void {
  if (tx.actor.personId !== null && exception.requesterId !== tx.actor.personId)
    throw new Refusal("forbidden", [{ message: "Only whoever asked for it says that they no longer need it" }]);
}
