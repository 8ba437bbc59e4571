import type { RecordType } from "../record.ts";
import { storedFields } from "../schema/definition-sql.ts";
import type { LineTable } from "../schema/definition-sql.ts";
import { addedValues } from "./added.ts";
import { keptClock, nextDue } from "./clocks.ts";
import { lineCells, lineRow, linksFields } from "./lines.ts";
import { momentText } from "./many-rows.ts";
import { ownColumns, sharedValues } from "./row.ts";
import { sameValue } from "./values.ts";
import { wordsOf } from "./words.ts";
import type { ReadyWrite } from "./write-changes.ts";

type Row = Readonly<Record<string, unknown>>;

/** Columns of a table, and the rows in which they change. */
interface ChangedRows {
  readonly name: string;
  readonly names: readonly string[];
  readonly rows: Row[];
}

/** Changes that are written together as change_records() takes them, as JSON: each part of all of them in one list. */
export function changesText(type: RecordType, ready: readonly ReadyWrite[]): string {
  const links = linksFields(type);
  return JSON.stringify({
    records: ready.map((one) => headOf(type, one)),
    events: ready.map(({ before, at, action, body }) => ({
      record_id: before.id,
      verb: action.verb,
      at: momentText(at),
      body,
    })),
    rows: changedRows(type, ready),
    lines: addedLines(ready),
    clocks: ready.flatMap(({ before, clocks }) =>
      clocks.map((clock) => ({ record_id: before.id, ...keptClock(clock) })),
    ),
    links: ready.flatMap(({ before, outcome: { values } }) =>
      links
        .filter((name) => name in values)
        .map((name) => ({ from_id: before.id, relation: name, to_ids: values[name] ?? [] })),
    ),
  });
}

/** What changes of a record in `records`. */
function headOf(type: RecordType, { before, outcome: { values, after, state }, clocks, events, at }: ReadyWrite): Row {
  const now = momentText(at);
  const final = type.states[state]?.final ?? false;
  const added = addedValues(type, values);
  const was = wordsOf(type, before.reference, before.values);
  const is = wordsOf(type, before.reference, after);
  return {
    id: before.id,
    version: before.version,
    events,
    changes: {
      ...sharedValues(type, values),
      state,
      next_due_at: nextDue(clocks)?.toString() ?? "infinity",
      updated_at: now,
      ...(final === (before.closedAt !== null) ? {} : { closed_at: final ? now : null }),
    },
    added: Object.keys(added).length > 0 ? added : null,
    words: sameValue(was, is) ? null : is,
  };
}

/** The rows that change, those together in which the same columns of a table do. */
function changedRows(type: RecordType, ready: readonly ReadyWrite[]): ChangedRows[] {
  const alike = new Map<string, ChangedRows>();
  for (const { name, names, rows } of ready.flatMap((one) => [
    ownRow(type, one),
    ...one.lines.flatMap(lineRows(one)),
  ])) {
    if (names.length === 0 || rows.length === 0) continue;
    const key = [name, ...names].join(" ");
    if (!alike.has(key)) alike.set(key, { name, names, rows: [] });
    alike.get(key)!.rows.push(...rows);
  }
  return [...alike.values()];
}

/** The row of the type's own table. */
function ownRow(type: RecordType, { before, outcome }: ReadyWrite): ChangedRows {
  const cells = ownColumns(type, outcome.values);
  const names = cells.map(([column]) => column);
  return { name: type.name, names, rows: [{ id: before.id, ...Object.fromEntries(cells) }] };
}

/** The lines of a record that go, and those that stay with what they then hold. */
function lineRows({ at }: ReadyWrite) {
  return ({ table, changes: { gone, kept } }: ReadyWrite["lines"][number]): ChangedRows[] => [
    { name: table.table, names: ["removed_at"], rows: gone.map((id) => ({ id, removed_at: momentText(at) })) },
    {
      name: table.table,
      names: ["position", ...storedFields(table.fields).map(({ column }) => column)],
      rows: kept.map(({ line, position }) => ({ id: line.id, position, ...lineCells(table, line) })),
    },
  ];
}

/** New lines, by the table that they stand in. */
function addedLines(ready: readonly ReadyWrite[]): Record<string, Row[]> {
  const added: Record<string, Row[]> = {};
  const add = (table: LineTable, rows: Row[]) => (added[table.table] ??= []).push(...rows);
  for (const { before, lines } of ready)
    for (const { table, changes } of lines)
      add(
        table,
        changes.added.map((one) => lineRow(table, before.id, one)),
      );
  return added;
}
