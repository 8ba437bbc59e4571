import type { WorkingCalendar } from "../../../kernel/clocks/calendars.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { ModuleSchedule, ScheduleParts } from "../../../kernel/jobs/schedules.ts";
import { tryEach } from "../../../kernel/jobs/try-each.ts";
import { peopleToWarn } from "../../../kernel/notifications/people-to-warn.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { say } from "../../../kernel/store/comment.ts";
import { find } from "../../../kernel/store/find.ts";
import { namesSeen } from "../../../kernel/store/names.ts";
import { joinRecords } from "../../../kernel/store/relations.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";
import { caseNamed, caseOf } from "./case-kinds.ts";
import { isWorking, planFor, workingCalendar, workingDaysBetween } from "./plan.ts";
import type { Plan } from "./plan.ts";

/** Questions looked at in one go; what is left comes an hour later. */
const questionsMax = 1000;

/** Each hour of the day, for nobody is to be called by night: reminds teams before and after the day, and tells the team’s manager where that does not help. */
export const chaseQuestions: ModuleSchedule = {
  task: "chase-questions",
  match: "37 7-18 * * *",
  when: "Each hour of the day",
  what: "Reminds teams of questions of cases before their day and after it, and tells their managers of those that stay late",
  run: (parts) => chaseAll(parts),
};

/** Gives how many reminders were written. `now` is the wall clock’s unless told. */
export async function chaseAll(
  parts: Pick<ScheduleParts, "ownerPool" | "registry">,
  now: Temporal.Instant = Temporal.Now.instant(),
): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ organisation: string; id: string }>(
    `select r.organisation_id as organisation, r.id from reeve.records r join reeve.case_question q using (organisation_id, id)
     where r.type = 'case_question' and r.state = 'asked' and q.answer_by <= ($1::timestamptz at time zone 'Europe/London')::date + 14
       and q.chased_on is distinct from ($1::timestamptz at time zone 'Europe/London')::date order by q.answer_by, r.id limit ${questionsMax}`,
    [now.toString()],
  );
  let chased = 0;
  const chase = async ({ organisation: organisationId, id }: (typeof rows)[number]) => {
    chased += await asSystem({ ...parts, organisationId, now }, (tx) => chaseOne(tx, id));
  };
  await tryEach(rows, chase, "questions of cases that could not be asked after");
  return chased;
}

async function chaseOne(tx: Tx, id: string): Promise<number> {
  const type = typeNamed(tx.registry, "case_question");
  const question = await find(tx, type, id);
  const [named, record, calendar] = [caseNamed(question), await caseOf(tx, question), await workingCalendar(tx)];
  // Nobody is reminded while the case waits for whoever asked, nor on a day on which nobody works.
  if (!named || !record || !named.kind.worked.includes(record.state) || !isWorking(calendar, today(tx))) return 0;
  const plan = await planFor(tx, record.type);
  const due = dueFor(question, plan, { calendar, today: today(tx) });
  if (due === null) return 0;
  const manager = due === "escalate" ? await managerOf(tx, question) : null;
  const values = { chasedOn: today(tx), ...(due === "escalate" ? { escalatedOn: today(tx) } : {}) };
  const after = await change(tx, type, id, "any", values, { trusted: true });
  // Whoever is named sees just this question, and so is told of it.
  if (manager !== null && question.sensitivity === "normal")
    await joinRecords(tx, type, id, { relation: "seen_by", to: manager });
  await say(tx, type, after, { text: await sentence(tx, question, due, manager), audience: "everyone" });
  return 1;
}

type Due = "before" | "late" | "escalate";

/** Whether something is to be said today: so many working days before, each so many after, and once to the manager. */
export function dueFor(
  { values }: Pick<Stored, "values">,
  plan: Plan,
  { calendar, today: day }: { calendar: WorkingCalendar; today: string },
): Due | null {
  const { answerBy, chasedOn, escalatedOn } = values;
  if (typeof answerBy !== "string" || chasedOn === day) return null;
  const left = workingDaysBetween(calendar, day, answerBy);
  if (left >= 0) return left <= plan.chaseBefore && typeof chasedOn !== "string" ? "before" : null;
  if (-left >= plan.escalateAfter && typeof escalatedOn !== "string") return "escalate";
  const since =
    typeof chasedOn === "string" && chasedOn > answerBy ? workingDaysBetween(calendar, chasedOn, day) : plan.chaseEvery;
  return since >= plan.chaseEvery ? "late" : null;
}

/** The manager of the question’s team, else who leads it; null where nobody can be told. */
async function managerOf(tx: Tx, question: Stored): Promise<string | null> {
  const [found] = (await peopleToWarn(tx, [question])).of(question, "manager", ["owner", "lead", "manager"]);
  return found ?? null;
}

async function sentence(tx: Tx, question: Stored, due: Due, manager: string | null): Promise<string> {
  const ids = [manager, question.ownerId].filter((id) => id !== null);
  const names = new Map((await namesSeen(tx, ids)).map(({ id, title }) => [id, title]));
  const call = (id: string | null) => (id !== null && names.has(id) ? `@${names.get(id)}: ` : "");
  const by = formatDay(String(question.values["answerBy"]));
  if (due === "before")
    return `${call(question.ownerId)}this is to be answered by ${by}. Please answer it, or say that it is not for your team.`;
  if (due === "late")
    return `${call(question.ownerId)}this was to be answered by ${by}. The day of the whole answer does not move: please answer today.`;
  return `${call(manager)}this was to be answered by ${by}, and your team was reminded. Please see that somebody answers it today.`;
}
