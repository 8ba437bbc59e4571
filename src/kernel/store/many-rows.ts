import type { ClockReading } from "../clock.ts";
import type { Line } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import { lineTables } from "../schema/definition-sql.ts";
import { keptClock, nextDue } from "./clocks.ts";
import { lineChanges, lineRow, linksFields } from "./lines.ts";
import { ownColumns, sharedValues } from "./row.ts";
import type { EventBody } from "./timeline.ts";
import type { Values } from "./values.ts";
import { wordsOf } from "./words.ts";

type Row = Readonly<Record<string, unknown>>;

/** Records that are written together, as insert_records() takes them: each part of all of them in one list. */
export interface ManyRows {
  readonly records: Row[];
  readonly events: Row[];
  /** Rows of the type's own table. */
  readonly own: Row[];
  readonly clocks: Row[];
  /** By the table that they stand in. */
  readonly lines: Record<string, Row[]>;
  readonly links: Row[];
}

/** One line of the timeline that a record comes with, at the time that its source gives. */
export interface BroughtEvent {
  readonly at: Temporal.Instant;
  readonly verb: string;
  readonly body: EventBody;
  /** Who may read it; everyone who sees the record, unless told. */
  readonly audience?: "everyone" | "internal";
  /** The id of the person who did it; whoever writes it, unless told. Only what the product brings in may tell. */
  readonly actorId?: string | null;
}

/** A record that is to be written with others. */
export interface OneOfMany {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly openedAt: Temporal.Instant;
  readonly updatedAt: Temporal.Instant;
  readonly closedAt: Temporal.Instant | null;
  readonly values: Values;
  readonly clocks: readonly ClockReading[];
  /** Its timeline, oldest first. */
  readonly events: readonly BroughtEvent[];
}

/** The rows of these records of a type. */
export function rowsOfMany(type: RecordType, records: readonly OneOfMany[]): ManyRows {
  const rows: ManyRows = { records: [], events: [], own: [], clocks: [], lines: {}, links: [] };
  const tables = lineTables(type);
  const links = linksFields(type);
  for (const record of records) {
    const { id, values } = record;
    rows.records.push(headOf(type, record));
    rows.own.push({ id, ...Object.fromEntries(ownColumns(type, values)) });
    for (const clock of record.clocks) rows.clocks.push({ record_id: id, ...keptClock(clock) });
    for (const [place, { at, verb, body, audience = "everyone", actorId = null }] of record.events.entries())
      rows.events.push({
        record_id: id,
        sequence: place + 1,
        at: momentText(at),
        verb,
        audience,
        actor_id: actorId,
        body,
      });
    for (const table of tables) {
      const lines = (rows.lines[table.table] ??= []);
      // The lines kind gives lines, and the links kind ids.
      for (const line of lineChanges(table, [], (values[table.name] ?? []) as readonly Line[]).added)
        lines.push(lineRow(table, id, line));
    }
    for (const name of links)
      for (const to of (values[name] ?? []) as readonly string[])
        rows.links.push({ from_id: id, relation: name, to_id: to });
  }
  return rows;
}

function headOf(type: RecordType, { id, reference, values, ...record }: OneOfMany): Row {
  const words = wordsOf(type, reference, values);
  return {
    sensitivity: "normal",
    ...sharedValues(type, values),
    id,
    reference,
    state: record.state,
    opened_at: momentText(record.openedAt),
    updated_at: momentText(record.updatedAt),
    next_due_at: nextDue(record.clocks)?.toString({ smallestUnit: "microsecond" }) ?? "infinity",
    closed_at: record.closedAt === null ? null : momentText(record.closedAt),
    words_title: words.title,
    words_everyone: words.everyone,
    words_internal: words.internal,
  };
}

/** A moment as the database takes it. */
export function momentText(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: "microsecond" });
}
