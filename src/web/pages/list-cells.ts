import type { RecordType } from "../../kernel/record.ts";
import type { Actor, Stored, Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import { formatDate, formatDue } from "../view/format.ts";
import type { Clock } from "../view/format.ts";
import type { Cell, Column, Row } from "../view/models.ts";
import { cellOf, cut, mentionedIn, shownOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { baseColumns, columnChoices, isKeptInOrder, isSortable, listHref } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { stateTag } from "./places.ts";

/** The ids that the rows' cells lead to, whose names are needed. */
export function mentionedRecords(type: RecordType, columns: readonly string[], records: readonly Stored[]): string[] {
  const fields = columns.flatMap((name) =>
    Object.hasOwn(baseColumns, name) ? [] : [[name, type.fields[name]!] as const],
  );
  return records.flatMap((record) => fields.flatMap(([name, field]) => mentionedIn(field, record.values[name])));
}

/** The headings of a list, each with the link that sorts by it where it can be. */
export function listColumns(actor: Actor, type: RecordType, address: ListAddress, anySort: boolean): Column[] {
  const labels = new Map(columnChoices(actor, type));
  return address.columns.map((name): Column => {
    const field = Object.hasOwn(baseColumns, name) ? undefined : type.fields[name];
    const sort =
      isSortable(actor, type, name) && (anySort || isKeptInOrder(address.show, name))
        ? { sort: sortLink(type, address, name) }
        : {};
    return {
      label: labels.get(name) ?? name,
      ...(name === type.titleField || field?.kind.name === "long text" ? { wide: true } : {}),
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
export function listRows(
  tx: Tx,
  type: RecordType,
  columns: readonly string[],
  records: readonly Stored[],
  names: Names,
  clock: Clock,
): Row[] {
  const linked = ["reference", type.titleField].find((name) => columns.includes(name)) ?? columns[0];
  return records.map((record) => ({
    // So that a page that is made anew keeps each row, and the focus in it, for the record that it was of.
    id: `row-${record.reference}`,
    cells: columns.map((name) =>
      name === linked ? linkCell(tx, type, record, name, names, clock) : listCell(type, record, name, names, clock),
    ),
  }));
}

function linkCell(tx: Tx, type: RecordType, record: Stored, name: string, names: Names, clock: Clock): Cell {
  const cell = listCell(type, record, name, names, clock);
  return {
    kind: "link",
    text: "text" in cell && cell.text !== "" ? cell.text : record.reference,
    href: hrefOf(tx, type.name, record.reference),
  };
}

function listCell(type: RecordType, record: Stored, name: string, names: Names, clock: Clock): Cell {
  if (name === "reference") return { kind: "text", text: record.reference };
  if (name === "state") return { kind: "tag", ...stateTag(type, record.state) };
  if (name === "due") return dueCell(record.dueAt, clock);
  if (Object.hasOwn(baseColumns, name))
    return momentCell(
      name === "opened" ? record.openedAt : name === "updated" ? record.updatedAt : record.closedAt,
      clock,
    );
  if (name === type.titleField) return { kind: "text", text: record.title };
  const field = type.fields[name]!;
  const cell = cellOf(shownOf(field, record.values[name]), names);
  if (cell.kind === "text") return { kind: "text", text: cut(cell.text, 160) };
  // Who has it and where it is are read, not followed: a hundred such links would bury those to the records.
  return cell.kind === "link" && field.kind.filter === "record" ? { kind: "text", text: cell.text } : cell;
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
        text: formatDate(Temporal.Instant.from(moment).toZonedDateTimeISO(clock.zone).toPlainDate()),
      };
}
