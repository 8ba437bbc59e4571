import { may, readsInternal } from "../../kernel/access.ts";
import type { RecordType } from "../../kernel/record.ts";
import { filledIn, templatesFor } from "../../kernel/templates/fill.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { Link } from "../view/models.ts";
import type { Names } from "./field-value.ts";

/** The text templates with which somebody can begin a text, and the text of the one that the address names. */
export interface Beginnings {
  readonly links: readonly Link[];
  /** With the record's values in its places. */
  readonly text?: string;
}

/** The most templates that are offered beside a text. */
export const templatesMax = 50;

/** The templates with which this person may begin a text on a record: for those who write as officers. */
export function templatesOn(tx: Tx, type: RecordType, record: Pick<Stored, "type">): Promise<readonly Stored[]> {
  const writes = may(tx.actor, type.name, "comment") && readsInternal(tx.actor, type.name);
  return writes && record.type === type.name ? templatesFor(tx, type) : Promise.resolve([]);
}

/** Offers templates. `chosen` is the reference of one, "" for none; `hrefOf` gives the address that begins with one. */
export function beginningsOf(
  type: RecordType,
  record: Stored,
  templates: readonly Stored[],
  { chosen, names, hrefOf }: { chosen: string; names: Names; hrefOf: (reference: string) => string },
): Beginnings {
  const template = templates.find(({ reference }) => reference === chosen);
  return {
    links: templates.slice(0, templatesMax).map(({ title, reference }) => ({
      text: title,
      href: hrefOf(encodeURIComponent(reference)),
    })),
    ...(template
      ? { text: filledIn(type, record, String(template.values["text"]), (id) => names.get(id)?.title) }
      : {}),
  };
}
