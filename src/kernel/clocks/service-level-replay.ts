import { MINUTE_MS } from "./business-hours.ts";
import { ClockRefused } from "./refused.ts";
import { dueOf, measure } from "./service-level-measure.ts";
import type { ClockEvent, ServiceLevelTarget } from "./service-level.ts";

/** A length of time in which nothing changed. Epoch milliseconds; `to` null for the one that still goes on. */
export interface Stretch {
  readonly from: number;
  to: number | null;
  readonly kind: "counts" | "paused" | "resolved";
  /** Why it is paused. */
  readonly reason: string | null;
  /** On the stretch that follows a reopening: the working time that it is given at least. */
  readonly graceMs: number | null;
  /** Time between resolved and reopened that the policy counts. */
  readonly countsAnyway: boolean;
}

/** A clock's events put together. */
export interface Replay {
  state: "running" | "paused" | "stopped" | "cancelled";
  target: ServiceLevelTarget;
  extensionMs: number;
  readonly stretches: Stretch[];
  /** A miss that nothing later undoes: settled by a stop, a late extension or a cancel. */
  missedMs: number | null;
  /** What the latest stop settled. */
  settled: "met" | "missed" | null;
  stoppedMs: number | null;
  /** A target that came while stopped: what was settled stands, and it holds from a reopening. */
  nextTarget: ServiceLevelTarget | null;
}

/** The clock that the events up to `now` make; null before its start. */
export function replay(events: readonly ClockEvent[], now: number): Replay | null {
  let clock: Replay | null = null;
  let latest = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    const at = event.at.epochMilliseconds;
    if (at < latest)
      throw new ClockRefused(`The events of a clock must be in order: ${event.kind} at ${event.at.toString()}`);
    if (at > now) break;
    latest = at;
    if (event.kind === "start" && (clock === null || clock.state === "cancelled")) clock = started(event, at);
    else if (clock && clock.state !== "cancelled") apply(clock, event, at);
  }
  return clock;
}

function started(target: ServiceLevelTarget, at: number): Replay {
  return {
    state: "running",
    target,
    extensionMs: 0,
    stretches: [stretch(at, "counts")],
    missedMs: null,
    settled: null,
    stoppedMs: null,
    nextTarget: null,
  };
}

function apply(clock: Replay, event: ClockEvent, at: number): void {
  const going = clock.state === "running" || clock.state === "paused";
  if (event.kind === "pause" && going) {
    clock.state = "paused";
    follow(clock, stretch(at, "paused", { reason: event.reason }));
  } else if (event.kind === "resume" && clock.state === "paused") {
    clock.state = "running";
    follow(clock, stretch(at, "counts"));
  } else if (event.kind === "stop" && going) {
    close(clock, at);
    clock.state = "stopped";
    clock.missedMs = missedBy(clock, at);
    clock.settled = clock.missedMs === null ? "met" : "missed";
    clock.stoppedMs = at;
  } else if (event.kind === "reopen" && clock.state === "stopped") {
    reopen(clock, at);
  } else if (event.kind === "retarget") {
    if (going) clock.target = event;
    else clock.nextTarget = event;
  } else if (event.kind === "extend" && going) {
    // More time given after the target was missed does not undo the miss.
    clock.missedMs = missedBy(clock, at);
    clock.extensionMs += Math.round(event.minutes * MINUTE_MS);
  } else if (event.kind === "cancel") {
    if (going) clock.missedMs = missedBy(clock, at);
    close(clock, at);
    clock.state = "cancelled";
  }
}

function reopen(clock: Replay, at: number): void {
  clock.target = clock.nextTarget ?? clock.target;
  clock.nextTarget = null;
  const { countsWhileResolved, reopenGraceMinutes } = clock.target;
  const resolvedFrom = clock.stoppedMs ?? at;
  clock.stretches.push({
    ...stretch(resolvedFrom, "resolved", { countsAnyway: countsWhileResolved ?? false }),
    to: at,
  });
  const graceMs = clock.missedMs === null ? Math.round((reopenGraceMinutes ?? 0) * MINUTE_MS) : null;
  clock.stretches.push(stretch(at, "counts", { graceMs }));
  clock.state = "running";
  clock.settled = null;
  clock.stoppedMs = null;
}

function missedBy(clock: Replay, at: number): number | null {
  if (clock.missedMs !== null) return clock.missedMs;
  const measured = measure(clock, at);
  const due = dueOf(clock, measured);
  return due !== null && due < measured.horizonMs ? due : null;
}

function follow(clock: Replay, next: Stretch): void {
  close(clock, next.from);
  clock.stretches.push(next);
}

function close(clock: Replay, at: number): void {
  const last = clock.stretches.at(-1);
  if (last && last.to === null) last.to = at;
}

function stretch(from: number, kind: Stretch["kind"], more: Partial<Stretch> = {}): Stretch {
  return { from, to: null, kind, reason: null, graceMs: null, countsAnyway: false, ...more };
}
