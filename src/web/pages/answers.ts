import type { Problem } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { AnswersPage, FormError, Value } from "../view/models.ts";
import { linesIn, mentionedIn, shownOf, textOf, valueOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { readForm, valuesWith } from "./form-reading.ts";
import { navigationOf } from "./places.ts";
import { questionHref, questionsFor } from "./question-order.ts";
import { linesOf } from "./seen-fields.ts";
import { submissionField } from "./submitting.ts";

/** All the answers of a draft before they are sent, each with the way to change it; with what is wrong, where it was refused. */
export async function answersPage(
  page: PageRequest,
  tx: Tx,
  type: RecordType,
  { id, content, problems = [] }: { id: string; content: Form; problems?: readonly Problem[] },
): Promise<PageAnswer> {
  const questions = await questionsFor(tx, type, content);
  const asked = questions.map(({ field }) => field);
  const values = await valuesWith(tx, type, await readForm(tx, type, content, asked, null), null);
  const names = await namesOf(
    tx,
    asked.flatMap((name) => mentionedIn(type.fields[name]!, values[name])),
  );
  const answers = questions.map(({ field, ask }) => ({
    id: `answer-${field}`,
    question: ask ?? type.fields[field]!.options.label,
    value: answerOf(type, field, values[field], names),
    changeHref: questionHref(type, id, field, "check"),
  }));
  const title = "Check your answers before you send them";
  const model: AnswersPage = {
    shell: await page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
    back: { text: "Back", href: questionHref(type, id, asked.at(-1) ?? "") },
    caption: `New ${inSentence(type.label.one)}`,
    errors: problems.map((problem) => errorOf(problem, asked)),
    answers,
    form: {
      action: `/${type.path}/new`,
      hidden: [{ name: "_draft", value: id }, { name: "_from", value: "draft" }, submissionField()],
      fields: [],
      submit: { label: "Send" },
    },
  };
  return { page: "answers", model, ...(problems.length > 0 ? { status: 422 } : {}) };
}

function errorOf({ field, message }: Problem, asked: readonly string[]): FormError {
  const name = field?.split("-")[0];
  return { text: message, ...(name !== undefined && asked.includes(name) ? { fieldId: `answer-${name}` } : {}) };
}

/** An answer as the record's page would show it; lines one below the other. */
function answerOf(type: RecordType, name: string, value: unknown, names: Names): Value {
  const field = type.fields[name]!;
  const lines = linesOf(field);
  if (!lines) return valueOf(shownOf(field, value), names);
  const texts = linesIn(value).map((line) =>
    Object.entries(lines.fields)
      .map(([part, inner]) => textOf(shownOf(inner, line[part]), names))
      .filter((text) => text !== "")
      .join(", "),
  );
  return texts.length === 0 ? { kind: "empty" } : { kind: "text", text: texts.join("; ") };
}
