import { sql } from "kysely";
import { refuse, unseen } from "../errors.ts";
import { isId } from "../store/find.ts";
import type { Tx } from "../transaction.ts";
import { nextSending } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";

/** A saved set of measures with a period and filters, as the person may see it. */
export interface Report {
  readonly id: string;
  readonly name: string;
  /** The set, the period and the filters, as an address holds them. */
  readonly query: string;
  /** Whether this person saved it, and so may change and remove it. */
  readonly own: boolean;
  /** Null where the actor may not see that person. */
  readonly ownerName: string | null;
  readonly teamId: string | null;
  readonly teamName: string | null;
  readonly sending: (Schedule & { readonly next: string }) | null;
  /** Whether it is mailed to this person. */
  readonly mailed: boolean;
}

/** Somebody to whom a report is mailed. */
export interface Recipient {
  readonly personId: string;
  /** Null where the actor may not see that person. */
  readonly name: string | null;
}

/** The most reports of one person, and people to whom one is mailed. */
export const reportsMax = 40;
export const recipientsMax = 50;
const shownMax = 200;

/** The reports that the person saved, that are shared with a team of theirs, or that are mailed to them. */
export function listReports(tx: Tx): Promise<Report[]> {
  return select(tx, sql``);
}

/** One of these. Refuses (unseen) any other. */
export async function findReport(tx: Tx, id: string): Promise<Report> {
  if (!isId(id)) unseen("There is no such report, or you may not see it");
  const [report] = await select(tx, sql`and r.id = ${id}::uuid`);
  return report ?? unseen("There is no such report, or you may not see it");
}

async function select(tx: Tx, which: ReturnType<typeof sql>): Promise<Report[]> {
  const { organisationId, personId } = tx.actor;
  const { rows } = await sql<
    Omit<Report, "sending"> & { every: "week" | "month" | null; day: number; hour: number; next: string }
  >`select r.id, r.name, r.query, r.person_id = ${personId}::uuid as own, p.title as "ownerName", r.team_id as "teamId", t.title as "teamName",
      r.send_every as every, r.send_day as day, r.send_hour as hour, r.send_next as next,
      exists (select 1 from report_recipients m where m.organisation_id = r.organisation_id and m.report_id = r.id and m.person_id = ${personId}::uuid) as mailed
    from reports r left join records p on p.organisation_id = r.organisation_id and p.id = r.person_id
      left join records t on t.organisation_id = r.organisation_id and t.id = r.team_id
    where r.organisation_id = ${organisationId}::uuid ${which} order by lower(r.name), r.id limit ${shownMax}`.execute(
    tx.db,
  );
  return rows.map(({ every, day, hour, next, ...report }) => ({
    ...report,
    sending: every === null ? null : { every, day, hour, next },
  }));
}

/** Saves a report: a new one (id null), or one's own anew. Gives its id. Refuses (invalid) a name that is none or taken. */
export async function saveReport(
  tx: Tx,
  { id, name, query, teamId }: { id: string | null; name: string; query: string; teamId: string | null },
): Promise<string> {
  if (name === "" || name.length > 60 || name.includes("\u0000") || !name.isWellFormed())
    refuse("name", "Enter a name for the report, at most 60 characters");
  if (query.length > 4000) refuse("measures", "This report holds too many filters to be saved");
  if (teamId !== null && !tx.actor.teams.includes(teamId)) refuse("team", "Select one of the teams that you are in");
  const { organisationId, personId } = tx.actor;
  const { rows: others } = await sql<{ id: string; name: string }>`select id, name from reports
    where organisation_id = ${organisationId}::uuid and person_id = ${personId}::uuid and id is distinct from ${id}::uuid`.execute(
    tx.db,
  );
  if (others.some((other) => other.name === name)) refuse("name", "You have a report of this name. Enter another");
  if (id === null && others.length >= reportsMax)
    refuse("name", `You have ${reportsMax} reports, which is the most. Remove one first`);
  const { rows } =
    id === null
      ? await sql<{ id: string }>`insert into reports (organisation_id, person_id, name, query, team_id)
          values (${organisationId}::uuid, ${personId}::uuid, ${name}, ${query}, ${teamId}::uuid) returning id`.execute(
          tx.db,
        )
      : await sql<{ id: string }>`update reports set name = ${name}, query = ${query}, team_id = ${teamId}::uuid
          where organisation_id = ${organisationId}::uuid and id = ${id}::uuid and person_id = ${personId}::uuid returning id`.execute(
          tx.db,
        );
  return rows[0]?.id ?? unseen("There is no such report, or you may not change it");
}

/** Removes one's own report and whatever was to be sent of it; one that is gone already is no fault. */
export async function removeReport(tx: Tx, id: string): Promise<void> {
  if (!isId(id)) return;
  await sql`delete from reports where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(
    tx.db,
  );
}

/** Says when one's own report is mailed; null: no more. */
export async function scheduleReport(tx: Tx, id: string, schedule: Schedule | null): Promise<void> {
  await mustOwn(tx, id);
  const next = schedule === null ? null : nextSending(schedule, tx.now).toString();
  await sql`update reports set send_every = ${schedule?.every ?? null}, send_day = ${schedule?.day ?? null}, send_hour = ${schedule?.hour ?? null},
      send_next = ${next}::timestamptz where organisation_id = ${tx.actor.organisationId}::uuid and id = ${id}::uuid`.execute(
    tx.db,
  );
}

/** To whom one's own report is mailed. */
export async function recipientsOf(tx: Tx, id: string): Promise<Recipient[]> {
  const { rows } = await sql<Recipient>`select m.person_id as "personId", p.title as name from report_recipients m
    left join records p on p.organisation_id = m.organisation_id and p.id = m.person_id
    where m.organisation_id = ${tx.actor.organisationId}::uuid and m.report_id = ${id}::uuid
    order by lower(p.title), m.person_id limit ${recipientsMax}`.execute(tx.db);
  return rows;
}

/** Adds somebody to them. Refuses (invalid) whoever is nobody that the actor may see, and more than 50. */
export async function addRecipient(tx: Tx, id: string, personId: string): Promise<void> {
  await mustOwn(tx, id);
  const { rows: known } = isId(personId)
    ? await sql`select 1 from records where organisation_id = ${tx.actor.organisationId}::uuid and id = ${personId}::uuid
        and type = 'person' and closed_at is null`.execute(tx.db)
    : { rows: [] };
  if (known.length === 0) refuse("person", "There is nobody of this name. Give the whole name or the reference");
  if ((await recipientsOf(tx, id)).length >= recipientsMax)
    refuse("person", `It is mailed to ${recipientsMax} people, which is the most. Remove one first`);
  await sql`insert into report_recipients (organisation_id, report_id, person_id, added_by)
    values (${tx.actor.organisationId}::uuid, ${id}::uuid, ${personId}::uuid, ${tx.actor.personId}::uuid) on conflict do nothing`.execute(
    tx.db,
  );
}

/** Takes somebody away again: anybody from one's own report, oneself from any. */
export async function removeRecipient(tx: Tx, id: string, personId: string): Promise<void> {
  if (!isId(id) || !isId(personId)) return;
  await sql`delete from report_recipients where organisation_id = ${tx.actor.organisationId}::uuid and report_id = ${id}::uuid
    and person_id = ${personId}::uuid`.execute(tx.db);
}

async function mustOwn(tx: Tx, id: string): Promise<void> {
  const { own } = await findReport(tx, id);
  if (!own) unseen("There is no such report, or you may not change it");
}
