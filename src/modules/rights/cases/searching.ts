import { sql } from "kysely";
import { refuse } from "../../../kernel/errors.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { say } from "../../../kernel/store/comment.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";

type Values = Readonly<Record<string, unknown>>;

/** In one organisation and one go; what is left comes an hour later. */
const searchesMax = 200;
/** So many days after its day, and after each word, a search is chased again. */
const chaseEveryDays = 7;

/** Seen by whoever looks and by those who handle requests. */
export function newSearch(): Promise<Values> {
  return Promise.resolve({ sensitivity: "restricted" });
}

/** Somebody is asked for a day to come. */
export function guardAsked(tx: Tx, _search: Stored, values: Values): void {
  if (String(values["dueOn"]) < today(tx)) refuse("dueOn", "Give today or a day to come");
}

/** Whoever says that they found something sends it. */
export async function guardReturned(tx: Tx, search: Stored, values: Values): Promise<void> {
  if (values["result"] !== "found") return;
  const { rows } = await sql<{ some: boolean }>`select exists (select 1 from files
    where organisation_id = ${tx.actor.organisationId}::uuid and record_id = ${search.id}::uuid) as some`.execute(
    tx.db,
  );
  if (!rows[0]?.some && !String(values["answer"] ?? "").includes("http"))
    refuse("result", "Send the files in a comment here first, or give the address where they lie in the answer");
}

/** Each hour of the day, for nobody is to be called by night: reminds of searches the day before, and chases those whose day has passed once a week. */
export const chaseSearches: ModuleSchedule = {
  task: "chase-data-searches",
  match: "18 7-18 * * *",
  when: "Each hour of the day",
  what: "Reminds those who look for somebody’s data the day before it is wanted, and chases them each week after it",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let said = 0;
    for (const { id } of rows)
      said += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => chaseAll(tx));
    return said;
  },
};

interface Waiting {
  readonly id: string;
  readonly version: number;
  readonly due: string;
  readonly daysLate: number;
}

/** Gives in how many searches something was said. */
export async function chaseAll(tx: Tx): Promise<number> {
  const type = typeNamed(tx.registry, "data_search");
  const day = today(tx);
  const { rows } = await sql<Waiting>`
    select id, version, due_on::text as due, ${day}::date - due_on as "daysLate" from visible_data_search
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'asked' and due_on <= ${day}::date + 1
      and (chased_for is null or chased_for < due_on - 1 or (due_on < ${day}::date and (chased_for < due_on or chased_for <= ${day}::date - ${chaseEveryDays}::integer)))
    order by due_on, id limit ${searchesMax}`.execute(tx.db);
  for (const { id, version, due, daysLate } of rows) {
    const after = await change(tx, type, id, version, { chasedFor: day }, { trusted: true });
    const text =
      daysLate > 0
        ? `This was wanted by ${formatDay(due)}. The law gives us one month for the whole answer, so please look today, or say here what keeps you. Delete nothing of it: that would be an offence (Data Protection Act 2018 section 173).`
        : `This is wanted by ${formatDay(due)}. Send what you find in a comment here, then say what was found.`;
    await say(tx, type, after, { text, audience: "everyone" });
  }
  return rows.length;
}
