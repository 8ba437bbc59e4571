import { computeServiceLevel } from "./clocks/service-level.ts";
import type { KnownHolidays } from "./clocks/known-holidays.ts";
import type { CouncilDays } from "./organisation/council-days.ts";
import type { DeadlineAnswer } from "./clocks/rule.ts";
import { readCounted } from "./counted-clock.ts";
import type { CountedClock } from "./counted-clock.ts";
import { readNamed } from "./named-clock.ts";
import type { DayClock, MomentClock } from "./named-clock.ts";
import type { ClockEvent, ServiceLevelTarget } from "./clocks/service-level.ts";
import { sentence } from "./clocks/service-level-sentence.ts";
import type { Stored, Tx } from "./transaction.ts";

/** A deadline that every record of a type carries, computed from its timeline. */
export type ClockDefinition<StateName extends string, FieldName extends string = string> =
  | ServiceLevelClock<StateName, FieldName>
  | CountedClock<StateName, FieldName>
  | DayClock<StateName, FieldName>
  | MomentClock<StateName, FieldName>;

/** Working time from the record's opening to a state, by a dated policy. Rules 16 to 18 of the clocks page. */
export interface ServiceLevelClock<StateName extends string, FieldName extends string = string> {
  readonly rule: "service-level";
  readonly label: string;
  readonly pausesIn: readonly StateName[];
  readonly stopsIn: readonly StateName[];
  readonly cancelsIn: readonly StateName[];
  /** Whether the first comment to everyone stops it that neither whoever asked wrote nor whoever stands in for them: a first response. */
  readonly stopsOnAnswer?: boolean;
  /** Whether a line that is no comment answers whoever asked (null: nobody known), as far as the timeline tells it. */
  readonly answeredBy?: (fact: TimelineFact, told: Told) => boolean;
  /** Whether it runs again when the record leaves a state in which it stops. */
  readonly reopens: boolean;
  /** Whether a record with these values is promised it at all; every one, when absent. */
  readonly owed?: (values: Readonly<Record<string, unknown>>) => boolean;
  /** The fields that decide the target. */
  readonly targetedBy: readonly FieldName[];
  /** Who is warned that its time runs out, once for each of the target's fractions; nobody, when absent. */
  readonly warns?: Warns;
  /** Reads policies and calendars once, and answers from them which target holds for these values at that moment. */
  readonly load: (tx: Tx) => Promise<TargetFinder>;
}

/** Somebody who is warned of a deadline: who has the record, who leads its team, who manages its team. */
export type Warned = "owner" | "lead" | "manager";

/** Who hears of a clock whose time runs out. */
export interface Warns {
  /** In turn: the first fraction tells the first of them, the next the second, the last before the breach the last. The breach tells all. */
  readonly inTurn: readonly Warned[];
  /** Others who are told of a breach: the ids of people. Asked as the product. */
  readonly ofBreach?: (tx: Tx, record: Stored) => Promise<readonly string[]>;
}

/** Whether such a clock is due when a day ends, which people know by that day, or at a moment. */
export function endsOf(clock: ClockDefinition<string>): "day" | "moment" {
  if (clock.rule === "counted") return clock.ends ?? "day";
  return clock.rule === "day" ? "day" : "moment";
}

/** Which target holds for a record with these values, from then on; null when none is promised. */
export type TargetFinder = (
  values: Readonly<Record<string, unknown>>,
  at: Temporal.Instant,
) => ServiceLevelTarget | null;

/** What is known at a line of a timeline: every value until then, and the person who asked. */
export interface Told {
  readonly values: Readonly<Record<string, unknown>>;
  readonly requesterId: string | null;
}

/** Whose word a comment is: that of whoever asked, or that of whoever answers them. */
export type Side = "asker" | "answerer";

/** What the timeline says, as far as clocks care. */
export interface TimelineFact {
  readonly at: Temporal.Instant;
  readonly verb: string;
  readonly actorId: string | null;
  /** The person who was away and for whom the actor did it. */
  readonly forId?: string;
  /** Whoever did it elsewhere, as the source names them (imports). */
  readonly by?: string;
  /** commented: whose word it is, where who wrote it does not say so. */
  readonly side?: Side;
  readonly audience: string;
  /** The state after it. */
  readonly state?: string;
  /** Values given by it, by field. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** A clock read at a moment: what is stored, and what explains it. */
export interface ClockReading {
  readonly name: string;
  readonly label: string;
  readonly rule: string;
  readonly state: "running" | "paused" | "stopped" | "cancelled";
  readonly startedAt: Temporal.Instant;
  readonly dueAt: Temporal.Instant | null;
  readonly stoppedAt: Temporal.Instant | null;
  readonly outcome: "met" | "missed" | null;
  readonly targetMinutes: number | null;
  readonly elapsedMinutes: number;
  readonly pausedMinutes: number;
  readonly metOnlyByPause: boolean;
  readonly policyVersion: string;
  readonly calendarVersion: string;
  /** When each fraction of the time at which somebody is warned is or was reached: those ahead only while it runs. */
  readonly warnings: readonly { readonly fraction: number; readonly at: Temporal.Instant }[];
  /** One sentence for people. */
  readonly sentence: string;
  /** Whether it is due when a day ends, which people know by that day, or at a moment. */
  readonly ends: "day" | "moment";
  /** Day by day, when asked for. */
  readonly ledger: DeadlineAnswer["ledger"] | null;
  /** The day by another reading of the law. */
  readonly alternative: DeadlineAnswer["alternative"];
}

interface ReadOptions {
  readonly name: string;
  readonly facts: readonly TimelineFact[];
  readonly requesterId: string | null;
  readonly now: Temporal.Instant;
  readonly explain?: boolean;
  /** The bank holidays that are known, for clocks that count days; those shipped where none are given. */
  readonly holidays?: KnownHolidays | null;
  /** How the organisation counts its own days, for the same. */
  readonly council?: CouncilDays | null;
}

/** Reads a clock from a record's timeline. null when it has not started or nothing is promised. */
export function readClock(
  definition: ClockDefinition<string>,
  finder: TargetFinder | null,
  options: ReadOptions,
): ClockReading | null {
  if (definition.rule === "service-level") return readServiceLevel(definition, finder, options);
  if (definition.rule === "counted") {
    const { holidays = null, council = null } = options;
    return readCounted(definition, { ...options, holidays, council });
  }
  return readNamed(definition, options);
}

function readServiceLevel(
  definition: ServiceLevelClock<string>,
  finder: TargetFinder | null,
  options: ReadOptions,
): ClockReading | null {
  const events = serviceLevelEvents(definition, finder ?? (() => null), options);
  if (events.length === 0) return null;
  const result = computeServiceLevel({ events, now: options.now, explain: options.explain ?? false });
  if (result.state === "notStarted" || !result.startedAt) return null;
  return {
    name: options.name,
    label: definition.label,
    rule: "service-level",
    state: result.state,
    startedAt: result.startedAt,
    dueAt: result.dueAt,
    stoppedAt: result.stoppedAt,
    // A running clock's outcome changes with time alone, so only a stopped one's is kept.
    outcome: result.state === "stopped" ? result.outcome : null,
    targetMinutes: result.targetMinutes,
    elapsedMinutes: result.elapsedMinutes,
    pausedMinutes: result.pausedMinutes,
    metOnlyByPause: result.metOnlyByPause,
    policyVersion: result.policyVersion ?? "",
    calendarVersion: result.calendarVersion ?? "",
    warnings: definition.warns ? result.warnings : [],
    sentence: sentence(result, options.now),
    ends: "moment",
    ledger: result.ledger ?? null,
    alternative: null,
  };
}

/** The engine's events from the timeline: states decide pausing and stopping, targeting fields decide the target. */
function serviceLevelEvents(
  clock: ServiceLevelClock<string>,
  finder: TargetFinder,
  { facts, requesterId }: ReadOptions,
): ClockEvent[] {
  const events: ClockEvent[] = [];
  let values: Readonly<Record<string, unknown>> = {};
  let mode: "before" | "running" | "paused" | "stopped" | "cancelled" = "before";
  for (const fact of facts) {
    const retargets = fact.values !== undefined && clock.targetedBy.some((name) => fact.values && name in fact.values);
    if (fact.values) values = { ...values, ...fact.values };
    if (mode === "before") {
      const target = clock.owed?.(values) === false ? null : finder(values, fact.at);
      if (!target) return [];
      events.push({ kind: "start", at: fact.at, ...target });
      mode = "running";
    } else if (retargets) {
      const target = finder(values, fact.at);
      if (target) events.push({ kind: "retarget", at: fact.at, ...target });
    }
    const next = nextMode(clock, fact, mode, { values, requesterId });
    if (next === null) continue;
    mode = next.mode;
    events.push(...next.events);
  }
  return events;
}

type Mode = "running" | "paused" | "stopped" | "cancelled";

interface Turn {
  readonly mode: Mode;
  readonly events: readonly ClockEvent[];
}

/** What a fact does to a clock; null when nothing. */
function nextMode(clock: ServiceLevelClock<string>, fact: TimelineFact, mode: Mode, told: Told): Turn | null {
  const { at, state } = fact;
  const answered = answers(clock, fact, told);
  if (answered && (mode === "running" || mode === "paused")) return { mode: "stopped", events: [{ kind: "stop", at }] };
  if (state === undefined || mode === "cancelled") return null;
  const wanted = modeIn(clock, state);
  if (wanted === mode) return null;
  if (wanted === "cancelled") return { mode: wanted, events: [{ kind: "cancel", at }] };
  if (wanted === "stopped") return { mode: wanted, events: [{ kind: "stop", at }] };
  const pause: ClockEvent[] = wanted === "paused" ? [{ kind: "pause", at, reason: state }] : [];
  if (mode === "stopped") return clock.reopens ? { mode: wanted, events: [{ kind: "reopen", at }, ...pause] } : null;
  return { mode: wanted, events: pause.length > 0 ? pause : [{ kind: "resume", at }] };
}

/** Whether a line is an answer to whoever asked. What somebody says who stands in for them is their own side. */
function answers(clock: ServiceLevelClock<string>, fact: TimelineFact, told: Told): boolean {
  if (fact.verb !== "commented") return clock.answeredBy?.(fact, told) ?? false;
  if (clock.stopsOnAnswer !== true || fact.audience !== "everyone") return false;
  if (fact.side !== undefined) return fact.side === "answerer";
  const { requesterId } = told;
  return (
    fact.actorId !== null && fact.actorId !== requesterId && (fact.forId === undefined || fact.forId !== requesterId)
  );
}

function modeIn(clock: ServiceLevelClock<string>, state: string): Mode {
  if (clock.cancelsIn.includes(state)) return "cancelled";
  if (clock.stopsIn.includes(state)) return "stopped";
  return clock.pausesIn.includes(state) ? "paused" : "running";
}
