import { noLongerAsked, unaskedProblems } from "../asked.ts";
import { Refusal } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import type { EventBody } from "./timeline.ts";
import { checkRequired, sameValue } from "./values.ts";
import type { Values } from "./values.ts";

/** What an action does to a record: new values, perhaps a new state, and the line on its timeline. */
export interface Action {
  readonly values: Values;
  readonly state?: string;
  readonly verb: "changed" | "moved";
  readonly body: EventBody;
  readonly requires?: readonly string[];
}

/** What an action comes to before anything is written. */
export interface Outcome {
  /** The values that differ from those before, worked out ones among them. */
  readonly values: Values;
  /** All the values that the record then has. */
  readonly after: Values;
  readonly state: string;
}

/** Works out what an action comes to. Refuses values that leave a gap or do not fit together. */
export async function outcomeOf(tx: Tx, type: RecordType, before: Stored, action: Action): Promise<Outcome> {
  const given = asAsked(type, before, changedValues(before, action.values));
  const derived = type.derive ? await type.derive(tx, given, before) : {};
  const values = changedValues(before, { ...given, ...derived });
  const after = { ...before.values, ...values };
  checkRequired(type, after, action.requires, values);
  await type.check?.(tx, after, before);
  return { values, after, state: action.state ?? before.state };
}

/** Whether an action leaves its record as it is, and no line on its timeline. */
export function changesNothing({ verb }: Action, { values }: Outcome): boolean {
  return verb === "changed" && Object.keys(values).length === 0;
}

/** Of these values those that a record does not have yet. */
export function changedValues(before: Stored, given: Values): Values {
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => !sameValue(before.values[name], value)));
}

/** The changes, and what they empty because it is asked for no longer. Refuses a value for what is not asked for. */
function asAsked(type: RecordType, before: Stored, changes: Values): Values {
  const after = { ...before.values, ...changes };
  const problems = unaskedProblems(type, changes, after);
  if (problems.length > 0) throw new Refusal("invalid", problems);
  return { ...changes, ...noLongerAsked(type, before.values, after) };
}
