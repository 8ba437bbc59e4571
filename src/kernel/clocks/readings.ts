import type { WorkingCalendar } from "./calendars.ts";
import { isoOf } from "./days.ts";
import type { Day } from "./days.ts";
import { hasSurprise, lastDayOf, workingDayFrom } from "./working-days.ts";
import type { Count, DayLine } from "./working-days.ts";

/** A day by another reading of the law. ISO date. */
export interface Alternative {
  readonly due: string;
  readonly reading: string;
  readonly citation: string;
}

/** What a rule of days answers. Days are ISO dates, and end at midnight. */
export interface DayResult {
  /** The last day; null while the clock is held, or where no law sets a day. */
  readonly due: string | null;
  /** The earlier of `due` and the alternative: what boards, warnings and chasers use. */
  readonly workTo: string | null;
  readonly alternative: Alternative | null;
  /** The last day on which it may still be done in the hardest case, where the rule knows one beside `due`. */
  readonly latest?: string;
  /** While held: the first day on which the case has lapsed if nothing comes. */
  readonly lapses: { readonly on: string; readonly why: string; readonly citation: string } | null;
  /** What the sentence has to say beside: events that changed nothing, each with the reason. */
  readonly notes: readonly string[];
  /** Empty where it was not asked for. */
  readonly ledger: readonly DayLine[];
  readonly calendarVersion: string;
}

/** Another day, or null where the reading makes no difference or gives none. */
export interface Reading {
  readonly due: Day | null;
  readonly reading: string;
  readonly citation: string;
}

/** `due`, `workTo` and `alternative`: a reading that brings the day nearer goes first, because people must work to it. */
export function withReadings(due: Day | null, readings: readonly (Reading | null)[]) {
  const isOther = (one: Reading | null): one is Reading & { due: Day } =>
    one !== null && one.due !== null && one.due !== due;
  const others = due === null ? [] : readings.filter(isOther);
  const nearer = others.filter((one) => due !== null && one.due < due).toSorted((a, b) => a.due - b.due);
  const chosen = nearer[0] ?? others[0] ?? null;
  return {
    due: due === null ? null : isoOf(due),
    workTo: due === null ? null : isoOf(chosen ? Math.min(due, chosen.due) : due),
    alternative: chosen && { due: isoOf(chosen.due), reading: chosen.reading, citation: chosen.citation },
  };
}

const surprise = {
  reading: "A bank holiday proclaimed while the case runs still counts as a working day",
  citation: "Banking and Financial Dealings Act 1971 s1(3)",
};

/** Where a bank holiday was proclaimed while working days were counted. */
export function surpriseInCount(count: Count, due: Day | null): Reading | null {
  if (due === null || !hasSurprise(count.calendar, count.from, due)) return null;
  const countHoliday = ({ announced }: { announced: string | null }) =>
    announced !== null && announced > isoOf(count.from);
  return {
    due: lastDayOf({ ...count, countHoliday }),
    reading: surprise.reading,
    citation: `${surprise.citation}; ${count.calendar.citation}`,
  };
}

/** Where the day itself, or one that it was put off over, is a bank holiday proclaimed after the case began. */
export function surpriseInRoll(calendar: WorkingCalendar, began: Day, unrolled: Day, citation: string): Reading | null {
  const due = workingDayFrom(calendar, unrolled);
  if (!hasSurprise(calendar, began, due - 1)) return null;
  for (let day = unrolled; day < due; day++) {
    const announced = calendar.holidays.get(isoOf(day))?.announced;
    if (announced && announced > isoOf(began))
      return { due: day, reading: surprise.reading, citation: `${surprise.citation}; ${citation}` };
  }
  return null;
}
