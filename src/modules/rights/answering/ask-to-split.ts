import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import { decidersFor } from "../../../kernel/notifications/deciders.ts";
import { columnName } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { say } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { namesSeen } from "../../../kernel/store/names.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";
import { caseKinds } from "./case-kinds.ts";
import type { CaseKind } from "./case-kinds.ts";
import { isWorking, milestonesOf, workingCalendar } from "./plan.ts";

/** Of one kind, in one organisation and one go; what is left comes an hour later. */
const casesMax = 200;
/** A case that came longer ago than this many days is late in other ways, and asked after for those. */
const daysAgoMax = 90;
/** Of a case that nobody has, how many of those who handle such cases are named. */
const namedMax = 5;

/** Each hour of the day, for nobody is to be called by night: a case without a question to a team by the day of its plan is asked after, once. */
export const askToSplit: ModuleSchedule = {
  task: "ask-to-split",
  match: "52 7-18 * * *",
  when: "Each hour of the day",
  what: "Reminds whoever has a new case that no team has been asked yet, on the day by which questions are given out",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      "select id from reeve.organisations order by id limit 10000",
    );
    let asked = 0;
    for (const { id } of rows)
      asked += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => askAllToSplit(tx));
    return asked;
  },
};

/** Gives of how many cases it was asked. */
export async function askAllToSplit(tx: Tx): Promise<number> {
  if (!isWorking(await workingCalendar(tx), today(tx))) return 0;
  let asked = 0;
  for (const kind of caseKinds) for (const id of await unsplit(tx, kind)) asked += await askOne(tx, kind, id);
  return asked;
}

/** Cases of which nobody has been asked anything, and that nobody has begun to answer. */
async function unsplit(tx: Tx, { type, field, from, worked, alsoAsks }: CaseKind): Promise<readonly string[]> {
  const organisation = tx.actor.organisationId;
  const none = (table: string, link: string): RawBuilder<unknown> =>
    sql`and not exists (select from ${sql.ref(`visible_${table}`)} h where h.organisation_id = c.organisation_id
      and ${sql.ref(`h.${columnName(link)}`)} = c.id and h.state not in ('withdrawn', 'dropped'))`;
  const day = sql.ref(`c.${columnName(from)}`);
  const { rows } = await sql<{ id: string }>`select c.id from ${sql.ref(`visible_${type}`)} c
    where c.organisation_id = ${organisation}::uuid and c.closed_at is null and c.state = any (${[...worked]}::text[])
      and c.split_asked_on is null and ${day} between ${today(tx)}::date - ${daysAgoMax}::integer and ${today(tx)}::date - 1
      ${none("case_question", field)} ${none("agreed_text", field)} ${alsoAsks ? none(alsoAsks.type, alsoAsks.field) : sql``}
    order by ${day}, c.id limit ${casesMax}`.execute(tx.db);
  return rows.map(({ id }) => id);
}

async function askOne(tx: Tx, { type: name, called }: CaseKind, id: string): Promise<number> {
  const type = typeNamed(tx.registry, name);
  const record = await find(tx, type, id);
  const days = await milestonesOf(tx, record);
  if (days === null || today(tx) < days.commissionBy) return 0;
  const after = await change(tx, type, id, record.version, { splitAskedOn: today(tx) }, { trusted: true });
  const text = `${await callOf(tx, record)}No team has been asked yet, and questions are to be given out by ${formatDay(days.commissionBy)}. Split the ${called} into questions, or begin the agreed text if you can answer it yourself.`;
  await say(tx, type, after, { text, audience: "internal" });
  return 1;
}

/** By name whoever has it; while nobody does, those who handle such cases. */
async function callOf(tx: Tx, { ownerId, teamId, type }: Stored): Promise<string> {
  const people =
    ownerId === null
      ? await decidersFor(tx.db, tx.actor.organisationId, { type, permission: "handle", teamId })
      : [ownerId];
  const names = await namesSeen(tx, people.slice(0, namedMax));
  return names.length === 0 ? "" : `${names.map(({ title }) => `@${title}`).join(", ")}: `;
}
