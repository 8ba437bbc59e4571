import { mustBeAllowed } from "../../kernel/access.ts";
import { refuse, unseen } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { permissionOf } from "../../kernel/store/move.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { all, first } from "../page.ts";
import { givenFields } from "./seen-fields.ts";

/** Which form of a record is meant, beside its own: what is said on it, or with a move. */
export type SayingForm = "comment" | `move.${string}`;

/** Where such a form is, by the address of its record. */
export function hrefOfSaying(record: string, form: string): string {
  return form === "comment" ? `${record}?tab=conversation` : `${record}/moves/${form.slice("move.".length)}`;
}

/** What it is called among the person's drafts: “A comment on INC-1”. */
export function titleOfSaying(type: RecordType, reference: string, form: string): string {
  if (form === "comment") return `A comment on ${reference}`;
  return `“${type.moves[form.slice("move.".length)]?.label ?? "A move"}” of ${reference}`;
}

/**
 * What of such a form is kept: null where nothing has been said. Refuses (invalid, unseen, forbidden) a form that there is not,
 * and what the person may not do on the record.
 */
export function sayingContent(tx: Tx, type: RecordType, record: Stored, name: string, form: Form): Form | null {
  const kept = name === "comment" ? commentContent(tx, type, record, form) : moveContent(tx, type, record, name, form);
  const said = Object.keys(kept).some(
    (control) => !["_version", "audience"].includes(control) && all(kept, control).some((text) => text.trim() !== ""),
  );
  return said ? kept : null;
}

function commentContent(tx: Tx, type: RecordType, record: Stored, form: Form): Form {
  mustBeAllowed(tx.actor, type, "comment", "comment here", record);
  return { text: first(form, "text"), audience: first(form, "audience") };
}

function moveContent(tx: Tx, type: RecordType, record: Stored, name: string, form: Form): Form {
  if (!name.startsWith("move.")) refuse("_form", "This form is not whole. Open it again");
  const move = name.slice("move.".length);
  const definition = Object.hasOwn(type.moves, move) ? type.moves[move]! : unseen("There is no such move");
  mustBeAllowed(tx.actor, type, permissionOf(type, definition), `${inSentence(definition.label)} here`, record);
  const names = givenFields(tx, type, definition.asks ?? [], record);
  return Object.fromEntries(
    Object.entries(form).filter(
      ([control]) => ["_version", "comment"].includes(control) || names.includes(control.split("-")[0] ?? ""),
    ),
  );
}
