import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { templatesMax, templatesOn } from "./beginnings.ts";
import type { Deed } from "./bulk-choice.ts";
import { textOf } from "./move-form.ts";

/**
 * The templates with which the deed's text can begin, and the text of the one that was chosen, its places as yet unfilled;
 * null where the deed asks for no text. `chosen` is a reference, "" for none.
 */
export async function beginning(
  tx: Tx,
  { type, deed }: { readonly type: RecordType; readonly deed: Deed },
  names: readonly string[],
  chosen: string | null,
): Promise<{ into: string; text: string; offered: readonly Stored[] } | null> {
  const into = deed.kind === "move" ? textOf(type, deed.move, names) : undefined;
  if (into === undefined || chosen === null) return null;
  const offered = (await templatesOn(tx, type, { type: type.name })).slice(0, templatesMax);
  const text = offered.find(({ reference }) => reference === chosen)?.values["text"];
  return { into, text: typeof text === "string" ? text : "", offered };
}
