import { sql } from "kysely";
import { refuse } from "../errors.ts";
import type { Tx } from "../transaction.ts";
import type { EventBody } from "./timeline.ts";

/** What an audit asks for; all of it must hold. */
export interface AuditQuery {
  /** Who did it: a person's id. */
  readonly personId?: string;
  readonly type?: string;
  readonly verbs?: readonly string[];
  /** The reference of one record. */
  readonly reference?: string;
  /** Days in London, both included. */
  readonly from?: string;
  readonly to?: string;
  /** Where the page before ended. */
  readonly cursor?: string;
  readonly limit?: number;
}

/** That something was done. What it says is there only for whoever may read it. */
export interface AuditLine {
  readonly at: string;
  readonly recordedAt: string;
  readonly actor: string | null;
  readonly actorId: string | null;
  readonly verb: string;
  readonly type: string;
  readonly reference: string;
  readonly recordId: string;
  readonly sequence: number;
  /** The record's title; null where the person may not see the record. */
  readonly title: string | null;
  /** What the line says; null where the person may not read it, or it was erased. */
  readonly body: EventBody | null;
}

/** Whether the actor may search who did what. */
export async function mayAudit(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select may_audit() as may`.execute(tx.db);
  return rows[0]?.may === true;
}

/**
 * Who did what, the newest first, across all records, by key. Refuses (invalid) a cursor that is not ours. Throws where the
 * actor may not audit: ask `mayAudit` first.
 */
export async function audit(tx: Tx, query: AuditQuery): Promise<{ lines: readonly AuditLine[]; next: string | null }> {
  const limit = Math.min(Math.max(1, query.limit ?? 50), 1000);
  const place = query.cursor ? readPlace(query.cursor) : null;
  const record = query.reference === undefined ? null : await recordOf(tx, query.reference);
  if (query.reference !== undefined && record === null) return { lines: [], next: null };
  const { rows } = await sql<AuditLine & { place: string }>`
    select f.at, f.recorded_at as "recordedAt", f.recorded_at::text as place, f.actor, f.actor_id as "actorId", f.verb, f.type, f.reference,
      f.record_id as "recordId", f.sequence, r.title, b.body - 'columns' as body
    from audit_events(${query.personId ?? null}::uuid, ${query.type ?? null}::text, ${query.verbs ?? null}::text[], ${record}::uuid,
      ${startOf(query.from, 0)}::timestamptz, ${startOf(query.to, 1)}::timestamptz,
      ${place?.at ?? null}::timestamptz, ${place?.record ?? null}::uuid, ${place?.sequence ?? null}::integer, ${limit + 1}::integer) f
    left join records r on r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = f.record_id
    left join event_bodies b on b.organisation_id = ${tx.actor.organisationId}::uuid and b.record_id = f.record_id and b.sequence = f.sequence
    order by f.recorded_at desc, f.record_id desc, f.sequence desc`.execute(tx.db);
  const lines = rows.slice(0, limit);
  const last = lines.at(-1);
  return { lines, next: rows.length > limit && last ? placeOf(last) : null };
}

async function recordOf(tx: Tx, reference: string): Promise<string | null> {
  const { rows } = await sql<{ id: string | null }>`select audited_record(${reference.toUpperCase()}) as id`.execute(
    tx.db,
  );
  return rows[0]?.id ?? null;
}

/** The moment at which a day in London begins, or one that comes some days after it. */
function startOf(day: string | undefined, daysLater: number): string | null {
  return day === undefined
    ? null
    : Temporal.PlainDate.from(day).add({ days: daysLater }).toZonedDateTime("Europe/London").toInstant().toString();
}

function placeOf({ place, recordId, sequence }: AuditLine & { place: string }): string {
  return Buffer.from(JSON.stringify([place, recordId, sequence])).toString("base64url");
}

function readPlace(cursor: string): { at: string; record: string; sequence: number } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor.slice(0, 300), "base64url").toString("utf8"));
    if (Array.isArray(parsed)) {
      const [at, record, sequence] = parsed as unknown[];
      if (
        typeof at === "string" &&
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/.test(at) &&
        typeof record === "string" &&
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(record) &&
        Number.isInteger(sequence) &&
        Number(sequence) >= 0 &&
        Number(sequence) < 2 ** 31
      )
        return { at, record, sequence: Number(sequence) };
    }
  } catch {
    // Refused below, as any other place that is not ours.
  }
  return refuse("cursor", "This place in the search is not known. Start again from its first page");
}
