import { sql } from "kysely";
import { spansOn } from "../../../kernel/clocks/business-calendar.ts";
import { viewOf } from "../../../kernel/store/row.ts";
import { filterOf } from "../../../kernel/store/find.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { teamShifts } from "../assigning/candidates.ts";
import { calendarOfQueue } from "../service-level.ts";
import { Ticket } from "../ticket.record.ts";

const zone = "Europe/London";
/** Working days that are looked ahead, the rest of today counted as one, and how far they may lie off. */
const workingDays = 2;
const daysMax = 10;
/** Deadlines that are read at the most, of those to come and of those that have passed. */
export const deadlinesMax = 2000;

/** A running deadline of an open ticket. */
export interface Deadline {
  readonly reference: string;
  readonly title: string;
  readonly ownerId: string | null;
  readonly queue: string;
  readonly clock: "respond" | "resolve";
  /** ISO 8601 in UTC. */
  readonly dueAt: string;
}

/** An hour to come: what breaches in it if nothing is done, and who is planned to be there. */
export interface Hour {
  readonly from: Temporal.ZonedDateTime;
  readonly breaches: readonly Deadline[];
  /** How many people are on a shift at the desk or on site in it; null where no team of these queues plans any. */
  readonly cover: number | null;
}

/** What breaches from now to the end of the next working days. */
export interface Forecast {
  readonly until: Temporal.ZonedDateTime;
  readonly late: readonly Deadline[];
  /** Those hours in which something breaches, a queue is open or somebody is on shift. */
  readonly hours: readonly Hour[];
  /** Whether there was more than is read. */
  readonly more: boolean;
}

interface Asked {
  readonly queue: string | null;
  readonly owner: string | null;
}

/** Reads the forecast of what the person may see, of one queue and of one owner (`none`: nobody’s) where they are told. */
export async function readForecast(tx: Tx, asked: Asked): Promise<Forecast> {
  const queues = ((await readReferenceData(tx, ["queue"])).get("queue") ?? []).filter(
    ({ id, closedAt }) => closedAt === null && (asked.queue === null || id === asked.queue),
  );
  const calendars = await Promise.all(queues.map(({ id }) => calendarOfQueue(tx, id)));
  const now = tx.now.toZonedDateTimeISO(zone);
  const opens = (day: Temporal.PlainDate) => calendars.flatMap((calendar) => spansOn(calendar, day));
  const until = endOfWindow(now, opens);
  const [coming, late] = await Promise.all([
    readDeadlines(tx, asked, tx.now, until.toInstant()),
    readDeadlines(tx, asked, null, tx.now),
  ]);
  const teams = [...new Set(queues.flatMap(({ teamId }) => teamId ?? []))].slice(0, 100);
  const shifts = (
    await Promise.all(teams.map((team) => teamShifts(tx, team, tx.now.subtract({ hours: 168 }), until.toInstant())))
  )
    .flat()
    .filter(({ kind }) => kind !== "call")
    .map(({ personId, startsAt, endsAt }) => ({ personId, from: Date.parse(startsAt), until: Date.parse(endsAt) }));
  const hours: Hour[] = [];
  for (
    let from = now.round({ smallestUnit: "hour", roundingMode: "floor" });
    Temporal.ZonedDateTime.compare(from, until) < 0;
    from = from.add({ hours: 1 })
  ) {
    const [begins, ends] = [from.epochMilliseconds, from.add({ hours: 1 }).epochMilliseconds];
    const breaches = coming.filter(({ dueAt }) => begins <= Date.parse(dueAt) && Date.parse(dueAt) < ends);
    const there = new Set(
      shifts.filter((one) => one.from < ends && one.until > begins).map(({ personId }) => personId),
    );
    const time = from.toPlainTime().toString({ smallestUnit: "minute" });
    const open = opens(from.toPlainDate()).some((span) => span.from <= time && time < span.to);
    if (breaches.length > 0 || there.size > 0 || open)
      hours.push({ from, breaches, cover: shifts.length > 0 ? there.size : null });
  }
  return { until, late, hours, more: coming.length === deadlinesMax || late.length === deadlinesMax };
}

/** The end of the last of the next days on which any of the queues is open. */
function endOfWindow(
  now: Temporal.ZonedDateTime,
  opens: (day: Temporal.PlainDate) => readonly { readonly to: string }[],
): Temporal.ZonedDateTime {
  let found = 0;
  for (let ahead = 0; ahead < daysMax; ahead++) {
    const day = now.toPlainDate().add({ days: ahead });
    const last = opens(day)
      .map(({ to }) => to)
      .sort()
      .at(-1);
    if (last === undefined) continue;
    const end =
      last === "24:00"
        ? day.add({ days: 1 }).toZonedDateTime(zone)
        : day.toZonedDateTime({ timeZone: zone, plainTime: last });
    // Closed for today already: not one of them.
    if (Temporal.ZonedDateTime.compare(end, now) <= 0) continue;
    found += 1;
    // What falls due as it closes is of that hour.
    if (found === workingDays) return end.add({ hours: 1 });
  }
  return now.add({ days: workingDays });
}

async function readDeadlines(
  tx: Tx,
  { queue, owner }: Asked,
  from: Temporal.Instant | null,
  before: Temporal.Instant,
): Promise<Deadline[]> {
  // The records are told the same of their next deadline, for the index that has them in that order.
  const { rows } = await sql<Deadline>`
    select reference, title, owner_id as "ownerId", within_id as queue, c.name as clock, c.due_at as "dueAt"
    from ${viewOf(Ticket)} join clocks c on c.organisation_id = ${tx.actor.organisationId}::uuid and c.record_id = id and c.state = 'running'
    where ${viewOf(Ticket)}.organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null
      and next_due_at < ${before.toString()}::timestamptz and c.due_at < ${before.toString()}::timestamptz
      and c.name in ('respond', 'resolve')
      ${from === null ? sql`` : sql`and c.due_at >= ${from.toString()}::timestamptz`}
      ${queue === null ? sql`` : sql`and within_id = ${queue}::uuid`}
      ${owner === null ? sql`` : owner === "none" ? sql`and owner_id is null` : sql`and owner_id = ${owner}::uuid`}
      ${filterOf(tx, Ticket)}
    order by c.due_at, id limit ${deadlinesMax}`.execute(tx.db);
  return rows;
}
