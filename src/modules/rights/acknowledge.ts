import { sql } from "kysely";
import { formatDay } from "../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { say } from "../../kernel/store/comment.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { dueDay, today } from "./handling.ts";

/** In one organisation and one go; what is left comes a minute later. */
const requestsMax = 200;
/** What came longer ago, as from another system, was acknowledged there: days. */
const newDays = 30;

/** Each minute: tells whoever asked for information, by the product's own words, that it has come and by when it must be answered. */
export const acknowledgeRequests: ModuleSchedule = {
  task: "acknowledge-requests",
  match: "* * * * *",
  when: "Each minute",
  what: "Tells those who asked for information that their request has come, and by when it must be answered",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let told = 0;
    for (const { id } of rows)
      told += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => acknowledgeAll(tx));
    return told;
  },
};

interface New {
  readonly id: string;
  readonly version: number;
  readonly received: string;
}

/** Gives how many requests it was said in. What has nobody to tell is left. */
export async function acknowledgeAll(tx: Tx): Promise<number> {
  const type = typeNamed(tx.registry, "information_request");
  const { rows } = await sql<New>`
    select id, version, received_on::text as received from visible_information_request v
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and acknowledged_on is null
      and (requester_id is not null or exists (select 1 from outside_requesters o where o.organisation_id = v.organisation_id and o.record_id = v.id))
      and received_on >= ${today(tx)}::date - ${newDays}::integer
    order by received_on, id limit ${requestsMax}`.execute(tx.db);
  for (const { id, version, received } of rows) {
    const after = await change(tx, type, id, version, { acknowledgedOn: today(tx) }, { trusted: true });
    const due = await dueDay(tx, after);
    const by = due === null ? "" : `\n\nBy law we must answer by ${formatDay(due)}. We will answer sooner if we can.`;
    const text = `We received your request on ${formatDay(received)}. Its reference is **${after.reference}**.${by}`;
    await say(tx, type, after, { text, audience: "everyone" });
  }
  return rows.length;
}
