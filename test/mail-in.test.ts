import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { gatherMail } from "../src/kernel/mail/gather.ts";
import type { MailChannel } from "../src/kernel/mail/channel.ts";
import { sendWaiting } from "../src/kernel/mail/send-waiting.ts";
import { createSmtpChannel } from "../src/kernel/mail/smtp.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { open } from "../src/kernel/sealed.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { attachmentsOf } from "../src/kernel/store/attachments.ts";
import { change } from "../src/kernel/store/change.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { TimelineEvent } from "../src/kernel/store/timeline.ts";
import type { Values } from "../src/kernel/store/values.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { letThrough } from "../src/modules/desk/mail/let-through.ts";
import { restrictWithTickets } from "../src/modules/desk/restricted.ts";
import { InboundMessage } from "../src/modules/desk/mail/inbound-message.record.ts";
import { sealingOf } from "../src/modules/desk/mail/keep-fetching.ts";
import { Mailbox } from "../src/modules/desk/mail/mailbox.record.ts";
import { takeIn } from "../src/modules/desk/mail/take-in.ts";
import { Ticket } from "../src/modules/desk/ticket.record.ts";
import { bounce, message } from "./mail-messages.ts";
import { readMail, startMailServer } from "./mail-server.ts";
import type { MailServer } from "./mail-server.ts";
import { refused } from "./raw-sql.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let server: MailServer;
let channel: MailChannel;
let filesFolder: string;
let priya: Who;
let mailboxId: string;
let uid = 0;
const domain = "aldermoor.gov.uk";

before(async () => {
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
});
after(async () => {
  channel.close();
  await server.close();
  await world.close();
  await rm(filesFolder, { recursive: true, force: true });
});
// Nothing of the test before is still to be told, or counts within the hour.
beforeEach(async () => {
  await world.ownerPool.query("delete from untold");
  await world.ownerPool.query("update inbound_message set received_at = received_at - interval '2 hours'");
  await world.ownerPool.query("update mail_outbox set ended_at = ended_at - interval '2 hours'");
});

async function makeMailbox(values: Values): Promise<string> {
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
async function arrive(raw: Buffer, { into = mailboxId, now }: { into?: string; now?: Temporal.Instant } = {}) {
  uid += 1;
  const where = { organisationId: world.council.organisationId, mailboxId: into };
  const id = await takeIn({ ...world, filesFolder }, where, { raw, uid, uidValidity: 7 }, now);
  assert.ok(id);
  return seen(id);
}

interface Seen {
  readonly message: Stored;
  readonly ticket: Stored | null;
  readonly events: readonly TimelineEvent[];
}

function seen(id: string): Promise<Seen> {
  return world.system(async (tx) => {
    const taken = await find(tx, InboundMessage, id);
    const { ticket } = taken.values;
    if (typeof ticket !== "string") return { message: taken, ticket: null, events: [] };
    const found = await find(tx, Ticket, ticket);
    return { message: taken, ticket: found, events: await timeline(tx, found) };
  });
}

/** Tells of what happened and sends all mail; gives what went, the newest last. */
async function send(): Promise<(ReturnType<typeof readMail> & { to: readonly string[] })[]> {
  const before = server.taken.length;
  await tellAll({ ...world, mail: true, domain }, { failed: (error) => assert.fail(String(error)) });
  await gatherMail(world.ownerPool, { domain });
  await sendWaiting({
    ...world,
    channel,
    baseUrl: "https://reeve.aldermoor.gov.uk",
    failed: (error) => assert.fail(String(error)),
  });
  return server.taken.slice(before).map((one) => ({ ...readMail(one), to: one.to }));
}

const idOf = ({ headers }: { headers: string }) =>
  /^Message-ID: (<[^>]+>)/im.exec(headers)?.[1] ?? assert.fail("no id");
const asPriya = <Result>(work: Parameters<typeof world.store.as<Result>>[1]) => world.store.as(priya, work);
const comments = ({ events }: Seen) => events.filter(({ verb }) => verb === "commented");

/** A ticket that Jo asked for by mail, and the receipt that went to her. */
async function joAsks(subject = "The printer jams"): Promise<Seen & { receipt: string; ticket: Stored }> {
  const asked = await arrive(message({ subject }));
  const mails = await send();
  assert.ok(asked.ticket);
  return { ...asked, ticket: asked.ticket, receipt: idOf(mails[0] ?? assert.fail("no receipt")) };
}

describe("a new message", () => {
  test("makes a ticket of somebody who was not known, and a contact who cannot sign in", async () => {
    const {
      message: taken,
      ticket,
      events,
    } = await arrive(
      message({ from: "Ann Archer <Ann@Residents.example>", subject: "Bins =?utf-8?q?not_emptied=E2=80=A6?=" }),
    );
    assert.equal(taken.state, "taken");
    assert.equal(ticket?.title, "Bins not emptied…");
    assert.equal(ticket.values["details"], "It will not print.");
    assert.equal(events[0]?.body?.by, "Ann Archer (ann@residents.example), by mail");
    const { rows } = await world.ownerPool.query("select email, account_id from person where id = $1", [
      ticket.requesterId,
    ]);
    assert.deepEqual(rows, [{ email: "ann@residents.example", account_id: null }]);
  });

  test("of somebody who is known has them as requester, and is acknowledged once with the reference and the promise", async () => {
    const first = await joAsks();
    const second = await arrive(message({ subject: "And the scanner" }));
    assert.equal(second.ticket?.requesterId, first.ticket.requesterId);
    const mails = await send();
    assert.equal(mails.length, 1);
    const [mail] = mails;
    assert.match(mail?.headers ?? "", /Subject: \[INC-\d+\] And the scanner/);
    assert.match(mail?.headers ?? "", /Auto-Submitted: auto-replied/);
    assert.match(mail?.headers ?? "", /Reply-To: desk@aldermoor\.gov\.uk/);
    assert.match(mail?.text ?? "", /We will answer by \d\d:\d\d on \d+ \w+ \d{4}\./);
    assert.equal((await send()).length, 0);
  });

  test("of a program makes no receipt, and none of a stranger's becomes a ticket", async () => {
    await joAsks();
    const known = await arrive(message({ headers: ["Auto-Submitted: auto-generated"] }));
    assert.equal(known.message.values["verdict"], "ticket");
    assert.equal((await send()).length, 0);
    const stranger = await arrive(message({ from: "bot@elsewhere.example", headers: ["Precedence: bulk"] }));
    assert.equal(stranger.message.state, "held");
  });
});

describe("the table of the rules", () => {
  test("a reply with References and no subject tag is threaded", async () => {
    const { ticket, receipt } = await joAsks();
    const reply = await arrive(
      message({
        subject: "Re: something else",
        references: receipt,
        text: "It works now.\n\nOn Monday, Desk <desk@aldermoor.gov.uk> wrote:\n> Hello\n",
      }),
    );
    assert.equal(reply.message.values["verdict"], "threaded");
    assert.equal(reply.ticket?.id, ticket.id);
    const [said] = comments(reply);
    assert.equal(said?.body?.text, "It works now.");
    assert.equal(said.audience, "everyone");
    assert.equal((await send()).length, 0, "nobody is sent their own words");
  });

  for (const [form, headers] of [
    ["Auto-Submitted", ["Auto-Submitted: auto-replied"]],
    ["the form of Exchange", ["X-Auto-Response-Suppress: All", "Precedence: auto_reply"]],
  ] as const)
    test(`an out of office (${form}) is threaded and marked, and has no effect and no reply`, async () => {
      const { ticket, receipt } = await joAsks();
      await asPriya(async (tx) => {
        await move(tx, Ticket, ticket.id, "any", "take", {});
        await move(tx, Ticket, ticket.id, "any", "wait", {
          waitingFor: "user",
          waitingReason: "Which printer?",
          reviewOn: dayIn(3),
        });
      });
      await send();
      const clocks = () => world.system(async (tx) => clocksOf(tx, Ticket, await find(tx, Ticket, ticket.id)));
      const states = (await clocks()).map(({ state }) => state);
      const away = await arrive(
        message({ subject: "Automatic reply: away", references: receipt, headers, text: "I am away." }),
      );
      assert.equal(away.message.values["automatic"], true);
      assert.equal(away.ticket?.state, "waiting_user");
      assert.equal(comments(away).at(-1)?.audience, "internal");
      assert.deepEqual(
        (await clocks()).map(({ state }) => state),
        states,
      );
      await asPriya((tx) => move(tx, Ticket, ticket.id, "any", "resolve", { resolution: "Done" }));
      const resolved = await send();
      const again = await arrive(message({ references: idOf(resolved[0] ?? assert.fail()), headers }));
      assert.equal(again.ticket?.state, "resolved");
      assert.deepEqual(
        (await send()).flatMap(({ to }) => to),
        ["priya.nair@aldermoor.gov.uk"],
        "its owner is told, and nobody answered",
      );
    });

  test("a bounce is attached to what bounced, marks the address, and is answered by nothing", async () => {
    const asked = await arrive(message({ from: "Gone Away <gone@residents.example>" }));
    const [receipt] = await send();
    const back = await arrive(bounce({ of: idOf(receipt ?? assert.fail()), to: "gone@residents.example" }));
    assert.equal(back.message.values["verdict"], "bounce");
    assert.equal(back.ticket?.id, asked.ticket?.id);
    assert.match(comments(back)[0]?.body?.text ?? "", /Mail to Gone Away came back: smtp; 550 5\.1\.1/);
    assert.equal(comments(back)[0]?.audience, "internal");
    const contact = () =>
      world.system((tx) => find(tx, typeNamed(tx.registry, "person"), String(asked.ticket?.requesterId)));
    assert.equal((await contact()).values["addressBounces"], true);
    const { rows } = await world.ownerPool.query("select state, answer from mail_outbox where message_id = $1", [
      idOf(receipt ?? assert.fail()),
    ]);
    assert.equal(rows[0].state, "failed");
    assert.match(rows[0].answer, /^It came back: smtp; 550/);
    const ticketId = String(asked.ticket?.id);
    await asPriya((tx) => comment(tx, Ticket, ticketId, { text: "Are you there?", audience: "" }));
    assert.equal((await send()).length, 0, "no further mail goes there");
    const ada = await world.person("Ada Min", "administrator");
    await world.store.as(ada, async (tx) => {
      const type = typeNamed(tx.registry, "person");
      await move(tx, type, String(asked.ticket?.requesterId), "any", "mail_arrives", {});
      await comment(tx, Ticket, ticketId, { text: "We try again", audience: "" });
    });
    assert.equal((await send()).length, 1);
  });

  test("a bounce of mail that is only late marks nobody, and one of nothing that we sent is held", async () => {
    const { ticket, receipt } = await joAsks();
    const late = await arrive(bounce({ of: receipt, to: "jo@residents.example", action: "delayed" }));
    assert.equal(late.ticket?.id, ticket.id);
    const { rows } = await world.ownerPool.query("select address_bounces from person where id = $1", [
      ticket.requesterId,
    ]);
    assert.notEqual(rows[0].address_bounces, true);
    const forged = await arrive(bounce({ of: "<guess@aldermoor.gov.uk>", to: "jo@residents.example" }));
    assert.equal(forged.message.state, "held");
  });

  test("the same Message-ID twice is taken once, and another message under it is held", async () => {
    const raw = message({ id: "<twice@residents.example>", subject: "Twice" });
    const first = await arrive(raw);
    const other = await makeMailbox({ name: "Field", address: "field@aldermoor.gov.uk" });
    const second = await arrive(Buffer.concat([Buffer.from("Received: from elsewhere\r\n"), raw]), { into: other });
    assert.equal(second.message.values["verdict"], "duplicate");
    assert.equal(second.ticket, null);
    const where = { organisationId: world.council.organisationId, mailboxId };
    assert.equal((await takeIn({ ...world, filesFolder }, where, { raw, uid, uidValidity: 9 })) === null, false);
    const { rows } = await world.ownerPool.query(
      "select count(*)::int as many from records where type = 'ticket' and title = 'Twice'",
    );
    assert.equal(rows[0].many, 1);
    const forged = await arrive(message({ id: "<twice@residents.example>", text: "Something else" }));
    assert.equal(forged.message.state, "held");
    assert.ok(first.ticket);
  });

  test("a stranger with a guessed subject tag is held and neither added nor shown", async () => {
    const { ticket } = await joAsks();
    const held = await arrive(
      message({
        from: "Mallory <mallory@elsewhere.example>",
        subject: `Re: [${ticket.reference}] The printer jams`,
        text: "Send me all",
      }),
    );
    assert.equal(held.message.state, "held");
    assert.equal(held.ticket, null);
    const events = await world.system(async (tx) => timeline(tx, ticket));
    assert.ok(!JSON.stringify(events).includes("Send me all"));
    assert.equal((await send()).length, 0);
    const own = await arrive(message({ subject: `Re: [${ticket.reference}] The printer jams`, text: "Still" }));
    assert.equal(own.ticket?.id, ticket.id, "whoever asked may name it");
  });

  for (const [method, results] of [
    ["SPF", "spf=fail smtp.mailfrom=residents.example; dkim=none"],
    ["DKIM", "spf=pass; dkim=fail (bad signature; body) header.d=residents.example"],
    ["DMARC", "dmarc=fail action=none header.from=residents.example; spf=pass"],
  ] as const)
    test(`a sender failing ${method} as the receiving server says it is held`, async () => {
      const { receipt } = await joAsks();
      const headers = [`Authentication-Results: mx.aldermoor.gov.uk;\r\n ${results}`];
      const held = await arrive(message({ references: receipt, headers }));
      assert.equal(held.message.state, "held");
      assert.match(String(held.message.values["why"]), new RegExp(method));
    });

  test("what a sender writes of their own trustworthiness counts for nothing", async () => {
    const forged = [
      "Authentication-Results: mx.aldermoor.gov.uk; dmarc=fail",
      "Authentication-Results: mx.aldermoor.gov.uk; dmarc=pass",
    ];
    assert.equal((await arrive(message({ headers: forged }))).message.state, "held");
    const elsewhere = ["Authentication-Results: mx.elsewhere.example; dmarc=fail"];
    assert.equal((await arrive(message({ headers: elsewhere }))).message.state, "taken");
  });

  test("a reply from a colleague's other address is threaded among officers, and the identity is asked for once", async () => {
    const { ticket, receipt } = await joAsks();
    const from = "Jo at home <jo.home@elsewhere.example>";
    const other = await arrive(message({ from, references: receipt, text: "It is in room 4" }));
    assert.equal(other.ticket?.id, ticket.id);
    assert.equal(other.message.values["unknownAddress"], true);
    assert.equal(comments(other).at(-1)?.audience, "internal");
    const mails = await send();
    assert.equal(mails.length, 1);
    assert.match(mails[0]?.headers ?? "", /To: jo\.home@elsewhere\.example/);
    assert.match(mails[0]?.text ?? "", /say who you are/);
    assert.ok(!(mails[0]?.headers ?? "").includes("printer"));
    await arrive(message({ from, references: receipt, text: "Hello?" }));
    assert.equal((await send()).length, 0);
  });

  test("two desks that write to each other stop by themselves", async () => {
    const desk = "Other desk <desk@other.example>";
    let sent = 0;
    let taken: Seen | null = null;
    for (let turn = 0; turn < 22; turn++) {
      // A desk that marks nothing and makes a new subject of all it gets.
      taken = await arrive(message({ from: desk, subject: `Ticket ${turn} was made` }));
      sent += (await send()).length;
    }
    assert.equal(sent, 5, "receipts in an hour");
    assert.equal(taken?.message.state, "held");
    const { rows } = await world.ownerPool.query(
      "select count(*)::int as many from inbound_message where from_address = 'desk@other.example'",
    );
    assert.equal(rows[0].many, 22, "none is dropped");
  });

  test("our own mail that comes back as it went is held", async () => {
    const { receipt } = await joAsks();
    assert.equal((await arrive(message({ id: receipt }))).message.state, "held");
    assert.equal((await arrive(message({ from: "desk@aldermoor.gov.uk" }))).message.state, "held");
  });
});

describe("a conversation by mail", () => {
  test("works wholly: what is answered goes out, what comes back takes the ticket up and reopens it", async () => {
    const { ticket, message: asked } = await joAsks();
    await asPriya(async (tx) => {
      await move(tx, Ticket, ticket.id, "any", "take", {});
      await comment(tx, Ticket, ticket.id, { text: "Try *the other* tray", audience: "" });
      await comment(tx, Ticket, ticket.id, { text: "She is cross", audience: "internal" });
    });
    const [answer, ...others] = await send();
    assert.equal(others.length, 0);
    assert.match(answer?.text ?? "", /Try \*the other\* tray\s+Priya Nair/);
    assert.match(answer?.html ?? "", /<em>the other<\/em>/);
    assert.match(answer?.headers ?? "", /Auto-Submitted: no/);
    assert.ok(answer?.headers.includes(`In-Reply-To: ${String(asked.values["messageId"])}`));
    await asPriya((tx) =>
      move(tx, Ticket, ticket.id, "any", "wait", {
        waitingFor: "user",
        waitingReason: "Which tray?",
        reviewOn: dayIn(3),
      }),
    );
    const [question] = await send();
    assert.match(question?.text ?? "", /Which tray\?/);
    const back = await arrive(message({ references: idOf(question ?? assert.fail()), text: "The lower" }));
    assert.equal(back.ticket?.state, "assigned");
    await asPriya((tx) => move(tx, Ticket, ticket.id, "any", "resolve", { resolution: "A new roller" }));
    const mails = await send();
    const resolved = mails.find(({ text }) => text.includes("A new roller")) ?? assert.fail();
    const reopened = await arrive(message({ references: idOf(resolved), text: "It jams again" }));
    assert.equal(reopened.ticket?.state, "assigned");
    assert.equal(reopened.ticket?.ownerId, priya.personId);
    await asPriya((tx) => move(tx, Ticket, ticket.id, "any", "resolve", { resolution: "Another" }));
    const later = Temporal.Now.instant().add({ hours: 24 * 15 });
    const late = await arrive(message({ references: idOf(resolved), text: "Thanks" }), { now: later });
    assert.equal(late.ticket?.state, "resolved", "after the days that the mailbox says it stays resolved");
  });

  test("goes on where somebody with an account answers the mail that told them, as from a phone", async () => {
    const staff = await world.person("Sam Staff", "staff");
    const email = "sam.staff@aldermoor.gov.uk";
    await world.ownerPool.query("update person set account_id = 'sam', email = $2 where id = $1", [
      staff.personId,
      email,
    ]);
    const ticket = await world.store.as(staff, (tx) => create(tx, Ticket, { summary: "No sound in calls" }));
    await asPriya(async (tx) => {
      await move(tx, Ticket, ticket.id, "any", "take", {});
      await move(tx, Ticket, ticket.id, "any", "wait", {
        waitingFor: "user",
        waitingReason: "Which headset?",
        reviewOn: dayIn(3),
      });
    });
    const told = (await send()).find(({ to }) => to.includes(email)) ?? assert.fail("nobody was told");
    assert.ok(!told.text.includes("Which headset"), "news carries no words");
    const from = `Sam Staff <${email}>`;
    const reply = await arrive(message({ from, references: idOf(told), text: "The blue one\n\nSent from my iPhone" }));
    assert.deepEqual([reply.ticket?.id, reply.ticket?.state], [ticket.id, "assigned"]);
    assert.match(comments(reply).at(-1)?.body?.text ?? "", /^The blue one/);
    assert.deepEqual(
      (await send()).flatMap(({ to }) => to),
      ["priya.nair@aldermoor.gov.uk"],
      "whoever has it is told, and nobody of their own words",
    );
  });

  test("a reply of whoever asked stops no promise to answer, and nothing that is approved elsewhere is approved by mail", async () => {
    const { ticket, receipt } = await joAsks();
    await arrive(message({ references: receipt, text: "Any news? I approve." }));
    const clocks = await world.system(async (tx) => clocksOf(tx, Ticket, await find(tx, Ticket, ticket.id)));
    assert.equal(clocks.find(({ name }) => name === "respond")?.state, "running");
    await world.ownerPool.query(
      "insert into mail_threads (organisation_id, message_id, record_id, person_id) select organisation_id, '<policy@aldermoor.gov.uk>', id, id from records where type = 'role' limit 1",
    );
    const approved = await arrive(message({ references: "<policy@aldermoor.gov.uk>", text: "Approved" }));
    assert.equal(approved.message.state, "held");
    assert.match(String(approved.message.values["why"]), /about no ticket/);
  });

  test("the mail of a restricted ticket is restricted with it, and its subject says nothing", async () => {
    const { ticket, message: asked } = await joAsks("My manager shouts");
    const ada = await world.person("Ada Adams", "administrator");
    await world.store.as(ada, (tx) => change(tx, Ticket, ticket.id, "any", { sensitivity: "restricted" }));
    await restrictWithTickets(world);
    await assert.rejects(
      asPriya((tx) => find(tx, InboundMessage, asked.id)),
      refused("unseen"),
    );
    await world.store.as(ada, (tx) => comment(tx, Ticket, ticket.id, { text: "We are looking", audience: "" }));
    const [mail] = await send();
    assert.match(mail?.headers ?? "", /Subject: \[INC-\d+\] Your ticket\b/);
  });
});

describe("what is held", () => {
  test("can be made a ticket, or added to one by whoever may comment there, and is then taken in", async () => {
    const held = await arrive(
      message({ from: "x@elsewhere.example", subject: "Alert", headers: ["Precedence: bulk"], text: "Disk full" }),
    );
    await asPriya((tx) => move(tx, InboundMessage, held.message.id, "any", "release", {}));
    await letThrough({ ...world, filesFolder });
    const made = await seen(held.message.id);
    assert.equal(made.message.state, "taken");
    assert.equal(made.ticket?.title, "Alert");
    await letThrough({ ...world, filesFolder });
    const { ticket } = await joAsks();
    const other = await arrive(message({ from: "y@elsewhere.example", subject: ticket.reference, text: "Me too" }));
    await asPriya((tx) => move(tx, InboundMessage, other.message.id, "any", "add", { ticket: ticket.id }));
    await letThrough({ ...world, filesFolder });
    const added = await seen(other.message.id);
    assert.equal(added.ticket?.id, ticket.id);
    assert.equal(comments(added).at(-1)?.body?.text, "Me too");
  });

  test("can be discarded with a reason, and by nobody made, changed or taken back", async () => {
    const held = await arrive(message({ from: "z@elsewhere.example", headers: ["Precedence: junk"] }));
    const { id } = held.message;
    await assert.rejects(
      asPriya((tx) => move(tx, InboundMessage, id, "any", "discard", {})),
      refused("invalid"),
    );
    await asPriya((tx) => move(tx, InboundMessage, id, "any", "discard", { comment: "Advertising" }));
    const ada = await world.person("Ada Bell", "administrator");
    for (const work of [
      () => world.store.as(ada, (tx) => create(tx, InboundMessage, { subject: "Made up" })),
      () => world.store.as(ada, (tx) => change(tx, InboundMessage, id, "any", { subject: "Other" })),
      () => world.store.as(ada, (tx) => move(tx, InboundMessage, id, "any", "take", {})),
    ])
      await assert.rejects(work(), refused("forbidden"));
    const staff = await world.person("Sam Staff", "staff");
    await assert.rejects(
      world.store.as(staff, (tx) => find(tx, InboundMessage, id)),
      refused("unseen"),
    );
    const elsewhere = await world.another("Otherbridge");
    const stranger = await world.person("Eve", "administrator", { organisation: elsewhere });
    await assert.rejects(
      world.store.as(stranger, (tx) => find(tx, InboundMessage, id)),
      refused("unseen"),
    );
  });
});

describe("the pages of mail", () => {
  test("show the whole of a message on demand, without what its HTML would do, and to nobody else", async () => {
    const html =
      '<style>p{color:red}</style><p onclick="steal()">Hello <img src="https://elsewhere.example/seen.gif"><script>steal()</script><a href="javascript:steal()">here</a></p><form action="https://elsewhere.example"><input></form><blockquote>What you wrote</blockquote>';
    const { message: taken } = await arrive(
      message({
        headers: ["Reply-To: other@elsewhere.example"],
        body: `Content-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n`,
      }),
    );
    const officer = await world.as("supportOfficer");
    const page = await officer.get(`/inbound-mail/${taken.reference}/whole`);
    assert.equal(page.statusCode, 200);
    assert.match(words(page), /Hello .*What you wrote .*Answers go to other@elsewhere\.example/);
    for (const part of ["steal", "seen.gif", "color:red", 'action="https://elsewhere'])
      assert.ok(!page.body.includes(part), part);
    assert.match(words(await officer.get(`/inbound-mail/${taken.reference}`)), /Show the whole message/);
    assert.match(words(await officer.get("/inbound-mail")), /Held/);
    const staff = await world.as("staff");
    assert.equal((await staff.get(`/inbound-mail/${taken.reference}/whole`)).statusCode, 404);
    assert.equal((await world.visitor().get(`/inbound-mail/${taken.reference}/whole`)).statusCode, 303);
  });

  test("take a mailbox's password of administrators alone, keep it sealed for that server, and never show it", async () => {
    const at = "/mailboxes/BOX-001";
    const administrator = await world.as("administrator");
    const lead = await world.as("leadSupport");
    assert.equal((await lead.get(`${at}/secret`)).statusCode, 403);
    assert.match(words(await lead.get(at)), /Not set: an administrator sets it/);
    const empty = await administrator.post(`${at}/secret`, { secret: "" }, { from: `${at}/secret` });
    assert.equal(empty.statusCode, 422, words(empty));
    const kept = await administrator.post(`${at}/secret`, { secret: "plum-pudding" }, { from: `${at}/secret` });
    assert.equal(kept.headers.location, at);
    const page = await administrator.get(at);
    assert.match(words(page), /Set another password/);
    assert.ok(!page.body.includes("plum-pudding"));
    const { rows } = await world.ownerPool.query<{ sealed: Buffer }>(
      "select sealed from mailbox_secrets where mailbox_id = $1",
      [mailboxId],
    );
    const settings = {
      id: mailboxId,
      host: "imap.aldermoor.gov.uk",
      port: 993,
      security: "tls",
      user: "desk",
      tokenUrl: null,
    };
    const sealed = rows[0]?.sealed ?? assert.fail();
    assert.equal(open(sealingOf(world.parts.secret, settings), sealed), "plum-pudding");
    assert.equal(open(sealingOf(world.parts.secret, { ...settings, host: "imap.elsewhere.example" }), sealed), null);
  });
});

describe("odd messages", () => {
  const encoded = (charset: string, bytes: Buffer) =>
    message({
      body: `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString("base64")}\r\n`,
    });
  for (const [charset, bytes, said] of [
    ["windows-1252", Buffer.from("It costs \x80 5 \x96 \x93now\x94", "latin1"), "It costs € 5 – “now”"],
    ["iso-2022-jp", Buffer.from("\x1b$B4A;z\x1b(B", "latin1"), "漢字"],
    ["gb18030", Buffer.from("d6d0cec4", "hex"), "中文"],
    ["x-nobody-knows", Buffer.from("Plain words", "latin1"), "Plain words"],
  ] as const)
    test(`text in ${charset} is read`, async () => {
      const { ticket } = await arrive(encoded(charset, bytes));
      assert.equal(ticket?.values["details"], said);
    });

  test("bytes that are no text of their character set, U+0000 and no subject are taken in", async () => {
    const broken = await arrive(
      message({ subject: "", body: "Content-Type: text/plain; charset=utf-8\r\n\r\nA\0B \xff\xfe".concat("\r\n") }),
    );
    assert.equal(broken.ticket?.title, "(no subject)");
    const bytes = Buffer.concat([
      message({ body: "Content-Type: text/plain; charset=utf-8\r\n\r\n" }),
      Buffer.from([0x41, 0xff, 0x00, 0x42]),
    ]);
    assert.match(String((await arrive(bytes)).ticket?.values["details"]), /^A.?B$/s);
    for (const raw of [Buffer.alloc(0), Buffer.from("\r\n\r\n"), Buffer.from([0, 1, 2, 255])])
      assert.equal((await arrive(raw)).message.state, "held");
  });

  const boundary = (parts: readonly string[]) =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`;
  const filesOf = (ticket: Stored | null) =>
    world.system(async (tx) =>
      (await attachmentsOf(tx, ticket ?? assert.fail())).map(({ name, sizeBytes }) => [name, sizeBytes]),
    );

  test("a message in a message, a file of no bytes and a winmail.dat come as files", async () => {
    const nested = await arrive(
      message({
        body: boundary([
          "Content-Type: text/plain\r\n\r\nSee below",
          "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=inner.eml\r\n\r\nFrom: a@b.example\r\nSubject: Inner\r\n\r\nHello",
          "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=empty.bin\r\n\r\n",
        ]),
      }),
    );
    const names = await filesOf(nested.ticket);
    assert.deepEqual(
      names.find(([name]) => name === "empty.bin"),
      ["empty.bin", 0],
    );
    assert.ok(names.some(([name]) => name === "inner.eml"));
    const wrapped = await arrive(
      message({
        body: boundary([
          `Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n${tnef({ text: "From Outlook", file: ["plan.txt", "The plan"] }).toString("base64")}`,
        ]),
      }),
    );
    assert.equal(wrapped.ticket?.values["details"], "From Outlook");
    assert.deepEqual(await filesOf(wrapped.ticket), [["plan.txt", 8]]);
  });

  test("a file that is too large is named, and stays in the message as it came", async () => {
    const huge = Buffer.alloc(25_000_001, 65).toString("base64").replaceAll(/.{76}/g, "$&\r\n");
    const {
      ticket,
      events,
      message: taken,
    } = await arrive(
      message({
        body: boundary([
          "Content-Type: text/plain\r\n\r\nBig",
          `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=huge.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${huge}`,
        ]),
      }),
    );
    assert.deepEqual(await filesOf(ticket), []);
    assert.match(events.find(({ verb }) => verb === "commented")?.body?.text ?? "", /Larger than 25 MB.*huge\.bin/);
    assert.ok(taken.values["raw"]);
  });
});

/** A winmail.dat with a text and a file, as Outlook writes it: [MS-OXTNEF] 2.1. */
function tnef({ text, file: [name, content] }: { text: string; file: readonly [string, string] }): Buffer {
  const attribute = (level: number, id: number, data: Buffer) => {
    const head = Buffer.alloc(9);
    head.writeUInt8(level, 0);
    head.writeUInt32LE(id, 1);
    head.writeUInt32LE(data.length, 5);
    const sum = Buffer.alloc(2);
    sum.writeUInt16LE(data.reduce((all, byte) => (all + byte) & 0xffff, 0));
    return Buffer.concat([head, data, sum]);
  };
  const start = Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]);
  return Buffer.concat([
    start,
    attribute(1, 0x0002800c, Buffer.from(`${text}\0`)),
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00018010, Buffer.from(`${name}\0`)),
    attribute(2, 0x0006800f, Buffer.from(content)),
  ]);
}
