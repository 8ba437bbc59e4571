import { sql } from "kysely";
import { workingMinutesBetween } from "../../../kernel/clocks/business-hours.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { formatWeekdayDate } from "../../../web/view/format.ts";
import { calendarOfQueue, londonDay } from "../service-level.ts";
import type { Candidate } from "./choose.ts";

/** A shift of a team, as rules and rotas read it. Moments are ISO 8601 in UTC. */
export interface TeamShift {
  readonly id: string;
  readonly personId: string;
  readonly kind: "desk" | "site" | "call";
  readonly startsAt: string;
  readonly endsAt: string;
}

/** A team is taken to plan its shifts where it has any within so many days. */
const plannedWithinDays = 7;
const membersMax = 200;

/** The shifts of a team that touch a stretch of time; none of a team that the actor does not see. At most 2,000. */
export async function teamShifts(
  tx: Tx,
  team: string,
  from: Temporal.Instant,
  until: Temporal.Instant,
): Promise<TeamShift[]> {
  const { rows } =
    await sql<TeamShift>`select id, person_id as "personId", kind, starts_at as "startsAt", ends_at as "endsAt"
    from team_shifts(${team}::uuid, ${from.toString()}::timestamptz, ${until.toString()}::timestamptz)`.execute(tx.db);
  return rows;
}

/** Who is on call for a team now. */
export async function onCallNow(tx: Tx, team: string | null): Promise<string[]> {
  if (team === null) return [];
  const shifts = await teamShifts(tx, team, tx.now, tx.now.add({ seconds: 1 }));
  return [...new Set(shifts.filter(({ kind }) => kind === "call").map(({ personId }) => personId))];
}

/** Whether a queue is open now. */
export async function isInHours(tx: Tx, queue: unknown): Promise<boolean> {
  return workingMinutesBetween(await calendarOfQueue(tx, queue), tx.now, tx.now.add({ seconds: 1 })) > 0;
}

interface Sought {
  readonly queue: string;
  readonly team: string;
  /** The ids of the skills that the work needs, with their names and who has them. */
  readonly skills: readonly { readonly name: string; readonly people: readonly string[] }[];
  /** Whoever asked is not given their own work. */
  readonly except: string | null;
}

/** The people of a team as they are now: away, on shift, on call, how much they have. */
export async function readCandidates(tx: Tx, { queue, team, skills, except }: Sought): Promise<Candidate[]> {
  const organisation = tx.actor.organisationId;
  const { rows: members } = await sql<{ id: string; name: string }>`
    select distinct p.id, r.title as name from team_members m
    join person p on p.organisation_id = m.organisation_id and p.id = m.member and p.active
    join records r on r.organisation_id = p.organisation_id and r.id = p.id and r.closed_at is null
    where m.organisation_id = ${organisation}::uuid and m.parent_id = ${team}::uuid and m.removed_at is null
      and p.id is distinct from ${except}::uuid order by name, id limit ${membersMax}`.execute(tx.db);
  const ids = members.map(({ id }) => id);
  const [away, shifts, turns, loads] = await Promise.all([
    peopleAway(tx, ids, Temporal.PlainDate.from(londonDay(tx.now))),
    teamShifts(
      tx,
      team,
      tx.now.subtract({ hours: 24 * plannedWithinDays }),
      tx.now.add({ hours: 24 * plannedWithinDays }),
    ),
    sql<{ id: string; turn: number }>`select person_id as id, turn from assignment_turns
      where organisation_id = ${organisation}::uuid and queue_id = ${queue}::uuid`.execute(tx.db),
    sql<{ id: string; open: number }>`select owner_id as id, count(*)::integer as open from records
      where organisation_id = ${organisation}::uuid and type = 'ticket' and closed_at is null and state <> 'resolved'
        and owner_id = any (${ids}::uuid[]) group by owner_id`.execute(tx.db),
  ]);
  const now = tx.now.epochMilliseconds;
  const current = shifts.filter(({ startsAt, endsAt }) => Date.parse(startsAt) <= now && now < Date.parse(endsAt));
  const planned = shifts.some(({ kind }) => kind !== "call");
  const holds = (id: string, call: boolean) =>
    current.some((shift) => shift.personId === id && (shift.kind === "call") === call);
  return members.map(({ id, name }) => ({
    id,
    name,
    awayUntil: away.get(id) ?? null,
    onShift: planned ? holds(id, false) : null,
    onCall: holds(id, true),
    lacks: skills.filter(({ people }) => !people.includes(id)).map((skill) => skill.name),
    open: loads.rows.find((row) => row.id === id)?.open ?? 0,
    turn: turns.rows.find((row) => row.id === id)?.turn ?? 0,
  }));
}

/** Until when, in words, each of these people is away who is away on a day, of those whom the actor sees. */
export async function peopleAway(
  tx: Tx,
  ids: readonly string[],
  day: Temporal.PlainDate,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; until: string }>`select person_id as id, until_day as until
    from people_away(${ids}::uuid[], ${day.toString()}::date)`.execute(tx.db);
  return new Map(rows.map(({ id, until }) => [id, formatWeekdayDate(Temporal.PlainDate.from(until))]));
}
