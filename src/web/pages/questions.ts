import { mustBeAllowed } from "../../kernel/access.ts";
import { conditionOf, isAsked } from "../../kernel/asked.ts";
import { Refusal, refuse, unseen } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { Question } from "../../kernel/asked.ts";
import type { RecordType } from "../../kernel/record.ts";
import { checkLinks } from "../../kernel/store/check-links.ts";
import { saveDraft } from "../../kernel/store/drafts.ts";
import { checkRequired, checkValues } from "../../kernel/store/values.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { all, first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { answersPage } from "./answers.ts";
import { draftIdOf, draftPart } from "./draft-notes.ts";
import { contentOf, contentSoFar, draftAt, withAnswer } from "./drafts.ts";
import { formFields, requiredOf } from "./form-fields.ts";
import { changedRows, takesFiles } from "./form-page.ts";
import type { Asked } from "./form-page.ts";
import { problemsOf, readForm, valuesWith } from "./form-reading.ts";
import { changesRows } from "./line-inputs.ts";
import type { FormField } from "../view/models.ts";
import { navigationOf } from "./places.ts";
import { prefilled } from "./prefilled.ts";
import { decidingValues, questionHref, questionsFor } from "./question-order.ts";
import { givenFields } from "./seen-fields.ts";

/** GET: the question that the address names, the first that has no answer yet, or all the answers to be checked. */
export async function askingPage(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const type = typeAt(page);
  mustMake(tx, type);
  const draft = await draftAt(page, tx, type, null);
  const content = draft?.content ?? (await givenInAddress(page, tx, type));
  const questions = await questionsFor(tx, type, content);
  const done = draft ? all(content, "_done") : answeredIn(type, content);
  const open = questions.find(({ field }) => !done.includes(field));
  const wanted = first(page.query, "ask");
  const question = questions.find(({ field }) => field === wanted) ?? open;
  if (question === undefined || (wanted === "check" && open === undefined))
    return answersPage(page, tx, type, { id: draftIdOf(page), content });
  return questionPage(page, tx, type, { question, content, asked: {} });
}

/** What the address gives for a new record, as the controls of a form; what it gives wrongly is left out. */
async function givenInAddress(page: PageRequest, tx: Tx, type: RecordType): Promise<Form> {
  const given = await prefilled(tx, type, page.query, givenFields(tx, type, type.views.form, null));
  const controls = Object.entries(contentOf(tx, type, page.query, null));
  return Object.fromEntries(controls.filter(([name]) => Object.hasOwn(given, name.split("-")[0] ?? "")));
}

function mustMake(tx: Tx, type: RecordType): void {
  mustBeAllowed(tx.actor, type, type.access.create.permission, `make a ${inSentence(type.label.one)}`);
}

async function questionPage(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  { question, content, asked }: { question: Question<string>; content: Form; asked: Asked },
): Promise<PageAnswer> {
  const name = question.field;
  const [questions, values, draft] = await Promise.all([
    questionsFor(tx, type, content),
    decidingValues(tx, type, content),
    draftAt(page, tx, type, null),
  ]);
  const typed = asked.typed ?? content;
  const held = Object.keys(typed).some((control) => control.split("-")[0] === name);
  const { fields, hidden, errors } = await formFields(tx, type, {
    names: [name],
    required: requiredOf(type, [name]),
    values,
    ...(held ? { holding: { kind: "typed" as const, form: typed } } : {}),
    problems: asked.problems ?? [],
  });
  const at = questions.findIndex(({ field }) => field === name);
  const part = await draftPart(page, tx, type, null, draft);
  const { id } = part;
  const before = questions[at - 1];
  const then = first(page.form, "_then") || first(page.query, "then");
  return {
    page: "question",
    status: asked.status ?? 200,
    model: {
      shell: await page.shell(tx, { title: titleOf(type, question), current: navigationOf(tx.registry, type) }),
      back:
        then === "check"
          ? { text: "Back", href: questionHref(type, id, "check") }
          : { text: "Back", href: before ? questionHref(type, id, before.field) : `/${type.path}` },
      caption: `New ${inSentence(type.label.one)}`,
      errors,
      form: {
        action: `/${type.path}/questions`,
        ...(takesFiles(fields) ? { multipart: true } : {}),
        hidden: [
          { name: "_ask", value: name },
          ...(then === "check" ? [{ name: "_then", value: then }] : []),
          ...(draft ? [] : carried(content, name)),
          ...hidden,
        ],
        fields: fields.map((field) => ({
          ...offering(field, question),
          label: question.ask ?? field.label,
          ...(question.hint === undefined ? {} : { hint: question.hint }),
          heading: true,
        })),
        submit: { label: "Continue" },
        draft: { ...part, href: questionHref(type, id, name) },
      },
    },
  };
}

/** What the address of the first question gave for others, until there is a draft to hold it. */
function carried(content: Form, name: string) {
  return Object.keys(content)
    .filter((control) => control.split("-")[0] !== name && !control.startsWith("_"))
    .flatMap((control) => all(content, control).map((value) => ({ name: control, value })));
}

/** A field without the choices that this question leaves out. */
function offering(field: FormField, { without = [] }: Question<string>): FormField {
  if (without.length === 0 || !(field.widget === "radios" || field.widget === "select")) return field;
  return { ...field, options: field.options.filter(({ value }) => !without.includes(value)) };
}

function titleOf(type: RecordType, { field, ask }: Question<string>): string {
  return ask ?? type.fields[field]?.options.label ?? field;
}

/** POST: checks one answer, keeps it, and leads to the next question. */
export async function postAnswer(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const ask = first(page.form, "_ask");
  const id = draftIdOf(page);
  try {
    return await page.as(async (tx) => {
      mustMake(tx, type);
      const before = await contentSoFar(tx, type, id);
      const carriedOn = contentOf(tx, type, page.form, null);
      const content = withAnswer({ ...carriedOn, ...before }, page.form, ask);
      const question = (await questionsFor(tx, type, content)).find(({ field }) => field === ask) ?? notAsked();
      if (changesRows(page.form)) return questionPage(page, tx, type, { question, content, asked: changedRows(page) });
      await checkAnswer(tx, type, content, ask);
      const answered = Object.keys(before).length === 0 ? answeredIn(type, carriedOn) : all(before, "_done");
      const done = [...new Set([...answered, ask])];
      await saveDraft(tx, type, { id, recordId: null, content: { ...content, _done: done }, submission: "" });
      return { redirect: await nextHref(tx, type, { page, id, content, done }) };
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    return page.as((tx) => refusedAnswer(page, tx, type, error));
  }
}

/** What a link said of what stays fixed, such as the clause that it stands at: it is not asked for again, and can be checked at the end. */
function answeredIn(type: RecordType, content: Form): string[] {
  const names = Object.keys(content).map((control) => control.split("-")[0] ?? "");
  return [...new Set(names)].filter((name) => Object.hasOwn(type.fields, name) && type.fields[name]?.options.fixed);
}

function notAsked(): never {
  return unseen("There is no such question");
}

/** Where an answer leads: to the next question; from the page of all answers back there, by way of what is still open. */
async function nextHref(
  tx: Tx,
  type: RecordType,
  { page, id, content, done }: { page: PageRequest; id: string; content: Form; done: readonly string[] },
): Promise<string> {
  const questions = await questionsFor(tx, type, content);
  const open = questions.find(({ field }) => !done.includes(field))?.field;
  const at = questions.findIndex(({ field }) => field === first(page.form, "_ask"));
  const then = first(page.form, "_then") === "check" ? "check" : "";
  const next = (then === "check" ? open : (questions[at + 1]?.field ?? open)) ?? "check";
  return questionHref(type, id, next, next === "check" ? "" : then);
}

/** Refuses an answer that the record could not be made with: the rest is seen to when it is made. */
async function checkAnswer(tx: Tx, type: RecordType, content: Form, name: string): Promise<void> {
  const values = await readForm(tx, type, content, [name], null);
  const checked = checkValues(type, values);
  const asking = givenFields(tx, type, [name, conditionOf(type, name)?.field ?? name], null);
  const whole = await valuesWith(tx, type, { ...(await readForm(tx, type, content, asking, null)), ...checked }, null);
  if (!isAsked(type, name, whole)) return;
  try {
    checkRequired(type, whole);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const own = error.problems.filter(({ field }) => field === name);
    if (own.length > 0) throw new Refusal("invalid", own);
  }
  await checkLinks(tx, type, checked, null);
}

/** The question again, with what was typed and what is wrong. */
async function refusedAnswer(page: PageRequest, tx: Tx, type: RecordType, refusal: Refusal): Promise<PageAnswer> {
  const name = first(page.form, "_ask");
  const content = withAnswer(await contentSoFar(tx, type, draftIdOf(page)), page.form, name);
  const question = (await questionsFor(tx, type, content)).find(({ field }) => field === name);
  if (!question) refuse("_ask", "This form is not whole. Open it again");
  const problems = await problemsOf(tx, type, page.form, { names: [name], required: new Set(), refusal, record: null });
  return questionPage(page, tx, type, { question, content, asked: { typed: page.form, problems, status: 422 } });
}
