import { sql } from "kysely";
import { plannedOnce } from "../../kernel/database/in-transaction.ts";
import { countMax } from "../../kernel/store/list.ts";
import { may } from "../../kernel/access.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { Clock } from "../view/format.ts";
import { workTypes } from "../work-types.ts";
import type { Tone } from "../view/models.ts";

/** A record as My work shows it, whatever its type. */
export interface WorkItem {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly tone: Tone;
  /** Null when no clock runs. */
  readonly dueAt: string | null;
  readonly openedAt: string;
}

/** A person's work, counted to 1,000; 1,001 means more. */
export interface MyWork {
  readonly counts: { readonly late: number; readonly today: number; readonly week: number; readonly open: number };
  /** What they own and is open, soonest due first. */
  readonly owned: readonly WorkItem[];
  /** What they asked for and is open, newest first. */
  readonly asked: readonly WorkItem[];
  /** What waits in their teams without an owner, soonest due first. */
  readonly nobodys: readonly WorkItem[];
  /** What waits for a decision that they may take, soonest due first. */
  readonly decisions: readonly WorkItem[];
}

const ownedMax = 50;
const othersMax = 20;
/** How far into each team's open records an owner is looked for: beyond it a list is the place. */
const lookedAtMax = 1000;

type Row = {
  readonly part: "owned" | "asked" | "nobodys" | "decisions";
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly next_due_at: string;
  readonly opened_at: string;
};

/** Reads it all from `records`, with two queries whatever the types. */
export async function readMyWork(tx: Tx, clock: Clock): Promise<MyWork> {
  const [items, counts] = await Promise.all([readItems(tx), readCounts(tx, clock)]);
  const part = (name: Row["part"]) => items.filter((row) => row.part === name).map((row) => itemOf(tx, row));
  return {
    counts,
    owned: part("owned"),
    asked: part("asked"),
    nobodys: part("nobodys"),
    decisions: part("decisions"),
  };
}

async function readItems(tx: Tx): Promise<Row[]> {
  const organisation = sql`organisation_id = ${tx.actor.organisationId}::uuid`;
  const work = sql`type = any (${workTypes(tx.registry)}::text[])`;
  const columns = sql`id, type, reference, title, state, next_due_at, opened_at`;
  // Whoever stands in sees the work of the person who is away, and nothing that person asked for.
  const person = sql`${workerOf(tx)}::uuid`;
  const asks = tx.actor.standsInFor ? sql`false` : sql`true`;
  const decided = decisionsFor(tx);
  // Only records of types that the person handles are theirs to take.
  const handled = workTypes(tx.registry).filter(
    (type) => may(tx.actor, type, "handle") || may(tx.actor, type, "change"),
  );
  // Every part goes by an index whoever asks; planned anew for each person it took 2 ms at a million records, of 3.
  const { rows } = await sql<Row>`${plannedOnce}
    (select 'owned' as part, ${columns} from records where ${organisation} and owner_id = ${person} and closed_at is null and ${work} order by next_due_at, id limit ${sql.lit(ownedMax)})
    union all
    (select 'asked', ${columns} from records where ${asks} and ${organisation} and requester_id = ${person} and owner_id is distinct from ${person} and closed_at is null
      order by opened_at desc, id limit ${sql.lit(othersMax)})
    union all
    (select 'nobodys', ${columns} from (
        select w.* from unnest(${tx.actor.teams}::uuid[]) as mine (team), lateral (
          select ${columns}, owner_id from records where ${organisation} and team_id = mine.team and closed_at is null order by next_due_at, id limit ${sql.lit(lookedAtMax)}) w) w
      where owner_id is null and type = any (${handled}::text[]) order by next_due_at, id limit ${sql.lit(othersMax)})
    ${sql.join(
      decided.map(
        ({
          type,
          states,
        }) => sql`union all (select 'decisions', ${columns} from records where ${organisation} and type = ${type}
          and state = any (${states}::text[]) and closed_at is null and owner_id is distinct from ${person} order by next_due_at, id limit ${sql.lit(othersMax)})`,
      ),
      sql` `,
    )}`.execute(tx.db);
  return rows;
}

/** Whose work it is: the person's own, or that of whoever they stand in for. */
function workerOf(tx: Tx): string | null {
  return tx.actor.standsInFor?.personId ?? tx.actor.personId;
}

/** The states that wait for a decision which the person may take, by type. */
function decisionsFor(tx: Tx): { type: string; states: string[] }[] {
  return workTypes(tx.registry).flatMap((type) => {
    const states = Object.entries(tx.registry.types.get(type)?.states ?? {}).flatMap(([name, { waitsFor }]) =>
      // What waits for its owner alone stands among what they own.
      waitsFor !== undefined &&
      waitsFor !== "requester" &&
      waitsFor.of !== "owner" &&
      may(tx.actor, type, waitsFor.permission)
        ? [name]
        : [],
    );
    return states.length === 0 ? [] : [{ type, states }];
  });
}

async function readCounts(tx: Tx, { now, zone }: Clock): Promise<MyWork["counts"]> {
  const tomorrow = now.toZonedDateTimeISO(zone).startOfDay().add({ days: 1 });
  const [endOfDay, endOfWeek] = [tomorrow, tomorrow.add({ days: 6 })].map((moment) => moment.toInstant().toString());
  const { rows } = await sql<MyWork["counts"]>`${plannedOnce}
    select count(*) filter (where next_due_at < ${now.toString()}::timestamptz) as late,
      count(*) filter (where next_due_at >= ${now.toString()}::timestamptz and next_due_at < ${endOfDay}::timestamptz) as today,
      count(*) filter (where next_due_at >= ${now.toString()}::timestamptz and next_due_at < ${endOfWeek}::timestamptz) as week,
      count(*) as open
    from (select next_due_at from records where organisation_id = ${tx.actor.organisationId}::uuid and owner_id = ${workerOf(tx)}::uuid
      and closed_at is null and type = any (${workTypes(tx.registry)}::text[]) order by next_due_at limit ${sql.lit(countMax + 1)}) mine`.execute(
    tx.db,
  );
  return rows[0] ?? { late: 0, today: 0, week: 0, open: 0 };
}

function itemOf(tx: Tx, { id, type, reference, title, state, next_due_at: due, opened_at: openedAt }: Row): WorkItem {
  const tone = tx.registry.types.get(type)?.states[state]?.tone ?? "neutral";
  return { id, type, reference, title, state, tone, dueAt: due === "infinity" ? null : due, openedAt };
}
