import { may, readsInternal } from "../../kernel/access.ts";
import type { Field } from "../../kernel/fields/kind.ts";
import type { LinesOptions } from "../../kernel/fields/lines.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** The field of that name, if the type has it and this person may read it on the record (null: one that is being made). Internal ones are kept among officers. */
export function seenField(tx: Tx, type: RecordType, name: string, record: Stored | null): Field | null {
  const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
  return field && (!field.options.internal || readsInternal(tx.actor, type.name, record ?? undefined)) ? field : null;
}

/** Whether pages show a field to this person: what the desk works by, only to those who work. */
export function isShown(tx: Tx, type: RecordType, { options }: Field, record: Stored | null): boolean {
  return options.working !== true || readsInternal(tx.actor, type.name, record ?? undefined);
}

/**
 * Of these fields, the ones that this person may give on a form. Sensitivity is for whoever makes the record, and after
 * that for those who may see restricted ones.
 */
export function givenFields(tx: Tx, type: RecordType, names: readonly string[], record: Stored | null): string[] {
  return names.filter((name) => {
    const field = seenField(tx, type, name, record);
    if (!field || field.options.readOnly || (field.options.fixed && record !== null)) return false;
    return name !== "sensitivity" || record === null || may(tx.actor, type.name, "restricted", record);
  });
}

/** What a field of lines was told; null for a field of another kind. */
export function linesOf(field: Field): Pick<LinesOptions, "one" | "numbered" | "fields" | "askedWhen"> | null {
  // Only the lines kind has this name, and its options carry these.
  return field.kind.name === "lines" ? (field.options as unknown as LinesOptions) : null;
}
