import { addWorkingMs, MINUTE_MS } from "./business-hours.ts";
import type { BusinessCalendar } from "./business-calendar.ts";
import { dueOf, measure, momentReached } from "./service-level-measure.ts";
import type { Measured } from "./service-level-measure.ts";
import { replay } from "./service-level-replay.ts";
import type { Replay } from "./service-level-replay.ts";
import { serviceLevelLedger } from "./service-level-ledger.ts";
import type { MinutesLine } from "./service-level-ledger.ts";

type Instant = Temporal.Instant;

/** What a service-level policy promises, and which version of the policy says so. */
export interface ServiceLevelTarget {
  /** Working minutes allowed; null for a priority without a target. */
  readonly targetMinutes: number | null;
  readonly calendar: BusinessCalendar;
  readonly policyVersion: string;
  /** What the target goes by where it is not the policy’s own, in words for its sentence: “5 working days by the catalogue”. */
  readonly says?: string;
  /** Whether the time between resolved and reopened counts. No unless said. */
  readonly countsWhileResolved?: boolean;
  /** The least working time that a reopened clock is given, if it was not missed before. 0 unless said. */
  readonly reopenGraceMinutes?: number;
  /** Fractions of the target at which to warn, 1 for the breach; 0.5, 0.75, 0.9 and 1 unless said. */
  readonly warnAt?: readonly number[];
}

/**
 * One thing that happened to a clock. A pause while paused takes over with its own reason; a retarget while stopped
 * holds from a reopening; a start after a cancel begins anew. What cannot change anything (a resume while running, an
 * extension while stopped, a second start, whatever comes before the start or after a cancel) is passed over.
 */
export type ClockEvent =
  | ({ readonly kind: "start"; readonly at: Instant } & ServiceLevelTarget)
  /**
   * The priority or level changed: counted again from the first start, the pauses kept, and judged by the new target
   * alone, unless a stop, a late extension or a cancel had already settled a miss.
   */
  | ({ readonly kind: "retarget"; readonly at: Instant } & ServiceLevelTarget)
  | { readonly kind: "pause"; readonly at: Instant; readonly reason: string }
  | { readonly kind: "extend"; readonly at: Instant; readonly minutes: number }
  | { readonly kind: "resume" | "stop" | "reopen" | "cancel"; readonly at: Instant };

export interface ServiceLevelInput {
  /** In order of time; refused (`ClockRefused`) when they are not. Events after `now` are not looked at. */
  readonly events: readonly ClockEvent[];
  readonly now: Instant;
  /** Fractions of the target at which to warn; those of the target unless said. */
  readonly warnAt?: readonly number[];
  /** Ask for the ledger; it costs a line for each day. */
  readonly explain?: boolean;
}

/** Counting is exact to the millisecond; figures in minutes are whole, the rest cut off (never rounded up). */
export interface ServiceLevelResult {
  readonly state: "notStarted" | "running" | "paused" | "stopped" | "cancelled";
  /**
   * Running: when it falls due, or fell. Stopped: when it would have been due. Null while paused (`remainingMinutes`
   * says what is left on resuming), cancelled, without a target, or when the calendar never opens.
   */
  readonly dueAt: Instant | null;
  /** `missed` as soon as it is missed, in any state; `met` only once stopped. Exactly on time is met. */
  readonly outcome: "met" | "missed" | null;
  readonly missedAt: Instant | null;
  /** Working minutes counted. */
  readonly elapsedMinutes: number;
  /** Working minutes not counted because of pauses. */
  readonly pausedMinutes: number;
  /** Met, and would have been missed had the pauses counted. */
  readonly metOnlyByPause: boolean;
  /** Working minutes left, negative when over; null without a target. */
  readonly remainingMinutes: number | null;
  /** The target with extensions and grace; null without a target. */
  readonly targetMinutes: number | null;
  /** When each fraction is (or was) reached; those still ahead only while running. */
  readonly warnings: readonly { readonly fraction: number; readonly at: Instant }[];
  readonly startedAt: Instant | null;
  readonly stoppedAt: Instant | null;
  readonly pausedSince: Instant | null;
  readonly pauseReason: string | null;
  readonly policyVersion: string | null;
  /** What the target goes by, where it is not the policy's own. */
  readonly says: string | null;
  readonly calendarVersion: string | null;
  /** Only when asked for: to the stop, or to the later of now and the due moment. */
  readonly ledger?: readonly MinutesLine[];
}

const WARN_AT = [0.5, 0.75, 0.9, 1] as const;

/** The state of a service-level clock at `now`, from its events alone. Rules 16 to 18 of the clocks page. */
export function computeServiceLevel(input: ServiceLevelInput): ServiceLevelResult {
  const now = input.now.epochMilliseconds;
  const clock = replay(input.events, now);
  if (!clock) return NOT_STARTED;
  const { calendar } = clock.target;
  const measured = measure(clock, now);
  const due = dueOf(clock, measured);
  // What was missed stays missed, whatever the target says now.
  const missedMs = clock.missedMs ?? (due !== null && due < measured.horizonMs ? due : null);
  const outcome = missedMs !== null ? "missed" : clock.state === "stopped" ? clock.settled : null;
  const left = leftOf(clock, measured);
  const dueMs = shownDue(clock, measured, missedMs ?? due);
  return {
    state: clock.state,
    dueAt: instant(dueMs),
    outcome,
    missedAt: instant(missedMs),
    elapsedMinutes: whole(measured.countedMs),
    pausedMinutes: whole(measured.pausedMs),
    metOnlyByPause: outcome === "met" && measured.countedMs + measured.pausedMs > measured.targetMs,
    remainingMinutes: left,
    targetMinutes: Number.isFinite(measured.targetMs) ? whole(measured.targetMs) : null,
    warnings: warningsOf(clock, measured, missedMs ?? due, input.warnAt ?? clock.target.warnAt ?? WARN_AT),
    startedAt: instant(clock.stretches[0]?.from ?? null),
    stoppedAt: instant(clock.stoppedMs),
    pausedSince: instant(clock.state === "paused" ? (clock.stretches.at(-1)?.from ?? null) : null),
    pauseReason: clock.state === "paused" ? (clock.stretches.at(-1)?.reason ?? null) : null,
    policyVersion: clock.target.policyVersion,
    says: clock.target.says ?? null,
    calendarVersion: calendar.version,
    ...(input.explain
      ? { ledger: serviceLevelLedger(clock, clock.state === "running" ? Math.max(now, dueMs ?? now) : now) }
      : {}),
  };
}

const NOT_STARTED: ServiceLevelResult = {
  state: "notStarted",
  dueAt: null,
  outcome: null,
  missedAt: null,
  elapsedMinutes: 0,
  pausedMinutes: 0,
  metOnlyByPause: false,
  remainingMinutes: null,
  targetMinutes: null,
  warnings: [],
  startedAt: null,
  stoppedAt: null,
  pausedSince: null,
  pauseReason: null,
  policyVersion: null,
  says: null,
  calendarVersion: null,
};

function leftOf(clock: Replay, measured: Measured): number | null {
  if (!Number.isFinite(measured.targetMs)) return null;
  const left = whole(measured.targetMs - measured.countedMs);
  return clock.missedMs === null ? left : Math.min(0, left);
}

function shownDue(clock: Replay, measured: Measured, due: number | null): number | null {
  if (clock.state === "running") return due;
  if (clock.state !== "stopped") return null;
  const { targetMs, countedMs } = measured;
  return due ?? addWorkingMs(clock.target.calendar, measured.horizonMs, targetMs - countedMs);
}

function warningsOf(clock: Replay, measured: Measured, due: number | null, fractions: readonly number[]) {
  const warnings: { fraction: number; at: Instant }[] = [];
  if (!Number.isFinite(measured.targetMs)) return warnings;
  for (const fraction of fractions) {
    const at = fraction === 1 ? due : momentReached(clock, measured, Math.round(fraction * measured.targetMs));
    if (at !== null) warnings.push({ fraction, at: Temporal.Instant.fromEpochMilliseconds(at) });
  }
  return warnings;
}

function instant(ms: number | null): Instant | null {
  return ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms);
}

function whole(ms: number): number {
  const minutes = Math.trunc(ms / MINUTE_MS);
  return minutes === 0 ? 0 : minutes; // never minus zero
}
