import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { DeadlineIo } from "./deadline-command.ts";
import { ClockRefused } from "./refused.ts";
import type { DeadlineQuestion } from "./rule.ts";
import { parseEvent, ruleNamed } from "./rules.ts";

const COLUMNS = ["id", "rule", "from", "events"];
const RECORD_BYTES_MAX = 100_000;
const ROWS_AT_ONCE = 10_000;

/** What the command line said for every row. */
type Common = Omit<DeadlineQuestion, "from" | "events">;

/**
 * Reads rows of `id,rule,from,events` (events as `kind=DATE;kind=DATE`) and writes `id,due`: empty where there is no
 * deadline, and where the row is bad, which also gets a line on stderr. Resolves to 1 if any row was bad, else 0.
 */
export async function deadlineCsv(text: string, common: Common, io: DeadlineIo): Promise<number> {
  const written: string[] = [];
  let rows = [["id", "due"]];
  const bad: string[] = [];
  eachRow(text, (line, [id = "", rule = "", from = "", events = "", ...more]) => {
    let due: string | null = null;
    try {
      if (more.length > 0) throw new ClockRefused(`it has ${COLUMNS.length + more.length} columns instead of 4`);
      due = dueOf(rule, from, events, common);
    } catch (error) {
      if (!(error instanceof ClockRefused)) throw error;
      bad.push(`Line ${line} (${id}): ${error.message}\n`);
    }
    rows.push([id, due ?? ""]);
    if (rows.length < ROWS_AT_ONCE) return;
    written.push(stringify(rows));
    rows = [];
  });
  for (const message of bad) io.stderr(message);
  io.stdout(written.join("") + stringify(rows));
  return bad.length > 0 ? 1 : 0;
}

/** Gives each row's fields in our order, and after them whatever it has beyond its header. */
function eachRow(text: string, answer: (line: number, fields: string[]) => void): void {
  let header: { readonly places: readonly number[]; readonly width: number } | null = null;
  let failed: unknown = null;
  try {
    parse(text, {
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: RECORD_BYTES_MAX,
      // Rows are answered as they are read, so that a large file is held once; nothing is kept of them here.
      on_record: (record: string[], { lines }) => {
        try {
          if (header) answer(lines, fieldsOf(record, header));
          else header = headerOf(record);
        } catch (error) {
          failed = error;
          throw error;
        }
        return null;
      },
    });
  } catch (error) {
    if (failed !== null) throw failed;
    throw new ClockRefused(`The file is not CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!header) throw new ClockRefused(`The file needs a header with ${COLUMNS.join(",")}`);
}

function headerOf(record: readonly string[]) {
  const names = record.map((name) => name.toLowerCase());
  const places = COLUMNS.map((name) => names.indexOf(name));
  if (places.slice(0, 3).some((place) => place < 0))
    throw new ClockRefused(`The file needs a header with ${COLUMNS.join(",")}`);
  return { places, width: record.length };
}

function fieldsOf(record: readonly string[], { places, width }: { places: readonly number[]; width: number }) {
  return [...places.map((place) => record[place] ?? ""), ...record.slice(width)];
}

function dueOf(name: string, from: string, events: string, common: Common): string | null {
  const rule = ruleNamed(name);
  const parts = events === "" ? [] : events.split(";").filter((part) => part.trim() !== "");
  return rule.compute({ ...common, explain: false, from, events: parts.map((part) => parseEvent(rule, part)) }).due;
}
