import { refuse } from "../errors.ts";
import { isDay } from "../fields/date.ts";
import { stoppedDaysMax } from "../store/further-filters.ts";

/** Days in London, yyyy-mm-dd, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** How time is cut. */
export type Unit = "day" | "week" | "month";

/** A part of a period. `key` is the first day of the whole week or month, of which `from` to `to` lie in the period. */
export interface Step extends Period {
  readonly key: string;
}

/** The periods that follow the calendar, by name. A week begins on Monday; this one is among the last ones. */
export const periodLabels = {
  "last-4-weeks": "The last 4 weeks",
  "last-12-weeks": "The last 12 weeks",
  "last-26-weeks": "The last 26 weeks",
  "this-month": "This month",
  "last-month": "Last month",
  "last-3-months": "The last 3 months",
  "last-12-months": "The last 12 months",
} as const;

/** The name of a period that follows the calendar. */
export type PeriodName = keyof typeof periodLabels;

export const periodUsual: PeriodName = "last-12-weeks";

/** A period has at most so many steps, and so many days. */
export const stepsMax = 120;
const zone = "Europe/London";

/** The day that it is in London. */
export function todayAt(now: Temporal.Instant): Temporal.PlainDate {
  return now.toZonedDateTimeISO(zone).toPlainDate();
}

/** The days that a name stands for; null for a name that there is not. */
export function periodNamed(name: string, today: Temporal.PlainDate): Period | null {
  if (!Object.hasOwn(periodLabels, name)) return null;
  const weeks = /^last-(\d+)-weeks$/.exec(name)?.[1];
  if (weeks !== undefined) {
    const monday = today.subtract({ days: today.dayOfWeek - 1 });
    return days(monday.subtract({ weeks: Number(weeks) - 1 }), monday.add({ days: 6 }));
  }
  const first = today.with({ day: 1 });
  if (name === "this-month") return days(first, endOf(first));
  if (name === "last-month") return days(first.subtract({ months: 1 }), first.subtract({ days: 1 }));
  const months = Number(/^last-(\d+)-months$/.exec(name)?.[1] ?? 1);
  return days(first.subtract({ months: months - 1 }), endOf(first));
}

/** The days from one to another. Refuses (invalid) what are no days, a period turned round and one that is too long. */
export function periodBetween(from: string, to: string): Period {
  for (const [name, day] of [
    ["from", from],
    ["to", to],
  ] as const)
    if (!isDay(day)) refuse(name, `${name}: give a day as yyyy-mm-dd, like 2026-11-21`);
  const long = Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: "day" }).days;
  if (long < 0) refuse("to", "The period ends before it begins");
  if (long > stoppedDaysMax) refuse("from", "A period has at most 10 years");
  return { from, to };
}

/** How a period is cut unless somebody says otherwise. */
export function usualUnit({ from, to }: Period): Unit {
  const long = Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: "day" }).days;
  return long <= 21 ? "day" : long <= 200 ? "week" : "month";
}

/** The steps of a period, the earliest first. Refuses (invalid) more than 120. */
export function stepsOf({ from, to }: Period, unit: Unit): Step[] {
  const last = Temporal.PlainDate.from(to);
  const steps: Step[] = [];
  for (let first = startOf(Temporal.PlainDate.from(from), unit); Temporal.PlainDate.compare(first, last) <= 0;) {
    const next = first.add(unit === "day" ? { days: 1 } : unit === "week" ? { weeks: 1 } : { months: 1 });
    const end = next.subtract({ days: 1 }).toString();
    const key = first.toString();
    steps.push({ key, from: key < from ? from : key, to: end > to ? to : end });
    if (steps.length > stepsMax)
      refuse("by", `By ${unit} this period has more than ${stepsMax} steps: choose longer ones`);
    first = next;
  }
  return steps;
}

/** The moment at which a day in London begins. */
export function momentOf(day: string): string {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant().toString();
}

/** The day that comes so many days after another. */
export function dayAfter(day: string, many: number): string {
  return Temporal.PlainDate.from(day).add({ days: many }).toString();
}

function startOf(day: Temporal.PlainDate, unit: Unit): Temporal.PlainDate {
  if (unit === "month") return day.with({ day: 1 });
  return unit === "week" ? day.subtract({ days: day.dayOfWeek - 1 }) : day;
}

function endOf(first: Temporal.PlainDate): Temporal.PlainDate {
  return first.add({ months: 1 }).subtract({ days: 1 });
}

function days(from: Temporal.PlainDate, to: Temporal.PlainDate): Period {
  return { from: from.toString(), to: to.toString() };
}
