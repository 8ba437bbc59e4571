import type { ClockReading, TimelineFact } from "./clock.ts";

/** The end of a day that a field names, while the record is in one of some states. */
export interface DayClock<StateName extends string, FieldName extends string = string> {
  readonly rule: "day";
  readonly label: string;
  readonly day: FieldName;
  readonly runsIn: readonly StateName[];
}

/** The moment that a field names, while the record is in one of some states. It begins anew with each moment that it is given. */
export interface MomentClock<StateName extends string, FieldName extends string = string> {
  readonly rule: "moment";
  readonly label: string;
  readonly moment: FieldName;
  readonly runsIn: readonly StateName[];
}

/** Reads a clock of a day or moment that a field names; null where none was named yet. */
export function readNamed(
  definition: DayClock<string> | MomentClock<string>,
  {
    name,
    facts,
    now,
  }: { readonly name: string; readonly facts: readonly TimelineFact[]; readonly now: Temporal.Instant },
): ClockReading | null {
  const field = definition.rule === "day" ? definition.day : definition.moment;
  let named: unknown = null;
  let state = "";
  let startedAt: Temporal.Instant | null = null;
  for (const fact of facts) {
    if (fact.values && field in fact.values) {
      const given = fact.values[field];
      // Each moment is a promise of its own; a day that is put off is the same one. One that is taken back was promised all the same.
      if (definition.rule === "moment" && typeof given === "string" && given !== named) startedAt = null;
      named = given;
    }
    if (fact.state !== undefined) state = fact.state;
    if (typeof named === "string" && startedAt === null) startedAt = fact.at;
  }
  if (!startedAt) return null;
  const dueAt = typeof named === "string" && definition.runsIn.includes(state) ? endOf(definition.rule, named) : null;
  return {
    name,
    label: definition.label,
    rule: definition.rule,
    state: dueAt ? "running" : "cancelled",
    startedAt,
    dueAt,
    stoppedAt: null,
    outcome: null,
    targetMinutes: null,
    elapsedMinutes: 0,
    pausedMinutes: 0,
    metOnlyByPause: false,
    policyVersion: "",
    calendarVersion: "",
    warnings: [],
    ends: definition.rule,
    sentence: dueAt ? sentenceOf(definition.rule, Temporal.Instant.compare(now, dueAt) > 0) : "It does not run now",
    ledger: null,
    alternative: null,
  };
}

/** A day ends at midnight, London’s time. */
function endOf(rule: "day" | "moment", named: string): Temporal.Instant {
  if (rule === "moment") return Temporal.Instant.from(named);
  return Temporal.PlainDate.from(named).add({ days: 1 }).toZonedDateTime("Europe/London").toInstant();
}

function sentenceOf(rule: "day" | "moment", late: boolean): string {
  if (rule === "day") return late ? "That day has passed" : "Due by the end of that day";
  return late ? "That moment has passed" : "Due by that moment";
}
