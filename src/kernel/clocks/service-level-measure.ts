import { addWorkingMs, MINUTE_MS, workingMs } from "./business-hours.ts";
import type { Replay, Stretch } from "./service-level-replay.ts";

/** A clock measured at a moment by the calendar and target now in force. Working milliseconds unless said. */
export interface Measured {
  readonly countedMs: number;
  readonly pausedMs: number;
  /** The target with extensions and the grace of reopenings; infinite without a target. */
  readonly targetMs: number;
  /** Working time in each stretch. */
  readonly lengths: readonly number[];
  /** Epoch: up to when the clock has run; the due moment is missed when it lies before. */
  readonly horizonMs: number;
}

/** Whether the time of a stretch uses up the target. */
export function counts(stretch: Stretch): boolean {
  return stretch.kind === "counts" || stretch.countsAnyway;
}

/** Adds up every stretch until `now`, all by the present calendar: a change of level recounts from the start. */
export function measure(clock: Replay, now: number): Measured {
  const { calendar, targetMinutes } = clock.target;
  const lengths: number[] = [];
  let countedMs = 0;
  let pausedMs = 0;
  let targetMs = targetMinutes === null ? Infinity : Math.round(targetMinutes * MINUTE_MS) + clock.extensionMs;
  let horizonMs = now;
  for (const stretch of clock.stretches) {
    // Rule 18: a reopened clock is due at least the grace ahead, unless it was missed before.
    if (stretch.graceMs !== null) targetMs = Math.max(targetMs, countedMs + stretch.graceMs);
    const length = workingMs(calendar, stretch.from, stretch.to ?? now);
    lengths.push(length);
    if (stretch.kind === "paused") pausedMs += length;
    if (!counts(stretch)) continue;
    countedMs += length;
    horizonMs = stretch.to ?? now;
  }
  return { countedMs, pausedMs, targetMs, lengths, horizonMs };
}

/** The epoch moment at which the target is used up: past, or ahead if the clock runs on. Null when it is not to be. */
export function dueOf(clock: Replay, measured: Measured): number | null {
  const reached = momentReached(clock, measured, measured.targetMs);
  // Never before the reopening that gave a new due moment, even with no grace.
  const reopened = clock.stretches.findLast((stretch) => stretch.graceMs !== null);
  return reached !== null && reopened ? Math.max(reached, reopened.from) : reached;
}

/** The epoch moment at which that much working time had counted, or will have if the clock runs on; else null. */
export function momentReached(clock: Replay, measured: Measured, wantedMs: number): number | null {
  const last = clock.stretches.findLastIndex(counts);
  let before = 0;
  for (const [index, stretch] of clock.stretches.entries()) {
    if (!counts(stretch)) continue;
    const length = measured.lengths[index] ?? 0;
    if (stretch.to === null || before + length >= wantedMs) {
      const at = addWorkingMs(clock.target.calendar, stretch.from, wantedMs - before);
      // Reached just as the stretch ends, it is not due until the next one goes on.
      if (at === null || stretch.to === null || at < stretch.to || (index === last && at <= stretch.to)) return at;
    }
    before += length;
  }
  return null;
}
