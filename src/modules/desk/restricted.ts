import type pg from "pg";
import { Refusal } from "../../kernel/errors.ts";
import { tryEach } from "../../kernel/jobs/try-each.ts";
import type { Registry } from "../../kernel/registry.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { find } from "../../kernel/store/find.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** Types of which a record hangs on the ticket in its field `ticket`, and says something of it. */
const hanging = ["inbound_message", "advice", "visit", "quality_review", "request_task", "approval"] as const;
const batchMax = 100;

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

/**
 * Restricts what hangs on tickets that were restricted within the last week: whoever may not see a ticket sees nothing that
 * says what is in it. Twice does no harm.
 */
export async function restrictWithTickets(parts: {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
}): Promise<void> {
  for (const name of hanging.filter((one) => parts.registry.types.has(one))) {
    const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(
      `select t.organisation_id as organisation, m.id from records t
       join ${name} m on m.organisation_id = t.organisation_id and m.ticket = t.id
       join records r on r.organisation_id = m.organisation_id and r.id = m.id and r.sensitivity = 'normal'
       where t.type = 'ticket' and t.sensitivity = 'restricted' and t.updated_at > now() - interval '7 days' limit $1`,
      [batchMax],
    );
    const restrict = ({ organisation: organisationId, id }: (typeof rows)[number]) =>
      asSystem({ ...parts, organisationId }, (tx) =>
        change(tx, typeNamed(tx.registry, name), id, "any", { sensitivity: "restricted" }, { trusted: true }),
      );
    await tryEach(rows, restrict, "Some records could not be restricted as their tickets are");
  }
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
