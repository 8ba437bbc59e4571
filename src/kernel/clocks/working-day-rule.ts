import type { WorkingCalendar } from "./calendars.ts";
import { dayFrom, isoOf } from "./days.ts";
import type { Day } from "./days.ts";
import { surpriseInCount, withReadings } from "./readings.ts";
import type { DayResult } from "./readings.ts";
import { isWorkingDay, lastDayOf, linesOf, whyNotWorking, workingDayAfter, workingDayBefore } from "./working-days.ts";
import type { DayLine } from "./working-days.ts";

/** So many working days from a day, which nothing stops. */
export interface WorkingDayRule {
  /** The day to count from, an ISO date, and what it is the day of. */
  readonly from: string;
  readonly what: string;
  readonly days: number;
  readonly calendar: WorkingCalendar;
  readonly citation: string;
  readonly explain?: boolean;
}

/** The n-th working day after a day. */
export function workingDaysAfter({ from, what, days, calendar, citation, explain = true }: WorkingDayRule): DayResult {
  const count = { calendar, from: dayFrom(from), days };
  const due = lastDayOf(count);
  const first = { date: from, counted: false, day: null, why: `${what}: day 1 is the next working day`, citation };
  return {
    ...withReadings(due, [surpriseInCount(count, due)]),
    ...plain(calendar, explain ? [first, ...linesOf({ ...count, citation })] : []),
  };
}

/** The n-th working day before a day: for written questions, which a constitution wants so long before a meeting. */
export function workingDaysBefore({ from, what, days, calendar, citation, explain = true }: WorkingDayRule): DayResult {
  const end = dayFrom(from);
  const due = workingDayBefore(calendar, end, days);
  const lines: DayLine[] = [];
  for (let day = due, left = days; explain && day < end; day++) {
    const reason = whyNotWorking(calendar, day);
    const why = reason ?? `Working day ${left} before the meeting`;
    lines.push({
      date: isoOf(day),
      counted: reason === null,
      day: reason === null ? left : null,
      why,
      citation: reason === null ? citation : calendar.citation,
    });
    if (reason === null) left -= 1;
  }
  const last = { date: from, counted: false, day: null, why: what, citation };
  return { ...withReadings(due, []), ...plain(calendar, explain ? [...lines, last] : []) };
}

/**
 * The last day of a period of so many consecutive working days that begins with a day: the first of them is that day, or the
 * working day before it.
 */
export function endOfPeriod({ from, what, days, calendar, citation, explain = true }: WorkingDayRule): DayResult {
  const day = dayFrom(from);
  const first: Day = isWorkingDay(calendar, day) ? day : workingDayBefore(calendar, day, 1);
  const count = { calendar, from: first, days: days - 1 };
  const line = { date: isoOf(first), counted: true, day: 1, why: `${what}: working day 1`, citation };
  const rest = explain ? linesOf({ ...count, citation }).map(oneLater) : [];
  return {
    ...withReadings(workingDayAfter(calendar, first, days - 1), []),
    ...plain(calendar, explain ? [line, ...rest] : []),
  };
}

function oneLater(line: DayLine): DayLine {
  return line.day === null ? line : { ...line, day: line.day + 1, why: `Working day ${line.day + 1}` };
}

function plain(calendar: WorkingCalendar, ledger: readonly DayLine[]) {
  return { lapses: null, notes: [], ledger, calendarVersion: calendar.version };
}
