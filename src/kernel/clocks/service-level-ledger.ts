import { spansOn } from "./business-calendar.ts";
import { MINUTE_MS, workingMs } from "./business-hours.ts";
import { counts } from "./service-level-measure.ts";
import type { Replay, Stretch } from "./service-level-replay.ts";

/** One day of a ledger in working minutes: what the clock used, what passed without counting, and why. */
export interface MinutesLine {
  readonly date: string;
  readonly countedMinutes: number;
  readonly notCountedMinutes: number;
  readonly why: string;
  readonly citation: string;
}

/** A clock that runs longer than this is explained for its first days only. */
const LEDGER_DAYS_MAX = 3660;
const DAY_NAMES = ["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** A line a day from the start to the end of the last stretch, or to `untilMs` where one is still open. */
export function serviceLevelLedger(clock: Replay, untilMs: number): MinutesLine[] {
  const { zone } = clock.target.calendar;
  const stretches = clock.stretches.map((stretch) => ({ ...stretch, to: stretch.to ?? untilMs }));
  const first = stretches[0];
  const last = stretches.at(-1);
  if (!first || !last) return [];
  const lines: MinutesLine[] = [];
  const totals = { countedMs: 0, otherMs: 0 };
  let date = zoned(first.from, zone).toPlainDate();
  const end = zoned(last.to, zone).toPlainDate();
  while (Temporal.PlainDate.compare(date, end) <= 0 && lines.length < LEDGER_DAYS_MAX) {
    lines.push(lineOf(clock, stretches, date, totals));
    date = date.add({ days: 1 });
  }
  return lines;
}

function lineOf(
  clock: Replay,
  stretches: readonly (Stretch & { to: number })[],
  date: Temporal.PlainDate,
  totals: { countedMs: number; otherMs: number },
): MinutesLine {
  const { calendar, policyVersion } = clock.target;
  const from = date.toZonedDateTime(calendar.zone).epochMilliseconds;
  const to = date.add({ days: 1 }).toZonedDateTime(calendar.zone).epochMilliseconds;
  const before = { ...totals };
  const parts: string[] = [];
  for (const stretch of stretches) {
    const start = Math.max(from, stretch.from);
    const end = Math.min(to, stretch.to);
    const ms = workingMs(calendar, start, end);
    if (counts(stretch)) totals.countedMs += ms;
    else totals.otherMs += ms;
    if (ms > 0) parts.push(describe(stretch, time(start, from, calendar.zone), time(end, to, calendar.zone)));
  }
  const closed = calendar.holidays.get(date.toString()) ?? `Closed on ${DAY_NAMES[date.dayOfWeek]}s`;
  const outside = spansOn(calendar, date).length === 0 ? closed : "Outside opening hours";
  return {
    date: date.toString(),
    // Cut off on the running total, so that the lines add up to the clock's own whole minutes.
    countedMinutes: whole(totals.countedMs) - whole(before.countedMs),
    notCountedMinutes: whole(totals.otherMs) - whole(before.otherMs),
    why: parts.length > 0 ? parts.join("; ") : outside,
    citation: parts.length > 0 ? `Service-level policy ${policyVersion}` : `Business hours ${calendar.version}`,
  };
}

function describe(stretch: Stretch, from: string | null, to: string | null): string {
  const when = [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(" ");
  const said = (words: string) => (when ? `${words} ${when}` : words);
  if (stretch.kind === "counts") return said("Counts");
  if (stretch.kind === "resolved")
    return said(stretch.countsAnyway ? "Resolved, but counts" : "Resolved: does not count");
  return said(stretch.reason ? `Paused (${stretch.reason})` : "Paused");
}

/** The time of day, or null where the stretch goes past the day's edge. */
function time(ms: number, edge: number, zone: string): string | null {
  return ms === edge ? null : zoned(ms, zone).toPlainTime().toString({ smallestUnit: "minute" });
}

function zoned(ms: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
}

function whole(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}
