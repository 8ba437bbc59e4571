import { sql } from "kysely";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { questionsOf } from "./questions.ts";
import type { Question } from "./questions.ts";

/** What was published of a survey. Counts are by answer, in the order of what there was to choose; null is what may not be shown. */
export interface Results {
  /** Null where anybody who had the link could answer. */
  readonly asked: number | null;
  readonly answered: number | null;
  /** The parts of those who answered, where the results are broken down. */
  readonly parts: readonly { readonly name: string; readonly answered: number | null }[];
  readonly questions: readonly QuestionResults[];
}

/** Of one question; `parts` are in the order of the parts of the survey. */
export interface QuestionResults {
  readonly question: Question;
  readonly answered: number | null;
  readonly counts: readonly number[] | null;
  readonly texts: readonly string[] | null;
  readonly parts: readonly (readonly number[] | null)[];
}

/** As the database keeps them (`publish_survey` in 0111). */
interface Kept {
  readonly asked: number | null;
  readonly answered: number | null;
  readonly parts: readonly { readonly name: string; readonly answered: number | null }[];
  readonly questions: readonly {
    readonly number: number;
    readonly answered: number | null;
    readonly counts: readonly number[] | null;
    readonly texts: readonly string[] | null;
    readonly parts: readonly (readonly number[] | null)[] | null;
  }[];
}

/** The database counts what may be shown, keeps that, and destroys what each person said. */
export async function publishResults(tx: Tx, survey: Stored): Promise<void> {
  await sql`select publish_survey(${survey.id}::uuid)`.execute(tx.db);
}

/** What was published of a survey, as far as the actor may see it; null where nothing was. */
export async function resultsOf(tx: Tx, survey: Stored): Promise<Results | null> {
  const { rows } = await sql<{ results: Kept }>`select results from survey_results
    where organisation_id = ${tx.actor.organisationId}::uuid and survey_id = ${survey.id}::uuid`.execute(tx.db);
  const kept = rows[0]?.results;
  if (kept === undefined) return null;
  const questions = new Map(questionsOf(survey).map((question) => [question.number, question]));
  const by =
    survey.values["breakdown"] === "question" ? questions.get(Number(survey.values["breakdownQuestion"])) : undefined;
  return {
    asked: kept.asked,
    answered: kept.answered,
    parts: kept.parts.map(({ name, answered }) => ({ name: nameOf(name, by), answered })),
    questions: kept.questions.flatMap(({ number, answered, counts, texts, parts }) => {
      const question = questions.get(number);
      return question ? [{ question, answered, counts, texts, parts: parts ?? [] }] : [];
    }),
  };
}

/** A part is the name of a team, or the place of an answer. */
function nameOf(name: string, by: Question | undefined): string {
  if (name === "") return "Did not say";
  return by === undefined ? name : (by.options[Number(name) - 1] ?? "Did not say");
}
