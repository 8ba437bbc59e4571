import { sql } from "kysely";
import { Refusal } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { toHtml } from "../../kernel/markdown.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf } from "../../web/pages/places.ts";
import type { DocumentPage } from "../../web/view/models.ts";
import { helpPath, portalShell, usesPortal } from "../portal/module.ts";
import { answerErrors, answersIn, questionFields } from "./answering.ts";
import { questionsOf } from "./questions.ts";
import { peopleMin } from "./surveying.ts";

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
      const answers = answersIn(page.form, questionsOf(survey));
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
    errors: answerErrors(refusal),
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
  const fields = questionFields(page.form, questionsOf(survey), refusal);
  return { action: `/surveys/${survey.reference}/answer`, fields, hidden: [], submit: { label: "Send my answers" } };
}
