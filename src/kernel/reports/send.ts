import { randomUUIDv7 } from "node:crypto";
import { sql } from "kysely";
import type pg from "pg";
import { inTransaction } from "../database/in-transaction.ts";
import { messageIdOn } from "../mail/gather.ts";
import { afterQuiet } from "../notifications/delivery.ts";
import { nextSending } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";

const reportsMax = 200;

type Due = Schedule & { readonly organisation: string; readonly id: string; readonly people: readonly Reader[] };

/** Who gets a report, and when they want no mail: times of the day in London. */
interface Reader {
  readonly person: string;
  readonly from: string | null;
  readonly until: string | null;
}

/**
 * Puts the reports whose time has come in the outbox, a mail for each person, and says when each is due again: both in one
 * transaction, so that none is lost and none made twice. What was due several times while nobody looked is sent once,
 * and to whoever has quiet hours at their end. Gives how many mails were made.
 */
export async function gatherReports(
  ownerPool: pg.Pool,
  { domain, now = Temporal.Now.instant() }: { readonly domain: string; readonly now?: Temporal.Instant },
): Promise<number> {
  return inTransaction(ownerPool, async (db) => {
    // Whoever is no longer here has nothing sent in their name.
    const { rows } =
      await sql<Due>`select r.organisation_id as organisation, r.id, r.send_every as every, r.send_day as day, r.send_hour as hour,
        (select coalesce(jsonb_agg(jsonb_build_object('person', m.person_id, 'from', to_char(t.quiet_from, 'HH24:MI'), 'until', to_char(t.quiet_until, 'HH24:MI'))), '[]')
          from report_recipients m left join notification_times t using (organisation_id, person_id)
          where m.organisation_id = r.organisation_id and m.report_id = r.id) as people
      from reports r where r.send_next <= ${now.toString()}::timestamptz
        and exists (select 1 from person p where p.organisation_id = r.organisation_id and p.id = r.person_id and p.active)
      order by r.send_next limit ${reportsMax} for update of r skip locked`.execute(db);
    for (const { organisation, id, people, ...schedule } of rows) {
      for (const { person, from, until } of people) {
        const at = afterQuiet(from !== null && until !== null ? { from, until } : null, now).toString();
        await sql`insert into mail_outbox (organisation_id, id, person_id, purpose, report_id, message_id, made_at, waits_since, next_attempt_at)
          values (${organisation}::uuid, ${randomUUIDv7()}::uuid, ${person}::uuid, 'report', ${id}::uuid, ${messageIdOn(domain)},
            ${now.toString()}::timestamptz, ${at}::timestamptz, ${at}::timestamptz)`.execute(db);
      }
      await sql`update reports set send_next = ${nextSending(schedule, now).toString()}::timestamptz
        where organisation_id = ${organisation}::uuid and id = ${id}::uuid`.execute(db);
    }
    return rows.reduce((many, { people }) => many + people.length, 0);
  });
}
