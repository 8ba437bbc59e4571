import { randomUUIDv7 } from "node:crypto";
import { sql } from "kysely";
import type pg from "pg";
import { inTransaction } from "../database/in-transaction.ts";

const notificationsMax = 2000;

/** A Message-ID for a new mail; `domain` is the sender's. */
export function messageIdOn(domain: string): string {
  return `<${randomUUIDv7()}@${domain}>`;
}

/**
 * Makes mail of the notifications whose time has come: one for each person, of all that is due for them, without what
 * they have read meanwhile. Two at once do no harm. Gives how many mails were made.
 */
export async function gatherMail(
  ownerPool: pg.Pool,
  { domain, now = Temporal.Now.instant() }: { readonly domain: string; readonly now?: Temporal.Instant },
): Promise<number> {
  return inTransaction(ownerPool, async (db) => {
    const { rows } = await sql<{ id: string; organisationId: string; personId: string; unread: boolean }>`
      select id, organisation_id as "organisationId", person_id as "personId", read_at is null as unread from notifications
      where mail_after <= ${now.toString()}::timestamptz order by mail_after limit ${notificationsMax} for update skip locked`.execute(
      db,
    );
    const groups = [...Map.groupBy(rows, ({ organisationId, personId }) => `${organisationId} ${personId}`).values()];
    const mails = groups.flatMap((group) => {
      const unread = group.filter((row) => row.unread);
      const [first] = unread;
      return first
        ? [
            {
              id: randomUUIDv7(),
              organisation: first.organisationId,
              person: first.personId,
              of: unread.map(({ id }) => id),
            },
          ]
        : [];
    });
    for (const { id, organisation, person, of } of mails) {
      await sql`insert into mail_outbox (organisation_id, id, person_id, purpose, message_id, made_at, waits_since, next_attempt_at)
        values (${organisation}::uuid, ${id}::uuid, ${person}::uuid, 'notifications', ${messageIdOn(domain)},
          ${now.toString()}::timestamptz, ${now.toString()}::timestamptz, ${now.toString()}::timestamptz)`.execute(db);
      await sql`update notifications set mail_id = ${id}::uuid where organisation_id = ${organisation}::uuid and id = any (${of}::uuid[])`.execute(
        db,
      );
      // By which an answer finds what it answers, long after the mail is forgotten.
      await sql`insert into mail_threads (organisation_id, message_id, record_id, person_id)
        select distinct m.organisation_id, m.message_id, n.record_id, m.person_id from mail_outbox m
        join notifications n on n.organisation_id = m.organisation_id and n.mail_id = m.id
        where m.organisation_id = ${organisation}::uuid and m.id = ${id}::uuid`.execute(db);
    }
    if (rows.length > 0)
      await sql`update notifications n set mail_after = null from unnest(${rows.map(({ organisationId }) => organisationId)}::uuid[], ${rows.map(({ id }) => id)}::uuid[]) as done (organisation_id, id)
        where n.organisation_id = done.organisation_id and n.id = done.id`.execute(db);
    return mails.length;
  });
}
