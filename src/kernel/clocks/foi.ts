import { ukWorkingDays } from "./calendars.ts";
import type { CalendarHoliday, WorkingCalendar } from "./calendars.ts";
import { ClockRefused } from "./refused.ts";
import { addWorkingDays, isWorkingDay, nextWorkingDay } from "./working-days.ts";
import type { DayLine, DayStop } from "./working-days.ts";

type PlainDate = Temporal.PlainDate;

/**
 * What happened to a request, each on a calendar day: `asked` for clarification, `clarified` (the day the answer
 * came), a `fees-notice` given, `fees-paid`, the time `extended` (the day of the public-interest notice).
 */
export interface FoiEvent {
  readonly kind: "asked" | "clarified" | "fees-notice" | "fees-paid" | "extended";
  readonly on: PlainDate;
}

export interface FoiInput {
  /** The day of receipt: any calendar day. */
  readonly received: PlainDate;
  /** In any order; same-day events keep the order given. */
  readonly events?: readonly FoiEvent[];
  /** UK working days unless another is given. */
  readonly calendar?: WorkingCalendar;
  /** Months without an answer to a request for clarification until the case lapses. */
  readonly clarificationLapseMonths?: number;
}

/** A day by another reading of the law. */
export interface Alternative {
  readonly due: PlainDate;
  readonly reading: string;
  readonly citation: string;
}

export interface FoiResult {
  /** The last day for the answer (it ends at midnight); null while the clock is held. */
  readonly due: PlainDate | null;
  /** The earlier of `due` and the alternative: what boards, warnings and chasers use. */
  readonly workTo: PlainDate | null;
  readonly alternative: Alternative | null;
  /** While held: the first day on which the case has lapsed if nothing comes. */
  readonly lapses: { readonly on: PlainDate; readonly why: string; readonly citation: string } | null;
  /** Events that changed nothing, each with the reason. */
  readonly notes: readonly string[];
  readonly ledger: readonly DayLine[];
  readonly calendarVersion: string;
}

const compare = (a: PlainDate, b: PlainDate) => Temporal.PlainDate.compare(a, b);
const DAYS = 20;
const DAYS_EXTENDED = 40;

/**
 * When a request under the Freedom of Information Act 2000 must be answered: the 20th working day after receipt
 * (s10(1)). Refuses (`ClockRefused`) events before receipt, a payment without a notice, and days outside the calendar.
 */
export function foi(input: FoiInput): FoiResult {
  const calendar = input.calendar ?? ukWorkingDays();
  const events = (input.events ?? []).toSorted((a, b) => compare(a.on, b.on));
  const early = events.find((event) => compare(event.on, input.received) < 0);
  if (early)
    throw new ClockRefused(
      `The event “${early.kind}” on ${early.on.toString()} is before the receipt on ${input.received.toString()}`,
    );
  const fees = feeStops(events);
  const course = follow(calendar, input.received, events, fees);
  const stops = course.asked ? [...fees, clarificationStop(course.asked)] : fees;
  const count = (from: PlainDate, countHoliday?: (holiday: CalendarHoliday) => boolean) =>
    addWorkingDays(calendar, from, course.days, { citation: "FOIA 2000 s10(1)", stops, countHoliday });
  const { due, ledger } = count(course.start);
  const alternative = due && otherReading(calendar, course.start, due, (from, holiday) => count(from, holiday).due);
  return {
    due,
    workTo: due && alternative && compare(alternative.due, due) < 0 ? alternative.due : due,
    alternative,
    lapses: due ? null : lapse(course.asked, fees, input.clarificationLapseMonths ?? 2),
    notes: course.notes,
    ledger: [...beforeTheCount(input.received, course.start), ...ledger],
    calendarVersion: calendar.version,
  };
}

/** s10(2): the working days from the notice to the payment, both inclusive, do not count. */
function feeStops(events: readonly FoiEvent[]): DayStop[] {
  const stops: DayStop[] = [];
  const why = "From the fees notice to the payment: does not count";
  const citation = "FOIA 2000 s10(2)";
  let notice: PlainDate | null = null;
  for (const { kind, on } of events) {
    if (kind === "fees-notice") notice ??= on;
    if (kind !== "fees-paid") continue;
    if (!notice) throw new ClockRefused(`The fee was paid on ${on.toString()}, but there is no fees notice before it`);
    // Paid too late, the request has lapsed (s9(2)): the stop is left open.
    if (compare(on, lastDayToPay(notice)) > 0) break;
    stops.push({ from: notice, to: on, why, citation });
    notice = null;
  }
  if (notice) stops.push({ from: notice, to: null, why: "Held from the fees notice until the fee is paid", citation });
  return stops;
}

interface Course {
  start: PlainDate;
  days: number;
  /** The day of the question still unanswered. */
  asked: PlainDate | null;
  notes: string[];
}

/** Follows clarification and extension in order: where the count starts, how many days, whether it waits. */
function follow(calendar: WorkingCalendar, start: PlainDate, events: readonly FoiEvent[], stops: DayStop[]): Course {
  const course: Course = { start, days: DAYS, asked: null, notes: [] };
  const isAfter = (on: PlainDate, days: number) => {
    if (course.asked) return false;
    const { due } = addWorkingDays(calendar, course.start, days, { citation: "", stops });
    return due !== null && compare(on, due) > 0;
  };
  let askedLate = false;
  for (const { kind, on } of events) {
    if (kind === "asked") {
      askedLate = isAfter(on, course.days);
      if (askedLate)
        course.notes.push(
          `Clarification was asked for on ${on.toString()}, after the deadline: the days do not start again`,
        );
      else course.asked ??= on;
    } else if (kind === "clarified" && !askedLate) {
      course.start = on;
      course.asked = null;
    } else if (kind === "extended") {
      if (isAfter(on, DAYS))
        course.notes.push(
          `The extension notice of ${on.toString()} came after the first deadline: it gives no more time`,
        );
      else course.days = DAYS_EXTENDED;
    }
  }
  return course;
}

function clarificationStop(asked: PlainDate): DayStop {
  return {
    from: asked,
    to: null,
    why: "Held until the clarification comes; then a fresh 20 days",
    citation: "FOIA 2000 s1(3)",
  };
}

/** Where the law is disputed. A reading that brings the day nearer goes first, because people must work to it. */
function otherReading(
  calendar: WorkingCalendar,
  start: PlainDate,
  due: PlainDate,
  count: (from: PlainDate, countHoliday?: (holiday: CalendarHoliday) => boolean) => PlainDate | null,
): Alternative | null {
  const surprise = count(start, (holiday) => holiday.announced !== null && holiday.announced > start.toString());
  if (surprise && !surprise.equals(due)) {
    const reading = "A bank holiday proclaimed while the case runs still counts as a working day";
    return { due: surprise, reading, citation: "Banking and Financial Dealings Act 1971 s1(3); FOIA 2000 s10(6)" };
  }
  if (isWorkingDay(calendar, start)) return null;
  const later = count(nextWorkingDay(calendar, start));
  if (!later || later.equals(due)) return null;
  const reading = "Received on a non-working day: read as received on the next working day";
  return { due: later, reading, citation: "Freedom of Information Code of Practice (s45)" };
}

function lapse(asked: PlainDate | null, fees: readonly DayStop[], months: number): FoiResult["lapses"] {
  const unpaid = fees.find((stop) => stop.to === null);
  if (unpaid) {
    const on = lastDayToPay(unpaid.from).add({ days: 1 });
    return { on, why: "The fee is not paid within 3 months of the notice", citation: "FOIA 2000 s9(2)" };
  }
  if (!asked) return null;
  const why = `No answer to the request for clarification within ${months} months`;
  return { on: asked.add({ months }), why, citation: "FOIA 2000 s1(3); local rule" };
}

/** s9(2): three months beginning with the day of the notice. */
function lastDayToPay(notice: PlainDate): PlainDate {
  const end = notice.add({ months: 3 });
  return end.day === notice.day ? end.subtract({ days: 1 }) : end;
}

/** The day of receipt, and whatever a fresh start after clarification made void. */
function beforeTheCount(received: PlainDate, start: PlainDate): DayLine[] {
  const lines: DayLine[] = [];
  for (let date = received; compare(date, start) < 0; date = date.add({ days: 1 })) {
    const why = "Before the clarification came: the days start afresh";
    lines.push({ date: date.toString(), counted: false, day: null, why, citation: "FOIA 2000 s1(3)" });
  }
  const what = start.equals(received) ? "Day of receipt" : "Day the clarification came";
  const why = `${what}: day 1 is the next working day`;
  return [...lines, { date: start.toString(), counted: false, day: null, why, citation: "FOIA 2000 s10(1)" }];
}
