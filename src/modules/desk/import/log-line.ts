import type { LogRow } from "./log-file.ts";

/** A line of the log, as far as it could be understood. */
export interface LogLine {
  readonly line: number;
  /** The incident it belongs to. */
  readonly number: string;
  /** When it was written, epoch milliseconds; null when the line does not say it so that it can be read. */
  readonly at: number | null;
  /** The source's own count of the incident's changes: it orders the lines of one minute. */
  readonly count: number;
  /** The state that it gives, as Reeve has it; null when it gives none that is known. */
  readonly state: string | null;
  readonly priority: number | null;
  readonly impact: number | null;
  readonly urgency: number | null;
  readonly columns: Readonly<Record<string, string>>;
  /** Whether its columns can be believed: it is whole, says whose line it is and when it was written. */
  readonly whole: boolean;
  /** What of it was not understood, in words; empty when all was. */
  readonly problems: readonly string[];
}

/** Every state of the source that has a meaning here. */
const states: Readonly<Record<string, string>> = {
  New: "new",
  Active: "assigned",
  "Awaiting User Info": "waiting_user",
  "Awaiting Vendor": "waiting_supplier",
  "Awaiting Evidence": "waiting_evidence",
  "Awaiting Problem": "waiting_problem",
  Resolved: "resolved",
  Closed: "closed",
};

/** Of which no text is made: PostgreSQL and people can do nothing with them. */
const controlCharacters = /[^\P{Cc}\t\n\v\f\r]/u;
const lineLengthMax = 50_000;
const numberLengthMax = 100;

/** Understands a row. `previous` is the incident of the row before: a row without a number is kept with that one. */
export function parseLine(row: LogRow, previous: string): LogLine {
  const text = Object.values(row.columns).join("\n");
  const columns = shortened(row.columns, text);
  const number = present(columns["number"]);
  const problems: string[] = [];
  if (row.torn !== null) problems.push(row.torn);
  else if (columns !== row.columns)
    problems.push(`it is longer than ${lineLengthMax.toLocaleString("en-GB")} characters`);
  else if (number === null || number.length > numberLengthMax)
    problems.push("it has no incident number, so it is kept with the incident before it");
  else if (controlCharacters.test(text)) problems.push("it holds control characters");
  const at = problems.length === 0 ? londonTime(columns["sys_updated_at"] ?? "") : null;
  if (problems.length === 0 && at === null)
    problems.push(`sys_updated_at “${columns["sys_updated_at"]}” is not a time`);
  const whole = problems.length === 0;
  const state = whole ? (states[columns["incident_state"] ?? ""] ?? null) : null;
  if (whole && state === null) problems.push(`the state “${columns["incident_state"]}” is not one that is known`);
  const level = (name: string, most: number) => (whole ? levelOf(columns, name, most, problems) : null);
  return {
    line: row.line,
    number: number === null || number.length > numberLengthMax || row.torn !== null ? previous : number,
    at,
    count: whole ? counter(columns, "sys_mod_count") : 0,
    state,
    priority: level("priority", 5),
    impact: level("impact", 3),
    urgency: level("urgency", 3),
    columns,
    whole,
    problems,
  };
}

/** What a cell says; null when the source has nothing there. */
export function present(cell: string | undefined): string | null {
  if (cell === undefined || cell === "?") return null;
  const text = cell.replaceAll(/\s+/g, " ").trim();
  return text === "" || text === "?" ? null : text;
}

/** The first characters of a text, whole. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).toWellFormed().trimEnd();
}

/** A counter of the source; 0 where it says none. */
export function counter(columns: Readonly<Record<string, string>>, name: string): number {
  const cell = (columns[name] ?? "").trim();
  return /^\d{1,9}$/.test(cell) ? Number(cell) : 0;
}

/** The order of an incident's lines: when they were written, within a minute as the source counts, then as they come. */
export function inOrder(
  one: Pick<LogLine, "at" | "count" | "line">,
  other: Pick<LogLine, "at" | "count" | "line">,
): number {
  return (one.at ?? 0) - (other.at ?? 0) || one.count - other.count || one.line - other.line;
}

const times = new Map<string, number | null>();
const timesMax = 200_000;

/**
 * `29/2/2016 01:16`, London's time, as epoch milliseconds; null when it is no such time. An hour that comes twice is the
 * first; a time that the clocks jump over is read as that much after the jump (Temporal's `compatible`).
 */
export function londonTime(text: string): number | null {
  const known = times.get(text);
  if (known !== undefined) return known;
  const parsed = parseLondonTime(text);
  if (times.size >= timesMax) times.clear();
  times.set(text, parsed);
  return parsed;
}

function parseLondonTime(text: string): number | null {
  const match = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$/.exec(text);
  if (!match) return null;
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  // The clocks answer for 1970 onwards; a log from before or from the far future is a mistake.
  if (year < 1970 || year > 2199) return null;
  try {
    const local = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second }, { overflow: "reject" });
    return local.toZonedDateTime("Europe/London", { disambiguation: "compatible" }).epochMilliseconds;
  } catch {
    return null;
  }
}

/** `3 - Moderate` is 3. */
function levelOf(
  columns: Readonly<Record<string, string>>,
  name: string,
  most: number,
  problems: string[],
): number | null {
  const cell = present(columns[name]);
  if (cell === null) return null;
  const level = Number(/^(\d) - /.exec(cell)?.[1] ?? (/^\d$/.test(cell) ? cell : 0));
  if (level >= 1 && level <= most) return level;
  problems.push(`the ${name} “${cell.slice(0, 60)}” is not one that is known`);
  return null;
}

function shortened(columns: Readonly<Record<string, string>>, text: string): Readonly<Record<string, string>> {
  return text.length <= lineLengthMax ? columns : { "(line)": cut(text.replaceAll("\n", ","), lineLengthMax) };
}
