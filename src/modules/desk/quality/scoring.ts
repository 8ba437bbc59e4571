import { handsOf } from "../../../kernel/access.ts";
import { Refusal, refuse } from "../../../kernel/errors.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

type Values = Readonly<Record<string, unknown>>;

const scoreMax = 5;

/** What the scores come to in 100: all at 5 is 100, all at 1 is 0; null where none is given. */
export function totalOf(scores: unknown): number | null {
  const given = linesOf(scores).flatMap(({ score }) => (typeof score === "number" ? [score] : []));
  if (given.length === 0) return null;
  const points = given.reduce((sum, score) => sum + score - 1, 0);
  return Math.round((points / (given.length * (scoreMax - 1))) * 100);
}

/** Nobody reviews their own work, nor by the hands of whoever stands in for them; and no criterion counts twice. */
export function notOwnWork(tx: Tx, values: Values, before: Stored | null): void {
  const officer = values["officer"];
  if (officer && values["owner"] === officer)
    refuse("owner", "Reviewer: select somebody who did not work on the ticket");
  // Otherwise whoever did the work could say that it was another’s.
  if (before?.values["officer"] && officer !== before.values["officer"])
    refuse("officer", "Whose work it was: this stays as it was drawn");
  const judged = ["scores", "remarks"].some(
    (name) => JSON.stringify(values[name] ?? null) !== JSON.stringify(before?.values[name] ?? null),
  );
  if (before && judged) mustBeAnothers(tx, officer);
  const criteria = linesOf(values["scores"]).map(({ criterion }) => criterion);
  if (new Set(criteria).size < criteria.length) refuse("scores", "Scores: give each criterion once");
}

/** Whoever takes a review or gives its scores is its reviewer. */
export function takeReview(tx: Tx, { values }: Stored): Values {
  mustBeAnothers(tx, values["officer"]);
  return { owner: tx.actor.personId };
}

/** A review is scored when every criterion has its score. */
export function guardScored(tx: Tx, { values }: Stored): void {
  if (!values["officer"]) refuse("officer", "Whose work it was: select a person");
  mustBeAnothers(tx, values["officer"]);
  const scores = linesOf(values["scores"]);
  if (scores.length === 0 || scores.some(({ score }) => typeof score !== "number"))
    refuse("scores", "Scores: change the review and give every criterion its score first");
}

function mustBeAnothers(tx: Tx, officer: unknown): void {
  if (handsOf(tx.actor).includes(String(officer)))
    throw new Refusal("forbidden", [{ message: "Nobody reviews their own work. Leave it to a colleague" }]);
}

function linesOf(value: unknown): readonly Line[] {
  // The field is one of lines.
  return (value ?? []) as readonly Line[];
}
