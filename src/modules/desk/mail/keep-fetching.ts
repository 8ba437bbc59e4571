import { setTimeout as sleep } from "node:timers/promises";
import type { ScheduleParts } from "../../../kernel/jobs/schedules.ts";
import { createTokenSource } from "../../../kernel/mail/oauth-token.ts";
import { open as unseal } from "../../../kernel/sealed.ts";
import { fetchAll } from "./fetch.ts";
import { openMailbox } from "./imap.ts";
import type { ImapSettings } from "./imap.ts";
import { restrictWithTickets } from "../restricted.ts";
import { letThrough } from "./let-through.ts";
import type { MailboxOf } from "./take-in.ts";

/** Where a mailbox's secret is sent to. */
interface Destination {
  readonly id: string;
  readonly host: unknown;
  readonly port: unknown;
  readonly security: unknown;
  readonly user: unknown;
  readonly tokenUrl: unknown;
}

/**
 * What a mailbox's secret is sealed with: it opens for the server that it was given for alone, so that whoever may change a
 * mailbox cannot have it sent elsewhere.
 */
export function sealingOf(secret: string, { id, host, port, security, user, tokenUrl }: Destination) {
  const owner = JSON.stringify([id, host, Number(port), security, user, tokenUrl ?? null]);
  return { secret, purpose: "signing in to a mailbox", owner };
}

/** How often a mailbox is looked into at the least, while its server says nothing by itself. Milliseconds. */
const lookEveryMs = 5000;
/** After a failure a mailbox is left alone for so long, and longer each time, up to the second. */
const restAfterFailureMs = { first: 10_000, longest: 600_000 } as const;
const restMs = 2000;
const mailboxesMax = 50;

/** A mailbox that is on, as the worker reads it. */
interface Row extends MailboxOf {
  readonly version: number;
  readonly host: string;
  readonly port: number;
  readonly security: ImapSettings["security"];
  readonly user: string;
  readonly signIn: "password" | "oauth";
  readonly tokenUrl: string | null;
  readonly clientId: string | null;
  readonly scope: string | null;
  readonly folder: string;
  readonly takenFolder: string;
  readonly sealed: Buffer | null;
}

interface Running {
  readonly version: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  again: number;
  failures: number;
}

/** The round of the desk's mail: looks after a connection to each mailbox, and takes in what people let through, until it is stopped. */
export async function keepFetching(parts: ScheduleParts, stop: AbortSignal): Promise<number> {
  const running = new Map<string, Running>();
  try {
    while (!stop.aborted) {
      await letThrough(parts);
      await restrictWithTickets(parts);
      follows(parts, running, await readMailboxes(parts));
      await rest(restMs, stop);
    }
  } finally {
    for (const one of running.values()) one.stop.abort();
    await Promise.all([...running.values()].map(({ ended }) => ended));
  }
  return restMs;
}

function rest(milliseconds: number, stop: AbortSignal): Promise<void> {
  // It rejects when it is stopped, which is no fault.
  return sleep(milliseconds, undefined, { signal: stop }).catch(() => {});
}

/** Begins with each mailbox that nobody follows yet, or whose rest after a failure is over; what was changed is opened anew. */
function follows(parts: ScheduleParts, running: Map<string, Running>, rows: readonly Row[]): void {
  for (const [id, one] of running) {
    const row = rows.find(({ mailboxId }) => mailboxId === id);
    if (row && versionOf(row) === one.version) continue;
    one.stop.abort();
    running.delete(id);
  }
  for (const row of rows) {
    const before = running.get(row.mailboxId);
    if (!before || before.again <= Date.now()) running.set(row.mailboxId, start(parts, row, before?.failures ?? 0));
  }
}

function versionOf({ version, sealed }: Row): string {
  return `${version} ${sealed?.toString("base64") ?? ""}`;
}

function start(parts: ScheduleParts, row: Row, failures: number): Running {
  const stop = new AbortController();
  const work = follow(parts, row, stop.signal).catch(async (error: unknown) => {
    if (stop.signal.aborted) return;
    one.failures++;
    one.again = Date.now() + Math.min(restAfterFailureMs.first * 2 ** (one.failures - 1), restAfterFailureMs.longest);
    await noteFailure(parts, row, error).catch((fault: unknown) =>
      parts.log.error(fault, "A mailbox's failure could not be noted"),
    );
  });
  const one: Running = { version: versionOf(row), stop, ended: work, again: Number.POSITIVE_INFINITY, failures };
  return one;
}

/** Stays with a mailbox until it is stopped, or something fails. */
async function follow(parts: ScheduleParts, row: Row, stop: AbortSignal): Promise<void> {
  const mailbox = await openMailbox(settingsOf(parts, row));
  try {
    for (let notedAt = 0; !stop.aborted;) {
      const taken = await fetchAll(parts, row, mailbox, stop);
      if (taken > 0 || Date.now() - notedAt > 30_000) {
        notedAt = Date.now();
        await noteLook(parts, row, taken);
      }
      await mailbox.wait(lookEveryMs, stop);
    }
  } finally {
    await mailbox.close();
  }
}

function settingsOf({ secret }: ScheduleParts, row: Row): ImapSettings {
  const opened = row.sealed && unseal(sealingOf(secret, { ...row, id: row.mailboxId }), row.sealed);
  if (opened === null) throw new Error("It has no password yet, or one for another server. Set it");
  const { tokenUrl, clientId, scope } = row;
  return {
    ...row,
    secret:
      row.signIn === "oauth"
        ? createTokenSource({
            tokenUrl: tokenUrl ?? "",
            clientId: clientId ?? "",
            clientSecret: opened,
            scope: scope ?? "https://outlook.office365.com/.default",
          })
        : opened,
  };
}

async function readMailboxes({ ownerPool }: ScheduleParts): Promise<Row[]> {
  const { rows } = await ownerPool.query<Row>(
    `select m.organisation_id as "organisationId", m.id as "mailboxId", r.version, m.host, m.port::int, m.security, m.signs_in_as as "user", m.sign_in as "signIn",
       m.token_url as "tokenUrl", m.client_id as "clientId", m.scope, m.folder, m.taken_folder as "takenFolder", s.sealed
     from mailbox m join records r on r.organisation_id = m.organisation_id and r.id = m.id and r.state = 'on'
     join organisations o on o.id = m.organisation_id and not o.demo
     left join mailbox_secrets s on s.organisation_id = m.organisation_id and s.mailbox_id = m.id
     order by m.id limit $1`,
    [mailboxesMax],
  );
  return rows;
}

async function noteLook(
  { ownerPool }: ScheduleParts,
  { organisationId, mailboxId }: Row,
  taken: number,
): Promise<void> {
  await ownerPool.query(
    `insert into mailbox_states (organisation_id, mailbox_id, looked_at, taken_at) values ($1, $2, now(), case when $3 then now() end)
     on conflict (organisation_id, mailbox_id) do update
       set looked_at = now(), taken_at = coalesce(excluded.taken_at, mailbox_states.taken_at), failures = 0`,
    [organisationId, mailboxId, taken > 0],
  );
}

async function noteFailure(
  { ownerPool, log }: ScheduleParts,
  { organisationId, mailboxId }: Row,
  error: unknown,
): Promise<void> {
  const failure = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  log.warn(`A mailbox failed: ${failure}`);
  await ownerPool.query(
    `insert into mailbox_states (organisation_id, mailbox_id, failed_at, failure, failures) values ($1, $2, now(), $3, 1)
     on conflict (organisation_id, mailbox_id) do update set failed_at = now(), failure = excluded.failure, failures = mailbox_states.failures + 1`,
    [organisationId, mailboxId, failure],
  );
}
