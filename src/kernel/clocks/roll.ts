import type { WorkingCalendar } from "./calendars.ts";
import { isoOf } from "./days.ts";
import type { Day } from "./days.ts";
import { whyNotWorking, workingDayFrom } from "./working-days.ts";
import type { DayLine } from "./working-days.ts";

/** A day that is no working day is put off to the next that is. */
export function rollOf(calendar: WorkingCalendar, day: Day): Day {
  return workingDayFrom(calendar, day);
}

/** The line of a day by which the end was put off. */
export function rollLine(calendar: WorkingCalendar, day: Day, citation: string): DayLine {
  const reason = whyNotWorking(calendar, day);
  const why = reason === null ? "The next working day" : `${reason}: put off to the next working day`;
  return { date: isoOf(day), counted: false, day: null, why, citation };
}
