import { readsInternal } from "../../kernel/access.ts";
import type { Preview } from "../../kernel/bulk/deed.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { Names } from "./field-value.ts";
import { cut, mentionedIn, shownOf, textOf } from "./field-value.ts";
import { stateTag } from "./places.ts";

/** The ids that the changes of a preview name. */
export function mentionedBy(type: RecordType, { record, outcome }: Preview): string[] {
  if (!record || !outcome) return [];
  return Object.keys(outcome.values).flatMap((name) => {
    const field = type.fields[name];
    return field ? [...mentionedIn(field, record.values[name]), ...mentionedIn(field, outcome.values[name])] : [];
  });
}

/** What will be different, a line each: "State: New to Resolved". */
export function changesOf(tx: Tx, type: RecordType, { record, outcome, said }: Preview, names: Names): string[] {
  if (!record || !outcome) return [];
  const state =
    outcome.state === record.state
      ? []
      : [`State: ${stateTag(type, record.state).text} to ${stateTag(type, outcome.state).text}`];
  const fields = Object.entries(outcome.values).flatMap(([name, value]) => {
    const field = type.fields[name];
    if (!field || (field.options.internal && !readsInternal(tx.actor, type.name, record))) return [];
    const words = (one: unknown) =>
      cut(textOf(shownOf(field, one), names), field.kind.name === "long text" ? 300 : 80) || "nothing";
    return [`${field.options.label}: ${words(record.values[name])} to ${words(value)}`];
  });
  return [...state, ...fields, ...(said ? [`${said.label}: ${cut(said.text, 300)}`] : [])];
}
