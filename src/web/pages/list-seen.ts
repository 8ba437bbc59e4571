import type { RecordType } from "../../kernel/record.ts";
import { countMax } from "../../kernel/store/list.ts";
import { groupedMax, groupsOf } from "../../kernel/store/groups.ts";
import type { Group, Groups } from "../../kernel/store/groups.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { formatCount, plural } from "../view/format.ts";
import type { ListPage, Row } from "../view/models.ts";
import { bulkMax, chosenText, deedsOn } from "./bulk-choice.ts";
import { listHref, listQuery, queryText } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { listColumns, listRows, mentionedRecords, readLinked } from "./list-cells.ts";
import type { Rows } from "./list-cells.ts";
import { groupAddress, groupLabel, groupings, knownKeys } from "./list-groups.ts";
import type { Grouping } from "./list-groups.ts";
import { countOf, listed, sortsQuickly } from "./list-read.ts";
import type { Surroundings } from "./list-surroundings.ts";
import { pageClock } from "./places.ts";

/** What a way of seeing a list read, and how that becomes the middle of the page. */
export interface Seen {
  /** Ids of records that the middle names. */
  readonly ids: readonly string[];
  /** How many records the list has; asked for beside other things, and counted to 1,000. */
  many(): Promise<number>;
  /** Whether any is shown. */
  readonly any: boolean;
  middle(surroundings: Surroundings, many: number): Promise<Middle>;
}

/** The parts of a page that depend on how its list is seen. */
export type Middle = Partial<Pick<ListPage, "table" | "paging" | "bulk" | "board" | "calendar" | "timeline" | "note">>;

const rowsOfPage = 50;
const rowsOfGroup = 5;
const groupsMax = 60;

/** The list as a table, page by page. */
export async function seenAsTable(tx: Tx, type: RecordType, address: ListAddress): Promise<Seen> {
  const { found, records, linked } = await readTable(tx, type, address);
  const { columns } = address;
  const bulk = records.length > 0 && deedsOn(tx, type).length > 0;
  return {
    ids: mentionedRecords(tx, { type, columns, records, linked }),
    many: () => countOf(tx, type, address, found),
    any: found.items.length > 0,
    middle: async ({ names }, many) => {
      // By which columns the headings offer to sort: any, where that is quick.
      const anySort = many <= countMax || (await sortsQuickly(tx, type, { show: address.show, sort: "" }));
      return {
        table: {
          caption: "",
          columns: listColumns(tx, type, address, anySort),
          rows: tableRows(tx, type, { address, records, linked, names }),
          ...(bulk ? { tickForm: "bulk" } : {}),
        },
        ...(bulk ? { bulk: bulkOf(type, address, many) } : {}),
        paging: {
          ...(found.previousCursor ? { previousHref: listHref(type, address, { cursor: found.previousCursor }) } : {}),
          ...(found.nextCursor ? { nextHref: listHref(type, address, { cursor: found.nextCursor }) } : {}),
        },
      };
    },
  };
}

/** Reads a page of a list as a table. */
export async function readTable(tx: Tx, type: RecordType, address: ListAddress) {
  const found = await listed(tx, type, address, rowsOfPage);
  return { found, records: found.items, linked: await readLinked(tx, type, address.columns, found.items) };
}

/** The rows of such a page, with a box to tick where they can be changed together. */
export function tableRows(
  tx: Tx,
  type: RecordType,
  { address, records, linked, names }: Pick<Rows, "records" | "linked" | "names"> & { readonly address: ListAddress },
): Row[] {
  const rows = listRows(tx, { type, columns: address.columns, records, names, linked }, pageClock(tx));
  if (deedsOn(tx, type).length === 0) return rows;
  return rows.map((row, at): Row => ({ ...row, tick: tickOf(records[at]!) }));
}

function tickOf({ reference, version }: Stored): NonNullable<Row["tick"]> {
  return { label: reference, value: chosenText({ reference, version }) };
}

function bulkOf(type: RecordType, address: ListAddress, many: number): NonNullable<ListPage["bulk"]> {
  const view = queryText(type, { ...address, cursor: "" });
  return {
    action: `/${type.path}/bulk`,
    hidden: view === "" ? [] : [{ name: "view", value: view }],
    ...(many > 1 && many <= bulkMax ? { allText: `Change all ${many}` } : {}),
  };
}

/** The list in groups: of each how many there are, the first few, and the way to the others. */
export async function seenInGroups(tx: Tx, type: RecordType, address: ListAddress): Promise<Seen> {
  const grouping = groupingOf(tx, type, address.by);
  const { columns } = address;
  const found = await groupsOf(tx, type, listQuery(address, 1), {
    by: grouping.by,
    each: rowsOfGroup,
    most: groupsMax,
  });
  const records = found.groups.flatMap(({ items }) => items);
  const linked = await readLinked(tx, type, columns, records);
  return {
    ids: [...mentionedRecords(tx, { type, columns, records, linked }), ...keyIds(found.groups)],
    many: () => Promise.resolve(found.more ? countMax + 1 : found.rows),
    any: found.rows > 0,
    middle: ({ names }) => {
      const rows = inOrder(type, grouping, address, found.groups).flatMap((group): Row[] => {
        const title = groupLabel(type, grouping.by, group.key, names);
        const target = groupAddress(type, address, grouping.by, group.key);
        const heading = { title, count: countText(group, found), ...(target ? { href: listHref(type, target) } : {}) };
        return [
          { cells: [], heading },
          ...listRows(tx, { type, columns, records: group.items, names, linked }, pageClock(tx)),
        ];
      });
      return Promise.resolve({
        table: { caption: "", columns: listColumns(tx, type, address, false), rows },
        ...noteOn(type, found),
      });
    },
  };
}

/** The grouping that an address names; by state when it names none. */
export function groupingOf(tx: Tx, type: RecordType, name: string): Grouping {
  const all = groupings(tx, type);
  // The first is by state, which every type has; and the address was checked.
  return all.find((one) => one.name === name) ?? all[0]!;
}

/** The ids among the keys of groups: those of the records that links lead to. */
export function keyIds(groups: readonly Group[]): string[] {
  return groups.flatMap(({ key }) => (key !== null && isId(key) ? [key] : []));
}

/** Groups in the definition's order where it has one, those without a value last. */
export function inOrder(
  type: RecordType,
  { by }: Grouping,
  address: ListAddress,
  groups: readonly Group[],
): readonly Group[] {
  const known = knownKeys(type, by, address);
  const place = ({ key }: Group) => (key === null ? Infinity : known ? known.indexOf(key) : 0);
  return groups.toSorted((one, other) => (place(one) === place(other) ? 0 : place(one) - place(other)));
}

/** How many are in a group; "at least" where not all rows were looked at. */
export function countText({ count }: Group, { more }: Groups): string {
  return more ? `${formatCount(count)} or more` : formatCount(count);
}

/** What a page in groups leaves out, as a sentence. */
export function noteOn(type: RecordType, { more, groupsLeftOut }: Groups): { note?: string } {
  const many = type.label.many.toLowerCase();
  const sentences = [
    ...(more
      ? [
          `Only the first ${formatCount(groupedMax)} ${many} in this order were counted. Narrow the list to count all of them.`,
        ]
      : []),
    ...(groupsLeftOut > 0
      ? [
          `${plural(groupsLeftOut, "further group")} ${groupsLeftOut === 1 ? "is" : "are"} left out. Narrow the list to see ${groupsLeftOut === 1 ? "it" : "them"}.`,
        ]
      : []),
  ];
  return sentences.length > 0 ? { note: sentences.join(" ") } : {};
}
