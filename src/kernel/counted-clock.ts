import type { ClockReading, TimelineFact } from "./clock.ts";
import type { Division } from "./clocks/holidays.ts";
import type { KnownHolidays } from "./clocks/known-holidays.ts";
import { ClockRefused } from "./clocks/refused.ts";
import type { DeadlineAnswer } from "./clocks/rule.ts";
import { ruleNamed } from "./clocks/rules.ts";
import { formatDay } from "./fields/date.ts";

/**
 * A day of the law or of a local rule, counted by one of the rules of the clock engine (see `clocks/rules.ts`) from a day that a
 * field names and from what happened since.
 */
export interface CountedClock<StateName extends string, FieldName extends string = string> {
  readonly rule: "counted";
  readonly label: string;
  /** Which rule counts for a record with these values; null where none does. */
  readonly by: (
    values: Readonly<Record<string, unknown>>,
  ) => { readonly rule: string; readonly division?: Division } | null;
  /** The date field of the day to count from. */
  readonly from: FieldName;
  /**
   * Date fields, and the kind of event that each is. A day where there was none has happened once more, another day corrects
   * the last. A move that takes the day away makes room for the next; taken away by a change it has not happened.
   */
  readonly events: Readonly<Partial<Record<FieldName, string>>>;
  readonly stopsIn: readonly StateName[];
  readonly cancelsIn: readonly StateName[];
  /** `due` unless told; `workTo` runs only where another reading of the law wants the work done on an earlier day. */
  readonly day?: "due" | "workTo";
}

interface ReadOptions {
  readonly name: string;
  readonly facts: readonly TimelineFact[];
  readonly holidays: KnownHolidays | null;
  readonly explain?: boolean;
}

/** What a timeline says of such a clock. */
interface Course {
  values: Readonly<Record<string, unknown>>;
  state: string;
  events: { field: string; kind: string; value: string }[];
  startedAt: Temporal.Instant | null;
  /** When it came into the state that it is in. */
  since: Temporal.Instant | null;
}

/** Reads such a clock from a record's timeline; null before the day to count from is known, and where no rule counts. */
export function readCounted(definition: CountedClock<string>, options: ReadOptions): ClockReading | null {
  const course = follow(definition, options.facts);
  const from = course.values[definition.from];
  const by = definition.by(course.values);
  if (!course.startedAt || !course.since || !by || typeof from !== "string") return null;
  const answer = asked(by, from, course, options);
  const day = dayOf(definition, answer);
  const stopped = definition.stopsIn.includes(course.state);
  const cancelled = definition.cancelsIn.includes(course.state) || (definition.day === "workTo" && day === null);
  const dueAt = day === null ? null : endOf(day);
  return {
    name: options.name,
    label: definition.label,
    rule: "counted",
    state: cancelled ? "cancelled" : stopped ? "stopped" : dueAt ? "running" : "paused",
    startedAt: course.startedAt,
    dueAt: cancelled ? null : dueAt,
    stoppedAt: stopped && !cancelled ? course.since : null,
    outcome:
      stopped && !cancelled && dueAt ? (Temporal.Instant.compare(course.since, dueAt) < 0 ? "met" : "missed") : null,
    targetMinutes: null,
    elapsedMinutes: 0,
    pausedMinutes: 0,
    metOnlyByPause: false,
    policyVersion: ruleNamed(by.rule).citation,
    calendarVersion: answer.calendarVersion ?? "",
    warnings: [],
    sentence: answer.sentence.replaceAll(/\d{4}-\d{2}-\d{2}/g, formatDay),
    ledger: options.explain ? answer.ledger : null,
    alternative: answer.alternative,
  };
}

function follow({ events }: CountedClock<string>, facts: readonly TimelineFact[]): Course {
  const course: Course = { values: {}, state: "", events: [], startedAt: null, since: null };
  for (const { at, verb, state, values } of facts) {
    course.startedAt ??= at;
    if (state !== undefined && state !== course.state) [course.state, course.since] = [state, at];
    if (!values) continue;
    const before = course.values;
    course.values = { ...course.values, ...values };
    for (const [field, kind] of Object.entries(events)) {
      if (!(field in values) || kind === undefined) continue;
      const value = values[field];
      if (verb === "moved" && typeof value !== "string") continue;
      const last = course.events.findLastIndex((one) => one.field === field);
      if (last >= 0 && typeof before[field] === "string") course.events.splice(last, 1);
      if (typeof value === "string") course.events.push({ field, kind, value });
    }
  }
  return course;
}

type Answer = Pick<DeadlineAnswer, "due" | "workTo" | "alternative" | "ledger" | "sentence" | "calendarVersion">;

/** What the rule says. What cannot be counted has no deadline, and the sentence says why. */
function asked(by: { rule: string; division?: Division }, from: string, course: Course, options: ReadOptions): Answer {
  try {
    return ruleNamed(by.rule).compute({
      from,
      events: course.events,
      division: by.division ?? "england-and-wales",
      holidays: options.holidays ?? undefined,
      explain: options.explain ?? false,
    });
  } catch (error) {
    if (!(error instanceof ClockRefused)) throw error;
    return { due: null, workTo: null, alternative: null, ledger: [], sentence: error.message, calendarVersion: "" };
  }
}

function dayOf({ day }: CountedClock<string>, { due, workTo }: Answer): string | null {
  if (day !== "workTo") return due;
  return workTo === due ? null : workTo;
}

/** A day ends at midnight, London’s time. */
function endOf(day: string): Temporal.Instant {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime("Europe/London").toInstant();
}
