import { counter, inOrder, parseLine } from "./log-line.ts";
import type { LogLine } from "./log-line.ts";
import { readLogFile } from "./log-file.ts";

/** What is counted on both sides of an import. */
export interface Figures {
  readonly incidents: number;
  /** Lines of the log, each an event. */
  readonly events: number;
  /** Incidents by the priority that they came to have. Keys "1" to "4", and "5" where there are any. */
  readonly byPriority: Readonly<Record<string, number>>;
  /** Incidents whose last reassignment_count is over 0. */
  readonly reassigned: number;
  /** Incidents whose last reopen_count is over 0. */
  readonly reopened: number;
  /** Incidents whose last made_sla is true, and false. */
  readonly levelMade: number;
  readonly levelMissed: number;
  /** Lines of which something was not understood; they are kept as events all the same. */
  readonly notUnderstood: number;
}

/** What one reading of the file tells. */
export interface FileCount {
  readonly figures: Figures;
  /** How many lines each incident has. */
  readonly linesOf: ReadonlyMap<string, number>;
  /** The first lines that were not understood, and why. */
  readonly notUnderstoodLines: readonly { readonly line: number; readonly why: string }[];
}

/** The priority of an incident whose log never gives one that can be read. */
export const priorityWithoutOne = 3;
const linesNamedMax = 20;

interface Latest {
  lines: number;
  last: LogLine | null;
  lastWithPriority: LogLine | null;
}

/** Counts a log file without keeping it. Refuses (invalid) what is no such log. */
export async function countLogFile(file: string): Promise<FileCount> {
  const incidents = new Map<string, Latest>();
  const notUnderstoodLines: { line: number; why: string }[] = [];
  let events = 0;
  let notUnderstood = 0;
  for await (const line of readLog(file)) {
    events++;
    if (line.problems.length > 0) {
      notUnderstood++;
      if (notUnderstoodLines.length < linesNamedMax)
        notUnderstoodLines.push({ line: line.line, why: line.problems.join("; ") });
    }
    let incident = incidents.get(line.number);
    if (!incident) incidents.set(line.number, (incident = { lines: 0, last: null, lastWithPriority: null }));
    incident.lines++;
    if (!line.whole) continue;
    incident.last = later(incident.last, line);
    if (line.priority !== null) incident.lastWithPriority = later(incident.lastWithPriority, line);
  }
  return {
    figures: figuresOf([...incidents.values()], events, notUnderstood),
    linesOf: new Map([...incidents].map(([number, { lines }]) => [number, lines])),
    notUnderstoodLines,
  };
}

/** The lines of a log, in the file's order. */
export async function* readLog(file: string): AsyncGenerator<LogLine> {
  let previous = "No number";
  for await (const row of readLogFile(file)) {
    const line = parseLine(row, previous);
    previous = line.number;
    yield line;
  }
}

function later(one: LogLine | null, other: LogLine): LogLine {
  return one === null || inOrder(one, other) <= 0 ? other : one;
}

function figuresOf(incidents: readonly Latest[], events: number, notUnderstood: number): Figures {
  const byPriority: Record<string, number> = { "1": 0, "2": 0, "3": 0, "4": 0 };
  for (const { lastWithPriority } of incidents) {
    const key = String(lastWithPriority?.priority ?? priorityWithoutOne);
    byPriority[key] = (byPriority[key] ?? 0) + 1;
  }
  const how = (holds: (columns: LogLine["columns"]) => boolean) =>
    incidents.filter(({ last }) => last !== null && holds(last.columns)).length;
  return {
    incidents: incidents.length,
    events,
    byPriority,
    reassigned: how((columns) => counter(columns, "reassignment_count") > 0),
    reopened: how((columns) => counter(columns, "reopen_count") > 0),
    levelMade: how((columns) => columns["made_sla"]?.trim() === "true"),
    levelMissed: how((columns) => columns["made_sla"]?.trim() === "false"),
    notUnderstood,
  };
}
