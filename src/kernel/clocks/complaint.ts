import { divisionWorkingDays, DIVISION_LABELS } from "./calendars.ts";
import { dayFrom, isoOf } from "./days.ts";
import type { Day } from "./days.ts";
import type { Division } from "./holidays.ts";
import type { KnownHolidays } from "./known-holidays.ts";
import { surpriseInRoll, withReadings } from "./readings.ts";
import type { DayResult } from "./readings.ts";
import { rollLine, rollOf } from "./roll.ts";
import type { DayLine } from "./working-days.ts";

export interface ComplaintInput {
  /** The day of receipt, an ISO date. */
  readonly received: string;
  readonly division: Division;
  readonly holidays?: KnownHolidays | undefined;
  readonly explain?: boolean;
}

/** Section 164A is in force from then on. SI 2026/82 reg 3. */
const IN_FORCE = "2026-06-19";
const DAYS = 30;
const citation = "DPA 2018 s164A(3)";

/**
 * When a data-protection complaint must be acknowledged: 30 calendar days, the first of them the day after receipt, put off over
 * weekends and holidays (rule 12). No deadline for one that came before the duty began.
 */
export function complaint({ received, division, holidays, explain = true }: ComplaintInput): DayResult {
  const calendar = divisionWorkingDays(division, holidays);
  const from = dayFrom(received);
  const unrolled = received < IN_FORCE ? null : from + DAYS;
  const put = `Public holidays of ${DIVISION_LABELS[division]}`;
  const due = unrolled === null ? null : rollOf(calendar, unrolled);
  const lines: DayLine[] = [];
  for (let day = from; explain && day <= (due ?? from); day++) lines.push(lineOf(day));
  return {
    ...withReadings(due, [
      unrolled === null ? null : surpriseInRoll(calendar, from, unrolled, put),
      { due: rollOf(calendar, from + DAYS - 1), reading: "The day of receipt is the first of the 30", citation },
    ]),
    lapses: null,
    notes: unrolled === null ? [`The duty to acknowledge a complaint began on ${IN_FORCE}`] : [],
    ledger: lines,
    calendarVersion: calendar.version,
  };

  function lineOf(day: Day): DayLine {
    if (unrolled !== null && day > unrolled) return rollLine(calendar, day, put);
    const counts = day > from;
    const why = counts ? `Day ${day - from} of ${DAYS}` : "Day of receipt: day 1 is the next day";
    return { date: isoOf(day), counted: counts, day: counts ? day - from : null, why, citation };
  }
}
