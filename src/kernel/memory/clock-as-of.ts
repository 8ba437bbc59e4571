import type { RecordType } from "../record.ts";
import { clockRow, readClocks } from "../store/clocks.ts";
import { factsFrom } from "../store/timeline.ts";
import type { StoredFact } from "../store/timeline.ts";
import type { RulesAsOf } from "./rules-as-of.ts";

/** A line of a timeline as clocks read it, with when it was recorded (milliseconds). */
export type RecordedFact = StoredFact & { readonly recordedMs: number };

/** How a clock may be stored by the rules that held when it was last written. */
export interface Acceptable {
  readonly rows: readonly ReturnType<typeof clockRow>[];
  /** Whether it may also be that it was never written. */
  readonly mayBeAbsent: boolean;
}

interface Whose {
  readonly type: RecordType;
  readonly requesterId: string | null;
  readonly facts: readonly RecordedFact[];
  readonly now: Temporal.Instant;
}

/**
 * Computes one clock of a record as it was when it was last written: from the lines until then, by the rules of that
 * moment. A clock that no rule promised then was not written, so what was written before stands. null when a part of the
 * rules' history was erased by law, so that nobody can say.
 */
export async function clockAsOf(rules: RulesAsOf, whose: Whose, name: string): Promise<Acceptable | null> {
  const rows: Acceptable["rows"][number][] = [];
  for (const moment of writtenAt(whose, name)) {
    const transactions = rules.at(moment);
    if (transactions.length === 0) return null;
    const facts = factsFrom(whose.facts.filter(({ recordedMs }) => recordedMs <= moment));
    const readings = await Promise.all(
      transactions.map(async (tx) =>
        (await readClocks(tx, whose.type, { facts, requesterId: whose.requesterId, now: whose.now })).find(
          (reading) => reading.name === name,
        ),
      ),
    );
    rows.push(...readings.flatMap((reading) => (reading ? [clockRow(reading)] : [])));
    if (readings.every((reading) => reading !== undefined)) return { rows, mayBeAbsent: false };
  }
  return { rows, mayBeAbsent: true };
}

/**
 * When a clock of a record was written: with each of its lines but comments, with an answer that may stop one, and of the
 * lines by which deadlines moved with those that name it. The last first.
 */
function writtenAt({ type, requesterId, facts }: Whose, name: string): number[] {
  const answerStops = Object.values(type.clocks).some((clock) => clock.rule === "service-level" && clock.stopsOnAnswer);
  const writes = facts.filter(({ verb, audience, actor, body }) =>
    verb === "deadlines_moved"
      ? Object.hasOwn(body?.deadlines ?? {}, name)
      : verb === "commented"
        ? answerStops && audience === "everyone" && actor !== requesterId
        : verb !== "erased",
  );
  return [...new Set(writes.map(({ recordedMs }) => recordedMs))].toSorted((one, other) => other - one);
}
