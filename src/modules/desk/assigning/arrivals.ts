import type pg from "pg";
import { sql } from "kysely";
import { Refusal } from "../../../kernel/errors.ts";
import { tryEach } from "../../../kernel/jobs/try-each.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { find } from "../../../kernel/store/find.ts";
import { move } from "../../../kernel/store/move.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { Ticket } from "../ticket.record.ts";
import { assigneeOf, queuesWithRules } from "./assign.ts";

/** Tickets of a queue that are looked at in one go; the oldest first. */
const eachQueueMax = 100;

interface Parts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
}

/**
 * Gives the tickets that nobody has, new or sent on from another queue, to whom the rules of their queues say. One that nobody can take says why, and is looked
 * at again each time. Gives how many were given to somebody.
 */
export async function assignArrivals(parts: Parts, now: Temporal.Instant = Temporal.Now.instant()): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ id: string }>("select id from reeve.organisations");
  let given = 0;
  for (const { id } of rows) given += await assignIn(parts, id, null, now);
  return given;
}

/** The same in one organisation, and of these tickets alone where it is told which. */
export async function assignIn(
  parts: Parts,
  organisationId: string,
  only: readonly string[] | null,
  now: Temporal.Instant = Temporal.Now.instant(),
): Promise<number> {
  let given = 0;
  const as = <Result>(work: (tx: Tx) => Promise<Result>) => asSystem({ ...parts, organisationId, now }, work);
  const waiting = await as((tx) => unassigned(tx, only));
  const assign = async (ticket: string) => {
    given += await as((tx) => assignOne(tx, ticket)).then(Number, (error: unknown) => {
      // Somebody took it meanwhile.
      if (error instanceof Refusal && ["stale", "impossible"].includes(error.kind)) return 0;
      throw error;
    });
  };
  await tryEach(waiting, assign, "tickets that could not be given to anybody");
  return given;
}

async function unassigned(tx: Tx, only: readonly string[] | null): Promise<string[]> {
  const queues = (await queuesWithRules(tx)).filter(({ rule }) => rule !== null);
  const found: string[] = [];
  for (const { id } of queues) {
    const { rows } = await sql<{ id: string }>`select id from records
      where organisation_id = ${tx.actor.organisationId}::uuid and type = 'ticket' and within_id = ${id}::uuid and closed_at is null
        and state in ('new', 'assigned') and owner_id is null ${only ? sql`and id = any (${only}::uuid[])` : sql``}
      order by next_due_at, id limit ${eachQueueMax}`.execute(tx.db);
    found.push(...rows.map((row) => row.id));
  }
  return found;
}

/** Whether it was given to somebody. */
async function assignOne(tx: Tx, id: string): Promise<boolean> {
  const ticket = await find(tx, Ticket, id);
  if (!["new", "assigned"].includes(ticket.state) || ticket.ownerId !== null) return false;
  const choice = await assigneeOf(tx, ticket);
  if (choice === null) return false;
  if (choice.personId !== null) {
    await move(tx, Ticket, id, ticket.version, "assign_by_rule", {});
    return true;
  }
  if (ticket.values["assignmentNote"] !== choice.because)
    await change(tx, Ticket, id, ticket.version, { assignmentNote: choice.because }, { trusted: true });
  return false;
}
