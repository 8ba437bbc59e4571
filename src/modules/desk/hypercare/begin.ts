import { sql } from "kysely";
import { Refusal } from "../../../kernel/errors.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { move } from "../../../kernel/store/move.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { londonDay } from "../service-level.ts";

const atOnceMax = 100;

/** Begins hypercare on its first day; one that is not ready stays planned, and is late. */
export const beginHypercare: ModuleSchedule = {
  task: "begin-hypercare",
  match: "1 * * * *",
  when: "Each hour",
  what: "Begins hypercare windows whose first day has come, so that their tighter levels hold",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select distinct organisation_id as id from reeve.records where type = 'hypercare' and state = 'planned' limit 10000",
    );
    let begun = 0;
    for (const { id } of rows)
      begun += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => beginDue(tx));
    return begun;
  },
};

/** Gives how many began. */
export async function beginDue(tx: Tx): Promise<number> {
  const type = typeNamed(tx.registry, "hypercare");
  const { rows } = await sql<{ id: string }>`select id from visible_hypercare
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'planned' and starts_on <= ${londonDay(tx.now)}::date
    order by starts_on, id limit ${atOnceMax}`.execute(tx.db);
  let begun = 0;
  for (const { id } of rows) {
    try {
      await move(tx, type, id, "any", "begin", {});
      begun += 1;
    } catch (error) {
      // What it lacks, its lead is told by its clock.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return begun;
}
