import { sql } from "kysely";
import { readsInternal } from "../../kernel/access.ts";
import { Refusal, refuse } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { count, countMax, list } from "../../kernel/store/list.ts";
import type { ListPage } from "../../kernel/store/list.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { openCounts } from "../counts.ts";
import { isKeptInOrder, listQuery } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";

/** Refuses filters by what is kept from this person, in the words that a filter which is not there gets. */
export function checkFilters(tx: Tx, type: RecordType, address: ListAddress): void {
  if (readsInternal(tx.actor, type.name)) return;
  const kept = Object.keys(address.where).filter(
    (name) => type.fields[name.replace(/-(from|to)$/, "")]?.options.internal,
  );
  if (kept.length > 0)
    throw new Refusal(
      "invalid",
      kept.map((name) => ({
        field: name,
        message: `A list of ${type.label.many.toLowerCase()} cannot be narrowed by “${name}”`,
      })),
    );
}

/**
 * Whether a list can be sorted by a column without sorting the whole register, which takes seconds at a million records:
 * by an index, or because what is open (or all that there is) is little.
 */
export async function sortsQuickly(
  tx: Tx,
  type: RecordType,
  { show, sort }: Pick<ListAddress, "show" | "sort">,
): Promise<boolean> {
  return show === "open" || isKeptInOrder(show, sort.replace(/^-/, "")) || !(await isLarge(tx, type));
}

/** Refuses (invalid) a sort that would take seconds, unless the list is narrowed to a thousand rows. */
export async function checkSort(tx: Tx, type: RecordType, address: ListAddress): Promise<void> {
  if (await sortsQuickly(tx, type, address)) return;
  if ((await count(tx, type, listQuery(address, 1))) <= countMax) return;
  const many = type.label.many.toLowerCase();
  refuse(
    "sort",
    `There are too many ${many} here to sort by that. Narrow the list to ${countMax.toLocaleString("en-GB")} first, or look at the open ones only`,
  );
}

const largeFrom = 50_000;
const keptMinutes = 10;
const sizes = new Map<string, { readonly until: number; readonly large: boolean }>();

async function isLarge(tx: Tx, type: RecordType): Promise<boolean> {
  // What is large to one person can be little to another, who sees only their own.
  const key = `${tx.actor.organisationId} ${tx.actor.personId} ${type.name}`;
  const known = sizes.get(key);
  if (known && known.until > tx.now.epochMilliseconds) return known.large;
  const { rows } = await sql<{
    many: number;
  }>`select count(*) as many from (select 1 from records where organisation_id = ${tx.actor.organisationId}::uuid
    and type = ${type.name} limit ${largeFrom}) bounded`.execute(tx.db);
  const large = (rows[0]?.many ?? 0) >= largeFrom;
  if (sizes.size > 2000) sizes.clear();
  sizes.set(key, { until: tx.now.epochMilliseconds + keptMinutes * 60_000, large });
  return large;
}

/** The rows. */
export function listed(tx: Tx, type: RecordType, address: ListAddress, rows: number): Promise<ListPage> {
  return list(tx, type, listQuery(address, rows));
}

/** How many there are, 1,001 for more than a thousand. Asked of the database only where the page does not say it. */
export async function countOf(tx: Tx, type: RecordType, address: ListAddress, found: ListPage): Promise<number> {
  if (!address.cursor && !found.nextCursor) return found.items.length;
  const narrowed =
    address.search !== "" ||
    address.states.length > 0 ||
    Object.keys(address.where).length > 0 ||
    type.access.read !== null;
  if (!narrowed && address.show === "open") return (await openCounts(tx)).byType[type.name] ?? 0;
  return count(tx, type, listQuery(address, 1));
}
