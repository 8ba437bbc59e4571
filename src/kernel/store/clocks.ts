import { sql } from "kysely";
import { readClock } from "../clock.ts";
import type { ClockReading, TargetFinder, TimelineFact } from "../clock.ts";
import { councilDaysOf } from "../organisation/council-days.ts";
import type { RecordType } from "../record.ts";
import { once } from "../transaction.ts";
import type { Stored, Tx } from "../transaction.ts";
import { readReferenceData } from "./reference-data.ts";
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
    const counting = clock.rule === "counted" ? await countingOf(tx) : {};
    const reading = readClock(clock, await targetFinder(tx, type, name), { name, ...counting, ...options });
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

/** The bank holidays that are known and how the organisation counts its own days, read once in the transaction. */
export function countingOf(tx: Tx) {
  return once(tx, "clock holidays", async () => {
    const data = await readReferenceData(tx, ["calendar"]);
    return { holidays: data.holidays, council: councilDaysOf(data.get("calendar") ?? []) };
  });
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
  const rows = clocks.map(({ recordId, reading }) => ({ record_id: recordId, ...keptClock(reading) }));
  await sql`select store_clocks(${JSON.stringify(rows)}::jsonb)`.execute(tx.db);
}

/** What of a clock is written: what is kept of it, and the first moment of which somebody may have to be warned. Of which they were, whoever warns knows. */
export function keptClock(reading: ClockReading) {
  const { state, warnings } = reading;
  const moments = state === "running" ? warnings.map(({ at }) => at) : [];
  const first = moments.sort((one, other) => Temporal.Instant.compare(one, other))[0];
  return { ...clockRow(reading), next_warning_at: first?.toString() ?? "infinity" };
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
