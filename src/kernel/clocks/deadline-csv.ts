import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { DeadlineIo } from "./deadline-command.ts";
import { ClockRefused } from "./refused.ts";
import type { DeadlineQuestion } from "./rule.ts";
import { parseEvent, ruleNamed } from "./rules.ts";

const COLUMNS = ["id", "rule", "from", "events"];
const RECORD_BYTES_MAX = 100_000;

/** What the command line said for every row. */
type Common = Omit<DeadlineQuestion, "from" | "events">;

/**
 * Reads rows of `id,rule,from,events` (events as `kind=DATE;kind=DATE`) and writes `id,due`: empty where there is no
 * deadline, and where the row is bad, which also gets a line on stderr. Resolves to 1 if any row was bad, else 0.
 */
export async function deadlineCsv(text: string, common: Common, io: DeadlineIo): Promise<number> {
  const rows = [["id", "due"]];
  let bad = 0;
  for (const { line, fields } of readRows(text)) {
    const [id = "", rule = "", from = "", events = ""] = fields;
    try {
      if (fields.length > COLUMNS.length) throw new ClockRefused(`it has ${fields.length} columns instead of 4`);
      rows.push([id, dueOf(rule, from, events, common) ?? ""]);
    } catch (error) {
      if (!(error instanceof ClockRefused)) throw error;
      bad += 1;
      io.stderr(`Line ${line} (${id}): ${error.message}\n`);
      rows.push([id, ""]);
    }
  }
  io.stdout(stringify(rows));
  return bad > 0 ? 1 : 0;
}

function readRows(text: string): { line: number; fields: string[] }[] {
  const records: { line: number; record: string[] }[] = [];
  try {
    parse(text, {
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: RECORD_BYTES_MAX,
      on_record: (record: string[], { lines }) => void records.push({ line: lines, record }),
    });
  } catch (error) {
    throw new ClockRefused(`The file is not CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
  const header = records.shift()?.record.map((name) => name.toLowerCase()) ?? [];
  const places = COLUMNS.map((name) => header.indexOf(name));
  if (places.slice(0, 3).some((place) => place < 0)) {
    throw new ClockRefused(`The file needs a header with ${COLUMNS.join(",")}`);
  }
  return records.map(({ line, record }) => ({ line, fields: fieldsOf(record, places, header.length) }));
}

/** The fields in our order, and whatever the row has beyond its header. */
function fieldsOf(record: string[], places: number[], width: number): string[] {
  return [...places.map((place) => record[place] ?? ""), ...record.slice(width)];
}

function dueOf(name: string, from: string, events: string, common: Common): string | null {
  const rule = ruleNamed(name);
  const parts = events.split(";").filter((part) => part.trim() !== "");
  return rule.compute({ ...common, explain: false, from, events: parts.map((part) => parseEvent(rule, part)) }).due;
}
