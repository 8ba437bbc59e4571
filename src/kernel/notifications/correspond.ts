import { randomUUIDv7 } from "node:crypto";
import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Database } from "../database/tables.ts";
import { messageIdOn } from "../mail/gather.ts";
import type { Registry } from "../registry.ts";
import type { EventBody } from "../store/timeline.ts";

interface Line {
  readonly type: string;
  readonly recordId: string;
  readonly sequence: number;
  readonly verb: string;
  readonly audience: string;
  readonly actorId: string | null;
  readonly requesterId: string | null;
  readonly body: EventBody | null;
}

/**
 * Puts letters in the outbox for those who asked and cannot read here, in the transaction that tells of these lines: of what
 * was said to everyone and of where the record moved. Of a record that the product made, whoever asked has a letter in any
 * case; what the type's module says decides whether one goes.
 */
export async function correspond(
  db: Kysely<Database>,
  { registry, domain }: { readonly registry: Registry; readonly domain?: string },
  organisationId: string,
  lines: readonly Line[],
): Promise<void> {
  const written = new Set(registry.modules.flatMap(({ letters }) => Object.keys(letters ?? {})));
  if (domain === undefined) return;
  const told = lines.filter(({ type }) => written.has(type));
  await toOutsiders(db, { organisationId, domain }, told);
  for (const { recordId, sequence, requesterId, verb } of told.filter((line) => line.requesterId && concerns(line))) {
    const { rows } = await sql<{ id: string }>`
      insert into mail_outbox (organisation_id, id, person_id, purpose, message_id, record_id, sequence)
      select p.organisation_id, ${randomUUIDv7()}::uuid, p.id, 'letter', ${messageIdOn(domain)}, ${recordId}::uuid, ${sequence}::integer
      from person p join organisations o on o.id = p.organisation_id and not o.demo
      where p.organisation_id = ${organisationId}::uuid and p.id = ${requesterId}::uuid and p.email is not null and p.active
        and p.address_bounces is not true and (p.account_id is null or ${verb === "created"})
      on conflict do nothing returning id`.execute(db);
    if (rows[0])
      await sql`insert into mail_threads (organisation_id, message_id, record_id, person_id)
        select organisation_id, message_id, record_id, person_id from mail_outbox
        where organisation_id = ${organisationId}::uuid and id = ${rows[0].id}::uuid on conflict do nothing`.execute(
        db,
      );
  }
}

/** The same for those outside who are no person here, to the address that they gave with what they asked. */
async function toOutsiders(
  db: Kysely<Database>,
  { organisationId, domain }: { readonly organisationId: string; readonly domain: string },
  lines: readonly Line[],
): Promise<void> {
  const due = lines.filter(
    (line) => line.requesterId === null && line.verb !== "created" && line.body?.by === undefined && isNews(line),
  );
  for (const { recordId, sequence } of due)
    // By the thread their answer finds the record, as that of a person does.
    await sql`
      with letter as (
        insert into mail_outbox (organisation_id, id, purpose, message_id, record_id, sequence)
        select r.organisation_id, ${randomUUIDv7()}::uuid, 'letter', ${messageIdOn(domain)}, r.record_id, ${sequence}::integer
        from outside_requesters r join organisations o on o.id = r.organisation_id and not o.demo
        where r.organisation_id = ${organisationId}::uuid and r.record_id = ${recordId}::uuid and r.email is not null
        on conflict do nothing returning organisation_id, message_id, record_id)
      insert into mail_threads (organisation_id, message_id, record_id) select organisation_id, message_id, record_id from letter
      on conflict do nothing`.execute(db);
}

/** Something said to everyone, or another state. */
function isNews({ verb, audience, body }: Line): boolean {
  if (verb === "commented") return audience === "everyone";
  return verb === "moved" && body?.state !== undefined && body.state !== body.from;
}

function concerns(line: Line): boolean {
  if (line.verb === "created") return line.actorId === null;
  return isNews(line) && !(line.verb === "commented" && line.actorId === line.requesterId);
}
