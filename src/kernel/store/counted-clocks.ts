import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { refuse } from "../errors.ts";
import type { RecordType } from "../record.ts";

/** How a clock that counts days can have gone, or how it stands. */
export const waysOfCounted = {
  met: "in time",
  missed: "late",
  running: "still running",
  paused: "stopped by the law",
} as const;

/** What is asked of such a clock; null for what is not. Moments: on or after the first, before the second. */
export interface CountedAs {
  readonly ways: readonly string[] | null;
  readonly from: string | null;
  readonly before: string | null;
}

/**
 * The clocks of a type that count days and promise the day that they count to, by name. The earlier day that another reading of the law wants is
 * advice: nothing goes by whether it was kept.
 */
export function countedClocks(type: RecordType): [name: string, label: string][] {
  return Object.entries(type.clocks).flatMap(([name, clock]): [string, string][] =>
    clock.rule === "counted" && clock.day !== "workTo" ? [[name, clock.label]] : [],
  );
}

/** The records whose clock went or stands so, as SQL. Refuses (invalid) days of what was not done on any. */
export function countedCondition(
  type: RecordType,
  clock: string,
  { ways, from, before }: CountedAs,
): RawBuilder<unknown> {
  const unfinished = (ways ?? []).filter((way) => way === "running" || way === "paused");
  if (unfinished.length > 0 && (from !== null || before !== null))
    refuse(
      `${clock}-outcome`,
      `${type.clocks[clock]?.label ?? clock}: what is still running, or stopped by the law, was not done on any day. Leave out the days, or choose only in time and late`,
    );
  return sql`id = any (array(select counted_clocks(${type.name}, ${clock}, ${ways}::text[], ${from}::timestamptz, ${before}::timestamptz)))`;
}
