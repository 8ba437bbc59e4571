import { refuse } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import type { Renderer } from "../view/render.ts";
import { formOf, queryText, readAddress } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { listColumns, mentionedRecords } from "./list-cells.ts";
import { checkFilters, checkSort } from "./list-read.ts";
import { readTable, tableRows } from "./list-seen.ts";
import { resolveAddress } from "./list-surroundings.ts";

/**
 * How a list is seen, for a page whose rows can be sent as they change; null for one that is no plain table, or that asks for
 * what is the person's own.
 */
export function viewSent(type: RecordType, address: ListAddress): string | null {
  const own = Object.values(address.where).some((values) => values.includes("me"));
  return address.as === "list" && address.by === "" && !own ? queryText(type, address) : null;
}

/** The rows of a list's page as they are now, each with the HTML that the page itself has for it. Refuses as the page does. */
export async function rowsOf(
  tx: Tx,
  type: RecordType,
  { query, render }: { query: string; render: Renderer },
): Promise<{ id: string; recordId: string; html: string }[]> {
  const typed = readAddress(tx, type, formOf(query));
  checkFilters(tx, type, typed);
  const address = await resolveAddress(tx, type, typed);
  if (viewSent(type, address) === null) refuse("view", "The rows of such a view are not sent");
  await checkSort(tx, type, address);
  const table = await readTable(tx, type, address);
  const names = await namesOf(tx, mentionedRecords(tx, { type, columns: address.columns, ...table }));
  const columns = listColumns(tx, type, address, false);
  return tableRows(tx, type, { ...table, address, names }).map((row, at) => ({
    id: row.id ?? "",
    recordId: table.records[at]?.id ?? "",
    html: render("row", { table: { columns, tickForm: "bulk" }, row }),
  }));
}
