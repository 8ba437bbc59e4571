import { mustBeAllowed } from "../access.ts";
import { Refusal, refusalOr } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { linkProblemsOfMany } from "./check-links.ts";
import { find } from "./find.ts";
import { changedValues, changesNothing, outcomeOf } from "./outcome.ts";
import type { Action, Outcome } from "./outcome.ts";
import { checkFixed, checkOffered, checkValues, givenOutsideMoves } from "./values.ts";
import type { Values } from "./values.ts";
import { readyWrites, writeChanges } from "./write-changes.ts";

interface ChangeOptions {
  readonly trusted?: boolean;
}

/**
 * Changes some values of a record that was read at `version`. Refuses (stale) when someone else changed it since, and
 * (invalid, forbidden) as `create` does. Values that are as they were change nothing and leave no event.
 */
export async function change(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  version: ReadVersion,
  given: Values,
  options: ChangeOptions = {},
): Promise<Stored> {
  const before = await find(tx, type, idOrReference);
  const [values] = await mayChange(tx, type, [{ before, version, given }], options);
  if (values instanceof Refusal) throw values;
  const after = await applyValues(tx, type, before, changing(values ?? {}));
  return asItIsNow(tx, type, after);
}

/** What a change would come to: the same refusals, and nothing written. */
export async function previewChange(
  tx: Tx,
  type: RecordType,
  before: Stored,
  version: ReadVersion,
  given: Values,
): Promise<Outcome> {
  const [outcome] = await previewChanges(tx, type, [{ before, version, given }]);
  if (outcome instanceof Refusal) throw outcome;
  return outcome!;
}

/** The same for several records: what each would come to, or why it is refused. */
export async function previewChanges(
  tx: Tx,
  type: RecordType,
  asked: readonly AskedChange[],
): Promise<(Outcome | Refusal)[]> {
  const outcomes: (Outcome | Refusal)[] = [];
  for (const [at, values] of (await mayChange(tx, type, asked)).entries())
    outcomes.push(
      values instanceof Refusal
        ? values
        : await refusalOr(() => outcomeOf(tx, type, asked[at]!.before, changing(values))),
    );
  return outcomes;
}

/** A change that is asked for: of a record as it was read, at a version, to these values. */
export interface AskedChange {
  readonly before: Stored;
  readonly version: ReadVersion;
  readonly given: Values;
}

/** The values of each as they may be written, or why they may not. */
export async function mayChange(
  tx: Tx,
  type: RecordType,
  asked: readonly AskedChange[],
  options: ChangeOptions = {},
): Promise<(Values | Refusal)[]> {
  const checked: (Values | Refusal)[] = [];
  for (const one of asked) checked.push(await refusalOr(() => checkedValues(tx, type, one, options)));
  if (options.trusted) return checked;
  const problems = await linkProblemsOfMany(
    tx,
    type,
    asked.map(({ before }, at) => {
      const values = checked[at]!;
      return { values: values instanceof Refusal ? {} : changedValues(before, values), recordId: before.id };
    }),
  );
  return checked.map((values, at) => (problems[at]?.length ? new Refusal("invalid", problems[at]) : values));
}

function checkedValues(
  tx: Tx,
  type: RecordType,
  { before, version, given }: AskedChange,
  options: ChangeOptions,
): Values {
  mustBeAllowed(tx.actor, type, type.access.change.permission, `change this ${type.label.one.toLowerCase()}`, before);
  mustBeCurrent(before, version);
  if (options.trusted) return checkValues(type, given, { trusted: true });
  const checked = checkValues(type, given, { allowed: givenOutsideMoves(type) });
  const changed = changedValues(before, checked);
  const locked = type.locked(before);
  if (locked !== null && Object.keys(changed).some((name) => name !== "sensitivity"))
    throw new Refusal("impossible", [{ message: locked }]);
  checkFixed(type, changed);
  checkOffered(type, changed);
  return checked;
}

/** A change to these values as an action. */
export function changing(values: Values): Action {
  return { values, verb: "changed", body: {} };
}

/** The record as it stands after an action; as the actor left it, when the action took it out of their sight. */
export async function asItIsNow(tx: Tx, type: RecordType, left: Stored): Promise<Stored> {
  try {
    return await find(tx, type, left.id);
  } catch (error) {
    if (error instanceof Refusal && error.kind === "unseen") return left;
    throw error;
  }
}

/** The version of a record that the caller read, or `any` where they mean to write over whatever is there. */
export type ReadVersion = number | "any";

/** Refuses when the record has moved on since the person read it. */
export function mustBeCurrent(record: Stored, version: ReadVersion): void {
  if (version !== "any" && record.version !== version) throw stale();
}

/** What a change is refused with that came after another. */
export function stale(): Refusal {
  return new Refusal("stale", [{ message: "Someone else changed this record after you opened it" }]);
}

/** Writes an action: the values that follow, the row, the lines, the clocks, the words and the event, as one. Gives the record as it left it. */
export async function applyValues(tx: Tx, type: RecordType, before: Stored, action: Action): Promise<Stored> {
  const outcome = await outcomeOf(tx, type, before, action);
  if (changesNothing(action, outcome)) return before;
  const [ready] = await readyWrites(tx, type, [{ before, action, outcome }]);
  if (ready instanceof Refusal) throw ready;
  const left = (await writeChanges(tx, type, [ready!])).get(before.id);
  if (!left) throw stale();
  return left;
}
