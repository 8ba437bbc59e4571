import type { WorkingCalendar } from "./calendars.ts";
import { addMonths, dayFrom, isoOf } from "./days.ts";
import type { Day } from "./days.ts";
import { ClockRefused } from "./refused.ts";
import { surpriseInCount, withReadings } from "./readings.ts";
import type { DayResult, Reading } from "./readings.ts";
import { isWorkingDay, lastDayOf, linesOf, workingDayAfter, workingDaysBetween } from "./working-days.ts";
import type { DayLine, DayStop } from "./working-days.ts";

/**
 * What happened to a request, each on a calendar day: `asked` for clarification, `clarified` (the day the answer
 * came), a `fees-notice` given, `fees-paid`, the time `extended` (the day of the notice), an answer `expected` (the day that
 * the notice told).
 */
export interface RequestEvent {
  readonly kind: "asked" | "clarified" | "fees-notice" | "fees-paid" | "extended" | "expected";
  /** ISO date. */
  readonly on: string;
}

/** How a law counts the working days of a request for information. */
export interface RequestLaw {
  readonly days: number;
  /** In all, after a notice of extension given by the first deadline; to the day that it tells (`told`); null where there is none. */
  readonly daysExtended: number | "told" | null;
  /** Cited for a day that counts beyond the first deadline. */
  readonly extension?: string;
  /** Cited for a day that counts, for a clarification that starts the count afresh, for the days of a fees notice. */
  readonly counts: string;
  readonly clarification: string;
  readonly fees: string;
  /** Cited where a notice of extension was given before a clarification came. */
  readonly overtaking: string;
  /** What is asked and what is charged must be said by the first deadline, also where the time was extended. */
  readonly noticeByFirstDeadline: boolean;
  /** The last day on which a fee can be paid, and what is said of one that is not. */
  readonly lastDayToPay: (notice: Day, calendar: WorkingCalendar) => Day;
  readonly unpaid: { readonly why: string; readonly citation: string };
  /** Who reads a receipt on a non-working day as one of the next working day; null where nobody does. */
  readonly receiptRead: string | null;
}

export interface RequestInput {
  /** The day of receipt: any calendar day, as an ISO date. */
  readonly received: string;
  /** In any order; same-day events keep the order given. */
  readonly events?: readonly RequestEvent[];
  readonly calendar: WorkingCalendar;
  /** The extended time without a notice: a question of what the extension would give. */
  readonly extended?: boolean;
  /** Months without an answer to a request for clarification until the case lapses: 2 unless told. */
  readonly clarificationLapseMonths?: number;
  /** Whether the day-by-day ledger is wanted: it is, unless told. */
  readonly explain?: boolean;
}

interface Course {
  start: Day;
  days: number;
  /** The day of the question still unanswered. */
  asked: Day | null;
  stops: DayStop[];
  /** The day of the fees notice still unpaid. */
  notice: Day | null;
  /** The day of the notice of extension that the days were counted by; null where none was in time. */
  extended: Day | null;
  /** The same of one that a clarification overtook, and that was not told anew. */
  overtaken: Day | null;
  notes: string[];
}

/**
 * When a request for information must be answered by a law. Refuses (`ClockRefused`) events before receipt, a payment
 * without a notice, and days outside the calendar.
 */
export function informationRequest(law: RequestLaw, input: RequestInput): DayResult {
  const { calendar, events = [], explain = true } = input;
  const received = dayFrom(input.received);
  const course = events.length > 0 ? follow(law, input, received) : begin(law, input, received);
  const stops = [...course.stops];
  if (course.notice !== null) stops.push(unpaidStop(law, course.notice));
  if (course.asked !== null) stops.push(clarificationStop(law, course.asked));
  const count = { calendar, from: course.start, days: course.days, stops };
  const due = lastDayOf(count);
  return {
    ...withReadings(due, [
      surpriseInCount(count, due),
      laterReceipt(law, count, due),
      withoutExtension(law, count, course.overtaken),
    ]),
    lapses: due === null ? lapse(law, course, input) : null,
    notes: course.notes,
    ledger: explain
      ? [...beforeTheCount(law, received, course.start), ...linesOf({ ...count, ...citations(law) })]
      : [],
    calendarVersion: calendar.version,
  };
}

function citations({ counts, days, extension }: RequestLaw) {
  return { citation: counts, ...(extension === undefined ? {} : { later: { after: days, citation: extension } }) };
}

function begin(law: RequestLaw, { extended }: RequestInput, received: Day): Course {
  const days = extended && typeof law.daysExtended === "number" ? law.daysExtended : law.days;
  return { start: received, days, asked: null, stops: [], notice: null, extended: null, overtaken: null, notes: [] };
}

/** Follows clarification, fees and extension in order: where the count starts, how many days, whether it waits. */
function follow(law: RequestLaw, input: RequestInput, received: Day): Course {
  const course = begin(law, input, received);
  const events = (input.events ?? []).map(({ kind, on }) => ({ kind, on, day: dayFrom(on) }));
  events.sort((a, b) => a.day - b.day);
  // A notice that is named is what the extension stands on.
  if (events.some(({ kind }) => kind === "extended")) course.days = law.days;
  const late = { asked: false, notice: false };
  for (const { kind, on, day } of events) {
    if (day < received)
      throw new ClockRefused(`The event “${kind}” on ${on} is before the receipt on ${isoOf(received)}`);
    if (kind === "asked") {
      late.asked = isAfter(law, input, course, day, law.noticeByFirstDeadline);
      if (late.asked) course.notes.push(`Clarification was asked for on ${on}, too late: the days do not start again`);
      else course.asked ??= day;
    } else if (kind === "clarified" && !late.asked) {
      course.start = day;
      course.asked = null;
      overtake(law, course, on);
    } else if (kind === "extended" && law.daysExtended !== null) {
      if (!isAfter(law, input, course, day, true)) extend(course, daysWith(law, input, course), day);
      else course.notes.push(`The extension notice of ${on} came after the first deadline: it gives no more time`);
    } else if (kind === "fees-notice") {
      late.notice = law.noticeByFirstDeadline && isAfter(law, input, course, day, true);
      if (late.notice) course.notes.push(`The fees notice of ${on} came after the first deadline: no day is left out`);
      else course.notice ??= day;
    } else if (kind === "fees-paid" && !late.notice) pay(law, input.calendar, course, day);
  }
  return course;
}

/** How many days there are with an extension: as many as the law says, or to the day that was told, which takes none away. */
function daysWith(law: RequestLaw, { events = [], calendar }: RequestInput, course: Course): number {
  if (law.daysExtended !== "told") return law.daysExtended ?? law.days;
  const told = events.findLast(({ kind }) => kind === "expected")?.on;
  if (told === undefined) {
    course.notes.push("The notice tells no day by which an answer is expected: it gives no more time");
    return law.days;
  }
  return Math.max(law.days, workingDaysBetween(calendar, course.start, Math.max(dayFrom(told), course.start)));
}

function extend(course: Course, days: number, notice: Day): void {
  course.days = days;
  course.extended = notice;
  course.overtaken = null;
}

/**
 * A clarification is a new day of receipt (FOIA s10(6)(b), EIR reg 9(4)), and an extension is told within the days that begin with it. No
 * provision ends a notice from before, so it holds; whether it does is disputed, and people work to the days without it until it is told anew.
 */
function overtake(law: RequestLaw, course: Course, clarified: string): void {
  if (course.extended === null) return;
  course.notes.push(
    `The extension of ${isoOf(course.extended)} was told before the clarification came on ${clarified}. Tell it anew within the fresh ${law.days} days if they have to be extended`,
  );
  course.overtaken = course.extended;
}

/** Whether a day is past the deadline as it stands: the first one, or that after an extension. Nothing is late while held. */
function isAfter(law: RequestLaw, { calendar }: RequestInput, course: Course, day: Day, first: boolean): boolean {
  if (course.asked !== null || course.notice !== null) return false;
  const { start: from, stops } = course;
  const due = lastDayOf({ calendar, from, days: first ? law.days : course.days, stops });
  return due !== null && day > due;
}

/** The days from the notice to the payment, both inclusive, do not count. Paid too late, it has lapsed and stays held. */
function pay(law: RequestLaw, calendar: WorkingCalendar, course: Course, day: Day): void {
  if (course.notice === null)
    throw new ClockRefused(`The fee was paid on ${isoOf(day)}, but there is no fees notice before it`);
  if (day > law.lastDayToPay(course.notice, calendar)) return;
  const why = "From the fees notice to the payment: does not count";
  course.stops.push({ from: course.notice, to: day, why, citation: law.fees });
  course.notice = null;
}

function unpaidStop(law: RequestLaw, notice: Day): DayStop {
  return { from: notice, to: null, why: "Held from the fees notice until the fee is paid", citation: law.fees };
}

function clarificationStop({ days, clarification }: RequestLaw, asked: Day): DayStop {
  const why = `Held until the clarification comes; then a fresh ${days} days`;
  return { from: asked, to: null, why, citation: clarification };
}

/** The fresh days after a clarification that overtook a notice of extension, read as not extended by it. */
function withoutExtension(
  law: RequestLaw,
  count: Parameters<typeof lastDayOf>[0],
  overtaken: Day | null,
): Reading | null {
  if (overtaken === null) return null;
  return {
    due: lastDayOf({ ...count, days: law.days }),
    reading: `The extension told on ${isoOf(overtaken)}, before the clarification came, does not extend the fresh ${law.days} days`,
    citation: law.overtaking,
  };
}

/** A receipt on a non-working day, read as one of the next working day. */
function laterReceipt({ receiptRead }: RequestLaw, count: Parameters<typeof lastDayOf>[0], due: Day | null) {
  if (due === null || receiptRead === null || isWorkingDay(count.calendar, count.from)) return null;
  const reading: Reading = {
    due: lastDayOf({ ...count, from: workingDayAfter(count.calendar, count.from, 1) }),
    reading: "Received on a non-working day: read as received on the next working day",
    citation: receiptRead,
  };
  return reading;
}

function lapse(law: RequestLaw, course: Course, input: RequestInput): DayResult["lapses"] {
  if (course.notice !== null) {
    return { on: isoOf(law.lastDayToPay(course.notice, input.calendar) + 1), ...law.unpaid };
  }
  if (course.asked === null) return null;
  const months = input.clarificationLapseMonths ?? 2;
  const why = `No answer to the request for clarification within ${months} months`;
  return { on: isoOf(addMonths(course.asked, months)), why, citation: `${law.clarification}; local rule` };
}

/** The day of receipt, and whatever a fresh start after clarification made void. */
function beforeTheCount(law: RequestLaw, received: Day, start: Day): DayLine[] {
  const lines: DayLine[] = [];
  for (let day = received; day < start; day++) {
    const why = "Before the clarification came: the days start afresh";
    lines.push({ date: isoOf(day), counted: false, day: null, why, citation: law.clarification });
  }
  const what = start === received ? "Day of receipt" : "Day the clarification came";
  const why = `${what}: day 1 is the next working day`;
  return [...lines, { date: isoOf(start), counted: false, day: null, why, citation: law.counts }];
}
