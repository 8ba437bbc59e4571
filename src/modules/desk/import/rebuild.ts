import type { BroughtRecord } from "../../../kernel/store/bring-in.ts";
import type { BroughtEvent } from "../../../kernel/store/many-rows.ts";
import type { EventBody } from "../../../kernel/store/timeline.ts";
import { priorityWithoutOne } from "./figures.ts";
import { cut, inOrder, londonTime, present } from "./log-line.ts";
import type { LogLine } from "./log-line.ts";
import type { Places } from "./places.ts";

/** The name by which tickets say that they came from such a log. */
export const sourceName = "servicenow-log";

const waiting = "waiting_";

/** An incident's lines, however they lay in the file. */
export interface Incident {
  readonly number: string;
  readonly lines: readonly LogLine[];
}

/** A line with the moment at which it is put on the timeline. */
export type TimedLine = LogLine & { readonly at: number };

/** Where a ticket stands while its history is told line by line. */
export interface Standing {
  readonly values: Readonly<Record<string, unknown>>;
  readonly state: string;
  readonly closedAt: Temporal.Instant | null;
  /** The columns of the last line that was whole. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Rebuilds an incident from its lines: created when it was opened, then one event for each line at the line's own time. */
export function rebuild(incident: Incident, places: Places, now: Temporal.Instant): BroughtRecord {
  const lines = timed(incident.lines, now);
  const first = lines.find(({ whole }) => whole) ?? null;
  const opened = first === null ? null : londonTime(first.columns["opened_at"] ?? "");
  const start = Math.min(opened ?? Infinity, lines[0]?.at ?? now.epochMilliseconds);
  const values = startingValues(incident.number, first, places);
  const by = present(first?.columns["opened_by"]);
  const events: BroughtEvent[] = [
    {
      at: instant(start),
      verb: "created",
      body: { values: withoutNulls(values), state: "new", ...(by ? { by } : {}) },
    },
  ];
  let standing: Standing = { values, state: "new", closedAt: null, columns: {} };
  for (const line of lines) {
    const told = tell(standing, line, places);
    events.push(told.event);
    standing = told.standing;
  }
  return {
    values: { ...standing.values, sourceColumns: columnsText(standing.columns) },
    state: standing.state,
    openedAt: instant(start),
    closedAt: standing.closedAt,
    events,
  };
}

/** Tells one line: the event that it is, and where the ticket stands after it. */
export function tell(before: Standing, line: TimedLine, places: Places): { event: BroughtEvent; standing: Standing } {
  const at = instant(line.at);
  if (!line.whole)
    return { event: { at, verb: "noted", body: { ...said(line), columns: line.columns } }, standing: before };
  const state = line.state ?? before.state;
  const told = valuesOf(line, places);
  const given = {
    ...told,
    ...(told["queue"] === before.values["queue"]
      ? {}
      : { queueChanges: Number(before.values["queueChanges"] ?? 0) + 1 }),
    waitingFor: state.startsWith(waiting) ? state.slice(waiting.length) : null,
  };
  const changes = Object.fromEntries(
    Object.entries(given).flatMap(([name, to]) =>
      (before.values[name] ?? null) === to ? [] : [[name, { from: before.values[name] ?? null, to }]],
    ),
  );
  const moved = state !== before.state;
  const changed = Object.keys(changes).length > 0;
  const move = moved ? moveBetween(before.state, state) : null;
  const body: EventBody = {
    ...(moved ? { ...(move ? { move } : {}), from: before.state, state } : {}),
    ...(changed ? { changes } : {}),
    ...said(line),
    columns: differing(before.columns, line.columns),
  };
  return {
    event: { at, verb: moved ? "moved" : changed ? "changed" : "noted", body },
    standing: {
      values: { ...before.values, ...given },
      state,
      closedAt: state === "closed" ? instant(londonTime(line.columns["closed_at"] ?? "") ?? line.at) : null,
      columns: line.columns,
    },
  };
}

/** Gives every line a moment, that of the line before it in the file where it says none, and puts them in order. */
export function timed(lines: readonly LogLine[], now: Temporal.Instant): TimedLine[] {
  const inFile = lines.toSorted((one, other) => one.line - other.line);
  let before = inFile.find(({ at }) => at !== null) ?? null;
  return inFile
    .map((line): TimedLine => {
      if (line.at !== null) before = line;
      return {
        ...line,
        at: line.at ?? before?.at ?? now.epochMilliseconds,
        count: line.at === null ? (before?.count ?? 0) : line.count,
      };
    })
    .toSorted(inOrder);
}

/** The columns of a line as the ticket keeps them: a list that reads well, without what the source left empty. */
export function columnsText(columns: Readonly<Record<string, string>>): string | null {
  const lines = Object.entries(columns).flatMap(([name, cell]) =>
    present(cell) === null ? [] : [`- ${name}: ${present(cell)}`],
  );
  return lines.length > 0 ? lines.join("\n") : null;
}

function startingValues(number: string, first: LogLine | null, places: Places): Readonly<Record<string, unknown>> {
  return {
    summary: `Incident ${number}`,
    kind: "incident",
    impact: 2,
    urgency: 2,
    priority: priorityWithoutOne,
    category: null,
    queue: places.queueOf(null),
    team: places.teamOf(null),
    owner: null,
    requester: null,
    source: sourceName,
    sourceReference: number,
    ...(first ? valuesOf(first, places) : {}),
  };
}

/** The values that a line gives. A level that it does not give stays as it was; a person or a group can be taken away. */
function valuesOf(line: LogLine, places: Places): Record<string, unknown> {
  const { columns, number } = line;
  const category = present(columns["category"]);
  const subcategory = present(columns["subcategory"]);
  const group = present(columns["assignment_group"]);
  return {
    summary: cut([category, subcategory].filter((part) => part !== null).join(", "), 200) || `Incident ${number}`,
    ...(line.impact === null ? {} : { impact: line.impact }),
    ...(line.urgency === null ? {} : { urgency: line.urgency }),
    ...(line.priority === null ? {} : { priority: line.priority }),
    category: places.categoryOf(category, subcategory),
    queue: places.queueOf(group),
    team: places.teamOf(group),
    owner: places.personOf(present(columns["assigned_to"])),
    requester: places.personOf(present(columns["caller_id"])),
  };
}

/** The desk's own name for a step of the source, where it has one. */
function moveBetween(from: string, to: string): string | null {
  if (to === "resolved") return "resolve";
  if (to === "closed") return "close";
  if (to.startsWith(waiting)) return "wait";
  if (to !== "assigned") return null;
  if (from.startsWith(waiting)) return "resume";
  return from === "resolved" || from === "closed" ? "reopen" : "assign";
}

function said(line: LogLine): EventBody {
  const by = present(line.columns["sys_updated_by"]);
  return {
    ...(by ? { by } : {}),
    ...(line.problems.length > 0 ? { note: `Not understood: ${line.problems.join("; ")}` } : {}),
  };
}

/** The cells that differ from the whole line before, all of them after none; so the lines can be read back exactly. */
function differing(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const gone = Object.keys(before).filter((name) => !(name in after) && before[name] !== "?");
  return Object.fromEntries([
    ...Object.entries(after).filter(([name, cell]) => before[name] !== cell),
    ...gone.map((name) => [name, "?"] as const),
  ]);
}

function withoutNulls(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function instant(epochMilliseconds: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds);
}
