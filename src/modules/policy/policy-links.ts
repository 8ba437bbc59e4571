import { may } from "../../kernel/access.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { Link } from "../../web/view/models.ts";
import type { Clause } from "./clauses.ts";

/** The way to ask for an exception from a clause, for whoever may and while the policy holds. */
export function exceptionLinks(tx: Tx, policy: Stored, { number }: Clause): Link[] {
  const inForce = policy.state !== "withdrawn" && policy.state !== "superseded";
  return inForce && may(tx.actor, "policy_exception", "create")
    ? [{ text: `Ask for an exception from clause ${number}`, href: exceptionHref(policy, number) }]
    : [];
}

/** Where an exception is asked for, from a clause where one is told. */
export function exceptionHref({ id }: Stored, clause?: number): string {
  return `/policy-exceptions/new?policy=${id}${clause === undefined ? "" : `&clause=${clause}`}`;
}

/** Where a clause, or the whole, is commented on. */
export function commentHref({ id }: Stored, clause?: number): string {
  return `/consultation-comments/new?policy=${id}${clause === undefined ? "" : `&clause=${clause}`}`;
}
