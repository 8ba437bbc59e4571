import { ClockRefused } from "./refused.ts";
import { contentVersion } from "./version.ts";

/** Opening times of a day, local civil time `HH:MM`; `to` may be `24:00`. A night shift is written as two spans. */
export interface OpeningSpan {
  readonly from: string;
  readonly to: string;
}

/** Opening times by ISO weekday: 1 is Monday, 7 is Sunday. A day left out is closed. */
export type WeeklyHours = Readonly<Partial<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, readonly OpeningSpan[]>>>;

/** Weekly hours that take the place of those before them from a day on, `yyyy-mm-dd`. */
export interface LaterHours {
  readonly from: string;
  readonly weekly: WeeklyHours;
}

/** When a team is open. Make one with `businessCalendar`, which checks it and names its content. */
export interface BusinessCalendar {
  readonly zone: string;
  readonly weekly: WeeklyHours;
  /** Other weekly hours from a day on, in order of days: the last that has begun holds. */
  readonly later: readonly LaterHours[];
  /** ISO date to name; the team is closed all that day. */
  readonly holidays: ReadonlyMap<string, string>;
  readonly version: string;
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const CALENDARS_KEPT_MAX = 500;
const kept = new Map<string, BusinessCalendar>();

/**
 * A checked business calendar; the same content gives the same object, so that its openings are worked out once.
 * Zone is Europe/London unless given. Refuses a span that ends before it starts or is not `HH:MM`.
 */
export function businessCalendar(definition: {
  readonly zone?: string;
  readonly weekly: WeeklyHours;
  readonly later?: readonly LaterHours[];
  readonly holidays?: ReadonlyMap<string, string> | Iterable<readonly [string, string]>;
}): BusinessCalendar {
  const zone = definition.zone ?? "Europe/London";
  const weekly = checkedWeek(definition.weekly);
  const later = (definition.later ?? [])
    .map(({ from, weekly: hours }) => ({ from, weekly: checkedWeek(hours) }))
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const holidays = [...(definition.holidays ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const version = contentVersion("hours", [zone, weekly, holidays, ...(later.length > 0 ? [later] : [])]);
  const calendar = kept.get(version) ?? { zone, weekly, later, holidays: new Map(holidays), version };
  if (kept.size >= CALENDARS_KEPT_MAX) kept.clear();
  kept.set(version, calendar);
  return calendar;
}

function checkedWeek(given: WeeklyHours): WeeklyHours {
  const weekly: Partial<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, readonly OpeningSpan[]>> = {};
  for (const day of WEEKDAYS) {
    const spans = joined(given[day] ?? []);
    if (spans.length > 0) weekly[day] = spans;
  }
  return weekly;
}

/** Whether the calendar has opening hours at all, now or from some day on. */
export function everOpens({ weekly, later }: BusinessCalendar): boolean {
  return [weekly, ...later.map((hours) => hours.weekly)].some((hours) => Object.keys(hours).length > 0);
}

/** The opening spans of a day: none on a holiday. */
export function spansOn(calendar: BusinessCalendar, date: Temporal.PlainDate): readonly OpeningSpan[] {
  const day = date.toString();
  if (calendar.holidays.has(day)) return [];
  const weekday = WEEKDAYS[date.dayOfWeek - 1];
  return (weekday && weekOn(calendar, day)[weekday]) ?? [];
}

/** Minutes of a working day: what the days of the week that are open are open for on average, by the hours of that day; 0 for never. */
export function minutesOfWorkingDay(calendar: BusinessCalendar, date: Temporal.PlainDate): number {
  const week = weekOn(calendar, date.toString());
  const days = WEEKDAYS.flatMap((weekday) => week[weekday] ?? []);
  const minutes = days.reduce((sum, { from, to }) => sum + minuteOfDay(to) - minuteOfDay(from), 0);
  return minutes / Math.max(1, Object.keys(week).length);
}

function weekOn(calendar: BusinessCalendar, day: string): WeeklyHours {
  return calendar.later.findLast(({ from }) => from <= day)?.weekly ?? calendar.weekly;
}

/** Spans in order, those that touch made one. */
function joined(spans: readonly OpeningSpan[]): OpeningSpan[] {
  const result: OpeningSpan[] = [];
  for (const span of spans.toSorted((a, b) => minuteOfDay(a.from) - minuteOfDay(b.from))) {
    if (minuteOfDay(span.to) <= minuteOfDay(span.from)) {
      throw new ClockRefused(`Opening hours must end after they start: ${span.from} to ${span.to}`);
    }
    const last = result.at(-1);
    if (!last || minuteOfDay(span.from) > minuteOfDay(last.to)) result.push({ from: span.from, to: span.to });
    else if (minuteOfDay(span.to) > minuteOfDay(last.to)) result[result.length - 1] = { from: last.from, to: span.to };
  }
  return result;
}

/** Minutes since midnight of `HH:MM`, up to `24:00`. Refuses anything else. */
export function minuteOfDay(time: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$|^(24):(00)$/.exec(time);
  if (!match) throw new ClockRefused(`“${time}” is not a time of day such as 08:00`);
  return Number(match[1] ?? match[3]) * 60 + Number(match[2] ?? match[4]);
}
