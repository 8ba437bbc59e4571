import { sql } from "kysely";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { say } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { dueDay, today } from "../handling.ts";

/** In one organisation and one go; what is left comes an hour later. */
const requestsMax = 200;

/** Each hour of the day, for nobody is to be called by night: asks why a request is late, once, as soon as its day has passed and while people still know. */
export const askWhyLate: ModuleSchedule = {
  task: "ask-why-late",
  match: "4 7-18 * * *",
  when: "Each hour of the day",
  what: "Asks whoever has a request for information that is late why it is, once",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let asked = 0;
    for (const { id } of rows) asked += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => askAll(tx));
    return asked;
  },
};

/** Gives of how many requests it was asked. */
export async function askAll(tx: Tx): Promise<number> {
  const type = typeNamed(tx.registry, "information_request");
  const { rows } = await sql<{ id: string }>`select id from visible_information_request
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and late_because is null and late_asked_on is null
      and next_due_at <= ${tx.now.toString()}::timestamptz order by next_due_at, id limit ${requestsMax}`.execute(
    tx.db,
  );
  let asked = 0;
  for (const { id } of rows) {
    const request = await find(tx, type, id);
    const due = await dueDay(tx, request);
    // By another reading of the law it may have been wanted sooner; that is not late.
    if (due === null || today(tx) <= due) continue;
    const after = await change(tx, type, id, request.version, { lateAskedOn: today(tx) }, { trusted: true });
    const text = `This was due on ${formatDay(due)} and is not answered. Please say now why it is late, with “Say why it is late”: it is told in the statistics, and in a month nobody will know.`;
    await say(tx, type, after, { text, audience: "internal" });
    asked += 1;
  }
  return asked;
}
