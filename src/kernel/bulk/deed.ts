import { Refusal } from "../errors.ts";
import type { Problem } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { change, previewChange } from "../store/change.ts";
import type { Outcome } from "../store/outcome.ts";
import { find } from "../store/find.ts";
import { move, previewMove } from "../store/move.ts";
import type { Values } from "../store/values.ts";
import { filledFor } from "../templates/fill.ts";
import type { Stored, Tx } from "../transaction.ts";

/** What is to be done to each of several records: a move, or one field given another value. */
export interface Deed {
  readonly kind: "move" | "field";
  readonly name: string;
}

/** A record that was chosen, and the version of it that the person saw. */
export interface Chosen {
  readonly reference: string;
  readonly version: number | null;
}

/** What is given to every record: the values of the fields asked for, and what is said with a move. */
export interface Given {
  readonly values: Values;
  readonly comment: string;
  /**
   * The text among them (a field's name, or “comment”) that began with a template: its places hold the values of each
   * record. Absent or null for none; what stands in braces is then left as it is.
   */
  readonly fills?: string | null;
}

/** What a deed would come to for one record, or why it cannot be done. */
export interface Preview {
  readonly chosen: Chosen;
  /** Absent where it may not be seen. */
  readonly record?: Stored;
  readonly outcome?: Outcome;
  /** What is said with the move: what it is asked as, and its words for this record. */
  readonly said?: { readonly label: string; readonly text: string };
  /** Why not, as a sentence. */
  readonly reason?: string;
  /** What is wrong with the values given, where that is the reason. */
  readonly problems?: readonly Problem[];
}

/** Asks for one record what a deed would come to. Writes nothing. */
export async function previewOf(tx: Tx, type: RecordType, deed: Deed, given: Given, chosen: Chosen): Promise<Preview> {
  let record: Stored | undefined;
  try {
    record = await find(tx, type, chosen.reference);
    const version = chosen.version ?? record.version;
    const own = await givenFor(tx, type, record, given);
    const outcome =
      deed.kind === "move"
        ? await previewMove(tx, type, record, version, deed.name, withComment(own))
        : await previewChange(tx, type, record, version, own.values);
    const label = deed.kind === "move" ? type.moves[deed.name]?.comment?.label : undefined;
    const said = label !== undefined && own.comment !== "" ? { said: { label, text: own.comment } } : {};
    return { chosen: { ...chosen, version }, record, outcome, ...said };
  } catch (error) {
    return { chosen, ...(record ? { record } : {}), reason: reasonOf(error), ...problemsOf(error) };
  }
}

/** Does it to one record, on the version that the person saw. Refuses as a single move or change does. */
export async function doTo(
  tx: Tx,
  type: RecordType,
  deed: Deed,
  given: Given,
  { reference, version }: Chosen,
): Promise<Stored> {
  // Another version than the person saw is refused below, so what is filled in is what the preview showed.
  const own = given.fills ? await givenFor(tx, type, await find(tx, type, reference), given) : given;
  // Version 0 is no record's: one that was sent without its version is refused as changed since.
  return deed.kind === "move"
    ? move(tx, type, reference, version ?? 0, deed.name, withComment(own))
    : change(tx, type, reference, version ?? 0, own.values);
}

/** What one record is given: the text that began with a template holds its own values. */
async function givenFor(tx: Tx, type: RecordType, record: Stored, given: Given): Promise<Given> {
  const { fills, values, comment } = given;
  if (!fills) return given;
  if (fills === "comment") return { ...given, comment: await filledFor(tx, type, record, comment) };
  const text = values[fills];
  return typeof text === "string"
    ? { ...given, values: { ...values, [fills]: await filledFor(tx, type, record, text) } }
    : given;
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
