import { sql } from "kysely";
import { spansOn } from "../../../kernel/clocks/business-calendar.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { onCallNow, peopleAway, teamShifts } from "../assigning/candidates.ts";
import type { TeamShift } from "../assigning/candidates.ts";
import { calendarOfQueue } from "../service-level.ts";
import { gapsIn } from "./gaps.ts";
import type { Stretch } from "./gaps.ts";

const zone = "Europe/London";

/** A day of a team’s rota. */
export interface RotaDay {
  readonly day: Temporal.PlainDate;
  readonly shifts: readonly TeamShift[];
  /** The ids of those of the team who are away. */
  readonly away: ReadonlySet<string>;
  /** When a queue of the team is open and nobody who is here is on shift. */
  readonly gaps: readonly Stretch[];
}

/** A team’s week. */
export interface Rota {
  readonly days: readonly RotaDay[];
  /** The ids of the team’s members and of whoever else has a shift, in order of their names. */
  readonly people: readonly string[];
  readonly onCall: readonly string[];
  readonly onShift: readonly string[];
}

/** Reads the week of a team from a Monday on, as the person may see it. */
export async function readRota(tx: Tx, team: string, monday: Temporal.PlainDate): Promise<Rota> {
  const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(zone).toInstant();
  const shifts = await teamShifts(tx, team, startOf(monday), startOf(monday.add({ days: 7 })));
  const { rows: members } = await sql<{ id: string }>`select m.member as id from team_members m
    where m.organisation_id = ${tx.actor.organisationId}::uuid and m.parent_id = ${team}::uuid and m.removed_at is null
    order by m.position limit 200`.execute(tx.db);
  const people = [...new Set([...members.map(({ id }) => id), ...shifts.map(({ personId }) => personId)])];
  const wantedOn = await opensOn(tx, team);
  const days = await Promise.all(
    Array.from({ length: 7 }, async (_, ahead): Promise<RotaDay> => {
      const day = monday.add({ days: ahead });
      const [from, until] = [startOf(day).epochMilliseconds, startOf(day.add({ days: 1 })).epochMilliseconds];
      const away = new Set((await peopleAway(tx, people, day)).keys());
      const own = shifts.filter(({ startsAt, endsAt }) => Date.parse(startsAt) < until && Date.parse(endsAt) > from);
      const there = own.filter(({ kind, personId }) => kind !== "call" && !away.has(personId));
      return { day, shifts: own, away, gaps: gapsIn(wantedOn(day), there.map(stretchOf)) };
    }),
  );
  const now = tx.now.epochMilliseconds;
  const current = (await teamShifts(tx, team, tx.now, tx.now.add({ seconds: 1 }))).filter(
    ({ kind, startsAt, endsAt }) => kind !== "call" && Date.parse(startsAt) <= now && now < Date.parse(endsAt),
  );
  return {
    days,
    people,
    onCall: await onCallNow(tx, team),
    onShift: [...new Set(current.map(({ personId }) => personId))],
  };
}

function stretchOf({ startsAt, endsAt }: TeamShift): Stretch {
  return { from: Date.parse(startsAt), until: Date.parse(endsAt) };
}

/** When some queue of the team is open on a day; queues that never close want nobody at the desk all night. */
export async function opensOn(tx: Tx, team: string): Promise<(day: Temporal.PlainDate) => Stretch[]> {
  const queues = ((await readReferenceData(tx, ["queue"])).get("queue") ?? []).filter(
    ({ teamId, closedAt, values }) => teamId === team && closedAt === null && values["calendar"],
  );
  const calendars = await Promise.all(queues.map(({ id }) => calendarOfQueue(tx, id)));
  const momentOf = (day: Temporal.PlainDate, time: string) =>
    (time === "24:00"
      ? day.add({ days: 1 }).toZonedDateTime(zone)
      : day.toZonedDateTime({ timeZone: zone, plainTime: time })
    ).epochMilliseconds;
  return (day) =>
    calendars.flatMap((calendar) =>
      spansOn(calendar, day).map((span) => ({ from: momentOf(day, span.from), until: momentOf(day, span.to) })),
    );
}
