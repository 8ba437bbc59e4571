import { sql } from "kysely";
import { may } from "../../../kernel/access.ts";
import { forbid, refuse } from "../../../kernel/errors.ts";
import { columnName } from "../../../kernel/record.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";
import { caseNamed, caseOf, checkOneCase } from "./case-kinds.ts";
import { milestonesOf } from "./plan.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whoever splits a case hears what becomes of its questions. */
export function newQuestion(tx: Tx): Promise<Values> {
  return Promise.resolve({ askedBy: tx.actor.personId });
}

/** A new question gets its number and its days from its case, and is restricted as that is. */
export async function deriveQuestion(tx: Tx, values: Values, before: Stored | null): Promise<Values> {
  if (before !== null) return {};
  const record = await caseOf(tx, { values });
  if (record === null) return {};
  const [number, days] = [await nextNumber(tx, values), await milestonesOf(tx, record)];
  return {
    number,
    ...(days === null ? {} : { commissionBy: days.commissionBy, answerBy: values["answerBy"] ?? days.answerBy }),
    ...(record.sensitivity === "restricted" ? { sensitivity: "restricted" } : {}),
  };
}

/** One after another for each case, so that no two questions get one number. */
async function nextNumber(tx: Tx, values: Values): Promise<number> {
  const named = caseNamed({ values });
  await sql`select pg_advisory_xact_lock(hashtextextended(${`questions of ${named?.id}`}, 0))`.execute(tx.db);
  const { rows } = await sql<{ next: number }>`select coalesce(max(number), 0) + 1 as next from visible_case_question
    where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(columnName(named?.kind.field ?? "request"))} = ${named?.id}::uuid`.execute(
    tx.db,
  );
  return rows[0]?.next ?? 1;
}

export function checkQuestion(_tx: Tx, values: Values): void {
  checkOneCase(values);
}

/** A restricted question is seen by the person that it is given to, so there must be one. */
export function guardGiven(tx: Tx, question: Stored, values: Values): void {
  if (question.sensitivity === "restricted" && !values["owner"])
    refuse("owner", "This case is restricted. Select the person who answers: only they will see the question");
  const day = values["answerBy"];
  if (typeof day === "string" && day < today(tx)) refuse("answerBy", "Answer by: give today or a day to come");
}

/** Where nobody is named, whoever leads the team has it, so that somebody answers for it. */
export async function given(tx: Tx, question: Stored, values: Values): Promise<Values> {
  const team =
    typeof values["team"] === "string" ? await findIfSeen(tx, typeNamed(tx.registry, "team"), values["team"]) : null;
  return {
    askedOn: today(tx),
    answerBy: values["answerBy"] ?? question.values["answerBy"] ?? null,
    owner: values["owner"] ?? leadOf(team),
    chasedOn: null,
    escalatedOn: null,
  };
}

/** Who leads a team, else who is in it first, else its manager. */
function leadOf(team: Stored | null): string | null {
  // A field of lines with a person and whether they lead.
  const members = (team?.values["members"] ?? []) as readonly { readonly member?: string; readonly lead?: boolean }[];
  const manager = team?.values["manager"];
  return (
    members.find(({ lead }) => lead)?.member ?? members[0]?.member ?? (typeof manager === "string" ? manager : null)
  );
}

/** What we hold is said in words; and time, where it is said, is no longer than a year’s work. */
export function guardAnswered(_tx: Tx, _question: Stored, { held, answer }: Values): void {
  if (held === "no" && !answer) refuse("answer", "Say where you looked, so that we can say that we do not hold it");
  if (held !== "no" && !answer) refuse("answer", "Write the answer. Say what the files are, where you send any");
}

export function answered(tx: Tx, question: Stored): Values {
  const by = question.values["answerBy"];
  return {
    answeredOn: today(tx),
    answeredBy: tx.actor.personId,
    inTime: typeof by === "string" ? today(tx) <= by : null,
  };
}

/** Whoever is handed a restricted question learns of the case, so only those who work on that say who. */
export function guardHandOn(tx: Tx, question: Stored): void {
  if (question.sensitivity === "restricted" && !may(tx.actor, "case_question", "handle", question))
    forbid("This question is restricted to you. Ask whoever gave it to you to give it to somebody else");
}
