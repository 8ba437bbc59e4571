import type { RecordType } from "../../kernel/record.ts";
import { findIfSeen } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { askedBy, bulkMax } from "./bulk-choice.ts";
import type { Choice, Deed } from "./bulk-choice.ts";
import { offeredForAll } from "./offered.ts";
import type { Offered } from "./offered.ts";

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
