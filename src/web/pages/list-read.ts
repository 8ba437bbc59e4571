import { readsInternal } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { count, list } from "../../kernel/store/list.ts";
import type { ListPage } from "../../kernel/store/list.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { openCounts } from "../counts.ts";
import { listQuery } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";

/** Refuses filters by what is kept from this person, in the words that a filter which is not there gets. */
export function checkFilters(tx: Tx, type: RecordType, address: ListAddress): void {
  if (readsInternal(tx.actor, type.name)) return;
  const kept = Object.keys(address.where).filter((name) => type.fields[name.replace(/-(from|to)$/, "")]?.options.internal);
  if (kept.length > 0) throw new Refusal("invalid", kept.map((name) => ({ field: name, message: `A list of ${type.label.many.toLowerCase()} cannot be narrowed by “${name}”` })));
}

/** The rows; a place in the list that is no place of this sort is refused as any other that is not ours. */
export async function listed(tx: Tx, type: RecordType, address: ListAddress, rows: number): Promise<ListPage> {
  try {
    return await list(tx, type, listQuery(address, rows));
  } catch (error) {
    // Class 22 is PostgreSQL's “data exception”: the cursor's value is none of the column's type.
    if (address.cursor && error instanceof Error && "code" in error && String(error.code).startsWith("22")) {
      throw new Refusal("invalid", [{ field: "cursor", message: "This place in the list is not known. Start again from its first page" }]);
    }
    throw error;
  }
}

/** How many there are, 1,001 for more than a thousand. Asked of the database only where the page does not say it. */
export async function countOf(tx: Tx, type: RecordType, address: ListAddress, found: ListPage): Promise<number> {
  if (!address.cursor && !found.nextCursor) return found.items.length;
  const narrowed = address.search !== "" || address.states.length > 0 || Object.keys(address.where).length > 0 || type.access.read !== null;
  if (!narrowed && address.show === "open") return (await openCounts(tx)).byType[type.name] ?? 0;
  return count(tx, type, listQuery(address, 1));
}
