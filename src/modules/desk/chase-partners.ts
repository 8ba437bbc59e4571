import { sql } from "kysely";
import { formatDay } from "../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { say } from "../../kernel/store/comment.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { londonDay } from "./service-level.ts";

/** In one organisation and one go; what is left comes an hour later. */
const ticketsMax = 200;

/** Each hour: where a partner let the promised day pass, says so once in the ticket, with whom to ring and what to quote. */
export const chasePartners: ModuleSchedule = {
  task: "chase-partners",
  match: "4 * * * *",
  when: "Each hour",
  what: "Says in tickets that a partner has let its promised day pass, with whom to ring",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let chased = 0;
    for (const { id } of rows)
      chased += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => chaseAll(tx));
    return chased;
  },
};

interface Missed {
  readonly id: string;
  readonly version: number;
  readonly day: string;
  readonly ours: string | null;
  readonly partner: string | null;
  readonly phone: string | null;
  readonly email: string | null;
}

/** Gives how many tickets it was said in. */
export async function chaseAll(tx: Tx): Promise<number> {
  const type = typeNamed(tx.registry, "ticket");
  const { rows } = await sql<Missed>`
    select t.id, t.version, t.supplier_due_on as day, t.supplier_reference as ours, s.title as partner, s.support_phone as phone, s.support_email as email
    from visible_ticket t left join visible_supplier s on s.organisation_id = t.organisation_id and s.id = t.supplier
    where t.organisation_id = ${tx.actor.organisationId}::uuid and t.state = 'waiting_supplier' and t.closed_at is null
      and t.supplier_due_on < ${londonDay(tx.now)}::date and t.supplier_chased_for is distinct from t.supplier_due_on
    order by t.supplier_due_on, t.id limit ${ticketsMax}`.execute(tx.db);
  for (const { id, version, day, ours, partner, phone, email } of rows) {
    const after = await change(tx, type, id, version, { supplierChasedFor: day }, { trusted: true });
    const reach = [phone, email].filter((one) => one !== null).join(" or ");
    await say(tx, type, after, {
      text: `${partner ?? "The partner"} promised this for ${formatDay(day)} and that day has passed. Chase them${reach === "" ? "" : ` (${reach})`}${ours === null ? "" : `, quoting ${ours}`}, and say what they promise now.`,
      audience: "internal",
    });
  }
  return rows.length;
}
