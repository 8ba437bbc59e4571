import { sql } from "kysely";
import type { ModuleSchedule, ScheduleParts } from "../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { move } from "../../kernel/store/move.ts";
import { asSystem } from "../../kernel/transaction.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { today } from "./surveying.ts";

/** So many days before a survey closes those who have not answered are reminded. */
const remindDays = 2;
const atOnceMax = 100;

/** Reminds those who have not answered, once before the end, and closes surveys whose day has passed. */
export const keepSurveys: ModuleSchedule = {
  task: "keep-surveys",
  match: "9 * * * *",
  when: "Each hour",
  what: "Reminds those who have not answered a survey two days before it closes, and closes those whose day has passed",
  run: async ({ ownerPool, registry }: Pick<ScheduleParts, "ownerPool" | "registry">) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select distinct organisation_id as id from reeve.records where type = 'survey' and state = 'open' limit 10000",
    );
    for (const { id } of rows) await asSystem({ ownerPool, registry, organisationId: id }, keepOpenSurveys);
  },
};

/** Gives how many it reminded of or closed. */
export async function keepOpenSurveys(tx: Tx): Promise<number> {
  const day = today(tx.now);
  const soon = Temporal.PlainDate.from(day).add({ days: remindDays }).toString();
  const { rows } = await sql<{ id: string; over: boolean }>`
    select id, closes_on < ${day}::date as over from visible_survey
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'open'
      and (closes_on < ${day}::date or closes_on <= ${soon}::date and reminded_on is null and coalesce(by_link, 'audience') = 'audience' and opened_on < ${day}::date)
    order by closes_on, id limit ${atOnceMax}`.execute(tx.db);
  for (const { id, over } of rows)
    await move(tx, typeNamed(tx.registry, "survey"), id, "any", over ? "close" : "remind", {});
  return rows.length;
}
