import type { CalendarHoliday, WorkingCalendar } from "./calendars.ts";
import { ClockRefused } from "./refused.ts";

/** One day of a ledger in working days. `day` is its number when it counts (1 to n), otherwise null. */
export interface DayLine {
  readonly date: string;
  readonly counted: boolean;
  readonly day: number | null;
  readonly why: string;
  readonly citation: string;
}

/** Days that do not count, both ends inclusive; `to` null while it still goes on. */
export interface DayStop {
  readonly from: Temporal.PlainDate;
  readonly to: Temporal.PlainDate | null;
  readonly why: string;
  readonly citation: string;
}

export interface CountOptions {
  /** Cited for a day that counts. */
  readonly citation: string;
  readonly stops?: readonly DayStop[];
  /** Another reading of the law may count a holiday after all. */
  readonly countHoliday?: (holiday: CalendarHoliday) => boolean;
}

/** The holiday of that day, or the weekend's name; null on a working day. Refuses a day outside the calendar. */
export function whyNotWorking(calendar: WorkingCalendar, date: Temporal.PlainDate): string | null {
  const iso = date.toString();
  if (iso < calendar.from || iso > calendar.to) {
    throw new ClockRefused(
      `${iso} is outside the calendar, which holds ${calendar.from.slice(0, 4)} to ${calendar.to.slice(0, 4)}`,
    );
  }
  const holiday = calendar.holidays.get(iso);
  if (holiday) return holiday.projected ? `${holiday.name} (not yet published)` : holiday.name;
  return date.dayOfWeek === 6 ? "Saturday" : date.dayOfWeek === 7 ? "Sunday" : null;
}

/** Whether the day is a working day of the calendar. */
export function isWorkingDay(calendar: WorkingCalendar, date: Temporal.PlainDate): boolean {
  return whyNotWorking(calendar, date) === null;
}

/** The first working day after the date. */
export function nextWorkingDay(calendar: WorkingCalendar, date: Temporal.PlainDate): Temporal.PlainDate {
  let day = date.add({ days: 1 });
  while (!isWorkingDay(calendar, day)) day = day.add({ days: 1 });
  return day;
}

/**
 * The n-th working day after `from` (day 1 is the next working day), with a line for every day after `from`.
 * `due` is null when a stop that still goes on is met first; the ledger then ends with the stop's first day.
 */
export function addWorkingDays(
  calendar: WorkingCalendar,
  from: Temporal.PlainDate,
  count: number,
  options: CountOptions,
): { due: Temporal.PlainDate | null; ledger: DayLine[] } {
  const ledger: DayLine[] = [];
  let date = from;
  for (let day = 0; day < count;) {
    date = date.add({ days: 1 });
    const stop = options.stops?.find((s) => includes(s, date));
    if (stop) ledger.push({ date: date.toString(), counted: false, day: null, why: stop.why, citation: stop.citation });
    if (stop?.to === null) return { due: null, ledger };
    if (stop) continue;
    const reason = notCounted(calendar, date, options);
    if (reason === null) day += 1;
    ledger.push({
      date: date.toString(),
      counted: reason === null,
      day: reason === null ? day : null,
      why: reason ?? `Working day ${day}`,
      citation: reason === null ? options.citation : calendar.citation,
    });
  }
  return { due: date, ledger };
}

function includes(stop: DayStop, date: Temporal.PlainDate): boolean {
  if (Temporal.PlainDate.compare(date, stop.from) < 0) return false;
  return stop.to === null || Temporal.PlainDate.compare(date, stop.to) <= 0;
}

function notCounted(calendar: WorkingCalendar, date: Temporal.PlainDate, options: CountOptions): string | null {
  const reason = whyNotWorking(calendar, date);
  const holiday = calendar.holidays.get(date.toString());
  return reason !== null && holiday && date.dayOfWeek < 6 && options.countHoliday?.(holiday) ? null : reason;
}
