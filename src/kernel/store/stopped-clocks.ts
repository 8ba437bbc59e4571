import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { RecordType } from "../record.ts";

type Condition = RawBuilder<unknown>;

/** How a clock stopped: with one of these outcomes, and after a move that was looked for. Null and false ask for nothing. */
export interface StoppedAs {
  readonly outcomes: readonly string[] | null;
  readonly after: boolean;
}

/** The columns of clocks that stopped. No field's column can have such a name: those have single underscores. */
export const stoppedColumns = {
  of: sql.ref("clock__of"),
  at: sql.ref("clock__stopped_at"),
  elapsed: sql.ref("clock__elapsed"),
  outcome: sql.ref("clock__outcome"),
  onlyByPause: sql.ref("clock__only_by_pause"),
  madeAfter: sql.ref("clock__made_after"),
} as const;

/**
 * The clocks of one name that stopped from a moment until another (null: up to now), of which no more than ten years, of the records that the person
 * may see, as SQL to select from. `after` names the moves of which it is to be told whether one was made.
 */
export function stoppedClocks(
  type: RecordType,
  clock: string,
  { from, before, after }: { from: string; before: string | null; after: readonly string[] | null },
): Condition {
  return sql`stopped_clocks(${type.name}, ${clock}, ${from}::timestamptz, ${before}::timestamptz, ${after}::text[])
    as stopped (${sql.join(Object.values(stoppedColumns))})`;
}

/** Whether one of these clocks stopped so, as SQL. */
export function stoppedAs({ outcomes, after }: StoppedAs): Condition {
  const { outcome, onlyByPause, madeAfter } = stoppedColumns;
  const which =
    outcomes === null
      ? sql`true`
      : sql`(${outcome} = any (${outcomes}::text[]) or ${outcome} = 'met'
          and case when ${onlyByPause} then 'met-through-pauses' else 'met-without-pauses' end = any (${outcomes}::text[]))`;
  return after ? sql`${which} and ${madeAfter}` : which;
}
