import type { RecordType } from "../../kernel/record.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { askedBy, bulkMax } from "./bulk-choice.ts";
import type { Choice, Deed } from "./bulk-choice.ts";
import { offeredForAll } from "./offered.ts";
import type { Offered } from "./offered.ts";

/**
 * Said on the form of a deed that `offeredTo` fits to the first of very many alone: what it may leave out. Empty where it looks
 * at all of them.
 */
export function saysOffered({ type, deed, query }: Pick<Choice, "query"> & { type: RecordType; deed: Deed }): string {
  if (!query || deed.kind === "field" || !deed.move.offers) return "";
  const those = type.label.many.toLowerCase();
  return `This form asks what the first ${bulkMax} of these ${those} need, by their references. If others need something else, the next page says why they cannot be changed: choose those by themselves. `;
}

/** The form of a deed as far as those need it to whom it is done: of very many, as far as the first of them do. */
export async function offeredTo(
  tx: Tx,
  { type, deed, chosen, query }: Choice & { readonly type: RecordType; readonly deed: Deed },
): Promise<Offered> {
  const names = askedBy(tx, type, deed);
  if (deed.kind === "field" || !deed.move.offers) return { type, names, values: {} };
  const first = query
    ? (await list(tx, type, { ...query, fields: [], sort: "reference", limit: bulkMax })).items
    : chosen;
  const records: Stored[] = [];
  for (const { reference } of first) {
    const record = await findIfSeen(tx, type, reference);
    // What cannot be made for it anyhow asks for nothing.
    if (record && deed.move.from.includes(record.state)) records.push(record);
  }
  return offeredForAll(tx, type, deed.move, { names, records });
}
