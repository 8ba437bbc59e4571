import { randomUUIDv7 } from "node:crypto";
import { sql } from "kysely";
import type pg from "pg";
import { inTransaction } from "../database/in-transaction.ts";
import { afterQuiet, digestAtUsual } from "../notifications/delivery.ts";
import type { Registry } from "../registry.ts";
import type { Tx } from "../transaction.ts";
import type { Said } from "./compose.ts";
import { messageIdOn } from "./gather.ts";

/**
 * Says what a module's mail of the day says to whoever reads it, as that person, when it is sent; null when there is nothing to
 * say by then.
 */
export type SayDigest = (tx: Tx, baseUrl: string) => Promise<Said | null>;

/** What a mail of the day says, known by its name and day; null when no module brings it any more. */
export async function sayDigest(
  { registry, baseUrl }: { readonly registry: Registry; readonly baseUrl: string },
  tx: Tx,
  digest: string,
): Promise<Said | null> {
  const [name = ""] = digest.split(" ");
  for (const { digests } of registry.modules)
    if (digests && Object.hasOwn(digests, name)) return (await digests[name]?.(tx, baseUrl)) ?? null;
  return null;
}

const peopleMax = 5000;

/**
 * Puts a module's mail of the day in the outbox for each person who owns open records of these types, and, while nobody owns some of them, for
 * whoever holds all of the permissions `ledBy` for every record of one of these types. Once a day, when they wish
 * to have what comes once a day, and for nobody who wants no mail of deadlines that are near. Two at once do no harm. Gives how
 * many mails were made. `goesOn` says of a day (`yyyy-mm-dd`, London's) whether there is any.
 */
export async function gatherDigest(
  ownerPool: pg.Pool,
  options: {
    readonly name: string;
    readonly types: readonly string[];
    /** The permissions by which somebody answers for what nobody has; none, when absent. */
    readonly ledBy?: readonly string[];
    /** What stands after the @ of Message-IDs. */
    readonly domain: string;
    readonly goesOn: (day: string) => boolean;
    readonly now?: Temporal.Instant;
  },
): Promise<number> {
  const { name, types, ledBy = [], domain, goesOn, now = Temporal.Now.instant() } = options;
  const local = now.toZonedDateTimeISO("Europe/London");
  const day = local.toPlainDate().toString();
  if (!goesOn(day)) return 0;
  const time = local.toPlainTime().toString({ smallestUnit: "minute" });
  return inTransaction(ownerPool, async (db) => {
    const { rows } = await sql<{
      organisation: string;
      person: string;
      quietFrom: string | null;
      quietUntil: string | null;
    }>`
      select p.organisation_id as organisation, p.id as person, to_char(t.quiet_from, 'HH24:MI') as "quietFrom", to_char(t.quiet_until, 'HH24:MI') as "quietUntil"
      from (select organisation_id, owner_id from reeve.records where type = any (${[...types]}::text[]) and closed_at is null and owner_id is not null
        union ${leaders(types, ledBy)}) o
      join reeve.person p on p.organisation_id = o.organisation_id and p.id = o.owner_id
      join reeve.organisations g on g.id = p.organisation_id
      left join reeve.notification_times t on t.organisation_id = p.organisation_id and t.person_id = p.id
      where p.active and p.account_id is not null and p.email is not null and p.address_bounces is not true and not g.demo
        and coalesce(to_char(t.digest_at, 'HH24:MI'), ${digestAtUsual}) <= ${time}
        and not exists (select 1 from reeve.notification_choices c where c.organisation_id = p.organisation_id and c.person_id = p.id
          and c.kind = 'due' and c.channel = 'mail' and c.choice = 'off')
        and not exists (select 1 from reeve.mail_outbox m where m.organisation_id = p.organisation_id and m.person_id = p.id and m.digest = ${`${name} ${day}`})
      order by p.id limit ${peopleMax}`.execute(db);
    let made = 0;
    for (const { organisation, person, quietFrom, quietUntil } of rows) {
      const quiet = quietFrom !== null && quietUntil !== null ? { from: quietFrom, until: quietUntil } : null;
      const at = afterQuiet(quiet, now).toString();
      const { numAffectedRows } =
        await sql`insert into reeve.mail_outbox (organisation_id, id, person_id, purpose, digest, message_id, made_at, waits_since, next_attempt_at)
        values (${organisation}::uuid, ${randomUUIDv7()}::uuid, ${person}::uuid, 'digest', ${`${name} ${day}`}, ${messageIdOn(domain)},
          ${now.toString()}::timestamptz, ${at}::timestamptz, ${at}::timestamptz) on conflict do nothing`.execute(db);
      made += Number(numAffectedRows ?? 0n);
    }
    return made;
  });
}

/** Who holds all of some permissions for every record of a type of which nobody has some, as SQL; without permissions nobody. */
function leaders(types: readonly string[], permissions: readonly string[]) {
  return sql`select n.organisation_id, h.parent_id
    from (select distinct organisation_id, type from reeve.records where type = any (${[...types]}::text[]) and closed_at is null and owner_id is null) n
    join reeve.person_roles h on h.organisation_id = n.organisation_id and h.removed_at is null
    join reeve.records role on role.organisation_id = h.organisation_id and role.id = h.role and role.type = 'role' and role.closed_at is null
    join reeve.role_permissions g on g.organisation_id = h.organisation_id and g.parent_id = h.role and g.removed_at is null
      and g.type in ('*', n.type) and g.scope = 'all' and g.permission = any (${[...permissions]}::text[])
    group by n.organisation_id, n.type, h.parent_id having count(distinct g.permission) = ${permissions.length}`;
}
