import { ClockRefused } from "./refused.ts";
import { contentVersion } from "./version.ts";

/** Opening times of a day, local civil time `HH:MM`; `to` may be `24:00`. A night shift is written as two spans. */
export interface OpeningSpan {
  readonly from: string;
  readonly to: string;
}

/** Opening times by ISO weekday: 1 is Monday, 7 is Sunday. A day left out is closed. */
export type WeeklyHours = Readonly<Partial<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, readonly OpeningSpan[]>>>;

/** When a team is open. Make one with `businessCalendar`, which checks it and names its content. */
export interface BusinessCalendar {
  readonly zone: string;
  readonly weekly: WeeklyHours;
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
  readonly holidays?: ReadonlyMap<string, string> | Iterable<readonly [string, string]>;
}): BusinessCalendar {
  const zone = definition.zone ?? "Europe/London";
  const weekly: Partial<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, readonly OpeningSpan[]>> = {};
  for (const day of WEEKDAYS) {
    const spans = joined(definition.weekly[day] ?? []);
    if (spans.length > 0) weekly[day] = spans;
  }
  const holidays = [...(definition.holidays ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const version = contentVersion("hours", [zone, weekly, holidays]);
  const calendar = kept.get(version) ?? { zone, weekly, holidays: new Map(holidays), version };
  if (kept.size >= CALENDARS_KEPT_MAX) kept.clear();
  kept.set(version, calendar);
  return calendar;
}

/** The opening spans of a day: none on a holiday. */
export function spansOn(calendar: BusinessCalendar, date: Temporal.PlainDate): readonly OpeningSpan[] {
  if (calendar.holidays.has(date.toString())) return [];
  const weekday = WEEKDAYS[date.dayOfWeek - 1];
  return (weekday && calendar.weekly[weekday]) ?? [];
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
