import type { CalendarHoliday, WorkingCalendar } from "./calendars.ts";
import { dayFrom, isoOf, weekdayOf } from "./days.ts";
import type { Day } from "./days.ts";
import { ClockRefused } from "./refused.ts";

/** One day of a ledger in days. `day` is its number when it counts (1 to n), otherwise null. */
export interface DayLine {
  readonly date: string;
  readonly counted: boolean;
  readonly day: number | null;
  readonly why: string;
  readonly citation: string;
}

/** Days that do not count, both ends inclusive; `to` null while it still goes on. */
export interface DayStop {
  readonly from: Day;
  readonly to: Day | null;
  readonly why: string;
  readonly citation: string;
}

/** What is counted: the n-th working day after a day, less the stops. */
export interface Count {
  readonly calendar: WorkingCalendar;
  readonly from: Day;
  readonly days: number;
  readonly stops?: readonly DayStop[];
  /** Another reading of the law counts these holidays after all. */
  readonly countHoliday?: ((holiday: CalendarHoliday) => boolean) | undefined;
}

/** For each day of a calendar how many working days there are up to it, and the day of each working day. */
interface Index {
  readonly from: Day;
  readonly to: Day;
  readonly upTo: Int32Array;
  readonly nth: Int32Array;
  /** Proclaimed one-offs. */
  readonly proclaimed: readonly { readonly day: Day; readonly announced: string }[];
}

const indexes = new WeakMap<WorkingCalendar, Index>();

/** The holiday of that day, or the weekend's name; null on a working day. Refuses a day outside the calendar. */
export function whyNotWorking(calendar: WorkingCalendar, day: Day): string | null {
  mustHold(calendar, indexOf(calendar), day);
  return reasonFor(calendar, day);
}

/** Whether the day is a working day of the calendar. */
export function isWorkingDay(calendar: WorkingCalendar, day: Day): boolean {
  const index = indexOf(calendar);
  mustHold(calendar, index, day);
  return upTo(index, day) > upTo(index, day - 1);
}

/** The day itself where it is a working day, otherwise the next that is. */
export function workingDayFrom(calendar: WorkingCalendar, day: Day): Day {
  return isWorkingDay(calendar, day) ? day : workingDayAfter(calendar, day, 1);
}

/** The n-th working day after a day: day 1 is the next working day. */
export function workingDayAfter(calendar: WorkingCalendar, day: Day, days: number): Day {
  const index = indexOf(calendar);
  mustHold(calendar, index, day);
  return nthOf(calendar, index, upTo(index, day) + days);
}

/** How many working days there are after a day, up to and with another that does not come before it. */
export function workingDaysBetween(calendar: WorkingCalendar, from: Day, to: Day): number {
  const index = indexOf(calendar);
  mustHold(calendar, index, from);
  mustHold(calendar, index, to);
  return Math.max(0, upTo(index, to) - upTo(index, from));
}

/** The n-th working day before a day. */
export function workingDayBefore(calendar: WorkingCalendar, day: Day, days: number): Day {
  const index = indexOf(calendar);
  mustHold(calendar, index, day);
  return nthOf(calendar, index, upTo(index, day - 1) - days + 1);
}

/** The n-th working day after an ISO date, as an ISO date. */
export function workingDateAfter(calendar: WorkingCalendar, date: string, days: number): string {
  return isoOf(workingDayAfter(calendar, dayFrom(date), days));
}

/** The last day of a count; null when a stop that still goes on is met first. */
export function lastDayOf({ calendar, from, days, stops = [], countHoliday }: Count): Day | null {
  if (countHoliday) return slowly({ calendar, from, days, stops, countHoliday });
  const index = indexOf(calendar);
  mustHold(calendar, index, from);
  let counted = 0;
  let after = from;
  for (const stop of stops.length > 1 ? stops.toSorted((a, b) => a.from - b.from) : stops) {
    if (stop.to !== null && stop.to <= after) continue;
    if (stop.from > after) {
      const before = upTo(index, stop.from - 1) - upTo(index, after);
      if (counted + before >= days) break;
      counted += before;
    }
    if (stop.to === null) return null;
    after = stop.to;
  }
  mustHold(calendar, index, after);
  return nthOf(calendar, index, upTo(index, after) + days - counted);
}

/** What is cited for a day that counts; for those after a number of them something else. */
interface Cited {
  readonly citation: string;
  readonly later?: { readonly after: number; readonly citation: string };
}

/** Every day after the start up to the last, with why it counts or not; where the count is held, up to the first day of that. */
export function linesOf(count: Count & Cited): DayLine[] {
  const { calendar, from, days, stops = [], countHoliday, citation, later } = count;
  const lines: DayLine[] = [];
  for (let day = from + 1, counted = 0; counted < days; day++) {
    const stop = stops.find((one) => day >= one.from && (one.to === null || day <= one.to));
    const reason = stop ? stop.why : notCounted(calendar, day, countHoliday);
    if (reason === null) counted += 1;
    const holiday = calendar.holidays.get(isoOf(day));
    const cited = later && counted > later.after ? later.citation : citation;
    lines.push({
      date: isoOf(day),
      counted: reason === null,
      day: reason === null ? counted : null,
      why: reason ?? `Working day ${counted}`,
      citation: stop?.citation ?? (reason === null ? cited : (holiday?.citation ?? calendar.citation)),
    });
    if (stop?.to === null) break;
  }
  return lines;
}

/** Whether a holiday between two days (the first excluded) was made public after the first. */
export function hasSurprise(calendar: WorkingCalendar, from: Day, to: Day): boolean {
  const { proclaimed } = indexOf(calendar);
  return proclaimed.some(({ day, announced }) => day > from && day <= to && announced > isoOf(from));
}

/** The last day of a count day by day, where some holidays count. */
function slowly({ calendar, from, days, stops, countHoliday }: Count): Day | null {
  let day = from;
  for (let counted = 0; counted < days;) {
    day += 1;
    const stop = stops?.find((one) => day >= one.from && (one.to === null || day <= one.to));
    if (stop?.to === null) return null;
    if (!stop && notCounted(calendar, day, countHoliday) === null) counted += 1;
  }
  return day;
}

function notCounted(calendar: WorkingCalendar, day: Day, countHoliday: Count["countHoliday"]): string | null {
  const reason = whyNotWorking(calendar, day);
  const holiday = calendar.holidays.get(isoOf(day));
  return reason !== null && holiday && weekdayOf(day) < 6 && countHoliday?.(holiday) ? null : reason;
}

function reasonFor(calendar: WorkingCalendar, day: Day): string | null {
  const holiday = calendar.holidays.get(isoOf(day));
  if (holiday) return holiday.projected ? `${holiday.name} (not yet published)` : holiday.name;
  const weekday = weekdayOf(day);
  return weekday === 6 ? "Saturday" : weekday === 7 ? "Sunday" : null;
}

function indexOf(calendar: WorkingCalendar): Index {
  const known = indexes.get(calendar);
  if (known) return known;
  const [from, to] = [dayFrom(calendar.from), dayFrom(calendar.to)];
  const upToDay = new Int32Array(to - from + 1);
  const nth: number[] = [];
  for (let day = from; day <= to; day++) {
    if (reasonFor(calendar, day) === null) nth.push(day);
    upToDay[day - from] = nth.length;
  }
  const proclaimed = [...calendar.holidays].flatMap(([date, { announced }]) =>
    announced === null ? [] : [{ day: dayFrom(date), announced }],
  );
  const index = { from, to, upTo: upToDay, nth: Int32Array.from(nth), proclaimed };
  indexes.set(calendar, index);
  return index;
}

function upTo(index: Index, day: Day): number {
  return index.upTo[Math.min(day, index.to) - index.from] ?? 0;
}

function nthOf(calendar: WorkingCalendar, index: Index, number: number): Day {
  const day = index.nth[number - 1];
  if (day === undefined) refuseOutside(calendar, isoOf(number < 1 ? index.from - 1 : index.to + 1));
  return day;
}

function mustHold(calendar: WorkingCalendar, index: Index, day: Day): void {
  if (day < index.from || day > index.to) refuseOutside(calendar, isoOf(day));
}

function refuseOutside(calendar: WorkingCalendar, date: string): never {
  throw new ClockRefused(
    `${date} is outside the calendar, which holds ${calendar.from.slice(0, 4)} to ${calendar.to.slice(0, 4)}`,
  );
}
