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
  const due = lines.filter((line) => written.has(line.type) && line.requesterId !== null && concerns(line));
  if (due.length === 0 || domain === undefined) return;
  for (const { recordId, sequence, requesterId, verb } of due) {
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

function concerns({ verb, audience, actorId, requesterId, body }: Line): boolean {
  if (verb === "created") return actorId === null;
  if (verb === "commented") return audience === "everyone" && actorId !== requesterId;
  return verb === "moved" && body?.state !== undefined && body.state !== body.from;
}
