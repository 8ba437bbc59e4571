import { sql } from "kysely";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import type { RecordType } from "../../../kernel/record.ts";
import { dayOf } from "../../../kernel/store/as-of.ts";
import { change } from "../../../kernel/store/change.ts";
import { say } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { viewOf } from "../../../kernel/store/row.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";
import { firstLate, isLateBy, promised } from "./promised.ts";

/** In one organisation, of one kind and in one go; what is left comes an hour later. */
const casesMax = 200;

/** Each hour of the day, for nobody is to be called by night: asks why a case is late, once, as soon as its day has passed and while people still know. */
export const askWhyLate: ModuleSchedule = {
  task: "ask-why-late",
  match: "4 7-18 * * *",
  when: "Each hour of the day",
  what: "Asks whoever has a case of information rights that is late why it is, once",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let asked = 0;
    for (const { id } of rows) asked += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => askAll(tx));
    return asked;
  },
};

/** Gives of how many cases it was asked. */
export async function askAll(tx: Tx): Promise<number> {
  let asked = 0;
  for (const name of Object.keys(promised)) {
    const type = tx.registry.types.get(name);
    if (type) asked += await askOf(tx, type);
  }
  return asked;
}

async function askOf(tx: Tx, type: RecordType): Promise<number> {
  const { rows } = await sql<{ id: string }>`select id from ${viewOf(type)}
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null and late_because is null and late_asked_on is null
      and next_due_at <= ${tx.now.toString()}::timestamptz and ${isLateBy(tx, type)} order by next_due_at, id limit ${casesMax}`.execute(
    tx.db,
  );
  let asked = 0;
  for (const { id } of rows) {
    const record = await find(tx, type, id);
    const late = await firstLate(tx, type, record);
    if (late === null) continue;
    const after = await change(tx, type, id, record.version, { lateAskedOn: today(tx) }, { trusted: true });
    const day = formatDay(dayOf(late.dueAt.subtract({ minutes: 1 })));
    const text = `This was due on ${day} (“${late.label}”) and is not done. Please say now why it is late, with “Say why it is late”: in a month nobody will know.`;
    await say(tx, type, after, { text, audience: "internal" });
    asked += 1;
  }
  return asked;
}
