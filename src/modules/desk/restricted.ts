import type pg from "pg";
import { Refusal } from "../../kernel/errors.ts";
import type { Registry } from "../../kernel/registry.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { restrictWith } from "../../kernel/store/restrict-with.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** Types of which a record hangs on the ticket in its field `ticket`, and says something of it. */
const hanging = ["inbound_message", "advice", "visit", "quality_review", "request_task", "approval"] as const;

/** A record that hangs on a restricted ticket is restricted from the first; for a type's `derive`. */
export async function restrictedAsTicket(tx: Tx, values: Values, before: Stored | null): Promise<Values> {
  const { ticket } = values;
  if (typeof ticket !== "string" || ticket === before?.values["ticket"]) return {};
  const found = await find(tx, typeNamed(tx.registry, "ticket"), ticket).catch((error: unknown) => {
    // What the actor may not see is refused as a link is.
    if (error instanceof Refusal && error.kind === "unseen") return null;
    throw error;
  });
  return found?.sensitivity === "restricted" ? { sensitivity: "restricted" } : {};
}

/** Restricts what hangs on tickets that were restricted lately (see `restrictWith`). */
export function restrictWithTickets(parts: {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
}): Promise<void> {
  return restrictWith(
    parts,
    hanging.map((type) => ({ type, field: "ticket", on: "ticket" })),
  );
}

/** What a ticket is called where others read it too: a restricted one by no name. */
export function calledOutside({ reference, sensitivity }: Stored): string | null {
  return sensitivity === "normal" ? reference : null;
}

/** The address of its page for where others read it; null for a restricted one. */
export function pageOutside(ticket: Stored): string | null {
  const called = calledOutside(ticket);
  return called === null ? null : `/tickets/${called}`;
}
