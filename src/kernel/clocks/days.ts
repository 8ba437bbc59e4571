import { ClockRefused } from "./refused.ts";

/** A calendar day as a whole number: 0 is 2000-01-01. Days are counted in these, and written as ISO dates. */
export type Day = number;

/** What the table holds: well past the years that calendars can answer for. */
const YEARS = { from: 2000, to: 2070 };
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** 2000-01-01 was a Saturday, 6 by ISO. */
const FIRST_WEEKDAY = 6;
const HYPHEN = 45;
const ZERO = 48;

interface Table {
  readonly isoOf: readonly string[];
  /** The first day of each month. */
  readonly months: readonly Day[];
}

let table: Table | null = null;

/** The number of an ISO date such as 2026-01-31, and of nothing looser. Refuses (`ClockRefused`) anything else. */
export function dayFrom(text: string): Day {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  // Read by hand: a million dates a second go through here.
  const written = text.length === 10 && text.charCodeAt(4) === HYPHEN && text.charCodeAt(7) === HYPHEN;
  if (!written || !(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month - 1)))
    throw new ClockRefused(`“${text}” is not a date such as 2026-01-31`, "misused");
  const first = tableOfDays().months[(year - YEARS.from) * 12 + month - 1];
  if (first === undefined)
    throw new ClockRefused(`${text} is outside the calendar, which holds ${YEARS.from} to ${YEARS.to}`);
  return first + day - 1;
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
  const month = digits(iso, 5, 7) - 1 + months;
  const year = digits(iso, 0, 4) + Math.floor(month / 12);
  const first = dayFrom(`${year}-${two((month % 12) + 1)}-01`);
  return first + Math.min(digits(iso, 8, 10), daysIn(year, month % 12)) - 1;
}

function tableOfDays(): Table {
  if (table) return table;
  const all: string[] = [];
  const months: Day[] = [];
  for (let year = YEARS.from; year <= YEARS.to; year++)
    for (let month = 0; month < 12; month++) {
      months.push(all.length);
      for (let day = 1; day <= daysIn(year, month); day++) all.push(`${year}-${two(month + 1)}-${two(day)}`);
    }
  table = { isoOf: all, months };
  return table;
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 1 && leap ? 29 : (DAYS_IN_MONTH[month] ?? 0);
}

/** The number that stands there; NaN where anything else does. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
