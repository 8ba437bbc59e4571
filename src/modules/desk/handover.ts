import { sql } from "kysely";
import type { Tx } from "../../kernel/transaction.ts";

const ticketsMax = 15;

/** The open tickets that most need somebody, as lines of a note: only those that the writer may see, and none that is restricted. */
export async function openAtHandover(tx: Tx): Promise<string | null> {
  const { rows } = await sql<{ reference: string; title: string; priority: number | null; state: string }>`
    select reference, title, priority, state from visible_ticket
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and state <> 'resolved'
      and sensitivity = 'normal' and priority <= 2
    order by priority, next_due_at, id limit ${ticketsMax}`.execute(tx.db);
  if (rows.length === 0) return null;
  const states = tx.registry.types.get("ticket")?.states ?? {};
  return rows
    .map(
      ({ reference, title, priority, state }) =>
        `- ${reference} ${title} (priority ${priority}, ${(states[state]?.label ?? state).toLowerCase()})`,
    )
    .join("\n");
}
