import type pg from "pg";
import { sourceName } from "./rebuild.ts";

/** How our clock says that the promise went: kept, broken, or nothing that can be said yet. */
export type Ours = "met" | "missed" | "open";
/** What the source says of its own promise: its last `made_sla`; null where it says neither. */
export type Theirs = boolean | null;

/** What our own computation shows of an incident, in the order in which people read it. */
export const shown = {
  paused: "the clock was paused",
  reopened: "it was reopened",
  priority: "its priority changed",
  unresolved: "no time at which it was resolved",
} as const;

export type Shown = keyof typeof shown;

/** Incidents alike: in what both sides say, and in what our own computation shows. Each incident is in one group. */
export interface LevelGroup {
  readonly ours: Ours;
  readonly theirs: Theirs;
  readonly shows: readonly Shown[];
  readonly incidents: number;
  /** Of those that met our promise, how many met it only because the clock was paused. */
  readonly onlyThroughPauses: number;
  /** The ids of a few of its tickets. */
  readonly examples: readonly string[];
}

/** Our results beside those of the source, whose policy is not known: no cause is claimed for what it says. */
export interface LevelComparison {
  /** Both met, or both missed. */
  readonly agree: number;
  /** One met and the other missed. */
  readonly differ: number;
  /** One of them says nothing. */
  readonly untold: number;
  /** Those that differ first, the largest first. */
  readonly groups: readonly LevelGroup[];
}

/** Compares the incidents that came from a log, as they stand in the database. */
export async function compareLevels(
  ownerPool: pg.Pool,
  organisationId: string,
  numbers: readonly string[],
): Promise<LevelComparison> {
  const { rows } = await ownerPool.query<LevelGroup>(
    `with tickets as materialized (
       select id, case when source_columns ~ '(?n)^- made_sla: true$' then true when source_columns ~ '(?n)^- made_sla: false$' then false end as theirs
       from ticket where organisation_id = $1 and source = $2 and source_reference = any ($3::text[])
     ), told as (
       select b.record_id, bool_or(b.body ->> 'move' = 'reopen') as reopened, bool_or(b.body #> '{changes,priority}' is not null) as priority,
         bool_or(b.body ->> 'state' = 'resolved') as resolved
       from event_bodies b where b.organisation_id = $1 and b.record_id in (select id from tickets) group by b.record_id
     ), seen as (
       select t.id, t.theirs, coalesce(c.outcome, 'open') as ours, coalesce(c.met_only_by_pause, false) as only_by_pause,
         array_remove(array[case when c.paused_minutes > 0 or c.state = 'paused' then 'paused' end, case when told.reopened then 'reopened' end,
           case when told.priority then 'priority' end, case when told.resolved is not true then 'unresolved' end], null) as shows
       from tickets t left join clocks c on c.organisation_id = $1 and c.record_id = t.id and c.name = 'resolve'
       left join told on told.record_id = t.id
     )
     select ours, theirs, shows, count(*)::integer as incidents, (count(*) filter (where only_by_pause))::integer as "onlyThroughPauses",
       (array_agg(id order by id))[1:3] as examples
     from seen group by ours, theirs, shows order by ours, theirs, shows`,
    [organisationId, sourceName, numbers],
  );
  return comparisonOf(rows);
}

function comparisonOf(groups: readonly LevelGroup[]): LevelComparison {
  const many = (how: ReturnType<typeof howOf>) =>
    groups.filter((group) => howOf(group) === how).reduce((sum, { incidents }) => sum + incidents, 0);
  const order = ["differ", "untold", "agree"];
  return {
    agree: many("agree"),
    differ: many("differ"),
    untold: many("untold"),
    groups: groups.toSorted(
      (one, other) => order.indexOf(howOf(one)) - order.indexOf(howOf(other)) || other.incidents - one.incidents,
    ),
  };
}

/** Whether both sides of a group say the same. */
export function howOf({ ours, theirs }: Pick<LevelGroup, "ours" | "theirs">): "agree" | "differ" | "untold" {
  if (ours === "open" || theirs === null) return "untold";
  return (ours === "met") === theirs ? "agree" : "differ";
}

/** Keeps the comparison for its page, in place of the one before. */
export async function keepLevels(
  ownerPool: pg.Pool,
  organisationId: string,
  comparison: LevelComparison,
  now: Temporal.Instant,
): Promise<void> {
  await ownerPool.query(
    `insert into level_comparisons (organisation_id, source, compared_at, comparison) values ($1, $2, $3, $4)
     on conflict (organisation_id, source) do update set compared_at = excluded.compared_at, comparison = excluded.comparison`,
    [organisationId, sourceName, now.toString(), JSON.stringify(comparison)],
  );
}

/** What a group says, for people: “Met here, missed there: the clock was paused, it was reopened”. */
export function groupText({ ours, theirs, shows }: Pick<LevelGroup, "ours" | "theirs" | "shows">): {
  readonly sides: string;
  readonly shows: string;
} {
  const here = { met: "Met here", missed: "Missed here", open: "Not decided here" }[ours];
  const there = theirs === null ? "not told there" : theirs ? "made there" : "missed there";
  return {
    sides: `${here}, ${there}`,
    shows: shows.length > 0 ? shows.map((one) => shown[one]).join(", ") : "none of these",
  };
}
