import { sql } from "kysely";
import type { Kysely } from "kysely";
import { inTransaction } from "../database/in-transaction.ts";
import type { Database } from "../database/tables.ts";
import type { RecordType } from "../record.ts";
import type { EventBody } from "../store/timeline.ts";
import { correspond } from "./correspond.ts";
import { concernsOf } from "./decide.ts";
import type { Concern, Happening } from "./decide.ts";
import { decidersFor, standInsFor } from "./deciders.ts";
import { writeNotices } from "./note.ts";
import type { TellingParts } from "./note.ts";
import { peopleMentioned } from "./mentions.ts";
import { peopleNamed } from "./people-named.ts";

/** Lines dealt with in one transaction. */
const batchMax = 200;
/** Batches in one go, so that a flood does not keep everything else waiting. */
const batchesMax = 50;
const attemptsMax = 5;

/**
 * Tells people what has happened on records since the last time: each line of a timeline once, in one transaction with the
 * notifications that it makes. Two at once do no harm. A line of which telling fails is set aside, so that it holds up
 * none of the others. Gives how many notifications were made.
 */
export async function tellAll(
  parts: TellingParts,
  options: { now?: Temporal.Instant; failed?: (error: unknown) => void } = {},
): Promise<number> {
  const now = options.now ?? Temporal.Now.instant();
  let told = 0;
  for (let batch = 0; batch < batchesMax; batch++) {
    const done = await tellBatch(parts, batchMax, now).catch((error: unknown) => {
      options.failed?.(error);
      return null;
    });
    told += done?.told ?? (await tellOneByOne(parts, now));
    if (done?.lines === 0) break;
  }
  return told;
}

interface Taken {
  readonly place: string;
  readonly organisationId: string;
  readonly recordId: string;
  readonly sequence: number;
}

/** After a failure: each line by itself, and the one that fails is marked and left for another time. */
async function tellOneByOne(parts: TellingParts, now: Temporal.Instant): Promise<number> {
  let told = 0;
  for (let line = 0; line < batchMax; line++) {
    const taken: Taken[] = [];
    try {
      const done = await tellBatch(parts, 1, now, taken);
      told += done.told;
      if (done.lines === 0) break;
    } catch (error) {
      const [failed] = taken;
      if (!failed) throw error;
      await parts.ownerPool.query(
        "update untold set attempts = attempts + 1 where organisation_id = $1 and record_id = $2 and sequence = $3",
        [failed.organisationId, failed.recordId, failed.sequence],
      );
    }
  }
  return told;
}

function tellBatch(
  parts: TellingParts,
  limit: number,
  now: Temporal.Instant,
  taken: Taken[] = [],
): Promise<{ lines: number; told: number }> {
  return inTransaction(parts.ownerPool, async (db) => {
    const { rows } =
      await sql<Taken>`select ctid::text as place, organisation_id as "organisationId", record_id as "recordId", sequence
      from untold where attempts < ${attemptsMax} order by attempts limit ${limit} for update skip locked`.execute(db);
    taken.push(...rows);
    let told = 0;
    for (const organisationId of new Set(rows.map((row) => row.organisationId)))
      told += await tellOrganisation(
        db,
        parts,
        organisationId,
        rows.filter((row) => row.organisationId === organisationId),
        now,
      );
    if (rows.length > 0)
      await sql`delete from untold where ctid = any (${rows.map(({ place }) => place)}::tid[])`.execute(db);
    return { lines: rows.length, told };
  });
}

async function tellOrganisation(
  db: Kysely<Database>,
  parts: TellingParts,
  organisationId: string,
  taken: readonly Taken[],
  now: Temporal.Instant,
): Promise<number> {
  const lines = await readLines(db, organisationId, taken);
  const people = await peopleNamed(
    db,
    organisationId,
    lines.flatMap(({ verb, body }) => (verb === "commented" && body?.text ? [body.text] : [])),
  );
  const concerns: Concern[] = [];
  for (const [name, ofType] of Map.groupBy(lines, ({ type }) => type)) {
    const type = parts.registry.types.get(name);
    if (!type) continue;
    const happenings: Happening[] = [];
    for (const line of ofType) {
      const deciding = await deciders(db, organisationId, type, line);
      happenings.push({
        ...line,
        mentioned: peopleMentioned(line.verb === "commented" ? (line.body?.text ?? "") : "", people),
        deciders: deciding,
        standIns: await standInsFor(db, organisationId, deciding),
      });
    }
    concerns.push(...concernsOf(type, happenings));
  }
  const notices = concerns.map((concern) => ({
    ...concern,
    about: `line ${concern.sequence}${concern.forId === null ? "" : ` for ${concern.forId}`}`,
    madeAt: concern.at,
  }));
  const told = await writeNotices(db, parts, organisationId, notices, now);
  if (parts.mail) await correspond(db, parts, organisationId, lines);
  await watchWhereMentioned(db, organisationId, concerns);
  return told;
}

type Line = Omit<Happening, "mentioned" | "deciders" | "standIns"> & {
  readonly type: string;
  readonly teamId: string | null;
  readonly audience: string;
};

async function readLines(db: Kysely<Database>, organisationId: string, taken: readonly Taken[]): Promise<Line[]> {
  const { rows } = await sql<Line & { body: EventBody | null }>`
    select e.record_id as "recordId", e.sequence, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.verb, e.type, e.audience,
      coalesce(e.actor_id, (b.body ->> 'sender')::uuid) as "actorId", b.body - 'columns' as body, r.owner_id as "ownerId", r.requester_id as "requesterId", r.team_id as "teamId",
      array(select w.person_id from watchers w where w.organisation_id = r.organisation_id and w.record_id = r.id limit 500) as watchers
    from unnest(${taken.map(({ recordId }) => recordId)}::uuid[], ${taken.map(({ sequence }) => sequence)}::integer[]) as wanted (record_id, sequence)
    join events e on e.organisation_id = ${organisationId}::uuid and e.record_id = wanted.record_id and e.sequence = wanted.sequence
    join event_bodies b on b.organisation_id = e.organisation_id and b.record_id = e.record_id and b.sequence = e.sequence
    join records r on r.organisation_id = e.organisation_id and r.id = e.record_id
    order by e.record_id, e.sequence`.execute(db);
  return rows;
}

async function deciders(
  db: Kysely<Database>,
  organisationId: string,
  type: RecordType,
  { body, teamId, verb }: Line,
): Promise<string[]> {
  if (body?.state === undefined || body.state === body.from) return [];
  const { waitsFor, tellsOfNew = false } = type.states[body.state] ?? {};
  if (verb !== "moved" && !(verb === "created" && tellsOfNew)) return [];
  if (waitsFor === undefined || waitsFor === "requester") return [];
  return decidersFor(db, organisationId, { type: type.name, permission: waitsFor.permission, teamId });
}

/** Whoever was told that they are mentioned watches from then on. */
async function watchWhereMentioned(
  db: Kysely<Database>,
  organisationId: string,
  concerns: readonly Concern[],
): Promise<void> {
  const mentioned = concerns.filter(({ kind }) => kind === "mentioned");
  if (mentioned.length === 0) return;
  await sql`insert into watchers (organisation_id, record_id, person_id)
    select n.organisation_id, n.record_id, n.person_id from notifications n
    join unnest(${mentioned.map(({ recordId }) => recordId)}::uuid[], ${mentioned.map(({ personId }) => personId)}::uuid[]) as m (record_id, person_id)
      on n.organisation_id = ${organisationId}::uuid and n.record_id = m.record_id and n.person_id = m.person_id and n.kind = 'mentioned'
    on conflict do nothing`.execute(db);
}
