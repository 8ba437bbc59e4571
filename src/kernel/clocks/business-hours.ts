import { everOpens, minuteOfDay, spansOn } from "./business-calendar.ts";
import type { BusinessCalendar } from "./business-calendar.ts";
import { ClockRefused } from "./refused.ts";

export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Openings are worked out by blocks of 52 weeks, on first use. */
const BLOCK_DAYS = 364;
/** Moments outside 1970 to 2199 are refused: a mistyped year must not cost a search through ten thousand of them. */
const LAST_MS = Date.UTC(2200, 0, 1);

/** Working minutes between two moments, exact to the millisecond (fractions kept); 0 when `to` is not after `from`. */
export function workingMinutesBetween(
  calendar: BusinessCalendar,
  from: Temporal.Instant,
  to: Temporal.Instant,
): number {
  return workingMs(calendar, from.epochMilliseconds, to.epochMilliseconds) / MINUTE_MS;
}

/**
 * The first moment by which that many working minutes have passed since `from`; `from` itself for 0 or less.
 * A count that ends with the day ends at closing time, not at the next opening. Null: never (no opening hours).
 */
export function addWorkingMinutes(
  calendar: BusinessCalendar,
  from: Temporal.Instant,
  minutes: number,
): Temporal.Instant | null {
  const ms = addWorkingMs(calendar, from.epochMilliseconds, Math.round(minutes * MINUTE_MS));
  return ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms);
}

/** As `workingMinutesBetween`, in epoch and working milliseconds: the engine's own unit. */
export function workingMs(calendar: BusinessCalendar, from: number, to: number): number {
  if (to <= from) return 0;
  const blocks = blocksOf(calendar);
  const first = blockAt(blocks, calendar, from);
  const last = blockAt(blocks, calendar, to);
  if (first === last) return openBefore(first, to) - openBefore(first, from);
  let total = first.openMs - openBefore(first, from) + openBefore(last, to);
  for (let n = first.number + 1; n < last.number; n++) total += block(blocks, calendar, n).openMs;
  return total;
}

/** As `addWorkingMinutes`, in epoch and working milliseconds. */
export function addWorkingMs(calendar: BusinessCalendar, from: number, working: number): number | null {
  if (working <= 0) return from;
  if (!Number.isFinite(working) || !everOpens(calendar)) return null;
  const blocks = blocksOf(calendar);
  let current = blockAt(blocks, calendar, from);
  let wanted = openBefore(current, from) + working;
  while (wanted > current.openMs) {
    if (current.endMs >= LAST_MS) return null;
    wanted -= current.openMs;
    current = block(blocks, calendar, current.number + 1);
  }
  const at = lastIndexWhere(current.before, (before) => before < wanted);
  return (current.starts[at] ?? 0) + wanted - (current.before[at] ?? 0);
}

/** Openings of 52 weeks, as epoch milliseconds in order; `before` is the open time in the block before each. */
interface Block {
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly before: readonly number[];
  readonly openMs: number;
}

const openings = new WeakMap<BusinessCalendar, Map<number, Block>>();

function blocksOf(calendar: BusinessCalendar): Map<number, Block> {
  let blocks = openings.get(calendar);
  if (!blocks) openings.set(calendar, (blocks = new Map()));
  return blocks;
}

function blockAt(blocks: Map<number, Block>, calendar: BusinessCalendar, ms: number): Block {
  if (!(ms >= 0 && ms < LAST_MS)) throw new ClockRefused("A business calendar answers for 1970 to 2199 only");
  const guess = block(blocks, calendar, Math.floor(ms / (BLOCK_DAYS * DAY_MS)));
  if (ms < guess.startMs) return block(blocks, calendar, guess.number - 1);
  return ms >= guess.endMs ? block(blocks, calendar, guess.number + 1) : guess;
}

function block(blocks: Map<number, Block>, calendar: BusinessCalendar, number: number): Block {
  let known = blocks.get(number);
  if (!known) blocks.set(number, (known = makeBlock(calendar, number)));
  return known;
}

function makeBlock(calendar: BusinessCalendar, number: number): Block {
  const starts: number[] = [];
  const ends: number[] = [];
  const before: number[] = [];
  let openMs = 0;
  let date = new Temporal.PlainDate(1970, 1, 1).add({ days: number * BLOCK_DAYS });
  const startMs = startOfDay(date, calendar.zone);
  let dayMs = startMs;
  for (let n = 0; n < BLOCK_DAYS; n++) {
    const next = date.add({ days: 1 });
    const nextMs = startOfDay(next, calendar.zone);
    for (const span of spansOn(calendar, date)) {
      const start = momentOn(date, span.from, dayMs, nextMs, calendar.zone);
      const end = momentOn(date, span.to, dayMs, nextMs, calendar.zone);
      if (end <= start) continue;
      starts.push(start);
      ends.push(end);
      before.push(openMs);
      openMs += end - start;
    }
    date = next;
    dayMs = nextMs;
  }
  return { number, startMs, endMs: dayMs, starts, ends, before, openMs };
}

function startOfDay(date: Temporal.PlainDate, zone: string): number {
  return date.toZonedDateTime(zone).epochMilliseconds;
}

/** A civil time of that day. On a day of 23 or 25 hours an hour that comes twice is the first. */
function momentOn(date: Temporal.PlainDate, time: string, dayMs: number, nextMs: number, zone: string): number {
  if (time === "24:00") return nextMs;
  if (nextMs - dayMs === DAY_MS) return dayMs + minuteOfDay(time) * MINUTE_MS;
  return date.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
}

/** Open time in the block before the moment. */
function openBefore(within: Block, ms: number): number {
  const at = lastIndexWhere(within.starts, (start) => start <= ms);
  if (at < 0) return 0;
  return (within.before[at] ?? 0) + Math.min(ms, within.ends[at] ?? 0) - (within.starts[at] ?? 0);
}

/** The last index whose value passes, in a list where those that pass come first; -1 for none. */
function lastIndexWhere(values: readonly number[], passes: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(values[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
