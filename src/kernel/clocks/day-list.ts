import type { ClosureDay } from "./calendars.ts";
import { dayFrom, isoOf } from "./days.ts";
import { ClockRefused } from "./refused.ts";

const LINES_MAX = 10_000;

/** Reads a list of days: an ISO date a line, after a comma what the day is. Refuses (`ClockRefused`) any other line by its number. */
export function readDays(text: string): ClosureDay[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  if (lines.length > LINES_MAX) throw new ClockRefused(`A list of days has at most ${LINES_MAX} lines`);
  return lines.flatMap((line, at) => {
    const [date = "", ...rest] = line.split(",").map((part) => part.trim());
    if (date === "" && rest.length === 0) return [];
    return [{ date: dateOn(at + 1, date), name: rest.join(", ").slice(0, 150) || "Closed" }];
  });
}

function dateOn(line: number, text: string): string {
  try {
    return isoOf(dayFrom(text));
  } catch (error) {
    if (!(error instanceof ClockRefused)) throw error;
    throw new ClockRefused(`Line ${line} of the list of days: ${error.message}`, error.kind);
  }
}
