import { sql } from "kysely";
import { readClock } from "../clock.ts";
import type { ClockReading, TargetFinder, TimelineFact } from "../clock.ts";
import type { RecordType } from "../record.ts";
import { once } from "../transaction.ts";
import type { Stored, Tx } from "../transaction.ts";
import { timelineFacts } from "./timeline.ts";

interface ReadOptions {
  readonly facts: readonly TimelineFact[];
  readonly requesterId: string | null;
  readonly now: Temporal.Instant;
  readonly explain?: boolean;
}

/** Reads every clock of a type from a record's facts. */
export async function readClocks(tx: Tx, type: RecordType, options: ReadOptions): Promise<ClockReading[]> {
  const readings: ClockReading[] = [];
  for (const [name, clock] of Object.entries(type.clocks)) {
    const reading = readClock(clock, await targetFinder(tx, type, name), { name, ...options });
    if (reading) readings.push(reading);
  }
  return readings;
}

/** The function that says which target a clock has, with its policies read once in the transaction. */
export function targetFinder(tx: Tx, type: RecordType, name: string): Promise<TargetFinder | null> {
  const clock = type.clocks[name];
  return clock?.rule === "service-level"
    ? once(tx, `clock ${type.name} ${name}`, () => clock.load(tx))
    : Promise.resolve(null);
}

/** A record's clocks as they stand, with the ledger when asked for. */
export async function clocksOf(tx: Tx, type: RecordType, record: Stored, explain = false): Promise<ClockReading[]> {
  if (Object.keys(type.clocks).length === 0) return [];
  const facts = await timelineFacts(tx, type, record);
  return readClocks(tx, type, { facts, requesterId: record.requesterId, now: tx.now, explain });
}

/** The earliest deadline of a running clock, for the lists; null when none runs. */
export function nextDue(readings: readonly ClockReading[]): Temporal.Instant | null {
  const due = readings.flatMap(({ state, dueAt }) => (state === "running" && dueAt ? [dueAt] : []));
  return due.sort((one, other) => Temporal.Instant.compare(one, other))[0] ?? null;
}

/** Stores what the clocks say, so that lists need not compute it. Verify computes each again. */
export function storeClocks(tx: Tx, recordId: string, readings: readonly ClockReading[]): Promise<void> {
  return storeClocksOfMany(
    tx,
    readings.map((reading) => ({ recordId, reading })),
  );
}

/** The same for clocks of several records, in one statement. */
export async function storeClocksOfMany(
  tx: Tx,
  clocks: readonly { readonly recordId: string; readonly reading: ClockReading }[],
): Promise<void> {
  if (clocks.length === 0) return;
  const rows = clocks.map(({ recordId, reading }) => ({
    organisation_id: tx.actor.organisationId,
    record_id: recordId,
    ...clockRow(reading),
    next_warning_at: nextWarning(reading),
  }));
  const changing = [
    "next_warning_at",
    "state",
    "started_at",
    "due_at",
    "stopped_at",
    "outcome",
    "target_minutes",
    "elapsed_minutes",
    "paused_minutes",
    "met_only_by_pause",
    "policy_version",
    "calendar_version",
  ] as const;
  await tx.db
    .insertInto("clocks")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["organisation_id", "record_id", "name"])
        .doUpdateSet(Object.fromEntries(changing.map((column) => [column, sql.ref(`excluded.${column}`)]))),
    )
    .execute();
}

/** The same for a record that was made just now: there is nothing to write over, and whoever made it need not be able to read it. */
export async function storeNewClocks(tx: Tx, recordId: string, readings: readonly ClockReading[]): Promise<void> {
  if (readings.length === 0) return;
  await tx.db
    .insertInto("clocks")
    .values(
      readings.map((reading) => ({
        organisation_id: tx.actor.organisationId,
        record_id: recordId,
        ...clockRow(reading),
        next_warning_at: nextWarning(reading),
      })),
    )
    .execute();
}

/** The first moment of which somebody may have to be warned; of which they were already, whoever warns knows. */
function nextWarning({ state, warnings }: ClockReading): string {
  if (state !== "running") return "infinity";
  const [first] = warnings.map(({ at }) => at).sort((one, other) => Temporal.Instant.compare(one, other));
  return first?.toString() ?? "infinity";
}

/** What of a clock is kept, as its row has it. */
export function clockRow(reading: ClockReading) {
  return {
    name: reading.name,
    state: reading.state,
    started_at: reading.startedAt.toString(),
    due_at: reading.dueAt?.toString() ?? null,
    stopped_at: reading.stoppedAt?.toString() ?? null,
    outcome: reading.outcome,
    target_minutes: reading.targetMinutes,
    // What runs on changes by itself, so only what has stopped is kept.
    elapsed_minutes: reading.state === "stopped" ? reading.elapsedMinutes : 0,
    paused_minutes: reading.state === "stopped" ? reading.pausedMinutes : 0,
    met_only_by_pause: reading.metOnlyByPause,
    policy_version: reading.policyVersion,
    calendar_version: reading.calendarVersion,
  };
}

/** What the line of a timeline tells of the clocks that are stored with it: their names, so that none can be taken away unseen. */
export function toldOfClocks(readings: readonly ClockReading[]): { readonly clocks?: readonly string[] } {
  return readings.length === 0 ? {} : { clocks: readings.map(({ name }) => name) };
}
