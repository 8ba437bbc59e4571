import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type pg from "pg";
import { Refusal } from "../errors.ts";
import { tryEach } from "../jobs/try-each.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import type { Registry } from "../registry.ts";
import { insertRecord } from "../store/create.ts";
import { expressionOf, viewOf } from "../store/row.ts";
import { asSystem } from "../transaction.ts";
import type { Stored, Tx } from "../transaction.ts";
import { list, pageMax } from "../store/list.ts";
import { listCondition } from "../store/filters.ts";
import { coveredBy } from "./covered.ts";
import { isNotHeld } from "./holds.ts";

/** The most records of one disposal; the rest are listed once it is dealt with. */
export const disposalMax = 1000;

interface Due {
  readonly id: string;
  readonly reference: string;
  readonly due: string;
}

/** Lists what is due by each schedule that is in force, in every organisation, for somebody to approve. Gives how many disposals it listed. */
export async function findDue(parts: {
  ownerPool: pg.Pool;
  registry: Registry;
  now?: Temporal.Instant;
}): Promise<number> {
  const { rows } = await parts.ownerPool.query<{ id: string }>(
    "select distinct organisation_id as id from reeve.records where type = 'retention_schedule' and closed_at is null",
  );
  let listed = 0;
  const listThere = ({ id }: { id: string }) =>
    asSystem({ ...parts, organisationId: id }, async (tx) => {
      let here = 0;
      const schedules = await list(tx, typeNamed(tx.registry, "retention_schedule"), { show: "open", limit: pageMax });
      for (const schedule of schedules.items) here += await listOne(tx, schedule);
      return here;
    }).then((here) => (listed += here));
  await tryEach(rows, listThere, "organisations of which nothing could be listed as due");
  return listed;
}

async function listOne(tx: Tx, schedule: Stored): Promise<number> {
  const type = tx.registry.types.get(String(schedule.values["recordType"]));
  // One at a time, so that what waits for approval is looked at before there is more. Parts go with what they are parts of.
  if (!type || type.partOf.length > 0 || (await isWaiting(tx, schedule))) return 0;
  const due = await dueNow(tx, schedule, type);
  if (due.length === 0) return 0;
  const disposal = typeNamed(tx.registry, "disposal");
  const many = `${due.length} ${due.length === 1 ? type.label.one.toLowerCase() : type.label.many.toLowerCase()}`;
  const values = {
    title: `${many} under ${schedule.title}`.slice(0, 200),
    schedule: schedule.id,
    recordType: type.name,
    action: schedule.values["action"] === "anonymise" ? "anonymise" : "destroy",
    authority: schedule.values["authority"],
    listed: due.length,
  };
  const { id } = await insertRecord(tx, disposal, values, { trusted: true });
  await sql`insert into disposal_items (organisation_id, disposal_id, record_id, reference, due_on, outcome)
    select ${tx.actor.organisationId}::uuid, ${id}::uuid, i.id, i.reference, i.due,
      ${schedule.values["action"] === "review" ? "undecided" : "listed"}
    from jsonb_to_recordset(${JSON.stringify(due)}::jsonb) as i (id uuid, reference text, due date)`.execute(tx.db);
  return 1;
}

async function isWaiting(tx: Tx, { id }: Stored): Promise<boolean> {
  const { items } = await list(tx, typeNamed(tx.registry, "disposal"), {
    where: { schedule: [id] },
    show: "open",
    limit: 1,
  });
  return items.length > 0;
}

/** Closed records whose time has come, the oldest first: neither held, nor destroyed or listed already, nor declined within a year. */
async function dueNow(tx: Tx, { values }: Stored, type: RecordType): Promise<readonly Due[]> {
  const today = tx.now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const period = { years: Number(values["years"] ?? 0), months: Number(values["months"] ?? 0) };
  const from = String(values["countsFrom"]);
  const moment = expressionOfMoment(type, from);
  const [held, listed] = [await isNotHeld(tx, type), await inList(tx, type, values["list"])];
  if (moment === null || listed === null) return [];
  const day = isDay(type, from) ? sql`${moment}` : sql`(${moment} at time zone 'Europe/London')::date`;
  const dueOn = sql`(${day} + make_interval(years => ${period.years}::int, months => ${period.months}::int))::date`;
  // Said once more in a way that an index answers; the month's end and the time of day are in those days.
  const latest = today.subtract(period).add({ days: 4 }).toString();
  const { rows } = await sql<Due>`select id, reference, ${dueOn}::text as due from ${viewOf(type)} v
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is not null and ${moment} < ${latest}::date and ${dueOn} <= ${today.toString()}::date
      and not exists (select 1 from disposal_items i join records d on d.organisation_id = i.organisation_id and d.id = i.disposal_id
        where i.organisation_id = v.organisation_id and i.record_id = v.id
          and (i.outcome = 'destroyed' or i.outcome = 'anonymised' and ${values["action"] === "anonymise"} or d.closed_at is null or (d.closed_at > ${tx.now.toString()}::timestamptz - interval '1 year' and (d.state = 'declined' or i.outcome = 'kept'))))
      and ${held} and ${listed}
    order by ${moment}, id limit ${disposalMax}`.execute(tx.db);
  return rows;
}

/** What the list of a schedule means, as SQL; null for nothing. */
async function inList(tx: Tx, type: RecordType, address: unknown): Promise<RawBuilder<unknown> | null> {
  if (typeof address !== "string" || address === "") return sql`true`;
  try {
    const covered = coveredBy(tx.registry, "list", address);
    return covered.type.name === type.name ? await listCondition(tx, type, covered.query) : null;
  } catch (error) {
    // A list that is not understood any more (a field was retired) means no records, until somebody puts it right.
    if (error instanceof Refusal) return null;
    throw error;
  }
}

const moments: Readonly<Record<string, string>> = { closed: "closed_at", opened: "opened_at", updated: "updated_at" };

function expressionOfMoment(type: RecordType, name: string) {
  return Object.hasOwn(moments, name) ? sql.ref(moments[name]!) : expressionOf(type, name);
}

function isDay(type: RecordType, name: string): boolean {
  const field = Object.hasOwn(moments, name) ? undefined : type.fields[name];
  return field?.kind.column(field.options)?.type === "date";
}
