import { divisionWorkingDays, DIVISION_LABELS } from "./calendars.ts";
import type { WorkingCalendar } from "./calendars.ts";
import { addMonths, dayFrom, isoOf } from "./days.ts";
import type { Day } from "./days.ts";
import type { Division } from "./holidays.ts";
import type { KnownHolidays } from "./known-holidays.ts";
import { rollOf, rollLine } from "./roll.ts";
import { surpriseInRoll, withReadings } from "./readings.ts";
import type { DayResult, Reading } from "./readings.ts";
import { ClockRefused } from "./refused.ts";
import type { DayLine } from "./working-days.ts";

/**
 * What happened to a data subject's request, each on a calendar day: more was `asked` of them to find what they mean, and they
 * `answered`; proof of who they are was asked for, and they were `identified`; a fee was asked for and paid; the time was
 * `extended` (the day of the notice).
 */
export interface DataSubjectEvent {
  readonly kind: "asked" | "answered" | "identity-asked" | "identified" | "fees-notice" | "fees-paid" | "extended";
  /** ISO date. */
  readonly on: string;
}

export interface DataSubjectInput {
  /** The day of receipt, an ISO date. */
  readonly received: string;
  readonly events?: readonly DataSubjectEvent[];
  /** Whose public holidays put a day off. */
  readonly division: Division;
  readonly holidays?: KnownHolidays | undefined;
  /** The extended time without a notice. */
  readonly extended?: boolean;
  readonly explain?: boolean;
}

/** Article 12A, by which the days of a question do not count, is in force from then on. SI 2026/82 reg 2. */
const PAUSES_FROM = "2026-02-05";
const pauseCitation = "UK GDPR art 12A(5)";

interface Pause {
  readonly from: Day;
  readonly to: Day | null;
}

interface Course {
  start: Day;
  /** What the start is the day of. */
  startedBy: string;
  months: number;
  pauses: Pause[];
  /** Questions of a time before the law knew of pauses. */
  before: Pause[];
  /** Since when identity or fee are waited for. */
  waits: { kind: "identity-asked" | "fees-notice"; since: Day } | null;
  notes: string[];
  calendar: WorkingCalendar;
}

/**
 * When a request of a data subject must be answered: the corresponding date of the next month (UK GDPR arts 12(3), 12A), of the
 * third month where extended, put off by the days of a question. Rules 9 to 11 of the clocks page. Refuses (`ClockRefused`)
 * events before receipt, an answer to no question, and days outside the calendar.
 */
export function dataSubjectRequest(input: DataSubjectInput): DayResult {
  const calendar = divisionWorkingDays(input.division, input.holidays);
  const course = follow(input, calendar);
  const unrolled = course.waits ? null : lastDay(course, course.pauses, false);
  const due = unrolled === null ? null : rollOf(calendar, unrolled);
  const citation = `Public holidays of ${DIVISION_LABELS[input.division]}`;
  return {
    ...withReadings(due, [
      unrolled === null ? null : surpriseInRoll(calendar, course.start, unrolled, citation),
      halfOpen(course),
      byGuidance(course),
    ]),
    lapses: null,
    notes: course.notes,
    ledger: (input.explain ?? true) ? ledgerOf(course, dayFrom(input.received), unrolled, citation) : [],
    calendarVersion: calendar.version,
  };
}

function follow({ received, events = [], extended = false }: DataSubjectInput, calendar: WorkingCalendar): Course {
  const noticed = events.some(({ kind }) => kind === "extended");
  const start = dayFrom(received);
  const months = extended && !noticed ? 3 : 1;
  const startedBy = "Day of receipt";
  const course: Course = { start, startedBy, months, pauses: [], before: [], waits: null, notes: [], calendar };
  const dated = events.map(({ kind, on }) => ({ kind, on, day: dayFrom(on) })).sort((a, b) => a.day - b.day);
  for (const { kind, on, day } of dated) {
    if (day < start) throw new ClockRefused(`The event “${kind}” on ${on} is before the receipt on ${received}`);
    if (kind === "asked") ask(course, day);
    else if (kind === "answered") answer(course, day);
    else if (kind === "extended") extend(course, day);
    else if (kind === "identity-asked" || kind === "fees-notice") wait(course, kind, day);
    else startAnew(course, kind, day);
  }
  return course;
}

function ask(course: Course, day: Day): void {
  const early = isoOf(day) < PAUSES_FROM;
  if (course.pauses.at(-1)?.to === null || (early && course.before.at(-1)?.to === null)) return;
  if (early) {
    course.before.push({ from: day, to: null });
    course.notes.push(`What was asked on ${isoOf(day)} stops nothing: article 12A is in force from ${PAUSES_FROM}`);
  } else if (isLate(course, day)) {
    course.before.push({ from: day, to: null });
    course.notes.push(`What was asked on ${isoOf(day)} came after the deadline: it stops nothing`);
  } else course.pauses.push({ from: day, to: null });
}

function answer(course: Course, day: Day): void {
  const list = course.pauses.at(-1)?.to === null ? course.pauses : course.before;
  const open = list.at(-1);
  if (open?.to !== null) throw new ClockRefused(`An answer came on ${isoOf(day)}, but nothing was asked before it`);
  list[list.length - 1] = { from: open.from, to: day };
}

function extend(course: Course, day: Day): void {
  const first = course.waits ? null : lastDay({ ...course, months: 1 }, course.pauses, false);
  if (first === null || day <= rollOf(course.calendar, first)) course.months = 3;
  else course.notes.push(`The extension notice of ${isoOf(day)} came after the first month: it gives no more time`);
}

function wait(course: Course, kind: "identity-asked" | "fees-notice", day: Day): void {
  const what = kind === "fees-notice" ? "A fee" : "Proof of identity";
  if (isLate(course, day))
    course.notes.push(`${what} was asked for on ${isoOf(day)}, after the deadline: it stops nothing`);
  else course.waits ??= { kind, since: day };
}

/** The latest of receipt, identification and payment begins the month. */
function startAnew(course: Course, kind: "identified" | "fees-paid", day: Day): void {
  if (isLate(course, day)) return;
  const ends = kind === "identified" ? "identity-asked" : "fees-notice";
  if (course.waits?.kind === ends) course.waits = null;
  course.start = day;
  course.startedBy = kind === "identified" ? "Day on which it was known who asks" : "Day on which the fee was paid";
}

function isLate(course: Course, day: Day): boolean {
  if (course.waits) return false;
  const due = lastDay(course, course.pauses, false);
  return due !== null && day > rollOf(course.calendar, due);
}

/** The corresponding date and the days of the pauses after it, before weekends and holidays; null while one goes on. */
function lastDay({ start, months, calendar }: Course, pauses: readonly Pause[], halfOpen: boolean): Day | null {
  let last = addMonths(start, months);
  let paused = start - 1;
  for (const { from, to } of pauses) {
    if (to === null) return null;
    const first = Math.max(from, paused + 1);
    if (to < first) continue;
    // Asked on a day to which the end was put off: that day was still to come.
    if (first > last) last = rollOf(calendar, last);
    last += to - first + (halfOpen ? 0 : 1);
    paused = to;
  }
  return last;
}

/** The day of the answer counts again. */
function halfOpen(course: Course): Reading | null {
  if (course.waits || course.pauses.length === 0) return null;
  const unrolled = lastDay(course, course.pauses, true);
  return {
    due: unrolled === null ? null : rollOf(course.calendar, unrolled),
    reading: "The day on which the answer came counts again",
    citation: pauseCitation,
  };
}

/** Before article 12A the regulator's guidance stopped the clock for a question that was needed. */
function byGuidance(course: Course): Reading | null {
  const before = course.before.filter(({ from }) => isoOf(from) < PAUSES_FROM);
  if (course.waits || before.length === 0) return null;
  const unrolled = lastDay(course, [...before, ...course.pauses], false);
  return {
    due: unrolled === null ? null : rollOf(course.calendar, unrolled),
    reading: "The days of a question did not count before article 12A either, by the regulator’s guidance",
    citation: "ICO, Right of access (detailed guidance), October 2020",
  };
}

/** Every day from receipt to the end. The month's days are those from its first to the corresponding date, both counted. */
function ledgerOf(course: Course, received: Day, unrolled: Day | null, holidays: string): DayLine[] {
  const { start, startedBy, months, pauses, waits, calendar } = course;
  const lines: DayLine[] = [];
  const held = waits ?? pauses.at(-1);
  const heldFrom = waits ? waits.since : held && "to" in held && held.to === null ? held.from : null;
  const total = addMonths(start, months) - start + 1;
  const due = unrolled === null ? (heldFrom ?? received) : rollOf(calendar, unrolled);
  let counted = 0;
  for (let day = received; day <= Math.max(due, received); day++) {
    const line = (why: string, citation: string, counts = false) =>
      lines.push({ date: isoOf(day), counted: counts, day: counts ? counted : null, why, citation });
    const paused = pauses.some(({ from, to }) => day >= from && (to === null || day <= to));
    if (heldFrom === day && waits)
      line(
        `Held until ${waits.kind === "fees-notice" ? "the fee is paid" : "it is known who asks"}`,
        "UK GDPR art 12A(2)",
      );
    else if (day < start)
      line("Before it was known who asks, or the fee was paid: the month starts afresh", "UK GDPR art 12A(2)");
    else if (paused) line("From the question to the answer: does not count", pauseCitation);
    else if (counted < total) {
      counted += 1;
      const end =
        counted === total ? `: the corresponding date, ${months === 1 ? "a month" : `${months} months`} on` : "";
      line(
        day === start ? startedBy : `Day ${counted} of ${total}${end}`,
        months === 1 ? "UK GDPR arts 12(3), 12A(1)" : "UK GDPR arts 12(3), 12A(3)",
        true,
      );
    } else lines.push(rollLine(calendar, day, holidays));
  }
  return lines;
}
