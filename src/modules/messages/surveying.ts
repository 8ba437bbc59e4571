import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { countAudience } from "../../kernel/organisation/audience.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { questionsOf } from "./questions.ts";

type Values = Readonly<Record<string, unknown>>;

/** Of fewer people nothing is ever said: the database counts by it as well (`shown_parts` in 0111). */
export const peopleMin = 10;

/** Whether it asks people outside, who have no account. */
export function asksByLink({ values }: Pick<Stored, "values">): boolean {
  return values["byLink"] === "open" || values["byLink"] === "personal";
}

/** What was asked, and how the answers are counted, stays as it was; what was done about them is written afterwards. */
export function checkSurvey(_tx: Tx, values: Values, before: Stored | null): void {
  const all = { ...before?.values, ...values };
  const { audience, breakdown } = all;
  const byLink = asksByLink({ values: all });
  if (!audience && !byLink) refuse("audience", "Who is asked: select an audience, or how people outside are asked");
  if (audience && byLink)
    refuse(
      "byLink",
      "Ask either an audience or people outside: leave one of the two out, and write another survey for the other",
    );
  if (byLink && breakdown === "team")
    refuse("breakdown", "Break the results down: people outside have no team, so choose a question or not at all");
  if (before?.state !== "published") return;
  const fixed = ["title", "purpose", "audience", "byLink", "closesOn", "questions", "breakdown", "breakdownQuestion"];
  const changed = fixed.find(
    (name) => name in values && JSON.stringify(values[name] ?? null) !== JSON.stringify(before.values[name] ?? null),
  );
  if (changed !== undefined)
    refuse(changed, "Its results are published, so only what was done about them can be changed");
}

/** There is something to ask, somebody to ask it of, and enough of them that something can be said of the answers. */
export async function guardOpening(tx: Tx, survey: Stored): Promise<void> {
  const questions = questionsOf(survey);
  if (questions.length === 0) refuse("questions", "Write at least one question");
  for (const { number, kind, options } of questions) {
    if (kind !== "one" && kind !== "many") continue;
    if (options.length < 2 || options.length > 20 || new Set(options).size < options.length)
      refuse("questions", `Question ${number}: give 2 to 20 different answers to choose from, one on each line`);
  }
  const { breakdown, breakdownQuestion, closesOn, audience } = survey.values;
  if (breakdown === "question" && !questions.some(({ number, kind }) => number === breakdownQuestion && kind === "one"))
    refuse("breakdownQuestion", "Which question: give the number of a question with one of several answers");
  if (typeof closesOn === "string" && closesOn <= today(tx.now))
    refuse("closesOn", "Answers until: give a day that is still to come");
  if (asksByLink(survey)) return;
  const people = await countAudience(tx, await find(tx, typeNamed(tx.registry, "audience"), String(audience)));
  if (people < peopleMin)
    refuse(
      "audience",
      `Who is asked: it holds ${people === 1 ? "one person" : `${people} people`}. Nothing is shown of fewer than ${peopleMin}, so ask more`,
    );
}

/** People are reminded once a day at most. */
export function guardReminding(tx: Tx, survey: Stored): void {
  if (asksByLink(survey))
    refuse("byLink", "Nobody here knows who has not answered by a link, so nobody can be reminded");
  if (survey.values["remindedOn"] === today(tx.now)) refuse("remindedOn", "They were reminded today");
}

/** Said once to those who have not answered: whoever has no longer watches it (see `answer_survey`). */
export async function remind(tx: Tx, survey: Stored): Promise<void> {
  const text = `Please answer by ${formatDay(String(survey.values["closesOn"]))}: [${survey.title}](/surveys/${survey.reference}/answer). It has no names in it.`;
  await say(tx, typeNamed(tx.registry, "survey"), survey, { text, audience: "everyone" });
}

/** Of a survey that is cancelled nothing is left that anybody answered. */
export async function discard(tx: Tx, survey: Stored): Promise<void> {
  await sql`select discard_survey(${survey.id}::uuid)`.execute(tx.db);
}

/** Once people are asked, nothing changes under them. */
export function isSettled({ state }: Stored): string | null {
  if (state === "open" || state === "closed") return "People were asked this, so it stays as it is";
  return state === "cancelled" ? "It was cancelled, so it stays as it was" : null;
}

/** The day in London at a moment. */
export function today(now: Temporal.Instant): string {
  return now.toZonedDateTimeISO("Europe/London").toPlainDate().toString();
}
