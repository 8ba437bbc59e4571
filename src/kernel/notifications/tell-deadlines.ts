import { sql } from "kysely";
import { inTransaction } from "../database/in-transaction.ts";
import type { RecordType } from "../record.ts";
import { writeNotices } from "./note.ts";
import type { Notice, TellingParts } from "./note.ts";

/** How long before a deadline of working time its owner is told, and before the end of a day: hours. A moment is told when it has passed. */
const nearHours = { "service-level": 2, counted: 3 * 24, day: 7 * 24, moment: 0 } as const;
/** What passed longer ago is nobody's news any more: hours. */
const lookBackHours = 24;
/** Deadlines of one type looked at in one go; the soonest come first, and what is left comes next time. */
const deadlinesMax = 2000;

interface Deadline {
  readonly recordId: string;
  readonly ownerId: string;
  readonly clock: string;
  readonly dueAt: string;
}

/** Tells owners whose deadlines are near or have passed, once for each deadline. Gives how many notifications were made. */
export async function tellDeadlines(
  parts: TellingParts,
  now: Temporal.Instant = Temporal.Now.instant(),
): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ id: string }>("select id from reeve.organisations");
  let told = 0;
  for (const { id } of rows) {
    for (const type of parts.registry.types.values())
      if (byHours(type).length > 0) told += await tellOfType(parts, id, type, now);
  }
  return told;
}

/** The clocks of which owners are told some hours before; of the others people are warned by how much of the time has gone. */
function byHours(type: RecordType) {
  return Object.entries(type.clocks).filter(([, clock]) => clock.rule !== "service-level" || !clock.warns);
}

function tellOfType(
  parts: TellingParts,
  organisationId: string,
  type: RecordType,
  now: Temporal.Instant,
): Promise<number> {
  const clocks = byHours(type).map(([name, { rule }]) => ({ name, hours: nearHours[rule] }));
  const furthest = now.add({ hours: Math.max(...clocks.map(({ hours }) => hours)) });
  return inTransaction(parts.ownerPool, async (db) => {
    const { rows } = await sql<Deadline>`
      select r.id as "recordId", r.owner_id as "ownerId", c.name as clock, to_char(c.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "dueAt"
      from records r join clocks c on c.organisation_id = r.organisation_id and c.record_id = r.id and c.state = 'running'
      join person p on p.organisation_id = r.organisation_id and p.id = r.owner_id and p.active and p.account_id is not null
      join unnest(${clocks.map(({ name }) => name)}::text[], ${clocks.map(({ hours }) => hours)}::integer[]) as near (name, hours) on near.name = c.name
      where r.organisation_id = ${organisationId}::uuid and r.type = ${type.name} and r.closed_at is null and r.owner_id is not null
        and r.next_due_at between ${now.subtract({ hours: lookBackHours }).toString()}::timestamptz and ${furthest.toString()}::timestamptz
        and c.due_at between ${now.subtract({ hours: lookBackHours }).toString()}::timestamptz
          and ${now.toString()}::timestamptz + make_interval(hours => near.hours)
        and not exists (select 1 from notifications n where n.organisation_id = r.organisation_id and n.person_id = r.owner_id and n.record_id = r.id
          and n.about = case when c.due_at <= ${now.toString()}::timestamptz then 'late ' else 'due ' end || c.name || to_char(c.due_at at time zone 'UTC', ' YYYY-MM-DD"T"HH24:MI:SS"Z"'))
      order by r.next_due_at limit ${deadlinesMax}`.execute(db);
    const notices = rows.map(({ recordId, ownerId, clock, dueAt }): Notice => {
      const kind = Temporal.Instant.compare(Temporal.Instant.from(dueAt), now) <= 0 ? "late" : "due";
      return {
        personId: ownerId,
        kind,
        recordId,
        sequence: null,
        about: `${kind} ${clock} ${dueAt}`,
        actorId: null,
        madeAt: kind === "late" ? dueAt : now.toString(),
      };
    });
    return writeNotices(db, parts, organisationId, notices, now);
  });
}
