import { Refusal, refusalOr } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Stored, Tx } from "../transaction.ts";
import { changing, mayChange } from "./change.ts";
import type { AskedChange } from "./change.ts";
import { changesText } from "./change-rows.ts";
import { bringsFiles } from "./create-many.ts";
import { changesNothing, outcomeOf } from "./outcome.ts";
import type { Values } from "./values.ts";
import { readyWrites, writeChanges } from "./write-changes.ts";
import type { ReadyWrite, Settled } from "./write-changes.ts";

/**
 * What becomes of a change among many: the record stays as it is (`same`), the change waits to be written with others
 * (`together`), it must be made by itself (`alone`), or why it is refused.
 */
export type AmongMany = "same" | "together" | "alone" | Refusal;

/** Changes of many records, worked out. */
export interface ReadyChanges {
  /** In the order in which they were asked for. */
  readonly each: readonly AmongMany[];
  readonly together: readonly ReadyWrite[];
  /** Those as the database takes them. */
  readonly text: string;
}

/**
 * Works out changes of several records by the rules of `change`, reading in a few statements for all of them and writing
 * nothing. A change that brings files goes alone, and so does any whose rules asked the database something: the answer may
 * follow from the changes before it. Registers that rules read are changed one by one.
 */
export async function readyChanges(tx: Tx, type: RecordType, asked: readonly AskedChange[]): Promise<ReadyChanges> {
  const each: AmongMany[] = [];
  const settled = new Map<number, Settled>();
  const seen = new Set<string>();
  for (const [at, values] of (await mayChange(tx, type, asked)).entries()) {
    const { before } = asked[at]!;
    const found =
      values instanceof Refusal ? values : seen.has(before.id) ? "alone" : await settle(tx, type, before, values);
    seen.add(before.id);
    const goes = typeof found === "object" && !(found instanceof Refusal);
    if (goes) settled.set(at, found);
    each.push(goes ? "together" : found);
  }
  const places = [...settled.keys()];
  const together: ReadyWrite[] = [];
  for (const [place, one] of (await readyWrites(tx, type, [...settled.values()])).entries()) {
    if (one instanceof Refusal) each[places[place]!] = one;
    else together.push(one);
  }
  return { each, together, text: changesText(type, together) };
}

async function settle(
  tx: Tx,
  type: RecordType,
  before: Stored,
  values: Values,
): Promise<Settled | "same" | "alone" | Refusal> {
  if (type.referenceData || bringsFiles(type, values)) return "alone";
  const action = changing(values);
  const watched = watching(tx);
  const outcome = await refusalOr(() => outcomeOf(watched.tx, type, before, action));
  if (watched.asked()) return "alone";
  if (outcome instanceof Refusal) return outcome;
  return changesNothing(action, outcome) ? "same" : { before, action, outcome };
}

/** The transaction, and whether the database was asked anything through it. */
function watching(tx: Tx): { readonly tx: Tx; asked(): boolean } {
  let asked = false;
  const db = tx.db.withPlugin({
    transformQuery: ({ node }) => {
      asked = true;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  return { tx: { ...tx, db }, asked: () => asked };
}

/** Writes what goes together of changes that are ready. Gives the records as they were left, by id: those that somebody changed since are not among them. */
export function writeReady(
  tx: Tx,
  type: RecordType,
  { together, text }: ReadyChanges,
): Promise<ReadonlyMap<string, Stored>> {
  return writeChanges(tx, type, together, text);
}
