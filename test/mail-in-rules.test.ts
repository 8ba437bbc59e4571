import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { takeIn } from "../src/modules/desk/mail/take-in.ts";
import { Ticket } from "../src/modules/desk/ticket.record.ts";
import { bounce, message } from "./mail-messages.ts";
import { dayIn } from "./day-in.ts";
import {
  begin,
  end,
  forget,
  world,
  filesFolder,
  mailboxId,
  uid,
  makeMailbox,
  arrive,
  send,
  idOf,
  asPriya,
  comments,
  joAsks,
} from "./mail-in/stage.ts";
import type { Seen } from "./mail-in/stage.ts";

before(begin);
after(end);
beforeEach(forget);

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
