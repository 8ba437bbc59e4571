import { isAsked } from "../../kernel/asked.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { Question } from "../../kernel/asked.ts";
import type { RecordType } from "../../kernel/record.ts";
import { valuesFromForm } from "../../kernel/store/values.ts";
import type { Values } from "../../kernel/store/values.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { valuesWith } from "./form-reading.ts";
import { givenFields } from "./seen-fields.ts";

/** The questions that this person is asked with these answers, in order. */
export async function questionsFor(tx: Tx, type: RecordType, content: Form): Promise<readonly Question<string>[]> {
  const names = givenFields(
    tx,
    type,
    type.views.questions.map(({ field }) => field),
    null,
  );
  const values = await decidingValues(tx, type, content);
  return type.views.questions.filter(({ field }) => names.includes(field) && isAsked(type, field, values));
}

/** The address of a question of a draft, or of `check`: all its answers. With `then` the answer leads back there. */
export function questionHref(type: RecordType, id: string, ask: string, then: "check" | "" = ""): string {
  return `/${type.path}/new?draft=${id}&ask=${encodeURIComponent(ask)}${then === "" ? "" : `&then=${then}`}`;
}

/** What a new record starts with, and the answers so far on which it depends what else is asked. */
export function decidingValues(tx: Tx, type: RecordType, content: Form): Promise<Values> {
  const deciding = [...new Set(Object.values(type.askedWhen).map(({ field }) => field))];
  return valuesWith(tx, type, valuesFromForm(type, content, deciding), null);
}
