import { sql } from "kysely";
import type { Kysely } from "kysely";
import type pg from "pg";
import { inTransaction } from "../database/in-transaction.ts";
import type { Database } from "../database/tables.ts";
import type { FilesPlace } from "../files/store.ts";
import type { Registry } from "../registry.ts";
import type { MailChannel, Outcome } from "./channel.ts";
import { composeMail } from "./compose.ts";
import type { OutboxMail, SayReport } from "./compose.ts";

/** What sending needs. */
export interface SendingParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly channel: MailChannel;
  /** The address people use, without a slash at the end. */
  readonly baseUrl: string;
  /** Where the organisation's logo is kept; without it mail goes without. */
  readonly filesFolder?: FilesPlace;
  /** The secret of the installation, for letters to people outside; without it none goes to them. */
  readonly secret?: string;
  /** Absent where no reports are mailed. */
  readonly sayReport?: SayReport;
  /** Told of a mail that could not be put together, which is then tried later; without it that is thrown. */
  readonly failed?: (error: unknown) => void;
}

/** What came of one go. `stopped` says why no more was tried: the fault is the mail server's or the network's. */
export interface SendingReport {
  readonly sent: number;
  readonly refused: number;
  readonly later: number;
  readonly stopped: string | null;
}

/** Minutes from each attempt to the next; the last holds from then on. */
const waitsMinutes = [1, 5, 15, 60, 180, 360] as const;
/** What could not be sent for so long is not sent any more by itself: hours. */
const givesUpHours = 72;
/** A provider is asked what became of a mail for so long, and how often: hours and minutes. */
const followsHours = 80;
const followsEveryMinutes = 10;

/**
 * Sends the mail that waits, one after the other. Each is held by a lock from before it is sent until that it was is
 * written down, so a process that dies sends nothing twice but the one mail that the server had taken and that was not
 * written down yet; that goes out again under the same Message-ID.
 */
export async function sendWaiting(
  parts: SendingParts,
  { max = 200, now = () => Temporal.Now.instant() }: { max?: number; now?: () => Temporal.Instant } = {},
): Promise<SendingReport> {
  const report = { sent: 0, refused: 0, later: 0, stopped: null as string | null };
  while (report.sent + report.refused + report.later < max && report.stopped === null) {
    const outcome = await sendNext(parts, now());
    if (outcome === null) break;
    if (outcome.kind === "dropped") continue;
    report[outcome.kind]++;
    if (outcome.kind === "later" && outcome.everything) report.stopped = outcome.why;
  }
  return report;
}

type Ending = Outcome | { readonly kind: "dropped" };
type Waiting = OutboxMail & { readonly attempts: number; readonly waitsSince: string };

/** The mail that waits longest; null when none does. */
function sendNext(parts: SendingParts, now: Temporal.Instant): Promise<Ending | null> {
  return inTransaction(parts.ownerPool, async (db) => {
    // Nothing is written before the mail is sent: a lock alone is given back by itself when this process dies.
    const { rows } =
      await sql<Waiting>`select organisation_id as "organisationId", id, person_id as "personId", purpose, report_id as "reportId", message_id as "messageId", record_id as "recordId", sequence,
        attempts, waits_since as "waitsSince" from mail_outbox
      where state = 'waiting' and next_attempt_at <= ${now.toString()}::timestamptz order by next_attempt_at limit 1 for no key update skip locked`.execute(
        db,
      );
    const [waiting] = rows;
    if (!waiting) return null;
    const ending = isTooLate(waiting, now) ? tooLate : await attempt(parts, waiting);
    await writeDown(db, waiting, ending, now);
    return ending;
  });
}

async function attempt(parts: SendingParts, waiting: Waiting): Promise<Ending> {
  const mail = await composeMail(parts, waiting).catch((error: unknown) => {
    if (parts.failed) parts.failed(error);
    else throw error;
    return faulty;
  });
  if (mail !== null && "kind" in mail) return mail;
  return mail ? parts.channel.send(mail) : { kind: "dropped" };
}

/** One mail that cannot be put together keeps no other waiting. */
const faulty = { kind: "later", why: "It could not be put together: the log says why", everything: false } as const;

/** After three days without a mail server, or a restore from a backup of then: it may be old news, or have gone out. */
const tooLate: Ending = { kind: "refused", why: "It had waited for more than three days, so it was not sent" };

async function writeDown(db: Kysely<Database>, mail: Waiting, ending: Ending, now: Temporal.Instant): Promise<void> {
  const row = sql`organisation_id = ${mail.organisationId}::uuid and id = ${mail.id}::uuid`;
  const at = sql`${now.toString()}::timestamptz`;
  if (ending.kind === "dropped") {
    await sql`update mail_outbox m set state = 'dropped', ended_at = ${at},
      answer = case when exists (select 1 from person p where p.organisation_id = m.organisation_id and p.id = m.person_id and p.address_bounces)
        then 'Mail to this address comes back, so none goes there' end where ${row}`.execute(db);
  } else if (ending.kind === "sent") {
    const followed = ending.providerId === undefined ? null : now.add({ hours: followsHours }).toString();
    await sql`update mail_outbox set state = 'sent', ended_at = ${at}, attempts = attempts + 1, answer = ${cut(ending.answer)},
      provider_id = ${ending.providerId ?? null}, followed_until = ${followed}::timestamptz, next_attempt_at = ${at} where ${row}`.execute(
      db,
    );
  } else if (ending.kind === "refused") {
    await sql`update mail_outbox set state = 'failed', ended_at = ${at}, attempts = attempts + 1, answer = ${cut(ending.why)} where ${row}`.execute(
      db,
    );
  } else {
    const minutes = waitsMinutes[Math.min(mail.attempts, waitsMinutes.length - 1)] ?? 360;
    await sql`update mail_outbox set attempts = attempts + 1, answer = ${cut(ending.why)}, next_attempt_at = ${now.add({ minutes }).toString()}::timestamptz where ${row}`.execute(
      db,
    );
  }
}

function isTooLate({ waitsSince }: Waiting, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(Temporal.Instant.from(waitsSince).add({ hours: givesUpHours }), now) < 0;
}

function cut(text: string): string {
  return text.slice(0, 1000);
}

/** Asks the provider, where it can be asked, what became of what it took. What it could not deliver counts as failed. */
export async function followSent(
  { ownerPool, channel }: Pick<SendingParts, "ownerPool" | "channel">,
  now: Temporal.Instant = Temporal.Now.instant(),
): Promise<number> {
  if (!channel.follow) return 0;
  const { rows } = await ownerPool.query<{ organisation: string; id: string; provider: string }>(
    `select organisation_id as organisation, id, provider_id as provider from reeve.mail_outbox
    where state = 'sent' and followed_until > $1 and next_attempt_at <= $1 and provider_id is not null order by next_attempt_at limit 100`,
    [now.toString()],
  );
  for (const { organisation, id, provider } of rows) {
    const { ended, failed } = await channel.follow(provider);
    await ownerPool.query(
      `update reeve.mail_outbox set state = case when $3::text is null then state else 'failed' end, answer = coalesce($3, answer),
        followed_until = case when $4 then null else followed_until end, next_attempt_at = $5
      where organisation_id = $1 and id = $2 and state = 'sent'`,
      [organisation, id, failed, ended, now.add({ minutes: followsEveryMinutes }).toString()],
    );
  }
  return rows.length;
}
