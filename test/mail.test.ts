import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import { gatherMail } from "../src/kernel/mail/gather.ts";
import { retryMail } from "../src/kernel/mail/outbox.ts";
import { sendWaiting } from "../src/kernel/mail/send-waiting.ts";
import { createSmtpChannel } from "../src/kernel/mail/smtp.ts";
import type { MailChannel } from "../src/kernel/mail/channel.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { saveWishes } from "../src/kernel/notifications/choices.ts";
import { listNotifications, markRead } from "../src/kernel/notifications/inbox.ts";
import { kindNames, notificationKinds } from "../src/kernel/notifications/kinds.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { readMail, startMailServer } from "./mail-server.ts";
import type { MailServer } from "./mail-server.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let server: MailServer;
let channel: MailChannel;
let priya: Who;
let ada: Who;
let refused: { code: number; words: string } | null = null;
const baseUrl = "https://reeve.aldermoor.gov.uk";
const domain = "aldermoor.gov.uk";

before(async () => {
  world = await createWorld();
  server = await startMailServer({ refuses: () => refused });
  channel = createSmtpChannel(server.settings);
  priya = await world.person("Priya Nair", "supportOfficer");
  ada = await world.person("Ada Min", "administrator");
  await withAccount(priya, "priya.nair@aldermoor.gov.uk");
});
after(async () => {
  channel.close();
  await server.close();
  await world.close();
});

const ticket = () => typeNamed(world.registry, "ticket");

async function withAccount({ personId }: Who, email: string): Promise<void> {
  await world.ownerPool.query("update person set account_id = $2, email = $3 where id = $1", [personId, email, email]);
}

/** From nothing waiting, what is said to Priya on a new ticket; told, and put in the outbox. */
async function saidToPriya(
  values: Record<string, unknown> = {},
  { gathers = true }: { gathers?: boolean } = {},
): Promise<Stored> {
  await world.ownerPool.query("delete from mail_outbox; delete from notifications; delete from untold");
  const record = await world.store.as(ada, async (tx) => {
    const made = await create(tx, ticket(), { summary: "The printer jams", details: "In Housing", ...values });
    await comment(tx, ticket(), made.id, { text: "@Priya Nair her password is plum", audience: "" });
    return made;
  });
  await tellAll({ ...world, mail: true }, { failed: (error) => assert.fail(String(error)) });
  if (gathers) await gatherMail(world.ownerPool, { domain });
  return record;
}

const send = (at = Temporal.Now.instant()) => sendWaiting({ ...world, channel, baseUrl }, { now: () => at });
const outbox = async () =>
  (
    await world.ownerPool.query<{ state: string; attempts: number; answer: string; wait: number }>(
      "select state, attempts, answer, round(extract(epoch from next_attempt_at - made_at) / 60)::int as wait from mail_outbox",
    )
  ).rows;

describe("a mail by SMTP", () => {
  test("says what happened, where and by whom, in text and in HTML, and not what was said", async () => {
    const record = await saidToPriya();
    assert.deepEqual(await send(), { sent: 1, refused: 0, later: 0, stopped: null });
    const mail = server.taken.at(-1);
    assert.ok(mail);
    assert.deepEqual(mail.to, ["priya.nair@aldermoor.gov.uk"]);
    const { headers, text, html } = readMail(mail);
    assert.match(headers, /^From: "?Aldermoor Borough Council"? <reeve@aldermoor\.gov\.uk>/m);
    assert.match(headers, new RegExp(`^Subject: ${record.reference}: you are mentioned`, "m"));
    assert.match(headers, /^Auto-Submitted: auto-generated/m);
    assert.match(mail.messageId, /^<[0-9a-f-]{36}@aldermoor\.gov\.uk>$/);
    const link = new RegExp(`${baseUrl}/notifications/[0-9a-f-]{36}`);
    for (const part of [text, html]) {
      assert.match(part, new RegExp(`${record.reference} The printer jams`));
      assert.match(part, /Ada Min mentioned you in a comment\./);
      assert.match(part, link);
      assert.match(part, /Aldermoor Borough Council/);
      assert.doesNotMatch(part, /plum|Housing/);
    }
    assert.match(html, /<html lang="en-GB">/);
    assert.equal((await outbox())[0]?.state, "sent");
    assert.deepEqual(await send(), { sent: 0, refused: 0, later: 0, stopped: null });
  });

  test("says of a restricted record its reference alone, and of one that was erased or hidden meanwhile nothing", async () => {
    const record = await saidToPriya();
    await world.store.as(ada, (tx) => change(tx, ticket(), record.id, "any", { sensitivity: "restricted" }));
    const before = server.taken.length;
    await send();
    assert.equal(server.taken.length, before, "she may see it no longer");
    assert.equal((await outbox())[0]?.state, "dropped");

    const hers = await saidToPriya();
    await world.ownerPool.query("update records set sensitivity = 'restricted', owner_id = $2 where id = $1", [
      hers.id,
      priya.personId,
    ]);
    await send();
    const mail = server.taken.at(-1);
    assert.ok(mail);
    assert.equal(server.taken.length, before + 1);
    assert.match(readMail(mail).text, new RegExp(`${hers.reference}\\r?\\nThere is news about it`));
    assert.doesNotMatch(mail.raw, /printer|Ada Min/);

    const erased = await saidToPriya();
    await world.store.as(ada, (tx) => eraseRecord(tx, ticket(), erased.id, { reason: "By law" }));
    await send();
    assert.equal(server.taken.length, before + 1);
  });

  test("goes to nobody who is no longer active, of what they have read meanwhile, or in an organisation that is invented", async () => {
    const before = server.taken.length;
    await saidToPriya();
    await world.ownerPool.query("update person set active = false where id = $1", [priya.personId]);
    await send();
    await world.ownerPool.query("update person set active = true where id = $1", [priya.personId]);
    await saidToPriya({}, { gathers: false });
    await world.store.as(priya, (tx) => markRead(tx, null));
    await gatherMail(world.ownerPool, { domain });
    assert.deepEqual(await outbox(), []);
    await world.ownerPool.query("update organisations set demo = true");
    await saidToPriya();
    assert.deepEqual(await outbox(), []);
    await world.ownerPool.query("update organisations set demo = false");
    assert.equal(server.taken.length, before);
  });
});

describe("when mail cannot go", () => {
  test("a refusal for good is kept for an administrator, who may send it again under the same Message-ID; it never loops", async () => {
    await saidToPriya();
    refused = { code: 550, words: "5.1.1 no such user" };
    assert.equal((await send()).refused, 1);
    assert.deepEqual(await send(), { sent: 0, refused: 0, later: 0, stopped: null });
    const [row] = await outbox();
    assert.deepEqual([row?.state, row?.attempts], ["failed", 1]);
    assert.match(row?.answer ?? "", /550 5\.1\.1 no such user/);
    const { rows: kept } = await world.ownerPool.query<{ message_id: string }>("select message_id from mail_outbox");
    refused = null;
    await assert.rejects(
      world.store.as(priya, (tx) => retryMail(tx, null)),
      /You may not look after mail/,
    );
    await assert.rejects(
      world.store.as(priya, (tx) => sql`select retry_mail(null)`.execute(tx.db)),
      /retry_mail: not allowed/,
    );
    assert.equal(await world.store.as(ada, (tx) => retryMail(tx, null)), 1);
    assert.equal((await send()).sent, 1);
    assert.equal(server.taken.at(-1)?.messageId, kept[0]?.message_id);
  });

  test("a refusal for now is tried again later and later, and given up after three days", async () => {
    await saidToPriya();
    refused = { code: 451, words: "4.7.1 later" };
    const start = Temporal.Now.instant();
    assert.equal((await send(start)).later, 1);
    assert.deepEqual(await send(start.add({ seconds: 50 })), { sent: 0, refused: 0, later: 0, stopped: null });
    assert.equal((await send(start.add({ minutes: 2 }))).later, 1);
    assert.equal((await send(start.add({ minutes: 4 }))).later, 0);
    assert.deepEqual(
      (await outbox()).map(({ state, attempts }) => [state, attempts]),
      [["waiting", 2]],
    );
    assert.equal((await send(start.add({ hours: 80 }))).refused, 1);
    assert.match((await outbox())[0]?.answer ?? "", /waited for more than three days/);
    refused = null;
  });

  test("a server that is not there, or that lets nobody in, stops the round and harms no mail", async () => {
    await saidToPriya();
    const nowhere = createSmtpChannel({ ...server.settings, port: 1 });
    const report = await sendWaiting({ ...world, channel: nowhere, baseUrl });
    nowhere.close();
    assert.match(report.stopped ?? "", /ECONNREFUSED|connect/);
    assert.deepEqual(
      (await outbox()).map(({ state }) => state),
      ["waiting"],
    );
    const strict = await startMailServer({
      onAuth: (_auth, _session, callback) => callback(new Error("Invalid username or password")),
    });
    const wrong = createSmtpChannel({
      ...strict.settings,
      signIn: { user: "reeve", password: "wrong" },
    });
    const denied = await sendWaiting(
      { ...world, channel: wrong, baseUrl },
      { now: () => Temporal.Now.instant().add({ minutes: 30 }) },
    );
    wrong.close();
    await strict.close();
    assert.match(denied.stopped ?? "", /Invalid/);
    assert.deepEqual(
      (await outbox()).map(({ state }) => state),
      ["waiting"],
    );
    assert.equal((await send(Temporal.Now.instant().add({ hours: 3 }))).sent, 1);
  });
});

describe("wishes", () => {
  const wish = (
    given: { digestAt?: string; quietFrom?: string; quietUntil?: string },
    mail: "now" | "digest" | "off",
  ) =>
    world.store.as(priya, (tx) =>
      saveWishes(tx, {
        digestAt: "08:00",
        quietFrom: "",
        quietUntil: "",
        ...given,
        kinds: kindNames.map((kind) => ({
          kind,
          product: true,
          mail: kind === "mentioned" ? mail : notificationKinds[kind].mail,
        })),
      }),
    );
  const london = (moment: Temporal.Instant) => moment.toZonedDateTimeISO("Europe/London");

  test("in a digest several things are one mail at the time that was chosen, and not a minute before", async () => {
    const soon = london(Temporal.Now.instant()).add({ hours: 2 }).round("minute");
    await wish({ digestAt: soon.toPlainTime().toString({ smallestUnit: "minute" }) }, "digest");
    await saidToPriya({}, { gathers: false });
    await world.store.as(ada, async (tx) => {
      const second = await create(tx, ticket(), { summary: "The scanner too" });
      await comment(tx, ticket(), second.id, { text: "@Priya Nair", audience: "" });
    });
    await tellAll({ ...world, mail: true });
    assert.equal(await gatherMail(world.ownerPool, { domain, now: soon.subtract({ minutes: 1 }).toInstant() }), 0);
    assert.equal(await gatherMail(world.ownerPool, { domain, now: soon.toInstant() }), 1);
    await send(soon.toInstant());
    const mail = server.taken.at(-1);
    assert.ok(mail);
    const { headers, text } = readMail(mail);
    assert.match(headers, /^Subject: 2 things that concern you/m);
    assert.match(text, /The scanner too[^]*The printer jams/);
  });

  test("in quiet hours mail waits for their end; without mail nothing goes; the product tells all the same", async () => {
    const now = london(Temporal.Now.instant());
    const time = (hours: number) => now.add({ hours }).toPlainTime().toString({ smallestUnit: "minute" });
    await wish({ quietFrom: time(-1), quietUntil: time(1) }, "now");
    await saidToPriya();
    assert.deepEqual(await outbox(), []);
    assert.equal(await gatherMail(world.ownerPool, { domain, now: now.add({ hours: 1 }).toInstant() }), 1);
    await wish({}, "off");
    await saidToPriya();
    assert.equal(await gatherMail(world.ownerPool, { domain, now: now.add({ hours: 48 }).toInstant() }), 0);
    assert.equal((await world.store.as(priya, (tx) => listNotifications(tx))).items.length, 1);
    await wish({}, "now");
  });

  test("times that are none are refused with a sentence for each", async () => {
    await assert.rejects(wish({ digestAt: "25:00", quietFrom: "7", quietUntil: "" }, "now"), {
      message: "Time of the daily mail: enter a time such as 07:30. Quiet until: enter a time such as 07:30",
    });
    await assert.rejects(wish({ quietFrom: "7pm", quietUntil: "19:00" }, "now"), /must be another time/);
  });
});
