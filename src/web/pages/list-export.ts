import { wholeAll } from "../../kernel/store/find.ts";
import { pageMax } from "../../kernel/store/list.ts";
import { hasLinesOrLinks } from "../../kernel/store/row.ts";
import { importable } from "../../kernel/transfer/columns.ts";
import { noteOwn } from "../../kernel/store/timeline.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import { typeAt } from "../page.ts";
import type { PageRequest } from "../page.ts";
import { notYours, shownOf, textOf } from "./field-value.ts";
import { readAddress } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { mentionedRecords, readLinked } from "./list-cells.ts";
import type { Rows } from "./list-cells.ts";
import { columnLabels, linkedAmong } from "./list-columns.ts";
import { checkFilters, checkSort, listed } from "./list-read.ts";
import { resolveAddress } from "./list-surroundings.ts";

/** The most rows of one file. */
export const rowsMax = 100_000;
/** What stands below the last row of a file that could not hold them all. */
export const onlyTheFirst = `Only the first ${rowsMax.toLocaleString("en-GB")} rows are here. Narrow the list to export the others.`;

/** A column of a file: what it is called, and of which type and field (or base column) its values are. */
export interface ExportColumn {
  readonly name: string;
  readonly label: string;
  readonly type: RecordType;
  readonly column: string;
  /** The field that leads to the record whose value it is; null for the listed record's own. */
  readonly through: string | null;
  /** Whether records that it leads to are written by their references, so that an import finds them again. */
  readonly byReference?: boolean;
}

/** A list as a file holds it: the columns, and the rows in parts of at most 200 as they are asked for. */
export interface Export {
  readonly type: RecordType;
  readonly columns: readonly ExportColumn[];
  /** The parts; the last one says whether rows were left out. */
  readonly parts: AsyncIterable<{ readonly rows: Rows; readonly leftOut: boolean }>;
}

interface Part {
  readonly rows: Rows;
  readonly next: string | null;
}

/**
 * Opens the whole list as the address narrows and sorts it; `whole`: open and closed, with every field that can be given in
 * place of the columns. The first rows are read before anything is sent, so that a
 * refusal is a page and not half a file.
 */
export async function openExport(page: PageRequest, { whole = false } = {}): Promise<Export> {
  const type = typeAt(page);
  const { address, columns } = await page.as(async (tx) => {
    const { whole: _whole, ...query } = page.query;
    const typed = { ...readAddress(tx, type, query), cursor: "" };
    checkFilters(tx, type, typed);
    const resolved = await resolveAddress(tx, type, typed);
    await checkSort(tx, type, resolved);
    await noteOwn(tx, "exported", { to: page.request.url.slice(0, 1000) });
    if (!whole) return { address: resolved, columns: exportColumns(tx, type, resolved) };
    const given = [{ name: "reference", label: "Reference" }, ...importable(tx.actor, type)];
    return {
      address: { ...resolved, show: "all" as const, columns: given.map(({ name }) => name) },
      columns: given.map(({ name, label }) => ({ name, label, type, column: name, through: null, byReference: true })),
    };
  });
  const read = (cursor: string) => readPart(page, type, address, { cursor, whole });
  return { type, columns, parts: partsOf(read, await read("")) };
}

function exportColumns(tx: Tx, type: RecordType, { columns }: ListAddress): ExportColumn[] {
  const labels = columnLabels(tx, type, columns);
  const linked = new Map(linkedAmong(tx, type, columns).map((column) => [column.name, column]));
  return columns.map((name) => {
    const label = labels.get(name) ?? name;
    const there = linked.get(name);
    return there
      ? { name, label, type: there.target, column: there.column, through: there.through }
      : { name, label, type, column: name, through: null };
  });
}

async function* partsOf(read: (cursor: string) => Promise<Part>, first: Part) {
  let part = first;
  for (let sent = 0; ;) {
    const room = rowsMax - sent;
    const rows = { ...part.rows, records: part.rows.records.slice(0, room) };
    sent += rows.records.length;
    const more = part.next !== null || part.rows.records.length > room;
    const leftOut = more && sent >= rowsMax;
    yield { rows, leftOut };
    if (part.next === null || leftOut) return;
    part = await read(part.next);
  }
}

function readPart(
  page: PageRequest,
  type: RecordType,
  address: ListAddress,
  { cursor, whole }: { cursor: string; whole: boolean },
): Promise<Part> {
  return page.as(async (tx) => {
    const { columns } = address;
    const { items: found, nextCursor } = await listed(tx, type, { ...address, cursor }, pageMax);
    const items = whole && hasLinesOrLinks(type) ? await wholeAll(tx, type, found) : found;
    const linked = await readLinked(tx, type, columns, items);
    const names = await namesOf(tx, mentionedRecords(tx, { type, columns, records: items, linked }));
    return { rows: { type, columns, records: items, names, linked }, next: nextCursor };
  });
}

/** The record whose value a column shows: the listed one, or the one that it leads to; a sentence for one that is not theirs to see. */
export function recordOf({ through }: ExportColumn, record: Stored, { linked }: Rows): Stored | string | null {
  if (through === null) return record;
  const id = record.values[through];
  return typeof id === "string" ? (linked.get(id) ?? notYours) : null;
}

/** A field's value as text for a file: names for ids, and what the kind writes for the rest. */
export function fieldText({ type, column }: ExportColumn, record: Stored, { names }: Rows): string {
  const field = type.fields[column]!;
  const value = record.values[column];
  const shown = shownOf(field, value);
  if (shown === null) return "";
  return shown.kind === "record" || shown.kind === "records" || shown.kind === "file"
    ? textOf(shown, names)
    : field.kind.text(field.options, value);
}

/** The records that a field leads to as an import finds them again: "QUE-001 Service desk; QUE-002 Field support". */
export function referencesText(column: ExportColumn, record: Stored, rows: Rows): string {
  const field = column.type.fields[column.column]!;
  const shown = shownOf(field, record.values[column.column]);
  if (shown?.kind !== "record" && shown?.kind !== "records") return fieldText(column, record, rows);
  const ids = shown.kind === "record" ? [shown.id] : shown.ids;
  return ids
    .map((id) =>
      `${rows.names.get(id)?.reference ?? id} ${rows.names.get(id)?.title.replaceAll(";", ",") ?? ""}`.trim(),
    )
    .join("; ");
}

/** The headers of a file that is made as it is sent. */
export function fileHeaders(type: RecordType, ending: string): Record<string, string> {
  const day = Temporal.Now.zonedDateTimeISO("Europe/London").toPlainDate().toString();
  return {
    "content-disposition": `attachment; filename="${type.path}-${day}.${ending}"`,
    "cache-control": "no-store",
  };
}
