import { DIVISIONS, FIRST_YEAR } from "./holidays.ts";
import type { Division } from "./holidays.ts";
import { shippedHolidays } from "./known-holidays.ts";
import type { KnownHolidays } from "./known-holidays.ts";
import { contentVersion } from "./version.ts";

/** A day that is not a working day though it is not a weekend. */
export interface CalendarHoliday {
  readonly name: string;
  /** ISO date on which a proclaimed one-off was made public, where every division that keeps the day was told then. */
  readonly announced: string | null;
  /** True in a year that has not been published yet. */
  readonly projected: boolean;
}

/** Which days are working days: not a Saturday, a Sunday or one of `holidays` (by ISO date). */
export interface WorkingCalendar {
  readonly name: string;
  /** Why a holiday of this calendar does not count. */
  readonly citation: string;
  readonly holidays: ReadonlyMap<string, CalendarHoliday>;
  /** The first and last ISO date that the calendar can answer for. */
  readonly from: string;
  readonly to: string;
  /** Names this exact content; stored clocks keep it. */
  readonly version: string;
}

/** The divisions in words. */
export const DIVISION_LABELS: Readonly<Record<Division, string>> = {
  "england-and-wales": "England and Wales",
  scotland: "Scotland",
  "northern-ireland": "Northern Ireland",
};

const unitedKingdom = new WeakMap<KnownHolidays, WorkingCalendar>();

/** UK working days: a bank holiday in any part of the United Kingdom does not count. FOIA 2000 s10(6). */
export function ukWorkingDays(known: KnownHolidays = shippedHolidays): WorkingCalendar {
  const calendar =
    unitedKingdom.get(known) ?? workingCalendar("UK working days", "FOIA 2000 s10(6)", unionOfDivisions(known), known);
  unitedKingdom.set(known, calendar);
  return calendar;
}

/** A council's working days: its division's bank holidays and its own closure days, for local rules. */
export function councilWorkingDays(
  division: Division,
  closures: readonly { readonly date: string; readonly name: string }[] = [],
  known: KnownHolidays = shippedHolidays,
): WorkingCalendar {
  const holidays = new Map<string, CalendarHoliday>();
  for (const { date, name } of closures) holidays.set(date, { name, announced: null, projected: false });
  for (const { date, name, announced, projected } of known.of(division)) {
    holidays.set(date, { name, announced: announced ?? null, projected: projected ?? false });
  }
  return workingCalendar(`Working days in ${DIVISION_LABELS[division]}`, "Local calendar", holidays, known);
}

/** A division's bank holidays as ISO date to name, for business hours. */
export function holidayNames(division: Division, known: KnownHolidays = shippedHolidays): Map<string, string> {
  return new Map(known.of(division).map(({ date, name }) => [date, name]));
}

function workingCalendar(
  name: string,
  citation: string,
  holidays: ReadonlyMap<string, CalendarHoliday>,
  known: KnownHolidays,
): WorkingCalendar {
  const content = [...holidays].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const from = `${FIRST_YEAR}-01-01`;
  const to = `${known.lastYear}-12-31`;
  const version = contentVersion("days", [name, from, to, content]);
  return { name, citation, holidays: new Map(content), from, to, version };
}

function unionOfDivisions(known: KnownHolidays): Map<string, CalendarHoliday> {
  const kept = new Map<string, { name: string; announced: (string | null)[]; projected: boolean; in: Division[] }>();
  for (const division of DIVISIONS) {
    for (const holiday of known.of(division)) {
      const day = kept.get(holiday.date) ?? { name: holiday.name, announced: [], projected: false, in: [] };
      day.announced.push(holiday.announced ?? null);
      day.projected ||= holiday.projected ?? false;
      day.in.push(division);
      kept.set(holiday.date, day);
    }
  }
  return new Map([...kept].map(([date, day]) => [date, { ...named(day), projected: day.projected }]));
}

function named(day: { name: string; announced: (string | null)[]; in: Division[] }) {
  const everywhere = day.in.length === DIVISIONS.length;
  const name = everywhere ? day.name : `${day.name}, ${day.in.map((d) => DIVISION_LABELS[d]).join(" and ")}`;
  // A day that some division keeps every year was never a surprise.
  const announced = day.announced.every((a) => a !== null) ? (day.announced.toSorted().at(-1) ?? null) : null;
  return { name, announced };
}
