import type pg from "pg";
import { Webhook as Signing } from "standardwebhooks";
import { Refusal } from "../errors.ts";
import { typeNamed } from "../registry.ts";
import type { Registry } from "../registry.ts";
import { open } from "../sealed.ts";
import { find } from "../store/find.ts";
import { move } from "../store/move.ts";
import { asPerson, asSystem } from "../transaction.ts";
import type { Tx } from "../transaction.ts";
import type { Network } from "./networks.ts";
import { post } from "./post.ts";
import type { Posted } from "./post.ts";
import { sealedFor } from "./webhooks.ts";

/** What sending needs. */
export interface SendingParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  /** The secret of the installation, with which those of webhooks are sealed. */
  readonly secret: string;
  /** Networks to which webhooks may go beside the public internet. */
  readonly networks: readonly Network[];
  /** Told of a fault of ours. */
  readonly failed?: (error: unknown) => void;
  /** What a message says of a line of a timeline, as the person sees it. Refuses (unseen) what they may not see. */
  readonly message: (tx: Tx, line: { recordId: string; sequence: number; whole: boolean }) => Promise<Message>;
}

/** A message as Standard Webhooks has it. */
export interface Message {
  /** What happened: `ticket.created`. */
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Seconds before each further attempt: a day in all, as Standard Webhooks advises. */
const waits = [5, 300, 1800, 7200, 18_000, 36_000, 21_600];
/** A message is not sent by itself any more after so many hours, whatever held it up. */
const hoursMax = 24;
/** A webhook of which nothing arrived for so many days is switched off. */
const daysFailingMax = 3;
/** Messages to one webhook at once, and to all. */
const atOnce = { one: 8, all: 64 } as const;

interface Claimed {
  readonly organisation: string;
  readonly id: string;
  readonly webhook: string;
  readonly reference: string;
  readonly record: string | null;
  readonly sequence: number | null;
  readonly tries: number;
  readonly attempts: number;
  readonly old: boolean;
  readonly address: string;
  readonly whole: boolean;
  readonly actsFor: string | null;
  readonly sealed: Buffer | null;
  /** The secret before, as long as it still signs. */
  readonly sealedBefore: Buffer | null;
}

/** What was taken up, and when each webhook's part of it has ended. */
interface Sending {
  readonly many: number;
  readonly batches: readonly Promise<void>[];
}

/**
 * Sends what is due, each message once unless the process dies between the receiver's answer and our note of it: then it goes
 * once more, under the same `webhook-id`. Each webhook has a batch of its own, so that one that does not answer keeps no
 * other waiting; those in `busy` are left alone, and stand in it while their batch runs.
 */
export async function sendWaiting(
  parts: SendingParts,
  stop: AbortSignal,
  busy: Set<string> = new Set(),
): Promise<Sending> {
  const claimed = await claim(parts.ownerPool, [...busy]);
  const batches = [...Map.groupBy(claimed, ({ webhook }) => webhook)].map(async ([webhook, deliveries]) => {
    busy.add(webhook);
    const sent = await Promise.allSettled(deliveries.map((delivery) => sendOne(parts, delivery, stop)));
    busy.delete(webhook);
    // A fault of ours with one keeps no other back; that one is tried again in two minutes.
    for (const one of sent) if (one.status === "rejected" && !stop.aborted) parts.failed?.(one.reason);
  });
  return { many: claimed.length, batches };
}

/** Takes messages up for two minutes: longer than an attempt lasts, so that nobody else sends them meanwhile. */
async function claim(ownerPool: pg.Pool, busy: readonly string[]): Promise<Claimed[]> {
  const { rows } = await ownerPool.query<Claimed>(
    `with due as (
       select d.organisation_id, d.id, r.reference from records r
       cross join lateral (select organisation_id, id from webhook_deliveries
         where organisation_id = r.organisation_id and webhook_id = r.id and state = 'waiting' and next_attempt_at <= now()
           and (record_id is null or r.state = 'on')
         order by next_attempt_at limit $1 for update skip locked) d
       where r.type = 'webhook' and r.closed_at is null and r.id <> all ($4::uuid[]) limit $2)
     update webhook_deliveries d set tries = d.tries + 1, attempts = d.attempts + 1, next_attempt_at = now() + interval '2 minutes'
     from due join webhook_deliveries own on own.organisation_id = due.organisation_id and own.id = due.id
     join webhook w on w.organisation_id = own.organisation_id and w.id = own.webhook_id
     left join webhook_secrets s on s.organisation_id = own.organisation_id and s.webhook_id = own.webhook_id
     where d.organisation_id = own.organisation_id and d.id = own.id
     returning d.organisation_id as organisation, d.id, d.webhook_id as webhook, due.reference, d.record_id as record, d.sequence, d.tries, d.attempts,
       d.waits_since < now() - make_interval(hours => $3) as old, w.address, w.sends = 'record' as whole, w.acts_for as "actsFor", s.sealed,
       case when s.made_at > now() - interval '1 day' then s.sealed_before end as "sealedBefore"`,
    [atOnce.one, atOnce.all, hoursMax, busy],
  );
  return rows;
}

async function sendOne(parts: SendingParts, delivery: Claimed, stop: AbortSignal): Promise<void> {
  const message = await messageFor(parts, delivery);
  if (message === null) return end(parts, delivery, "dropped");
  const posted = await attempt(parts, delivery, message, stop);
  if (posted === null) return;
  await parts.ownerPool.query(
    `insert into webhook_attempts (organisation_id, delivery_id, attempt, webhook_id, at, took_ms, status, problem)
     values ($1, $2, $3, $4, now(), $5, $6, $7) on conflict do nothing`,
    [
      delivery.organisation,
      delivery.id,
      delivery.attempts,
      delivery.webhook,
      posted.tookMs,
      posted.status,
      posted.problem,
    ],
  );
  if (posted.problem === null) return end(parts, delivery, "sent");
  const wait = waits[delivery.tries - 1];
  if (wait === undefined || delivery.old || posted.status === 410) await end(parts, delivery, "failed");
  else
    await parts.ownerPool.query(
      "update webhook_deliveries set next_attempt_at = now() + make_interval(secs => $3) where organisation_id = $1 and id = $2",
      [delivery.organisation, delivery.id, wait],
    );
  if (posted.status === 410 || (await failsForDays(parts, delivery))) await setAside(parts, delivery);
}

/** What to send; null when the person for whom the webhook acts may not see it, or has left. */
async function messageFor(parts: SendingParts, delivery: Claimed): Promise<Message | null> {
  const { organisation: organisationId, record: recordId, sequence } = delivery;
  if (recordId === null || sequence === null)
    return {
      type: "reeve.test",
      timestamp: Temporal.Now.instant().toString({ smallestUnit: "millisecond" }),
      data: { webhook: delivery.reference, text: "This is a test. Nothing has happened." },
    };
  const { actsFor: personId } = delivery;
  if (personId === null) return null;
  try {
    return await asPerson(parts, { organisationId, personId }, (tx) =>
      parts.message(tx, { recordId, sequence, whole: delivery.whole }),
    );
  } catch (error) {
    if (error instanceof Refusal && error.kind === "unseen") return null;
    throw error;
  }
}

/** Signs and posts it; null when the process is to end, so that it is taken up again. */
async function attempt(
  { secret, networks }: SendingParts,
  delivery: Claimed,
  message: Message,
  stop: AbortSignal,
): Promise<Posted | null> {
  const keys = [delivery.sealed, delivery.sealedBefore].flatMap(
    (sealed) => (sealed && open({ secret, purpose: sealedFor, owner: delivery.webhook }, sealed)) || [],
  );
  if (keys.length === 0)
    return { status: null, tookMs: 0, problem: "It has no signing secret yet, so nothing was sent" };
  const id = `msg_${delivery.id}`;
  const now = new Date();
  const body = JSON.stringify(message);
  const headers = {
    "content-type": "application/json",
    "user-agent": "Reeve",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": keys.map((key) => new Signing(key).sign(id, now, body)).join(" "),
  };
  try {
    return await post(delivery.address, { networks, headers, body, stop });
  } catch (error) {
    if (stop.aborted) return null;
    throw error;
  }
}

async function end(
  { ownerPool }: SendingParts,
  delivery: Claimed,
  state: "sent" | "failed" | "dropped",
): Promise<void> {
  await ownerPool.query(
    "update webhook_deliveries set state = $3, ended_at = now() where organisation_id = $1 and id = $2",
    [delivery.organisation, delivery.id, state],
  );
}

/** Whether nothing has arrived for days, since it last did or was last switched on. */
async function failsForDays({ ownerPool }: SendingParts, { organisation, webhook }: Claimed): Promise<boolean> {
  const { rows } = await ownerPool.query<{ long: boolean }>(
    `select coalesce(min(a.at) < now() - make_interval(days => $3), false) as long from webhook_attempts a
     where a.organisation_id = $1 and a.webhook_id = $2 and a.at > greatest(
       (select max(o.at) from webhook_attempts o where o.organisation_id = $1 and o.webhook_id = $2 and o.problem is null),
       (select max(e.at) from events e where e.organisation_id = $1 and e.record_id = $2 and e.verb in ('created', 'changed', 'moved')))`,
    [organisation, webhook, daysFailingMax],
  );
  return rows[0]?.long === true;
}

/** Switches it off, as the product: whoever may change webhooks is told that it waits for them. */
async function setAside(parts: SendingParts, { organisation: organisationId, webhook }: Claimed): Promise<void> {
  const type = typeNamed(parts.registry, "webhook");
  await asSystem({ ...parts, organisationId }, async (tx) => {
    const { state } = await find(tx, type, webhook);
    if (state === "on") await move(tx, type, webhook, "any", "set_aside", {});
  }).catch((error: unknown) => {
    // Two messages that fail at once would both do it.
    if (!(error instanceof Refusal)) throw error;
  });
}
