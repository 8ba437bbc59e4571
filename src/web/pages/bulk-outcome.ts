import { readsInternal } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { change, previewChange } from "../../kernel/store/change.ts";
import type { Outcome } from "../../kernel/store/change.ts";
import { find } from "../../kernel/store/find.ts";
import { move, previewMove } from "../../kernel/store/move.ts";
import type { Values } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { Names } from "./field-value.ts";
import { cut, mentionedIn, shownOf, textOf } from "./field-value.ts";
import type { Chosen, Deed } from "./bulk-choice.ts";
import { stateTag } from "./places.ts";

/** What a deed would come to for one record, or why it cannot be done. */
export interface Preview {
  readonly chosen: Chosen;
  /** Absent where it may not be seen. */
  readonly record?: Stored;
  readonly outcome?: Outcome;
  /** Why not, as a sentence. */
  readonly reason?: string;
  /** What is wrong with the values given, where that is the reason. */
  readonly problems?: readonly Problem[];
}

/** What is given to every record: the values of the fields asked for, and what is said with a move. */
export interface Given {
  readonly values: Values;
  readonly comment: string;
}

/** Asks for one record what a deed would come to. Writes nothing. */
export async function previewOf(tx: Tx, type: RecordType, deed: Deed, given: Given, chosen: Chosen): Promise<Preview> {
  let record: Stored | undefined;
  try {
    record = await find(tx, type, chosen.reference);
    const version = chosen.version ?? record.version;
    const outcome =
      deed.kind === "move"
        ? await previewMove(tx, type, record, version, deed.name, withComment(given))
        : await previewChange(tx, type, record, version, given.values);
    return { chosen: { ...chosen, version }, record, outcome };
  } catch (error) {
    return { chosen, ...(record ? { record } : {}), reason: reasonOf(error), ...problemsOf(error) };
  }
}

/** Does it to one record, on the version that the person saw. Refuses as a single move or change does. */
export function doTo(
  tx: Tx,
  type: RecordType,
  deed: Deed,
  given: Given,
  { reference, version }: Chosen,
): Promise<Stored> {
  // Version 0 is no record's: one that was sent without its version is refused as changed since.
  return deed.kind === "move"
    ? move(tx, type, reference, version ?? 0, deed.name, withComment(given))
    : change(tx, type, reference, version ?? 0, given.values);
}

function withComment({ values, comment }: Given): Values & { comment?: string } {
  return comment === "" ? values : { ...values, comment };
}

/** Why one record was refused. Throws on what is no refusal. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Refusal)) throw error;
  if (error.kind === "unseen") return "It is not there, or you may not see it.";
  if (error.kind === "stale") return "Someone else changed it since you looked.";
  return `${error.message}.`;
}

function problemsOf(error: unknown): { problems?: readonly Problem[] } {
  if (!(error instanceof Refusal) || error.kind !== "invalid") return {};
  // What is said with a move is refused as a comment's text is.
  return { problems: error.problems.map((one) => (one.field === "text" ? { ...one, field: "comment" } : one)) };
}

/** Whether a deed would leave a record as it is. */
export function isNothing({ outcome, record }: Preview): boolean {
  return (
    outcome !== undefined &&
    record !== undefined &&
    Object.keys(outcome.values).length === 0 &&
    outcome.state === record.state
  );
}

/** The ids that the changes of a preview name. */
export function mentionedBy(type: RecordType, { record, outcome }: Preview): string[] {
  if (!record || !outcome) return [];
  return Object.keys(outcome.values).flatMap((name) => {
    const field = type.fields[name];
    return field ? [...mentionedIn(field, record.values[name]), ...mentionedIn(field, outcome.values[name])] : [];
  });
}

/** What will be different, a line each: "State: New to Resolved". */
export function changesOf(tx: Tx, type: RecordType, { record, outcome }: Preview, names: Names): string[] {
  if (!record || !outcome) return [];
  const state =
    outcome.state === record.state
      ? []
      : [`State: ${stateTag(type, record.state).text} to ${stateTag(type, outcome.state).text}`];
  const fields = Object.entries(outcome.values).flatMap(([name, value]) => {
    const field = type.fields[name];
    if (!field || (field.options.internal && !readsInternal(tx.actor, type.name, record))) return [];
    const words = (one: unknown) => cut(textOf(shownOf(field, one), names), 80) || "nothing";
    return [`${field.options.label}: ${words(record.values[name])} to ${words(value)}`];
  });
  return [...state, ...fields];
}
