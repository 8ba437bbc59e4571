import { sql } from "kysely";
import type { Kysely } from "kysely";
import type pg from "pg";
import type { Database } from "../database/tables.ts";
import { Refusal } from "../errors.ts";
import type { Registry } from "../registry.ts";
import { StandInOver } from "../act-as.ts";
import { lookAsPerson } from "../transaction.ts";
import type { Who } from "../transaction.ts";
import { digestAtUsual, inProduct, mailMoment } from "./delivery.ts";
import type { Wishes } from "./delivery.ts";
import type { NotificationKind } from "./kinds.ts";
import { pointedKey, seenOf } from "./seen.ts";

/** What telling people needs. */
export interface TellingParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  /** Whether there is a way for mail to go out. */
  readonly mail: boolean;
  /** What stands after the @ of the Message-IDs of letters; absent where none are made. */
  readonly domain?: string;
}

/** Something that somebody is to be told, if they may see it. */
export interface Notice {
  readonly personId: string;
  readonly kind: NotificationKind;
  readonly recordId: string;
  /** null for a deadline. */
  readonly sequence: number | null;
  /** What makes it this one: nobody is told of the same thing twice. */
  readonly about: string;
  readonly actorId: string | null;
  readonly madeAt: string;
  /** The person who is away, for whom they stand in; absent and null for what concerns themselves. */
  readonly forId?: string | null;
}

/** Who can be told: active, and with an account by which to read it. */
interface Reader extends Wishes {
  readonly id: string;
  readonly mailed: boolean;
}

/**
 * Writes what people are told, in the transaction given: to whom can sign in, of what they may see at this moment, each
 * as they wish. What they were told before is left out. Gives how many were new.
 */
export async function writeNotices(
  db: Kysely<Database>,
  parts: TellingParts,
  organisationId: string,
  notices: readonly Notice[],
  now: Temporal.Instant,
): Promise<number> {
  if (notices.length === 0) return 0;
  const readers = await readersAmong(db, organisationId, [...new Set(notices.map(({ personId }) => personId))]);
  let written = 0;
  for (const reader of readers) {
    const theirs = notices.filter(({ personId }) => personId === reader.id);
    const seen = new Set<Notice>();
    for (const [forId, some] of Map.groupBy(theirs, (notice) => notice.forId ?? null)) {
      const keys = await seenBy(
        { db, registry: parts.registry },
        { organisationId, personId: reader.id, ...(forId ? { actsFor: forId } : {}) },
        some,
      );
      for (const notice of some) if (keys.has(pointedKey(notice.recordId, notice.sequence))) seen.add(notice);
    }
    const rows = theirs
      .filter((notice) => seen.has(notice))
      .map((notice) => rowOf(notice, reader, { mail: parts.mail && reader.mailed, now }))
      .filter(({ in_product, mail_after }) => in_product || mail_after !== null);
    written += await insert(db, organisationId, rows);
  }
  return written;
}

async function readersAmong(db: Kysely<Database>, organisationId: string, ids: readonly string[]): Promise<Reader[]> {
  const { rows } = await sql<{
    id: string;
    mailed: boolean;
    choices: Record<string, string> | null;
    digestAt: string | null;
    quietFrom: string | null;
    quietUntil: string | null;
  }>`select p.id, p.email is not null and not o.demo as mailed, to_char(t.digest_at, 'HH24:MI') as "digestAt", to_char(t.quiet_from, 'HH24:MI') as "quietFrom",
      to_char(t.quiet_until, 'HH24:MI') as "quietUntil",
      (select jsonb_object_agg(c.kind || ' ' || c.channel, c.choice) from notification_choices c
        where c.organisation_id = p.organisation_id and c.person_id = p.id) as choices
    from person p join organisations o on o.id = p.organisation_id
    left join notification_times t on t.organisation_id = p.organisation_id and t.person_id = p.id
    where p.organisation_id = ${organisationId}::uuid and p.id = any (${ids}::uuid[]) and p.active and p.account_id is not null
    order by p.id`.execute(db);
  return rows.map(({ id, mailed, choices, digestAt, quietFrom, quietUntil }) => ({
    id,
    mailed,
    choices: choices ?? {},
    digestAt: digestAt ?? digestAtUsual,
    quiet: quietFrom !== null && quietUntil !== null ? { from: quietFrom, until: quietUntil } : null,
  }));
}

/** What of this the person may see, asked as that person. Whoever ceased to be active, or to stand in, sees nothing. */
async function seenBy(
  within: { db: Kysely<Database>; registry: Registry },
  who: Who,
  notices: readonly Notice[],
): Promise<ReadonlySet<string>> {
  try {
    return await lookAsPerson(within, who, (tx) => seenOf(tx, notices));
  } catch (error) {
    if (error instanceof StandInOver || (error instanceof Refusal && error.kind === "unseen")) return new Set();
    throw error;
  }
}

function rowOf(notice: Notice, reader: Reader, { mail, now }: { mail: boolean; now: Temporal.Instant }) {
  return {
    person_id: notice.personId,
    kind: notice.kind,
    record_id: notice.recordId,
    sequence: notice.sequence,
    about: notice.about,
    actor_id: notice.actorId,
    made_at: notice.madeAt,
    for_id: notice.forId ?? null,
    in_product: inProduct(reader, notice.kind),
    mail_after: mail ? (mailMoment(reader, notice.kind, now)?.toString() ?? null) : null,
  };
}

async function insert(
  db: Kysely<Database>,
  organisationId: string,
  rows: readonly ReturnType<typeof rowOf>[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const { numAffectedRows } = await sql`
    insert into notifications (organisation_id, person_id, kind, record_id, sequence, about, actor_id, made_at, for_id, in_product, mail_after)
    select ${organisationId}::uuid, person_id, kind, record_id, sequence, about, actor_id, made_at, for_id, in_product, mail_after
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (person_id uuid, kind text, record_id uuid, sequence integer, about text,
      actor_id uuid, made_at timestamptz, for_id uuid, in_product boolean, mail_after timestamptz)
    on conflict do nothing`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
