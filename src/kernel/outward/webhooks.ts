import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { seal } from "../sealed.ts";
import { isId } from "../store/find.ts";
import type { Stored, Tx } from "../transaction.ts";

/** One message to a webhook, and what became of it. */
export interface Delivery {
  readonly id: string;
  readonly state: "waiting" | "sent" | "failed" | "dropped";
  /** The record's reference; null for a test, or where the actor may not see it. */
  readonly reference: string | null;
  readonly type: string | null;
  readonly isTest: boolean;
  readonly verb: string | null;
  readonly madeAt: string;
  readonly nextAttemptAt: string;
  /** The newest first, ten at the most. */
  readonly attempts: readonly Attempt[];
}

/** One time that a message was sent. */
export interface Attempt {
  readonly at: string;
  readonly tookMs: number;
  /** What was answered; null when nothing was. */
  readonly status: number | null;
  readonly problem: string | null;
}

/** What a secret is sealed for. */
export const sealedFor = "signing of webhooks";

/** Makes another signing secret for a webhook, shown this once. The one before signs as well for a day. */
export async function makeSecret(tx: Tx, webhook: Stored, installationSecret: string): Promise<string> {
  // As Standard Webhooks writes them: 24 to 64 bytes.
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const sealed = seal({ secret: installationSecret, purpose: sealedFor, owner: webhook.id }, secret);
  await sql`select set_webhook_secret(${webhook.id}::uuid, ${sealed}::bytea)`.execute(tx.db);
  return secret;
}

/** When a webhook's secret was made; null before there is one. */
export async function secretMadeAt(tx: Tx, webhook: Stored): Promise<string | null> {
  const { rows } = await sql<{ at: string }>`select made_at as at from webhook_secrets
    where organisation_id = ${tx.actor.organisationId}::uuid and webhook_id = ${webhook.id}::uuid`.execute(tx.db);
  return rows[0]?.at ?? null;
}

/** Puts a test on its way. False when three wait already. */
export async function sendTest(tx: Tx, webhook: Stored): Promise<boolean> {
  const { rows } = await sql<{ made: boolean }>`select test_webhook(${webhook.id}::uuid) as made`.execute(tx.db);
  return rows[0]?.made === true;
}

/** Sends again what has ended: one delivery, or all that failed (null). Gives how many. */
export async function sendAgain(tx: Tx, webhook: Stored, id: string | null): Promise<number> {
  if (id !== null && !isId(id)) return 0;
  const { rows } = await sql<{
    many: number;
  }>`select resend_webhook(${webhook.id}::uuid, ${id}::uuid) as many`.execute(tx.db);
  return rows[0]?.many ?? 0;
}

/** Deliveries of a page of the log. */
export const deliveriesShown = 50;

/** What was sent to a webhook, the newest first, from `before` on: at most 50, one more where there are any. */
export async function listDeliveries(tx: Tx, webhook: Stored, before?: string): Promise<Delivery[]> {
  const { rows } = await sql<Delivery>`
    select d.id, d.state, r.reference, r.type, d.record_id is null as "isTest", e.verb, d.made_at as "madeAt", d.next_attempt_at as "nextAttemptAt",
      array(select jsonb_build_object('at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'tookMs', a.took_ms, 'status', a.status,
          'problem', a.problem) from webhook_attempts a
        where a.organisation_id = d.organisation_id and a.delivery_id = d.id order by a.attempt desc limit 10) as attempts
    from webhook_deliveries d
    left join records r on r.organisation_id = d.organisation_id and r.id = d.record_id
    left join events e on e.organisation_id = d.organisation_id and e.record_id = d.record_id and e.sequence = d.sequence
    where d.organisation_id = ${tx.actor.organisationId}::uuid and d.webhook_id = ${webhook.id}::uuid
      ${before !== undefined && isId(before) ? sql`and d.id < ${before}::uuid` : sql``}
    order by d.id desc limit ${deliveriesShown + 1}`.execute(tx.db);
  return rows;
}
