import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { formatDay, isDay } from "../../kernel/fields/date.ts";
import type { ItemQuestion } from "./item.ts";

/** A question with its answer, as it is kept with the ticket whatever becomes of the catalogue. */
export interface Answer {
  readonly question: string;
  readonly answer: string;
}

const lineMax = 300;
const textMax = 4000;

/** The control of a question on the form. */
export function controlOf({ number }: Pick<ItemQuestion, "number">): string {
  return `q${number}`;
}

/** What a form says to one question, without spaces around it; a date as `yyyy-mm-dd`, or as its parts when they are no day. */
function given(question: ItemQuestion, form: Form): string {
  const name = controlOf(question);
  if (question.kind !== "date") return text(form, name);
  const parts = ["year", "month", "day"].map((part) => text(form, `${name}-${part}`));
  if (parts.every((part) => part === "")) return "";
  const [year = "", month = "", day = ""] = parts;
  return `${year.padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** Whether a question is asked with these answers: always, or because of the answer to the one that it depends on. */
function isAskedNow(question: ItemQuestion, questions: readonly ItemQuestion[], form: Form, depth = 0): boolean {
  const { onlyIf } = question;
  if (onlyIf === null) return true;
  const other = questions.find(({ number }) => number === onlyIf.number);
  // One that depends on nothing that is there is asked; a circle of them ends.
  if (!other || depth > questions.length) return true;
  return (
    isAskedNow(other, questions, form, depth + 1) &&
    shown(other, given(other, form)).toLowerCase() === onlyIf.answer.toLowerCase()
  );
}

/** The answers as they are kept. Refuses (invalid) with a sentence for each question that is not rightly answered. */
export function readAnswers(questions: readonly ItemQuestion[], form: Form): Answer[] {
  const asked = questions.filter((question) => isAskedNow(question, questions, form));
  const problems = asked.flatMap((question): Problem[] => {
    const message = problemOf(question, given(question, form));
    return message === null ? [] : [{ field: controlOf(question), message: `${question.label} ${message}` }];
  });
  if (problems.length > 0) throw new Refusal("invalid", problems);
  return asked.map((question) => ({
    question: question.label,
    answer: shown(question, given(question, form)) || "Not answered",
  }));
}

function problemOf({ kind, required, choices }: ItemQuestion, answer: string): string | null {
  if (answer === "") return required ? "Answer this question" : null;
  if (answer.length > (kind === "long" ? textMax : lineMax))
    return `The answer must be ${kind === "long" ? textMax : lineMax} characters or fewer`;
  if (kind === "choice" && chosen(choices, answer) === undefined) return "Select one of the choices";
  if (kind === "yes_no" && answer !== "yes" && answer !== "no") return "Select yes or no";
  if (kind === "number" && !/^-?\d{1,9}(\.\d{1,4})?$/.test(answer)) return "Enter a number, such as 12";
  if (kind === "date" && !isDay(answer)) return "Enter a real date, such as 27 3 2027";
  return null;
}

/** A choice is sent as its place among the choices, `c1` for the first: its words may hold anything. */
export function choiceValue(at: number): string {
  return `c${at + 1}`;
}

function chosen(choices: readonly string[], answer: string): string | undefined {
  return choices.find((_, at) => choiceValue(at) === answer);
}

/** An answer as people read it. */
export function shown({ kind, choices }: ItemQuestion, answer: string): string {
  if (kind === "choice") return chosen(choices, answer) ?? "";
  if (kind === "yes_no") return answer === "yes" ? "Yes" : answer === "no" ? "No" : answer;
  return kind === "date" && isDay(answer) ? formatDay(answer) : answer;
}

function text(form: Form, name: string): string {
  const value = form[name];
  const one = (typeof value === "string" ? value : value?.[0]) ?? "";
  return one.replaceAll("\u0000", "").replaceAll("\r\n", "\n").toWellFormed().trim();
}
