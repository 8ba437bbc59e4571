import { may, mustBeAllowed } from "../access.ts";
import { isGap } from "../asked.ts";
import { Refusal, refuse } from "../errors.ts";
import type { Move } from "../lifecycle.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { applyValues, asItIsNow, mustBeCurrent } from "./change.ts";
import type { ReadVersion } from "./change.ts";
import { checkLinks } from "./check-links.ts";
import { say } from "./comment.ts";
import { find } from "./find.ts";
import { outcomeOf } from "./outcome.ts";
import type { Action, Outcome } from "./outcome.ts";
import { checkValues } from "./values.ts";
import type { Values } from "./values.ts";

/**
 * Makes a named move on a record that was read at `version`. Refuses (impossible) when the record is not in a state from
 * which it can be made, (stale) when someone changed it since, (forbidden, invalid) as `change` does.
 */
export async function move(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  version: ReadVersion,
  name: string,
  given: Values & { readonly comment?: unknown },
): Promise<Stored> {
  const before = await find(tx, type, idOrReference);
  const { action, definition, text } = await prepare(tx, type, before, version, name, given);
  const after = await applyValues(tx, type, before, action);
  // What a move asks to be said is part of the move, so it needs no permission beside the move's.
  if (text !== null && definition.comment) await say(tx, type, after, { text, audience: definition.comment.audience });
  await definition.effects?.(tx, after, action.values);
  return asItIsNow(tx, type, after);
}

/** What a move would come to: the same refusals, and nothing written. */
export async function previewMove(
  tx: Tx,
  type: RecordType,
  before: Stored,
  version: ReadVersion,
  name: string,
  given: Values & { readonly comment?: unknown },
): Promise<Outcome> {
  const { action } = await prepare(tx, type, before, version, name, given);
  return outcomeOf(tx, type, before, action);
}

interface Prepared {
  readonly action: Action;
  readonly definition: Move<string, string>;
  /** What is said with it. */
  readonly text: string | null;
}

async function prepare(
  tx: Tx,
  type: RecordType,
  before: Stored,
  version: ReadVersion,
  name: string,
  given: Values & { readonly comment?: unknown },
): Promise<Prepared> {
  const definition = Object.hasOwn(type.moves, name) ? type.moves[name] : undefined;
  if (!definition) throw new Refusal("unseen", [{ message: `${type.label.many} have no move called “${name}”` }]);
  mustBeAllowed(tx.actor, type, permissionOf(type, definition), `${definition.label.toLowerCase()} here`, before);
  mustBePossible(type, before, definition);
  mustBeCurrent(before, version);
  const { comment: said, ...fields } = given;
  const text = commentOf(definition, said);
  const values = { ...defaultsOf(type, definition), ...checkValues(type, fields, { allowed: definition.asks ?? [] }) };
  await checkLinks(tx, type, values, before.id);
  await definition.guard?.(tx, before, values);
  const set = (await definition.sets?.(tx, before, values)) ?? {};
  const state = stateAfter(type, definition, { ...values, ...set });
  const action: Action = {
    values: { ...values, ...set },
    ...(state === undefined ? {} : { state }),
    verb: "moved",
    body: { move: name, from: before.state },
    // What was given is there, even where the move puts it elsewhere and empties the field for the next.
    requires: (definition.requires ?? []).filter((name) => isGap(values[name])),
  };
  return { action, definition, text };
}

/** A choice that decides where a move leads starts with its own default, when it has one. */
function defaultsOf(type: RecordType, { to }: Move<string, string>): Values {
  if (to === undefined || typeof to === "string") return {};
  // Only a choice has a default in its options.
  const chosen = (type.fields[to.by]?.options as { default?: string } | undefined)?.default;
  return chosen === undefined ? {} : { [to.by]: chosen };
}

/** Where a move leads with these values; undefined when the record stays where it is. */
function stateAfter(type: RecordType, { to }: Move<string, string>, values: Values): string | undefined {
  if (to === undefined || typeof to === "string") return to;
  const label = type.fields[to.by]?.options.label ?? to.by;
  const chosen = String(values[to.by]);
  return (
    (Object.hasOwn(to.states, chosen) ? to.states[chosen] : undefined) ??
    refuse(to.by, `${label}: select one of ${Object.keys(to.states).join(", ")}`)
  );
}

/** The moves that the actor can make on a record as it stands, by name, in the definition's order. */
export function movesFor(tx: Tx, type: RecordType, record: Stored): [name: string, definition: Move<string, string>][] {
  return Object.entries(type.moves).filter(
    ([, definition]) =>
      definition.from.includes(record.state) &&
      may(tx.actor, type.name, permissionOf(type, definition), record) &&
      !definition.pointless?.(tx, record),
  );
}

/** The permission that a move needs: its own, or that of changing the record. */
export function permissionOf(type: RecordType, definition: Move<string, string>): string {
  return definition.who?.permission ?? type.access.change.permission;
}

function mustBePossible(type: RecordType, record: Stored, definition: Move<string, string>): void {
  if (definition.from.includes(record.state)) return;
  const now = type.states[record.state]?.label ?? record.state;
  const from = definition.from.map((state) => type.states[state]?.label ?? state).join(", ");
  throw new Refusal("impossible", [
    { message: `“${definition.label}” is not possible while it is ${now}. It is possible from: ${from}` },
  ]);
}

function commentOf(definition: Move<string, string>, said: unknown): string | null {
  const text = typeof said === "string" ? said.trim() : "";
  if (said !== undefined && said !== null && typeof said !== "string")
    throw new Refusal("invalid", [{ field: "comment", message: "The comment must be text" }]);
  if (text !== "" && !definition.comment)
    throw new Refusal("invalid", [{ field: "comment", message: "This move takes no comment" }]);
  if (text === "" && definition.comment?.required)
    throw new Refusal("invalid", [{ field: "comment", message: `Enter ${definition.comment.label.toLowerCase()}` }]);
  return text === "" ? null : text;
}
