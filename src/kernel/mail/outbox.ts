import { sql } from "kysely";
import { changesEveryRole } from "../access.ts";
import { forbid } from "../errors.ts";
import { isId } from "../store/find.ts";
import type { Tx } from "../transaction.ts";
import { messageIdOn } from "./gather.ts";

/** What became of mail, for whoever may look after it. */
export interface MailState {
  /** Counted to 1,000; 1,001 means more. */
  readonly waiting: number;
  readonly sentInADay: number;
  readonly failed: number;
  /** Why the mail that waits longest was not sent at the last attempt; null when none was refused yet. */
  readonly lastFault: string | null;
  readonly failures: readonly FailedMail[];
}

export interface FailedMail {
  readonly id: string;
  readonly person: string;
  readonly purpose: string;
  readonly why: string;
  readonly endedAt: string;
}

/** A page shows so many that did not go. */
export const failuresShown = 50;

/** How mail stands in the organisation. Refuses (forbidden) whoever does not look after it. */
export async function readMailState(tx: Tx): Promise<MailState> {
  mustLookAfterMail(tx);
  const mine = sql`organisation_id = ${tx.actor.organisationId}::uuid`;
  const counted = (condition: ReturnType<typeof sql>) =>
    sql`(select count(*) from (select 1 from mail_outbox where ${mine} and ${condition} limit 1001) bounded)`;
  const [counts, failures] = await Promise.all([
    sql<Omit<MailState, "failures">>`select ${counted(sql`state = 'waiting'`)} as waiting,
      ${counted(sql`state = 'sent' and ended_at > ${tx.now.subtract({ hours: 24 }).toString()}::timestamptz`)} as "sentInADay",
      ${counted(sql`state = 'failed'`)} as failed,
      (select answer from mail_outbox where ${mine} and state = 'waiting' and answer is not null order by next_attempt_at limit 1) as "lastFault"`.execute(
      tx.db,
    ),
    sql<FailedMail>`select m.id, coalesce(p.title, 'Someone') as person, m.purpose, coalesce(m.answer, '') as why, m.ended_at as "endedAt"
      from mail_outbox m left join records p on p.organisation_id = m.organisation_id and p.id = m.person_id
      where m.organisation_id = ${tx.actor.organisationId}::uuid and m.state = 'failed' order by m.ended_at desc, m.id limit ${failuresShown}`.execute(
      tx.db,
    ),
  ]);
  return { ...counts.rows[0]!, failures: failures.rows };
}

/** Sends again what did not go: one mail, or all (null). Gives how many. Refuses (forbidden). */
export async function retryMail(tx: Tx, id: string | null): Promise<number> {
  mustLookAfterMail(tx);
  if (id !== null && !isId(id)) return 0;
  const { rows } = await sql<{ many: number }>`select retry_mail(${id}::uuid) as many`.execute(tx.db);
  return rows[0]?.many ?? 0;
}

/** Puts a mail to oneself in the outbox. Gives whether it was, which it is not while three wait. Refuses (forbidden). */
export async function sendTestMail(tx: Tx, domain: string): Promise<boolean> {
  mustLookAfterMail(tx);
  const { rows } = await sql<{ made: boolean }>`select send_test_mail(${messageIdOn(domain)}) as made`.execute(tx.db);
  return rows[0]?.made === true;
}

/** Refuses (forbidden) whoever does not look after mail. */
export function mustLookAfterMail({ actor }: Tx): void {
  if (!changesEveryRole(actor)) forbid("You may not look after mail. It needs the permission “change” for all roles");
}
