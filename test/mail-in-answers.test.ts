import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eraseEvent } from "../src/kernel/memory/erase.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { change } from "../src/kernel/store/change.ts";
import { move } from "../src/kernel/store/move.ts";
import { InboundMessage } from "../src/modules/desk/mail/inbound-message.record.ts";
import { letThrough } from "../src/modules/desk/mail/let-through.ts";
import { Ticket } from "../src/modules/desk/ticket.record.ts";
import { message } from "./mail-messages.ts";
import {
  arrive,
  asPriya,
  begin,
  comments,
  end,
  filesFolder,
  forget,
  joAsks,
  priya,
  seen,
  send,
  world,
} from "./mail-in/stage.ts";
import { words } from "./web-world.ts";

const fromPriya = "Priya Nair <Priya.Nair@aldermoor.gov.uk>";
const toJo = "Jo Bloggs <JO@residents.example>";
const desk = "desk@aldermoor.gov.uk";

/** The clock “Respond” of a ticket as it is stored. */
async function respond({ id }: { readonly id: string }) {
  const { rows } = await world.ownerPool.query<{ state: string; at: string | null }>(
    `select state, to_char(stopped_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from clocks where record_id = $1 and name = 'respond'`,
    [id],
  );
  return rows[0]!;
}

/** What is wrong with tickets: the stage writes of people and messages what no timeline says. */
const proved = async () =>
  (await verify({ ownerPool: world.ownerPool, registry: world.registry })).problems.filter(
    ({ type }) => type === "ticket",
  );

before(async () => {
  await begin();
  await world.system((tx) =>
    change(tx, world.registry.types.get("team")!, world.council.team, "any", { members: [{ member: priya.personId }] }),
  );
});
after(end);
beforeEach(forget);

test("what an officer answers by mail to whoever asked is their answer, and stops “Respond” when it arrived", async () => {
  const { ticket, receipt } = await joAsks();
  const now = Temporal.Instant.from(ticket.openedAt).add({ minutes: 30 });
  const arrivedAt = now.subtract({ minutes: 20 });
  const raw = message({ from: fromPriya, to: toJo, cc: desk, references: receipt, text: "Try the other tray" });
  const answered = await arrive(raw, { now, arrivedAt });
  assert.equal(answered.ticket?.id, ticket.id, "though nobody has it yet: she works on tickets of this queue");
  const [said] = comments(answered);
  assert.deepEqual(
    [said?.audience, said?.body?.side, said?.body?.text],
    ["everyone", "answerer", "Try the other tray"],
  );
  assert.deepEqual(await respond(ticket), {
    state: "stopped",
    at: arrivedAt.toString({ fractionalSecondDigits: 3 }),
  });
  const lead = await world.as("leadSupport");
  const page = words(await lead.get(`/tickets/${ticket.reference}?tab=timeline`));
  assert.match(page, /Priya Nair \(priya\.nair@aldermoor\.gov\.uk\), by mail answered whoever asked/i);
  assert.equal(
    (await send()).filter(({ to }) => to.includes("jo@residents.example")).length,
    0,
    "they have it already",
  );
  assert.deepEqual(await proved(), []);

  const administrator = await world.person("Eraser", "administrator");
  await world.store.as(administrator, (tx) =>
    eraseEvent(tx, Ticket, ticket.id, { sequence: said!.sequence, reason: "A password in it" }),
  );
  const later = { now: now.add({ minutes: 5 }) };
  await world.store.as(priya, (tx) => move(tx, Ticket, ticket.id, "any", "take", {}), later);
  assert.equal((await respond(ticket)).at, arrivedAt.toString({ fractionalSecondDigits: 3 }), "erased, it was given");
  assert.deepEqual(await proved(), []);
});

test("an answer in reply to what whoever asked wrote is one too, and never before there was a ticket", async () => {
  const { ticket, message: asked } = await joAsks();
  const raw = message({ from: fromPriya, to: `${desk}, ${toJo}`, references: String(asked.values["messageId"]) });
  const answered = await arrive(raw, { arrivedAt: Temporal.Instant.from("2020-01-01T00:00Z") });
  assert.equal(answered.ticket?.id, ticket.id);
  const { state, at } = await respond(ticket);
  assert.equal(state, "stopped");
  assert.equal(
    at,
    Temporal.Instant.from(ticket.openedAt).add({ milliseconds: 1 }).toString({ fractionalSecondDigits: 3 }),
  );
});

test("what an officer sends to the desk alone is a note, which whoever asked neither sees nor is sent", async () => {
  const { ticket, receipt } = await joAsks();
  for (const to of [desk, `${desk}, supplier@elsewhere.example`]) {
    const noted = await arrive(message({ from: fromPriya, to, references: receipt, text: "She is cross" }));
    const said = comments(noted).at(-1);
    assert.deepEqual([noted.ticket?.id, said?.audience, said?.body?.side], [ticket.id, "internal", undefined]);
    assert.match(said?.body?.text ?? "", /^It did not go to whoever asked, so they have not seen it\.\s+She is cross$/);
  }
  assert.equal((await respond(ticket)).state, "running");
  assert.equal((await send()).filter(({ to }) => to.includes("jo@residents.example")).length, 0);
  assert.deepEqual(await proved(), []);
});

test("nobody else answers by mail: not whoever asked, not a stranger, no program and nobody who works on none of it", async () => {
  const { ticket, receipt } = await joAsks();
  const to = `${toJo}, ${desk}`;
  await arrive(message({ to, references: receipt, text: "Any news?" }));
  await arrive(message({ from: "Mal <mal@elsewhere.example>", to, references: receipt, text: "Solved" }));
  await arrive(message({ from: fromPriya, to, references: receipt, headers: ["Auto-Submitted: auto-replied"] }));
  const other = await world.person("Otto Other", "staff");
  await world.ownerPool.query("update person set email = 'otto@aldermoor.gov.uk' where id = $1", [other.personId]);
  const stranger = await arrive(message({ from: "Otto <otto@aldermoor.gov.uk>", to, references: receipt }));
  assert.equal(stranger.message.values["unknownAddress"], true);
  assert.equal((await respond(ticket)).state, "running");
});

test("a mail that says it is an officer’s and fails what the receiving server asks is held, and let through it is a note", async () => {
  const { ticket, receipt } = await joAsks();
  const headers = ["Authentication-Results: mx.aldermoor.gov.uk; dmarc=fail"];
  const forged = message({ from: fromPriya, to: `${toJo}, ${desk}`, references: receipt, text: "Pay here", headers });
  const held = await arrive(forged);
  assert.equal(held.message.state, "held");
  await asPriya((tx) => move(tx, InboundMessage, held.message.id, "any", "add", { ticket: ticket.id }));
  await letThrough({ ...world, filesFolder });
  const through = await seen(held.message.id);
  assert.equal(comments(through).at(-1)?.audience, "internal");
  assert.equal((await respond(ticket)).state, "running");
});

test("an officer who has no part in a restricted ticket answers nobody there", async () => {
  const { ticket, receipt } = await joAsks();
  await world.ownerPool.query("update records set sensitivity = 'restricted' where id = $1", [ticket.id]);
  const asked = await arrive(message({ from: fromPriya, to: `${toJo}, ${desk}`, references: receipt, text: "Hello" }));
  assert.equal(asked.message.values["unknownAddress"], true);
  assert.equal((await respond(ticket)).state, "running");
});
