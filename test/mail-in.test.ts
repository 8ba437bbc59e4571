import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { open } from "../src/kernel/sealed.ts";
import { change } from "../src/kernel/store/change.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { letThrough } from "../src/modules/desk/mail/let-through.ts";
import { restrictWithTickets } from "../src/modules/desk/restricted.ts";
import { InboundMessage } from "../src/modules/desk/mail/inbound-message.record.ts";
import { sealingOf } from "../src/modules/desk/mail/keep-fetching.ts";
import { Ticket } from "../src/modules/desk/ticket.record.ts";
import { message } from "./mail-messages.ts";
import { refused } from "./raw-sql.ts";
import { dayIn } from "./day-in.ts";
import { words } from "./web-world.ts";
import {
  begin,
  end,
  forget,
  world,
  filesFolder,
  priya,
  mailboxId,
  arrive,
  seen,
  send,
  idOf,
  asPriya,
  comments,
  joAsks,
} from "./mail-in/stage.ts";

before(begin);
after(end);
beforeEach(forget);

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
