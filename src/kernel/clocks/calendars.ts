import { dayFrom, isoOf, weekdayOf } from "./days.ts";
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
  /** Why it does not count, where that is not the calendar's own reason. */
  readonly citation?: string;
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

/** A day on which an organisation is closed. `date` is an ISO date. */
export interface ClosureDay {
  readonly date: string;
  readonly name: string;
}

/** The divisions in words. */
export const DIVISION_LABELS: Readonly<Record<Division, string>> = {
  "england-and-wales": "England and Wales",
  scotland: "Scotland",
  "northern-ireland": "Northern Ireland",
};

/** Where school days are spoken of. */
export const schoolCitation = "SI 2010/2768 reg 3";

const kept = new WeakMap<object, { readonly by: readonly unknown[]; readonly calendar: WorkingCalendar }[]>();

/** UK working days: a bank holiday in any part of the United Kingdom does not count. FOIA 2000 s10(6). */
export function ukWorkingDays(known: KnownHolidays = shippedHolidays): WorkingCalendar {
  return once(known, [], () => workingCalendar("UK working days", "FOIA 2000 s10(6)", unionOfDivisions(known), known));
}

/** Days that are no weekend, and no bank holiday of a division: what a deadline of data protection law is put off to. */
export function divisionWorkingDays(division: Division, known: KnownHolidays = shippedHolidays): WorkingCalendar {
  return once(known, [division], () => counciled(division, [], known));
}

/** A council's working days: its division's bank holidays and its own closure days, for local rules. */
export function councilWorkingDays(
  division: Division,
  closures: readonly ClosureDay[] = [],
  known: KnownHolidays = shippedHolidays,
): WorkingCalendar {
  return once(closures, [division, known], () => counciled(division, closures, known));
}

function counciled(division: Division, closures: readonly ClosureDay[], known: KnownHolidays): WorkingCalendar {
  const holidays = new Map<string, CalendarHoliday>();
  for (const { date, name } of closures) holidays.set(date, { name, announced: null, projected: false });
  for (const { date, name, announced, projected } of known.of(division)) {
    holidays.set(date, { name, announced: announced ?? null, projected: projected ?? false });
  }
  return workingCalendar(`Working days in ${DIVISION_LABELS[division]}`, "Local calendar", holidays, known);
}

/**
 * A school's days: working days of `within` on which it has a session, or any weekdays that it lists where `within` is null.
 * SI 2004/3364 and 2010/2768 reg 3. After the last that is listed there is none.
 */
export function schoolDays(
  sessions: ReadonlySet<string>,
  within: WorkingCalendar | null,
  known: KnownHolidays = shippedHolidays,
): WorkingCalendar {
  return once(sessions, [within, known], () => schooled(sessions, within, known));
}

function schooled(sessions: ReadonlySet<string>, within: WorkingCalendar | null, known: KnownHolidays) {
  const [from, to] = [dayFrom(`${FIRST_YEAR}-01-01`), dayFrom(`${known.lastYear}-12-31`)];
  const holidays = new Map<string, CalendarHoliday>(within?.holidays);
  const none = { name: "No school day", announced: null, projected: false, citation: schoolCitation };
  for (let day = from; day <= to; day++) {
    const date = isoOf(day);
    if (weekdayOf(day) < 6 && !sessions.has(date) && !holidays.has(date)) holidays.set(date, none);
  }
  return workingCalendar("School days", within?.citation ?? schoolCitation, holidays, known);
}

/** A division's bank holidays as ISO date to name, for business hours. */
export function holidayNames(division: Division, known: KnownHolidays = shippedHolidays): Map<string, string> {
  return new Map(known.of(division).map(({ date, name }) => [date, name]));
}

/** A calendar worked out once for what it follows from. */
function once(key: object, by: readonly unknown[], make: () => WorkingCalendar): WorkingCalendar {
  const list = kept.get(key) ?? [];
  kept.set(key, list);
  const known = list.find((one) => one.by.length === by.length && one.by.every((part, at) => part === by[at]));
  if (known) return known.calendar;
  const calendar = make();
  list.push({ by, calendar });
  return calendar;
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
  const days = new Map<string, { name: string; announced: (string | null)[]; projected: boolean; in: Division[] }>();
  for (const division of DIVISIONS) {
    for (const holiday of known.of(division)) {
      const day = days.get(holiday.date) ?? { name: holiday.name, announced: [], projected: false, in: [] };
      day.announced.push(holiday.announced ?? null);
      day.projected ||= holiday.projected ?? false;
      day.in.push(division);
      days.set(holiday.date, day);
    }
  }
  return new Map([...days].map(([date, day]) => [date, { ...named(day), projected: day.projected }]));
}

function named(day: { name: string; announced: (string | null)[]; in: Division[] }) {
  const everywhere = day.in.length === DIVISIONS.length;
  const name = everywhere ? day.name : `${day.name}, ${day.in.map((d) => DIVISION_LABELS[d]).join(" and ")}`;
  // A day that some division keeps every year was never a surprise.
  const announced = day.announced.every((a) => a !== null) ? (day.announced.toSorted().at(-1) ?? null) : null;
  return { name, announced };
}
