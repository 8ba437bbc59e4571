import { sql } from "kysely";
import type pg from "pg";
import type { FilesPlace } from "../../../kernel/files/store.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { find } from "../../../kernel/store/find.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { carryOut } from "./carry-out.ts";
import { judge } from "./judge.ts";
import { keep } from "./keep.ts";
import { lookUp } from "./look-up.ts";
import { Mailbox } from "./mailbox.record.ts";

/** What taking mail in needs. */
export interface TakingParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly filesFolder: FilesPlace;
}

/** A mailbox of an organisation. */
export interface MailboxOf {
  readonly organisationId: string;
  readonly mailboxId: string;
}

/** A message as it lies in a mailbox. */
export interface Arrived {
  readonly raw: Buffer;
  /** By these the server knows it: a message has the same for as long as it lies in that folder. */
  readonly uidValidity: number;
  readonly uid: number;
  /** When it came into the mailbox, as its server says; now, where it does not. */
  readonly arrivedAt?: Temporal.Instant;
  /** Why it was not fetched whole; absent when it was. */
  readonly problem?: string;
}

/**
 * Takes a message in, once however often it is given: what becomes of it, the record of it and that it was taken are one
 * transaction. Gives the record's id; null when it had been taken before.
 */
export async function takeIn(
  parts: TakingParts,
  { organisationId, mailboxId }: MailboxOf,
  arrived: Arrived,
  now?: Temporal.Instant,
): Promise<string | null> {
  const kept = await keep(parts.filesFolder, arrived.raw);
  return asSystem({ ...parts, organisationId, ...(now ? { now } : {}) }, async (tx) => {
    if (!(await isFirst(tx, mailboxId, arrived))) return null;
    const mailbox = await find(tx, Mailbox, mailboxId);
    // The same message may come into two mailboxes at once.
    const key = `reeve.mail ${organisationId} ${kept.message.messageId ?? ""}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx.db);
    const known = await lookUp(tx, mailbox, kept.message, arrived.raw);
    const problem = arrived.problem ?? kept.problem;
    const verdict = problem === null ? judge(known) : ({ kind: "held", why: problem } as const);
    const id = await carryOut(tx, { mailbox, kept, known, verdict, arrivedAt: arrived.arrivedAt ?? tx.now });
    await sql`update mail_taken set message_id = ${id}::uuid where organisation_id = ${organisationId}::uuid
      and mailbox_id = ${mailboxId}::uuid and uid_validity = ${arrived.uidValidity} and uid = ${arrived.uid}`.execute(
      tx.db,
    );
    return id;
  });
}

async function isFirst(tx: Tx, mailboxId: string, { uidValidity, uid }: Arrived): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into mail_taken (organisation_id, mailbox_id, uid_validity, uid)
    values (${tx.actor.organisationId}::uuid, ${mailboxId}::uuid, ${uidValidity}, ${uid}) on conflict do nothing`.execute(
    tx.db,
  );
  return numAffectedRows === 1n;
}
