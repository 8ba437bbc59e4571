import { Refusal } from "../../kernel/errors.ts";
import { readsInternal } from "../../kernel/access.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** Says the answer among officers in the ticket as well, where whoever answers sees it: it is part of what was found out. */
export async function tellTicket(tx: Tx, after: Stored, values: Readonly<Record<string, unknown>>): Promise<void> {
  const type = typeNamed(tx.registry, "ticket");
  const ticket = await find(tx, type, String(after.values["ticket"])).catch((error: unknown) => {
    if (error instanceof Refusal && error.kind === "unseen") return null;
    throw error;
  });
  if (ticket === null || !readsInternal(tx.actor, type.name, ticket)) return;
  await say(tx, type, ticket, {
    text: `Asked in ${after.reference}: ${after.title}\n\n${String(values["answer"])}`,
    audience: "internal",
  });
}
