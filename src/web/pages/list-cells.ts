import { registeredKind } from "../../kernel/fields/registered.ts";
import type { RecordType } from "../../kernel/record.ts";
import { findMany } from "../../kernel/store/find-many.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import { formatDay, formatDue } from "../view/format.ts";
import type { Clock } from "../view/format.ts";
import type { Cell, Column, Row } from "../view/models.ts";
import { cellOf, cut, mentionedIn, notYours, shownOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { isKeptInOrder, listHref } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { baseColumns, columnLabels, isLinked, isSortable, linkedAmong } from "./list-columns.ts";
import type { LinkedColumn, Viewer } from "./list-columns.ts";
import { stateTag } from "./places.ts";
import { seenField } from "./seen-fields.ts";

/** The records that the linked columns of a list show, by id. */
export type Linked = ReadonlyMap<string, Stored>;

/** Rows of a list with what their cells need. */
export interface Rows {
  readonly type: RecordType;
  readonly columns: readonly string[];
  readonly records: readonly Stored[];
  readonly names: Names;
  readonly linked: Linked;
}

/** Reads the records that linked columns show: one query for all of them, none where there is no such column. */
export async function readLinked(
  tx: Tx,
  type: RecordType,
  columns: readonly string[],
  records: readonly Stored[],
): Promise<Linked> {
  const linked = linkedAmong(tx, type, columns);
  const wanted = [...Map.groupBy(linked, ({ target }) => target)].map(([target, some]) => ({
    type: target,
    ids: [...new Set(some.flatMap(({ through }) => records.flatMap((record) => idIn(record, through) ?? [])))],
    fields: some.map(({ column }) => column),
  }));
  return findMany(tx, wanted);
}

function idIn(record: Stored, through: string): string | null {
  const id = record.values[through];
  return typeof id === "string" ? id : null;
}

/** The ids that the rows' cells lead to, whose names are needed. */
export function mentionedRecords(tx: Viewer, { type, columns, records, linked }: Omit<Rows, "names">): string[] {
  const own = columns.flatMap((name) =>
    Object.hasOwn(baseColumns, name) || isLinked(name) ? [] : [[name, type.fields[name]!] as const],
  );
  const further = linkedAmong(tx, type, columns).filter(({ column }) => !Object.hasOwn(baseColumns, column));
  return records.flatMap((record) => [
    ...own.flatMap(([name, field]) => mentionedIn(field, record.values[name])),
    ...further.flatMap(({ through, target, column }) =>
      mentionedIn(target.fields[column]!, linked.get(idIn(record, through) ?? "")?.values[column]),
    ),
  ]);
}

/** The headings of a list, each with the link that sorts by it where it can be. */
export function listColumns(tx: Viewer, type: RecordType, address: ListAddress, anySort: boolean): Column[] {
  const labels = columnLabels(tx, type, address.columns);
  const linked = new Map(linkedAmong(tx, type, address.columns).map((column) => [column.name, column]));
  return address.columns.map((name): Column => {
    const through = linked.get(name);
    const field = through ? through.target.fields[through.column] : type.fields[name];
    const sort =
      isSortable(tx.actor, type, name) && (anySort || isKeptInOrder(address.show, name))
        ? { sort: sortLink(type, address, name) }
        : {};
    return {
      label: labels.get(name) ?? name,
      ...(name === type.titleField || (field?.kind.name === "long text" && !through) ? { wide: true } : {}),
      ...(field?.kind.filter === "number-range" ? { number: true } : {}),
      ...sort,
    };
  });
}

function sortLink(type: RecordType, address: ListAddress, name: string): NonNullable<Column["sort"]> {
  const direction = address.sort === name ? "ascending" : address.sort === `-${name}` ? "descending" : "none";
  return { href: listHref(type, address, { sort: direction === "ascending" ? `-${name}` : name }), direction };
}

/** The rows of a list. The link to the record stands in the first of reference, title or whatever comes first. */
export function listRows(tx: Tx, rows: Rows, clock: Clock): Row[] {
  const { type, columns, records } = rows;
  const leading = ["reference", type.titleField].find((name) => columns.includes(name)) ?? columns[0];
  const linked = new Map(linkedAmong(tx, type, columns).map((column) => [column.name, column]));
  return records.map((record) => ({
    // So that a page that is made anew keeps each row, and the focus in it, for the record that it was of.
    id: `row-${record.reference}`,
    ...(record.sensitivity === "normal" ? {} : { restricted: true }),
    cells: columns.map((name) => {
      const through = linked.get(name);
      const cell = through
        ? linkedCell(record, through, rows, clock)
        : (insteadOfNothing(tx, type, record, name) ?? listCell(type, record, name, rows.names, clock));
      return name === leading ? linkCell(tx, record, cell) : cell;
    }),
  }));
}

/** What an empty cell of a column says; null where it is not empty, or there is nothing to say. */
function insteadOfNothing(tx: Tx, type: RecordType, record: Stored, name: string): Cell | null {
  const other = type.views.list.whereEmpty[name];
  const said = other === undefined || (record.values[name] ?? null) !== null ? null : record.values[other];
  return other !== undefined && typeof said === "string" && seenField(tx, type, other, record)
    ? { kind: "instead", text: cut(said, 60) }
    : null;
}

function linkCell(tx: Tx, record: Stored, cell: Cell): Cell {
  return {
    kind: "link",
    text: "text" in cell && cell.text !== "" ? cell.text : record.reference,
    href: hrefOf(tx, record.type, record.reference),
  };
}

function linkedCell(record: Stored, { through, target, column }: LinkedColumn, rows: Rows, clock: Clock): Cell {
  const id = idIn(record, through);
  if (id === null) return { kind: "empty" };
  const there = rows.linked.get(id);
  return there ? listCell(target, there, column, rows.names, clock) : { kind: "text", text: notYours };
}

/** One value of a record as a cell: a field's, or a base column's. */
export function listCell(type: RecordType, record: Stored, name: string, names: Names, clock: Clock): Cell {
  if (name === "reference") return { kind: "text", text: record.reference };
  if (name === "state") return { kind: "tag", ...stateTag(type, record.state) };
  if (name === "due") return dueCell(record.dueAt, clock);
  if (Object.hasOwn(baseColumns, name)) return momentCell(momentOf(record, name), clock);
  if (name === type.titleField) return { kind: "text", text: record.title };
  const field = type.fields[name]!;
  const cell = cellOf(shownOf(field, record.values[name]), names);
  if (cell.kind === "text") return { kind: "text", text: cut(cell.text, 160) };
  // Who has it and where it is are read, not followed: a hundred such links would bury those to the records.
  const isRead = field.kind.filter === "record" || field.kind.name === registeredKind.name;
  return cell.kind === "link" && isRead ? { kind: "text", text: cell.text } : cell;
}

/** The moment that a base column of a record holds; null when there is none. */
export function momentOf(record: Stored, name: string): string | null {
  const moments: Readonly<Record<string, string | null>> = {
    due: record.dueAt,
    opened: record.openedAt,
    updated: record.updatedAt,
    closed: record.closedAt,
  };
  return moments[name] ?? null;
}

/** A deadline in words and tone; a dash when none runs. */
export function dueCell(dueAt: string | null, clock: Clock): Cell {
  return dueAt === null
    ? { kind: "empty" }
    : { kind: "due", iso: dueAt, ...formatDue(Temporal.Instant.from(dueAt), clock) };
}

/** The day of a moment; a dash when there is none. */
export function momentCell(moment: string | null, clock: Clock): Cell {
  return moment === null
    ? { kind: "empty" }
    : {
        kind: "date",
        iso: moment,
        text: formatDay(Temporal.Instant.from(moment), clock.zone),
      };
}
