import { Refusal, refuse } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { all, first } from "../../web/page.ts";
import type { FormError, FormField } from "../../web/view/models.ts";
import { wordsMax } from "./questions.ts";
import type { Question } from "./questions.ts";

/** What one person answers: by the number of the question, the place of what they chose, several of them, or words. */
type Answers = Record<string, number | readonly number[] | string>;

/** The answers of a form. Refuses (invalid, each at its question) what is missing, too long or no answer to it. */
export function answersIn(form: Form, questions: readonly Question[]): Answers {
  const answers: Answers = {};
  const problems: { field: string; message: string }[] = [];
  for (const { number, kind, options, text, isRequired } of questions) {
    const name = nameOf(number);
    const given = all(form, name).flatMap((one) =>
      one.trim() === "" ? [] : [one.trim().replaceAll("\u0000", "").toWellFormed()],
    );
    const places = given
      .map(Number)
      .filter((place) => Number.isInteger(place) && place >= 1 && place <= options.length);
    const [one] = given;
    if (one === undefined) {
      if (isRequired) problems.push({ field: name, message: `Answer “${text}”` });
    } else if (kind === "words" && one.length > wordsMax)
      problems.push({ field: name, message: `Answer “${text}” in ${wordsMax} characters or fewer` });
    else if (kind === "words") answers[number] = one;
    else if (places.length !== given.length)
      problems.push({ field: name, message: `Select one of the answers to “${text}”` });
    else if (kind === "many") answers[number] = [...new Set(places)];
    else answers[number] = places[0]!;
  }
  if (problems.length > 0) throw new Refusal("invalid", problems);
  if (Object.keys(answers).length === 0) refuse(nameOf(questions[0]?.number ?? 1), "Answer at least one question");
  return answers;
}

/** The questions as a form asks them, with what was typed before and what is wrong with it. */
export function questionFields(form: Form, questions: readonly Question[], refusal: Refusal | null): FormField[] {
  return questions.map(({ number, text, kind, options, isRequired }): FormField => {
    const name = nameOf(number);
    const error = refusal?.problems.find(({ field }) => field === name)?.message;
    const base = {
      id: name,
      name,
      label: text,
      ...(isRequired ? {} : { optional: true }),
      ...(error ? { error } : {}),
    };
    const choices = options.map((label, at) => ({ value: String(at + 1), label }));
    if (kind === "words")
      return { ...base, widget: "textarea", value: first(form, name), rows: 4, maxLength: wordsMax };
    if (kind === "many") return { ...base, widget: "checkboxes", values: [...all(form, name)], options: choices };
    return { ...base, widget: "radios", value: first(form, name), options: choices };
  });
}

/** What is wrong, each with a link to its question. */
export function answerErrors(refusal: Refusal | null): FormError[] {
  return (refusal?.problems ?? []).map(({ message, field }) => ({
    text: message,
    ...(field ? { fieldId: field } : {}),
  }));
}

function nameOf(number: number): string {
  return `question-${number}`;
}
