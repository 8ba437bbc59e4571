import { ClockRefused } from "./refused.ts";

/** A calendar day as a whole number: 0 is 2000-01-01. Days are counted in these, and written as ISO dates. */
export type Day = number;

/** What the table holds: well past the years that calendars can answer for. */
const YEARS = { from: 2000, to: 2070 };
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** 2000-01-01 was a Saturday, 6 by ISO. */
const FIRST_WEEKDAY = 6;

interface Table {
  readonly isoOf: readonly string[];
  readonly dayOf: ReadonlyMap<string, Day>;
}

let table: Table | null = null;

/** The number of an ISO date such as 2026-01-31, and of nothing looser. Refuses (`ClockRefused`) anything else. */
export function dayFrom(text: string): Day {
  const day = tableOfDays().dayOf.get(text);
  if (day !== undefined) return day;
  if (!isDate(text)) throw new ClockRefused(`“${text}” is not a date such as 2026-01-31`, "misused");
  throw new ClockRefused(`${text} is outside the calendar, which holds ${YEARS.from} to ${YEARS.to}`);
}

/** The ISO date of a day. */
export function isoOf(day: Day): string {
  const iso = tableOfDays().isoOf[day];
  if (iso === undefined)
    throw new ClockRefused(`The day is outside the calendar, which holds ${YEARS.from} to ${YEARS.to}`);
  return iso;
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: Day): number {
  return ((day + FIRST_WEEKDAY - 1) % 7) + 1;
}

/** The corresponding date so many months on; where there is none, that month's last day. */
export function addMonths(day: Day, months: number): Day {
  const iso = isoOf(day);
  const month = Number(iso.slice(5, 7)) - 1 + months;
  const year = Number(iso.slice(0, 4)) + Math.floor(month / 12);
  const dayOfMonth = Math.min(Number(iso.slice(8)), daysIn(year, month % 12));
  return dayFrom(`${year}-${two((month % 12) + 1)}-${two(dayOfMonth)}`);
}

function tableOfDays(): Table {
  if (table) return table;
  const all: string[] = [];
  for (let year = YEARS.from; year <= YEARS.to; year++)
    for (let month = 0; month < 12; month++)
      for (let day = 1; day <= daysIn(year, month); day++) all.push(`${year}-${two(month + 1)}-${two(day)}`);
  table = { isoOf: all, dayOf: new Map(all.map((iso, at) => [iso, at])) };
  return table;
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 1 && leap ? 29 : (DAYS_IN_MONTH[month] ?? 0);
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month) - 1);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
