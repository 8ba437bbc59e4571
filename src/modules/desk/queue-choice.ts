import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first } from "../../web/page.ts";
import type { PageRequest } from "../../web/page.ts";
import type { Filter } from "../../web/view/models.ts";

const queuesMax = 100;

/** A queue that can be chosen. */
export interface QueueChoice {
  readonly id: string;
  readonly title: string;
}

/** The id of the queue by which the address narrows a page of the desk’s; null for all. Refuses (invalid) what is no id. */
export function queueAsked({ query }: Pick<PageRequest, "query">): string | null {
  const queue = first(query, "queue");
  if (queue !== "" && !isId(queue)) notInList();
  return queue === "" ? null : queue.toLowerCase();
}

/** The queues that the person sees, by name. Refuses (invalid) where the one that was asked for is none of them. */
export async function queuesToChoose(tx: Tx, asked: string | null): Promise<readonly QueueChoice[]> {
  const { rows } = await sql<QueueChoice>`select id, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = 'queue' order by lower(title), id limit ${queuesMax}`.execute(
    tx.db,
  );
  if (asked !== null && !rows.some(({ id }) => id === asked)) notInList();
  return rows;
}

function notInList(): never {
  refuse("queue", "Queue: select one of those in the list");
}

/** By which queue a page of the desk’s is narrowed. */
export function queueFilter(asked: string | null, queues: readonly QueueChoice[]): Filter {
  return {
    kind: "select",
    name: "queue",
    label: "Queue",
    options: [
      { value: "", label: "All queues" },
      ...queues.map(({ id, title }) => ({ value: id, label: title, selected: id === asked })),
    ],
  };
}
