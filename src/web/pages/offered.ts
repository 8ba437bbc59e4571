import { isGap } from "../../kernel/asked.ts";
import type { Move } from "../../kernel/lifecycle.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** The form of a move as far as a record needs it. */
interface Offered {
  /** The type with the choices that are offered. */
  readonly type: RecordType;
  readonly names: readonly string[];
  /** What is the only choice, given beforehand. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Narrows the form of a move to what it offers for a record (see `Move.offers`). */
export async function offeredFor(
  tx: Tx,
  type: RecordType,
  { offers = {}, requires = [] }: Pick<Move<string, string>, "offers" | "requires">,
  { names, record }: { readonly names: readonly string[]; readonly record: Stored },
): Promise<Offered> {
  const fields = { ...type.fields };
  const values: Record<string, unknown> = {};
  const asked: string[] = [];
  for (const name of names) {
    const field = fields[name];
    const keys = await offers[name]?.(tx, record);
    if (keys?.length === 0) continue;
    asked.push(name);
    if (!field || keys === undefined) continue;
    // Of a choice: what is not offered is kept where a record has it, as a choice that was taken out of use.
    const { options = {}, retired = [] } = field.options as Choices;
    const others = Object.keys(options).filter((key) => !keys.includes(key));
    fields[name] = {
      ...field,
      options: { ...field.options, retired: [...retired, ...others] } as typeof field.options,
    };
    if (keys.length === 1 && requires.includes(name) && isGap(record.values[name])) values[name] = keys[0];
  }
  return { type: { ...type, fields }, names: asked, values };
}

/** What choices of any kind hold. */
interface Choices {
  readonly options?: Readonly<Record<string, string>>;
  readonly retired?: readonly string[];
}
