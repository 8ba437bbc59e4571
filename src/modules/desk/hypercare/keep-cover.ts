import { sql } from "kysely";
import { Refusal } from "../../../kernel/errors.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { create } from "../../../kernel/store/create.ts";
import { move } from "../../../kernel/store/move.ts";
import { readReferenceData } from "../../../kernel/store/reference-data.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { wantedShifts } from "./cover.ts";
import type { CoverPerson, WantedShift } from "./cover.ts";
import { linesOf } from "../major-incident.ts";
import { opensOn } from "../rota/read.ts";
import { londonDay } from "../service-level.ts";

/** Written in one organisation and one go; what is left comes a minute later. */
const shiftsMax = 300;
/** A team is taken to plan its desk where it has a shift of its own from so many days ago on. */
const plansWithinDays = 7;

/** Keeps the extra cover of hypercare windows in the rota, for the four weeks to come, and takes it away where one ends early. */
export const keepCover: ModuleSchedule = {
  task: "keep-cover",
  match: "* * * * *",
  when: "Each minute",
  what: "Plans the extra cover of hypercare windows as shifts of the rota, and takes it away again when one ends early",
  run: async ({ ownerPool, registry }) => {
    const { rows } = await ownerPool.query<{ id: string }>(
      `select distinct organisation_id as id from reeve.records where type = 'hypercare' and closed_at is null
       union select distinct r.organisation_id from reeve.shift s join reeve.records r using (organisation_id, id)
         where s.hypercare is not null and s.ends_at > now() and r.closed_at is null limit 10000`,
    );
    let kept = 0;
    for (const { id } of rows)
      kept += await asSystem({ ownerPool, registry, organisationId: id }, (tx) => keepAllCover(tx));
    return kept;
  },
};

/** A shift that was planned for a hypercare, also one that somebody cancelled since. */
interface Planned {
  readonly id: string;
  readonly hypercare: string;
  readonly person: string;
  readonly kind: string;
  readonly state: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Plans what is missing and takes away what no window wants any more. Gives how many shifts were written. */
export async function keepAllCover(tx: Tx): Promise<number> {
  const windows = (await readReferenceData(tx, ["hypercare"])).get("hypercare") ?? [];
  const { rows: planned } = await sql<Planned>`select id, hypercare, person, kind, state,
      to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "startsAt", to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "endsAt"
    from visible_shift where organisation_id = ${tx.actor.organisationId}::uuid and hypercare is not null
      and ends_at > ${tx.now.toString()}::timestamptz order by starts_at limit 5000`.execute(tx.db);
  let written = 0;
  for (const window of windows) {
    if (window.closedAt !== null && !planned.some(({ hypercare }) => hypercare === window.id)) continue;
    const own = planned.filter(({ hypercare }) => hypercare === window.id);
    const wanted = window.closedAt === null ? await wantedOf(tx, window) : [];
    written += await takeAway(tx, own, wanted);
    if (written < shiftsMax) written += await plan(tx, window, { own, wanted, most: shiftsMax - written });
  }
  return written;
}

/** One shift a day for each person and kind: somebody may have changed its hours or cancelled it, and that stands. */
const keyOf = ({ person, kind, startsAt }: Pick<Planned, "person" | "kind" | "startsAt">): string =>
  `${person} ${kind} ${londonDay(Temporal.Instant.from(startsAt))}`;

async function wantedOf(tx: Tx, window: Stored): Promise<readonly WantedShift[]> {
  const people: CoverPerson[] = [];
  for (const line of linesOf(window, "cover")) {
    const person = String(line["person"]);
    const team = window.teamId ?? (await teamOf(tx, person));
    if (team === null) continue;
    const onCall = line["onCall"] === true;
    if (!onCall && !(await plansDesk(tx, team))) continue;
    people.push({ person, team, onCall, part: typeof line["part"] === "string" ? line["part"] : null });
  }
  const hours = new Map<string, Awaited<ReturnType<typeof opensOn>>>();
  for (const { team } of people) if (!hours.has(team)) hours.set(team, await opensOn(tx, team));
  return wantedShifts({
    startsOn: String(window.values["startsOn"]),
    endsOn: String(window.values["endsOn"]),
    people,
    now: tx.now,
    opensOn: (team, day) => hours.get(team)?.(day) ?? [],
  });
}

/** The team of a person that looks after a queue, else any that they are in. */
async function teamOf(tx: Tx, person: string): Promise<string | null> {
  const { rows } = await sql<{ team: string }>`select m.parent_id as team from team_members m
    join records t on t.organisation_id = m.organisation_id and t.id = m.parent_id and t.closed_at is null
    where m.organisation_id = ${tx.actor.organisationId}::uuid and m.member = ${person}::uuid and m.removed_at is null
    order by exists (select 1 from records q where q.organisation_id = m.organisation_id and q.type = 'queue' and q.team_id = m.parent_id
      and q.closed_at is null) desc, m.parent_id limit 1`.execute(tx.db);
  return rows[0]?.team ?? null;
}

/** Whether a team plans who is at its desk. Where it does not, a first shift would take the work from all the others. */
async function plansDesk(tx: Tx, team: string): Promise<boolean> {
  const since = tx.now.subtract({ hours: 24 * plansWithinDays }).toString();
  const { rows } = await sql<{
    id: string;
  }>`select id from visible_shift where organisation_id = ${tx.actor.organisationId}::uuid
    and team_id = ${team}::uuid and closed_at is null and hypercare is null and kind <> 'call' and ends_at > ${since}::timestamptz limit 1`.execute(
    tx.db,
  );
  return rows.length > 0;
}

/** Cancels what has not begun, and ends what has. */
async function takeAway(tx: Tx, own: readonly Planned[], wanted: readonly WantedShift[]): Promise<number> {
  const type = typeNamed(tx.registry, "shift");
  const keys = new Set(wanted.map(keyOf));
  const gone = own.filter((shift) => shift.state === "planned" && !keys.has(keyOf(shift)));
  const now = tx.now.round({ smallestUnit: "minute", roundingMode: "floor" });
  for (const { id, startsAt } of gone)
    if (Temporal.Instant.compare(Temporal.Instant.from(startsAt), now) >= 0)
      await move(tx, type, id, "any", "cancel", {});
    else await change(tx, type, id, "any", { endsAt: now.toString() });
  return gone.length;
}

type Own = Pick<Planned, "person" | "kind" | "startsAt" | "endsAt">;

/** What these people are planned for anyway, from the first of these shifts on. */
async function otherShifts(tx: Tx, wanted: readonly WantedShift[]): Promise<readonly Own[]> {
  const people = [...new Set(wanted.map(({ person }) => person))];
  const { rows } =
    await sql<Own>`select person, kind, to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "startsAt",
      to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "endsAt"
    from visible_shift where organisation_id = ${tx.actor.organisationId}::uuid and person = any (${people}::uuid[]) and hypercare is null
      and closed_at is null and ends_at > ${tx.now.toString()}::timestamptz order by starts_at limit 5000`.execute(
      tx.db,
    );
  return rows;
}

/** Whoever is at the desk or on call then is so for the hypercare as well. */
function coversIt(other: Own, { person, kind, startsAt, endsAt }: WantedShift): boolean {
  const [from, until] = [Date.parse(startsAt), Date.parse(endsAt)];
  const alike = other.person === person && (other.kind === "call") === (kind === "call");
  return alike && Date.parse(other.startsAt) < until && Date.parse(other.endsAt) > from;
}

async function plan(
  tx: Tx,
  window: Stored,
  { own, wanted, most }: { own: readonly Planned[]; wanted: readonly WantedShift[]; most: number },
): Promise<number> {
  const keys = new Set(own.map(keyOf));
  const fresh = wanted.filter((shift) => !keys.has(keyOf(shift)));
  const others = fresh.length > 0 ? await otherShifts(tx, fresh) : [];
  const missing = fresh.filter((shift) => !others.some((other) => coversIt(other, shift))).slice(0, most);
  let made = 0;
  for (const { person, team, kind, startsAt, endsAt, part } of missing) {
    const restricted = window.sensitivity !== "normal";
    const name = restricted || part === null ? "Extra cover" : `Extra cover: ${part}`.slice(0, 120);
    try {
      await create(
        tx,
        typeNamed(tx.registry, "shift"),
        { name, person, team, kind, startsAt, endsAt, hypercare: window.id },
        { trusted: true },
      );
      made += 1;
    } catch (error) {
      // Whoever has left is in no rota any more.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return made;
}
