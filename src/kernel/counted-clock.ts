import type { ClockReading, TimelineFact } from "./clock.ts";
import type { Division } from "./clocks/holidays.ts";
import type { KnownHolidays } from "./clocks/known-holidays.ts";
import { ClockRefused } from "./clocks/refused.ts";
import type { DeadlineAnswer } from "./clocks/rule.ts";
import { ruleNamed } from "./clocks/rules.ts";
import { formatDay } from "./fields/date.ts";
import { formatMoment } from "./fields/moment.ts";
import type { CouncilDays } from "./organisation/council-days.ts";

/**
 * A day of the law or of a local rule, or a moment, counted by one of the rules of the clock engine (see `clocks/rules.ts`) from
 * a day or a moment that a field names and from what happened since.
 */
export interface CountedClock<StateName extends string, FieldName extends string = string> {
  readonly rule: "counted";
  readonly label: string;
  /** Which rule counts for a record with these values; null where none does. Without a division it is the organisation’s own. */
  readonly by: (
    values: Readonly<Record<string, unknown>>,
  ) => { readonly rule: string; readonly division?: Division } | null;
  /** The date field of the day to count from, or the field of the moment. */
  readonly from: FieldName;
  /**
   * Date fields, and the kind of event that each is; what a rule knows nothing of makes no difference to it. A day where there was none has happened once more, another day corrects
   * the last. A move that takes the day away makes room for the next; taken away by a change it has not happened.
   */
  readonly events: Readonly<Partial<Record<FieldName, string>>>;
  readonly stopsIn: readonly StateName[];
  readonly cancelsIn: readonly StateName[];
  /** The field of the day or moment on which it was done, whatever state the record is in and whenever that was written down. */
  readonly stopsOn?: FieldName;
  /** Said of a rule that gives a moment and not a day, such as the 72 hours of a breach. */
  readonly ends?: "moment";
  /** `due` unless told; `workTo` runs only where another reading of the law wants the work done on an earlier day. */
  readonly day?: "due" | "workTo";
}

interface ReadOptions {
  readonly name: string;
  readonly facts: readonly TimelineFact[];
  readonly holidays: KnownHolidays | null;
  readonly council: CouncilDays | null;
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
  /** When it was written down on which day it was done. */
  told: Temporal.Instant | null;
}

/** Reads such a clock from a record's timeline; null before the day to count from is known, and where no rule counts. */
export function readCounted(definition: CountedClock<string>, options: ReadOptions): ClockReading | null {
  const course = follow(definition, options.facts);
  const from = course.values[definition.from];
  const by = definition.by(course.values);
  if (!course.startedAt || !course.since || !by || typeof from !== "string") return null;
  const answer = asked(by, from, course, options);
  const day = dayOf(definition, answer);
  const stoppedAt = stopOf(definition, course);
  const stopped = stoppedAt !== null;
  const cancelled =
    (!stopped && definition.cancelsIn.includes(course.state)) || (definition.day === "workTo" && day === null);
  const dueAt = day === null ? null : endOf(day);
  return {
    name: options.name,
    label: definition.label,
    rule: "counted",
    state: cancelled ? "cancelled" : stopped ? "stopped" : dueAt ? "running" : "paused",
    startedAt: course.startedAt,
    dueAt: cancelled ? null : dueAt,
    stoppedAt: cancelled ? null : stoppedAt,
    outcome: stoppedAt && !cancelled && dueAt ? outcomeOf(day, stoppedAt, dueAt) : null,
    targetMinutes: null,
    elapsedMinutes: 0,
    pausedMinutes: 0,
    metOnlyByPause: false,
    policyVersion: ruleNamed(by.rule).citation,
    calendarVersion: answer.calendarVersion ?? "",
    warnings: [],
    sentence: inWords(answer),
    ends: definition.ends ?? "day",
    ledger: options.explain ? answer.ledger : null,
    alternative: answer.alternative,
  };
}

/** When it was done; null while it is not. What was written down later was done when that day ended, at the latest. */
function stopOf({ stopsOn, stopsIn }: CountedClock<string>, course: Course): Temporal.Instant | null {
  const on = stopsOn === undefined ? null : course.values[stopsOn];
  if (typeof on === "string") {
    if (isMoment(on)) return Temporal.Instant.from(on);
    const last = endOf(on).subtract({ minutes: 1 });
    return course.told && Temporal.Instant.compare(course.told, last) < 0 ? course.told : last;
  }
  return stopsIn.includes(course.state) ? course.since : null;
}

/** A day ends with it; a moment may still be kept to. */
function outcomeOf(day: string | null, stoppedAt: Temporal.Instant, dueAt: Temporal.Instant): "met" | "missed" {
  const after = Temporal.Instant.compare(stoppedAt, dueAt);
  return after < 0 || (after === 0 && day !== null && isMoment(day)) ? "met" : "missed";
}

function isMoment(text: string): boolean {
  return text.includes("T");
}

function inWords({ sentence, due }: Answer): string {
  const said = due !== null && isMoment(due) ? sentence.replace(due, formatMoment(due)) : sentence;
  return said.replaceAll(/\d{4}-\d{2}-\d{2}/g, formatDay);
}

function follow({ events, stopsOn }: CountedClock<string>, facts: readonly TimelineFact[]): Course {
  const course: Course = { values: {}, state: "", events: [], startedAt: null, since: null, told: null };
  for (const { at, verb, state, values } of facts) {
    course.startedAt ??= at;
    if (state !== undefined && state !== course.state) [course.state, course.since] = [state, at];
    if (!values) continue;
    const before = course.values;
    course.values = { ...course.values, ...values };
    if (stopsOn !== undefined && stopsOn in values && values[stopsOn] !== before[stopsOn]) course.told = at;
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
  const { council } = options;
  try {
    const rule = ruleNamed(by.rule);
    return rule.compute({
      from,
      events: course.events.filter(({ kind }) => Object.hasOwn(rule.events, kind)),
      division: by.division ?? council?.division ?? "england-and-wales",
      closures: council?.closures,
      days: council?.days[by.rule],
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

/** A day ends at midnight, London’s time; a moment is one already. */
function endOf(day: string): Temporal.Instant {
  if (isMoment(day)) return Temporal.Instant.from(day);
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime("Europe/London").toInstant();
}
