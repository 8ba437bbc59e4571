import { bankHolidays, DIVISIONS, LAST_PUBLISHED_YEAR, LAST_YEAR } from "./holidays.ts";
import type { Division, Holiday } from "./holidays.ts";

/** Every bank holiday that calendars go by: what is shipped, and what was read from GOV.UK's file since. */
export interface KnownHolidays {
  /** A division's holidays, by date. */
  readonly of: (division: Division) => readonly Holiday[];
  /** The last year that calendars can answer for, and the last that GOV.UK had published for every division. */
  readonly lastYear: number;
  readonly lastPublishedYear: number;
}

/** What a file said of a day, where it is not as it was known before. */
export interface HolidayRead {
  readonly division: Division;
  /** ISO date. */
  readonly day: string;
  /** Null: it is no holiday any more. */
  readonly name: string | null;
  /** The ISO date on which a proclaimed one-off was read, or was made public where that is shipped. */
  readonly announced: string | null;
}

/** What the product ships, and nothing else. */
export const shippedHolidays: KnownHolidays = {
  of: bankHolidays,
  lastYear: LAST_YEAR,
  lastPublishedYear: LAST_PUBLISHED_YEAR,
};

/** What is shipped with what was read since, the oldest first: of a day that was read of twice, the last counts. */
export function knownHolidays(read: readonly HolidayRead[]): KnownHolidays {
  if (read.length === 0) return shippedHolidays;
  const byDivision = new Map(DIVISIONS.map((division) => [division, withRead(division, read)]));
  const of = (division: Division) => byDivision.get(division) ?? [];
  const lastPublishedYear = Math.min(...DIVISIONS.map((division) => lastPublished(of(division))));
  return { of, lastPublishedYear, lastYear: Math.max(LAST_YEAR, lastPublishedYear) };
}

/** The last year of which a division's days were published. */
export function lastPublished(holidays: readonly Holiday[]): number {
  return Number(holidays.findLast(({ projected }) => !projected)?.date.slice(0, 4) ?? LAST_PUBLISHED_YEAR);
}

function withRead(division: Division, read: readonly HolidayRead[]): readonly Holiday[] {
  const days = new Map(bankHolidays(division).map((holiday) => [holiday.date, holiday]));
  for (const { day, name, announced } of read.filter((one) => one.division === division)) {
    if (name === null) days.delete(day);
    else days.set(day, { date: day, name, ...(announced === null ? {} : { announced }) });
  }
  return [...days.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1));
}
