import { sql } from "kysely";
import { Refusal, refuse } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { toHtml } from "../../kernel/markdown.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { all, first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf } from "../../web/pages/places.ts";
import type { DocumentPage, FormField } from "../../web/view/models.ts";
import { helpPath, portalShell, usesPortal } from "../portal/module.ts";
import { questionsOf, wordsMax } from "./questions.ts";
import type { Question } from "./questions.ts";
import { peopleMin } from "./surveying.ts";

/** What one person answers: by the number of the question, the place of what they chose, several of them, or words. */
type Answers = Record<string, number | readonly number[] | string>;

/** The survey for whoever is asked: why, and every question on one page. Nothing of it is kept until it is sent. */
export function answerPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => surveyPage(page, tx, await surveyAt(page, tx), null));
}

/** The same in place of the record, for people who only ask. */
export function surveyFace(page: PageRequest, tx: Tx, survey: Stored): Promise<PageAnswer | null> {
  return usesPortal(tx.actor) ? surveyPage(page, tx, survey, null) : Promise.resolve(null);
}

/**
 * POST: answers it, once. It is not sent by the road of other forms, which keeps a fingerprint of what a person sent: from that it
 * could be tried out who said what.
 */
export async function answer(page: PageRequest): Promise<PageAnswer> {
  try {
    return await page.as(async (tx) => {
      const survey = await surveyAt(page, tx);
      const answers = answersIn(page, questionsOf(survey));
      const { rows } = await sql<{ taken: boolean }>`
        select answer_survey(${survey.id}::uuid, ${JSON.stringify(answers)}::jsonb) as taken`.execute(tx.db);
      if (rows[0]?.taken !== true) await whyNot(tx, survey);
      return { redirect: `/surveys/${survey.reference}/answer`, flash: "Thank you. Nobody can tell what you said" };
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    return page.as(async (tx) => surveyPage(page, tx, await surveyAt(page, tx), error));
  }
}

function surveyAt(page: PageRequest, tx: Tx): Promise<Stored> {
  return find(tx, typeNamed(tx.registry, "survey"), page.params["reference"] ?? "");
}

/** Who sends it a second time is told so by the page; everybody else may not. */
async function whyNot(tx: Tx, survey: Stored): Promise<void> {
  if ((await ownState(tx, survey)) === "answered") return;
  throw new Refusal("forbidden", [
    {
      message:
        survey.state === "open" ? "You are not among those who are asked" : "This survey does not take answers now",
    },
  ]);
}

async function ownState(tx: Tx, { id }: Stored): Promise<"asked" | "answered" | null> {
  const { rows } = await sql<{ own: "asked" | "answered" | null }>`select own_survey(${id}::uuid) as own`.execute(
    tx.db,
  );
  return rows[0]?.own ?? null;
}

function answersIn({ form }: PageRequest, questions: readonly Question[]): Answers {
  const answers: Answers = {};
  const problems: { field: string; message: string }[] = [];
  for (const { number, kind, options, text, isRequired } of questions) {
    const name = `question-${number}`;
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
  if (Object.keys(answers).length === 0)
    refuse(`question-${questions[0]?.number ?? 1}`, "Answer at least one question");
  return answers;
}

async function surveyPage(page: PageRequest, tx: Tx, survey: Stored, refusal: Refusal | null): Promise<PageAnswer> {
  const state = await ownState(tx, survey);
  const asks = state === "asked" && survey.state === "open";
  const portal = usesPortal(tx.actor);
  const options = { title: `${refusal ? "Error: " : ""}${survey.title}`, current: "/surveys" };
  const model: DocumentPage = {
    shell: portal ? await portalShell(page, tx, options) : await page.shell(tx, options),
    back: portal ? { text: "Help", href: helpPath } : { text: survey.reference, href: addressOf(tx, survey) },
    caption: "Survey",
    title: survey.title,
    ...(state === "answered" ? { tag: { text: "You have answered", tone: "good" } as const } : {}),
    lead: leadOf(survey, state, asks),
    notes: asks ? promises : [],
    links:
      survey.state === "published" ? [{ text: "What people said", href: `/surveys/${survey.reference}/results` }] : [],
    ...(refusal
      ? {
          errors: refusal.problems.map(({ message, field }) => ({
            text: message,
            ...(field ? { fieldId: field } : {}),
          })),
        }
      : {}),
    groups: [{ parts: [{ id: "why", heading: "Why we ask", html: toHtml(String(survey.values["purpose"] ?? "")) }] }],
    ...(asks ? { form: { title: "Questions", content: formOf(page, survey, refusal) } } : {}),
  };
  return { page: "document", model, ...(refusal ? { status: 422 } : {}) };
}

const promises = [
  "Your name is not kept with your answers: nobody can tell what you said, neither your manager nor whoever looks after this system in the ordinary way of work.",
  `Reeve keeps whether you have answered, apart from what you said, so that nobody answers twice and only those who have not are reminded. Results are shown for ${peopleMin} people or more together.`,
  "If you write something in your own words, leave out what only you could have said.",
];

function leadOf(survey: Stored, state: "asked" | "answered" | null, asks: boolean): string {
  if (asks) return `Please answer by ${formatDay(String(survey.values["closesOn"]))}. It takes a few minutes.`;
  if (survey.state === "published") return "The results are published.";
  if (state === "answered") return "Thank you. The results are published here when it is over.";
  return survey.state === "open" ? "You are not among those who are asked." : "It takes no answers now.";
}

function formOf(
  page: PageRequest,
  survey: Stored,
  refusal: Refusal | null,
): NonNullable<DocumentPage["form"]>["content"] {
  const fields = questionsOf(survey).map(({ number, text, kind, options, isRequired }): FormField => {
    const name = `question-${number}`;
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
      return { ...base, widget: "textarea", value: first(page.form, name), rows: 4, maxLength: wordsMax };
    if (kind === "many") return { ...base, widget: "checkboxes", values: [...all(page.form, name)], options: choices };
    return { ...base, widget: "radios", value: first(page.form, name), options: choices };
  });
  return { action: `/surveys/${survey.reference}/answer`, fields, hidden: [], submit: { label: "Send my answers" } };
}
