import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { unseen } from "../errors.ts";
import { isId } from "../store/find.ts";
import type { Tx } from "../transaction.ts";
import { isKind } from "./kinds.ts";
import type { NotificationKind } from "./kinds.ts";
import { pointedKey, seenOf } from "./seen.ts";

/** A notification with what it speaks of, as its reader may see that now. */
export interface Notification {
  readonly id: string;
  readonly kind: NotificationKind;
  readonly recordId: string;
  /** The line of the timeline; null for a deadline. */
  readonly sequence: number | null;
  /** For a deadline: the clock's name, when it is or was due, and how much of its time had gone (null: near, in hours). */
  readonly clock: { readonly name: string; readonly dueAt: string; readonly percent: number | null } | null;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly sensitivity: string;
  /** null: the product itself. */
  readonly actorName: string | null;
  readonly verb: string | null;
  readonly audience: string | null;
  /** The state that the line brought; null when it brought none or has been erased. */
  readonly state: string | null;
  readonly madeAt: string;
  readonly readAt: string | null;
  /** The person who is away, for whom its reader stands in; null where it concerns the reader. */
  readonly forName: string | null;
}

/** The most that a bell counts to; one more means more. */
export const unreadMax = 9;

/**
 * How many notifications are unread, counted to ten. Those of what the person may see no longer do not count, nor those for
 * somebody for whom they stand in no longer.
 */
export async function countUnread(tx: Tx): Promise<number> {
  if (tx.actor.personId === null) return 0;
  const { rows } = await sql<{ count: number }>`select count(*) as count from (
    select 1 from notifications n left join records r on r.organisation_id = n.organisation_id and r.id = n.record_id
    where n.organisation_id = ${tx.actor.organisationId}::uuid and n.person_id = ${tx.actor.personId}::uuid and n.read_at is null and n.in_product
      and case when n.for_id is null then r.id is not null else exists (select 1 from absences a where a.organisation_id = n.organisation_id
        and a.person_id = n.for_id and a.delegate_id = n.person_id and a.ended_at is null and london_today() between a.from_day and a.until_day) end
    limit ${unreadMax + 1}) bounded`.execute(tx.db);
  return rows[0]?.count ?? 0;
}

/**
 * A page of the person's notifications: unread ones first (all on the first page, to `limit`), the newest before the older. In a
 * transaction for somebody who is away those of that person's work are among them, or are all where `onlyForAbsent` says so.
 */
export async function listNotifications(
  tx: Tx,
  { before, limit = 50, onlyForAbsent = false }: { before?: string; limit?: number; onlyForAbsent?: boolean } = {},
): Promise<{ items: Notification[]; more: boolean }> {
  const edge =
    before === undefined || !isId(before)
      ? sql``
      : sql`and (n.read_at is not null, -extract(epoch from n.made_at), n.id) >
          (select b.read_at is not null, -extract(epoch from b.made_at), b.id from notifications b
            where b.organisation_id = n.organisation_id and b.id = ${before}::uuid)`;
  const rows = await read(
    tx,
    sql`and n.in_product ${onlyForAbsent ? forAbsent(tx) : sql`and (n.for_id is null or n.for_id = ${absentOf(tx)}::uuid)`} ${edge}`,
    sql`order by n.read_at is not null, n.made_at desc, n.id limit ${limit + 1}`,
  );
  return { items: rows.slice(0, limit), more: rows.length > limit };
}

/** The person's notifications that a mail speaks of, the newest first; of what they may see no longer, none. In a transaction for somebody who is away, those of that person's work. */
export function notificationsOfMail(tx: Tx, mailId: string, limit: number): Promise<Notification[]> {
  return read(
    tx,
    sql`and n.mail_id = ${mailId}::uuid ${forAbsent(tx)}`,
    sql`order by n.made_at desc, n.id limit ${limit}`,
  );
}

/** One of the person's notifications. Refuses (unseen) when there is none, or they may see it no longer. */
export async function findNotification(tx: Tx, id: string): Promise<Notification> {
  const [found] = isId(id) ? await read(tx, sql`and n.id = ${id}::uuid`, sql``) : [];
  return found ?? unseen("There is no such notification, or you may see what it is about no longer");
}

/** For whom one of the person's notifications is, where they stand in for somebody; null for their own, and for none. */
export async function absentIn(tx: Tx, id: string): Promise<string | null> {
  if (!isId(id)) return null;
  const { rows } = await sql<{ absent: string | null }>`select for_id as absent from notifications
    where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid and id = ${id}::uuid`.execute(
    tx.db,
  );
  return rows[0]?.absent ?? null;
}

function forAbsent(tx: Tx): RawBuilder<unknown> {
  return sql`and n.for_id is not distinct from ${absentOf(tx)}::uuid`;
}

/** The person for whom the transaction is done; null for the actor's own. */
function absentOf(tx: Tx): string | null {
  return tx.actor.standsInFor?.personId ?? null;
}

/** Marks one of the person's notifications as read, or all of them (null). Gives how many were not. */
export async function markRead(tx: Tx, which: string | null): Promise<number> {
  if (which !== null && !isId(which)) return 0;
  const one = which === null ? sql`` : sql`and id = ${which}::uuid`;
  const { numAffectedRows } = await sql`update notifications set read_at = ${tx.now.toString()}::timestamptz
    where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid and read_at is null ${one}`.execute(
    tx.db,
  );
  return Number(numAffectedRows ?? 0n);
}

type Row = Omit<Notification, "kind" | "clock"> & { readonly kind: string; readonly about: string };

async function read(tx: Tx, which: RawBuilder<unknown>, order: RawBuilder<unknown>): Promise<Notification[]> {
  const { rows } = await sql<Row>`
    select n.id, n.kind, n.record_id as "recordId", n.sequence, n.about, n.made_at as "madeAt", n.read_at as "readAt",
      r.type, r.reference, r.title, r.sensitivity, e.verb, e.audience, b.body ->> 'state' as state,
      case when n.actor_id is null then null else coalesce(a.title, 'Someone') end as "actorName",
      case when n.for_id is null then null else coalesce(f.title, 'somebody') end as "forName"
    from notifications n
    join records r on r.organisation_id = n.organisation_id and r.id = n.record_id
    left join events e on e.organisation_id = n.organisation_id and e.record_id = n.record_id and e.sequence = n.sequence
    left join event_bodies b on b.organisation_id = e.organisation_id and b.record_id = e.record_id and b.sequence = e.sequence
    left join records a on a.organisation_id = n.organisation_id and a.id = n.actor_id
    left join records f on f.organisation_id = n.organisation_id and f.id = n.for_id
    where n.organisation_id = ${tx.actor.organisationId}::uuid and n.person_id = ${tx.actor.personId}::uuid
      and (n.sequence is null or e.sequence is not null) ${which} ${order}`.execute(tx.db);
  const seen = await seenOf(tx, rows);
  return rows.flatMap(({ about, kind, ...row }) =>
    isKind(kind) && seen.has(pointedKey(row.recordId, row.sequence)) ? [{ ...row, kind, clock: clockIn(about) }] : [],
  );
}

function clockIn(about: string): Notification["clock"] {
  const [, name, dueAt, percent] = /^(?:due|late|team) (\w+) (\S+)(?: (\d{1,3}))?$/.exec(about) ?? [];
  return name !== undefined && dueAt !== undefined
    ? { name, dueAt, percent: percent === undefined ? null : Number(percent) }
    : null;
}
