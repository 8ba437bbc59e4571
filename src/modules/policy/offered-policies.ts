import { may } from "../../kernel/access.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { whyNotConsulted } from "./consultation.ts";

/** Policies that are looked through; a council has some dozens. */
const policiesMax = 200;

/** The policies that whoever acts can comment on now; null (all) for whoever runs policies, who writes down what was said elsewhere. */
export async function policiesToComment(tx: Tx): Promise<readonly Stored[] | null> {
  if (may(tx.actor, "policy", "handle")) return null;
  const consulted: Stored[] = [];
  for (const policy of await openPolicies(tx, ["consultation"]))
    if ((await whyNotConsulted(tx, policy)) === null) consulted.push(policy);
  return consulted;
}

/** The policies that are in force, from which an exception can be asked for; also while their next version is written. */
export async function policiesInForce(tx: Tx): Promise<readonly Stored[]> {
  return (await openPolicies(tx)).filter(({ values }) => typeof values["edition"] === "number");
}

async function openPolicies(tx: Tx, states?: readonly string[]): Promise<readonly Stored[]> {
  const { items } = await list(tx, typeNamed(tx.registry, "policy"), {
    show: "open",
    sort: "reference",
    limit: policiesMax,
    ...(states ? { states } : {}),
  });
  return items;
}
