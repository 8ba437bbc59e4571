import { may, mustBeAllowed } from "../access.ts";
import { Refusal } from "../errors.ts";
import type { Move, RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { applyValues, mustBeCurrent } from "./change.ts";
import { checkLinks } from "./check-links.ts";
import { comment } from "./comment.ts";
import { find } from "./find.ts";
import { checkValues } from "./values.ts";
import type { Values } from "./values.ts";

/**
 * Makes a named move on a record that was read at `version`. Refuses (impossible) when the record is not in a state from
 * which it can be made, (stale) when someone changed it since, (forbidden, invalid) as `change` does.
 */
export async function move(tx: Tx, type: RecordType, idOrReference: string, version: number, name: string, given: Values & { readonly comment?: unknown }): Promise<Stored> {
  const before = await find(tx, type, idOrReference);
  const definition = type.moves[name];
  if (!definition) throw new Refusal("unseen", [{ message: `${type.label.many} have no move called “${name}”` }]);
  mustBeAllowed(tx.actor, type, permissionOf(type, definition), `${definition.label.toLowerCase()} here`, before);
  mustBePossible(type, before, definition);
  mustBeCurrent(before, version);
  const { comment: said, ...fields } = given;
  const text = commentOf(definition, said);
  const values = checkValues(type, fields, { allowed: definition.asks ?? [] });
  await checkLinks(tx, type, values);
  await definition.guard?.(tx, before, values);
  const set = (await definition.sets?.(tx, before, values)) ?? {};
  await applyValues(tx, type, before, {
    values: { ...values, ...set },
    ...(definition.to === undefined ? {} : { state: definition.to }),
    verb: "moved",
    body: { move: name, from: before.state },
    requires: definition.requires ?? [],
  });
  if (text !== null && definition.comment) await comment(tx, type, before.id, { text, audience: definition.comment.audience });
  return find(tx, type, before.id);
}

/** The moves that the actor can make on a record as it stands, by name, in the definition's order. */
export function movesFor(tx: Tx, type: RecordType, record: Stored): [name: string, definition: Move<string, string>][] {
  return Object.entries(type.moves).filter(([, definition]) => definition.from.includes(record.state) && may(tx.actor, type.name, permissionOf(type, definition), record));
}

/** The permission that a move needs: its own, or that of changing the record. */
export function permissionOf(type: RecordType, definition: Move<string, string>): string {
  return definition.who?.permission ?? type.access.change.permission;
}

function mustBePossible(type: RecordType, record: Stored, definition: Move<string, string>): void {
  if (definition.from.includes(record.state)) return;
  const now = type.states[record.state]?.label ?? record.state;
  const from = definition.from.map((state) => type.states[state]?.label ?? state).join(", ");
  throw new Refusal("impossible", [{ message: `“${definition.label}” is not possible while it is ${now}. It is possible from: ${from}` }]);
}

function commentOf(definition: Move<string, string>, said: unknown): string | null {
  const text = typeof said === "string" ? said.trim() : "";
  if (said !== undefined && said !== null && typeof said !== "string") throw new Refusal("invalid", [{ field: "comment", message: "The comment must be text" }]);
  if (text !== "" && !definition.comment) throw new Refusal("invalid", [{ field: "comment", message: "This move takes no comment" }]);
  if (text === "" && definition.comment?.required) throw new Refusal("invalid", [{ field: "comment", message: `Enter ${definition.comment.label.toLowerCase()}` }]);
  return text === "" ? null : text;
}
