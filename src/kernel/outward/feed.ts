import { sql } from "kysely";
import { refuse, unseen } from "../errors.ts";
import { pointedKey, seenOf } from "../notifications/seen.ts";
import type { Tx } from "../transaction.ts";

/** One thing that happened, as the feed gives it: what and where, not what it says. */
export interface Change {
  readonly recordId: string;
  readonly type: string;
  readonly reference: string;
  /** Its line of the record's timeline. */
  readonly sequence: number;
  readonly verb: string;
  readonly audience: "everyone" | "internal";
  readonly actorId: string | null;
  /** When it happened. */
  readonly at: string;
  /** When it was written here: later than `at` where it was brought in from elsewhere. */
  readonly recordedAt: string;
}

/** A part of the feed, and where to read on. */
export interface FeedPage {
  readonly changes: readonly Change[];
  /** Always there: whoever has read everything asks again with it later. */
  readonly cursor: string;
  /** Whether there was more when this was read. */
  readonly more: boolean;
}

/**
 * Events looked at for one page, whoever may see them: somebody who sees little of much gets short pages, even empty ones
 * with more to come, and never a slow one.
 */
const scannedMax = 2000;

/** A place in the feed: all up to this place of this transaction was read. */
interface Place {
  readonly transaction: number;
  readonly place: number;
  /** Of which run of transaction numbers it is; null at the beginning. */
  readonly epoch: string | null;
}

const beginning: Place = { transaction: 0, place: 0, epoch: null };

/**
 * What happened after a place in the feed, as far as the actor may see it, at most `limit`. `after` is a page's cursor,
 * `now` for what comes from now on, or absent for the beginning. The order is that of the transactions that wrote them, and
 * none appears before every transaction with a lower number has ended: nobody who reads on from a cursor misses one that
 * was kept late, or gets one twice. Refuses (invalid) a cursor that is none, or is from before a restore.
 */
export async function readFeed(
  tx: Tx,
  options: { readonly after?: string; readonly types: readonly string[]; readonly limit: number },
): Promise<FeedPage> {
  const from = options.after === "now" ? null : options.after === undefined ? beginning : placeOf(options.after);
  const { rows: windows } = await sql<{
    transaction: number;
    place: number;
    scanned: number;
    epoch: string;
    known: boolean;
  }>`
    select transaction_id as transaction, place, scanned, epoch, known
    from feed_window(${from?.transaction ?? null}::bigint, ${from?.place ?? 0}::bigint, ${scannedMax})`.execute(tx.db);
  const end = windows[0]!;
  if (from === null) return { changes: [], cursor: cursorOf(end), more: false };
  if (from.epoch !== null && from.epoch !== end.epoch)
    refuse("after", "This cursor is from before the database was restored. Begin again without it, or with “now”");
  if (!end.known) unknownPlace();
  const rows = end.scanned === 0 ? [] : await readBetween(tx, from, end, options);
  const last = rows.length === options.limit ? rows.at(-1) : undefined;
  const seen = await seenOf(tx, rows);
  return {
    changes: rows
      .filter(({ recordId, sequence }) => seen.has(pointedKey(recordId, sequence)))
      .map(({ transaction: _transaction, place: _place, ...change }) => change),
    cursor: cursorOf({ ...(last ?? end), epoch: end.epoch }),
    more: last !== undefined || end.scanned === scannedMax,
  };
}

const changeColumns = sql`e.record_id as "recordId", e.type, r.reference, e.sequence, e.verb, e.audience, e.actor_id as "actorId", e.at,
  e.recorded_at as "recordedAt"`;

async function readBetween(
  tx: Tx,
  from: Place,
  end: { transaction: number; place: number },
  { types, limit }: { readonly types: readonly string[]; readonly limit: number },
): Promise<(Change & { transaction: number; place: number })[]> {
  const { rows } = await sql<Change & { transaction: number; place: number }>`
    select e.transaction_id as transaction, e.place, ${changeColumns}
    from events e join records r on r.organisation_id = e.organisation_id and r.id = e.record_id
    where e.organisation_id = ${tx.actor.organisationId}::uuid
      and (e.transaction_id, e.place) > (${from.transaction}::bigint, ${from.place}::bigint)
      and (e.transaction_id, e.place) <= (${end.transaction}::bigint, ${end.place}::bigint)
      and e.type = any (${types}::text[])
    order by e.transaction_id, e.place limit ${limit}`.execute(tx.db);
  return rows;
}

/** One line of a timeline as the feed gives it. Refuses (unseen) what the actor may not see. */
export async function changeAt(tx: Tx, recordId: string, sequence: number): Promise<Change> {
  const { rows } = await sql<Change>`select ${changeColumns}
    from events e join records r on r.organisation_id = e.organisation_id and r.id = e.record_id
    where e.organisation_id = ${tx.actor.organisationId}::uuid and e.record_id = ${recordId}::uuid and e.sequence = ${sequence}`.execute(
    tx.db,
  );
  const seen = await seenOf(tx, rows);
  return rows.find((row) => seen.has(pointedKey(row.recordId, row.sequence))) ?? unseen();
}

function cursorOf({ transaction, place, epoch }: { transaction: number; place: number; epoch: string }): string {
  return `${epoch}.${transaction.toString(36)}.${place.toString(36)}`;
}

function placeOf(cursor: string): Place {
  const [, epoch = null, transaction = "", place = ""] =
    /^([0-9a-f]{8})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/.exec(cursor) ?? [];
  const found = { epoch, transaction: Number.parseInt(transaction, 36), place: Number.parseInt(place, 36) };
  return Number.isSafeInteger(found.transaction) && Number.isSafeInteger(found.place) ? found : unknownPlace();
}

function unknownPlace(): never {
  refuse("after", "This place in the feed is not known. Give the nextCursor of the page before, “now”, or nothing");
}
