import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatherMail } from "../../src/kernel/mail/gather.ts";
import type { MailChannel } from "../../src/kernel/mail/channel.ts";
import { sendWaiting } from "../../src/kernel/mail/send-waiting.ts";
import { createSmtpChannel } from "../../src/kernel/mail/smtp.ts";
import { tellAll } from "../../src/kernel/notifications/tell.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import { timeline } from "../../src/kernel/store/timeline.ts";
import type { TimelineEvent } from "../../src/kernel/store/timeline.ts";
import type { Values } from "../../src/kernel/store/values.ts";
import type { Stored, Who } from "../../src/kernel/transaction.ts";
import { InboundMessage } from "../../src/modules/desk/mail/inbound-message.record.ts";
import { Mailbox } from "../../src/modules/desk/mail/mailbox.record.ts";
import { takeIn } from "../../src/modules/desk/mail/take-in.ts";
import { Ticket } from "../../src/modules/desk/ticket.record.ts";
import { message } from "../mail-messages.ts";
import { readMail, startMailServer } from "../mail-server.ts";
import type { MailServer } from "../mail-server.ts";
import { createWebWorld } from "../web-world.ts";
import type { WebWorld } from "../web-world.ts";

export let world: WebWorld;
export let server: MailServer;
let channel: MailChannel;
export let filesFolder: string;
export let priya: Who;
export let mailboxId: string;
export let uid = 0;

const domain = "aldermoor.gov.uk";

/** Makes what every test of these stands on. */
export async function begin(): Promise<void> {
  filesFolder = await mkdtemp(join(tmpdir(), "reeve-mail-in-"));
  world = await createWebWorld({ filesFolder });
  server = await startMailServer();
  channel = createSmtpChannel(server.settings);
  priya = await world.person("Priya Nair", "supportOfficer");
  await world.ownerPool.query(
    "update person set account_id = 'priya', email = 'priya.nair@aldermoor.gov.uk' where id = $1",
    [priya.personId],
  );
  mailboxId = await makeMailbox({});
}

/** Ends it. */
export async function end(): Promise<void> {
  channel.close();
  await server.close();
  await world.close();
  await rm(filesFolder, { recursive: true, force: true });
}

/** Nothing of the test before is still to be told, or counts within the hour. */
export async function forget(): Promise<void> {
  await world.ownerPool.query("delete from untold");
  await world.ownerPool.query("update inbound_message set received_at = received_at - interval '2 hours'");
  await world.ownerPool.query("update mail_outbox set ended_at = ended_at - interval '2 hours'");
}

export async function makeMailbox(values: Values): Promise<string> {
  return world.system(async (tx) => {
    const { rows } = await world.ownerPool.query<{ id: string }>(
      "select id from records where type = 'queue' order by id limit 1",
    );
    const made = await create(
      tx,
      Mailbox,
      {
        name: "Service desk",
        address: "desk@aldermoor.gov.uk",
        queue: rows[0]?.id,
        host: "imap.aldermoor.gov.uk",
        signsInAs: "desk",
        vouchedBy: "mx.aldermoor.gov.uk",
        ...values,
      },
      { trusted: true },
    );
    return (await move(tx, Mailbox, made.id, "any", "switch_on", {})).id;
  });
}

/** Takes a message in, and gives the record of it and its ticket. */
export async function arrive(
  raw: Buffer,
  {
    into = mailboxId,
    now,
    arrivedAt,
  }: { into?: string; now?: Temporal.Instant; arrivedAt?: Temporal.Instant | undefined } = {},
) {
  uid += 1;
  const where = { organisationId: world.council.organisationId, mailboxId: into };
  const id = await takeIn(
    { ...world, filesFolder },
    where,
    { raw, uid, uidValidity: 7, ...(arrivedAt ? { arrivedAt } : {}) },
    now,
  );
  assert.ok(id);
  return seen(id);
}

export interface Seen {
  readonly message: Stored;
  readonly ticket: Stored | null;
  readonly events: readonly TimelineEvent[];
}

export function seen(id: string): Promise<Seen> {
  return world.system(async (tx) => {
    const taken = await find(tx, InboundMessage, id);
    const { ticket } = taken.values;
    if (typeof ticket !== "string") return { message: taken, ticket: null, events: [] };
    const found = await find(tx, Ticket, ticket);
    return { message: taken, ticket: found, events: await timeline(tx, found) };
  });
}

/** Tells of what happened and sends all mail; gives what went, the newest last. */
export async function send(): Promise<(ReturnType<typeof readMail> & { to: readonly string[] })[]> {
  const before = server.taken.length;
  await tellAll({ ...world, mail: true, domain }, { failed: (error) => assert.fail(String(error)) });
  await gatherMail(world.ownerPool, { domain });
  await sendWaiting({
    ...world,
    channel,
    baseUrl: "https://reeve.aldermoor.gov.uk",
    secret: world.parts.secret,
    failed: (error) => assert.fail(String(error)),
  });
  return server.taken.slice(before).map((one) => ({ ...readMail(one), to: one.to }));
}

export const idOf = ({ headers }: { headers: string }) =>
  /^Message-ID: (<[^>]+>)/im.exec(headers)?.[1] ?? assert.fail("no id");

export const asPriya = <Result>(work: Parameters<typeof world.store.as<Result>>[1]) => world.store.as(priya, work);

export const comments = ({ events }: Seen) => events.filter(({ verb }) => verb === "commented");

/** A ticket that Jo asked for by mail, and the receipt that went to her. */
export async function joAsks(subject = "The printer jams"): Promise<Seen & { receipt: string; ticket: Stored }> {
  const asked = await arrive(message({ subject }));
  const mails = await send();
  assert.ok(asked.ticket);
  return { ...asked, ticket: asked.ticket, receipt: idOf(mails[0] ?? assert.fail("no receipt")) };
}
