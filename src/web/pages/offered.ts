import { isGap } from "../../kernel/asked.ts";
import type { Move } from "../../kernel/lifecycle.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** The form of a move as far as a record needs it. */
export interface Offered {
  /** The type with the choices that are offered. */
  readonly type: RecordType;
  readonly names: readonly string[];
  /** What is the only choice, given beforehand. */
  readonly values: Readonly<Record<string, unknown>>;
}

type Offering = Pick<Move<string, string>, "offers" | "requires">;

/** Narrows the form of a move to what it offers for a record (see `Move.offers`). */
export function offeredFor(
  tx: Tx,
  type: RecordType,
  move: Offering,
  { names, record }: { readonly names: readonly string[]; readonly record: Stored },
): Promise<Offered> {
  return offeredForAll(tx, type, move, { names, records: [record] });
}

/** The same for several: what is offered for one of them at least. What does not fit another its guard refuses there. */
export async function offeredForAll(
  tx: Tx,
  type: RecordType,
  { offers = {}, requires = [] }: Offering,
  { names, records }: { readonly names: readonly string[]; readonly records: readonly Stored[] },
): Promise<Offered> {
  const fields = { ...type.fields };
  const values: Record<string, unknown> = {};
  const asked: string[] = [];
  for (const name of names) {
    const field = fields[name];
    const keys = await keysFor(tx, offers[name], records);
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
    const isFree = records.every((record) => isGap(record.values[name]));
    if (keys.length === 1 && requires.includes(name) && isFree) values[name] = keys[0];
  }
  return { type: { ...type, fields }, names: asked, values };
}

/** What some of these records are offered; undefined where everything is. */
async function keysFor(
  tx: Tx,
  offer: NonNullable<Offering["offers"]>[string],
  records: readonly Stored[],
): Promise<readonly string[] | undefined> {
  if (!offer || records.length === 0) return undefined;
  const keys = new Set<string>();
  for (const record of records) for (const key of await offer(tx, record)) keys.add(key);
  return [...keys];
}

/** What choices of any kind hold. */
interface Choices {
  readonly options?: Readonly<Record<string, string>>;
  readonly retired?: readonly string[];
}
