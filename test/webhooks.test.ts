import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { Webhook as Signing } from "standardwebhooks";
import { forgetDeliveries } from "../src/kernel/outward/forget.ts";
import { handOut } from "../src/kernel/outward/hand-out.ts";
import { keepSending } from "../src/kernel/outward/keep-sending.ts";
import { networksIn } from "../src/kernel/outward/networks.ts";
import { sendWaiting } from "../src/kernel/outward/send-waiting.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { listNotifications } from "../src/kernel/notifications/inbox.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { webhookMessages } from "../src/web/api/webhook-message.ts";
import { personWith } from "./grants.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const received: Received[] = [];
let answers: (path: string) => { status: number; location?: string } | null = () => ({ status: 204 });
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const path = request.url ?? "";
    received.push({
      path,
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString("utf8"),
    });
    const answer = answers(path);
    if (answer === null) return;
    response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end("x");
  });
});
const loopback = networksIn("127.0.0.0/8")!;
const never = new AbortController().signal;

let world: WebWorld;
let administrator: Who;
let browser: Browser;
let base: string;

before(async () => {
  world = await createWebWorld();
  administrator = await world.person("Kim Adler", "administrator");
  browser = await world.as(administrator);
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  // The address of a server that listens on a port is never a text.
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
after(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await world.close();
});

const webhookType = () => typeNamed(world.registry, "webhook");
const ticketType = () => typeNamed(world.registry, "ticket");
const webhook = (path: string, more: Record<string, unknown> = {}, who = administrator) =>
  world.store.as(who, (tx) =>
    create(tx, webhookType(), {
      name: `Told at ${path}`,
      address: `${base}${path}`,
      types: "ticket",
      sends: "address",
      ...more,
    }),
  );
const ticket = (summary: string, more: Record<string, unknown> = {}) =>
  world.store.as(administrator, (tx) =>
    create(tx, ticketType(), { summary, requester: administrator.personId, ...more }),
  );
const parts = () => ({
  ownerPool: world.ownerPool,
  registry: world.registry,
  secret: world.parts.secret,
  networks: loopback,
  message: webhookMessages("https://reeve.example"),
  failed: (error: unknown) => assert.fail(String(error)),
});
/** Hands out and sends as the worker does, now and whatever is due later. */
async function send(): Promise<void> {
  await handOut(world.ownerPool);
  for (;;) {
    const { many, batches } = await sendWaiting(parts(), never);
    await Promise.all(batches);
    if (many === 0) return;
  }
}
const due = () =>
  world.ownerPool.query("update webhook_deliveries set next_attempt_at = now() where state = 'waiting'");
const at = (path: string) => received.filter((one) => one.path === path);
const states = async (hook: Stored) =>
  (
    await world.ownerPool.query("select state from webhook_deliveries where webhook_id = $1 order by id", [hook.id])
  ).rows.map(({ state }) => state);
async function secretOf(hook: Stored): Promise<string> {
  const page = await browser.post(
    `/webhooks/${hook.reference}/secret`,
    {},
    { from: `/webhooks/${hook.reference}/secret` },
  );
  assert.equal(page.statusCode, 200);
  const secret = /value="(whsec_[^"]+)"/.exec(page.body)?.[1]?.replaceAll("&#43;", "+").replaceAll("&#x2B;", "+");
  return secret ?? assert.fail("no secret was shown");
}

test("what happens is told once, signed as Standard Webhooks has it, with ids and where to read it and no words", async () => {
  const hook = await webhook("/signed");
  const secret = await secretOf(hook);
  const made = await ticket("The printer jams");
  await world.store.as(administrator, (tx) =>
    comment(tx, ticketType(), made.id, { text: "Quite badly", audience: "everyone" }),
  );
  await world.store.as(administrator, (tx) => create(tx, typeNamed(tx.registry, "team"), { name: "Not asked for" }));
  await send();
  await send();
  const told = at("/signed");
  const messages = told.map(
    (one) => new Signing(secret).verify(one.body, one.headers) as { type: string; data: Record<string, unknown> },
  );
  assert.deepEqual(messages.map(({ type }) => type).sort(), ["ticket.commented", "ticket.created"]);
  assert.equal(new Set(told.map(({ headers }) => headers["webhook-id"])).size, 2);
  const created = messages.find(({ type }) => type === "ticket.created")!;
  assert.deepEqual(
    [created.data["reference"], created.data["recordId"], created.data["sequence"], created.data["href"]],
    [made.reference, made.id, 1, `https://reeve.example/api/v1/tickets/${made.reference}`],
  );
  assert.doesNotMatch(told.map(({ body }) => body).join(), /printer|badly/);
  assert.throws(() => new Signing(secret).verify(`${told[0]!.body} `, told[0]!.headers));
  assert.deepEqual(await states(hook), ["sent", "sent"]);
});

test("the record goes with it where that is asked for, as far as the person for whom it acts may see it and no further", async () => {
  const caller = await personWith(world, [
    ["ticket", "read", "own"],
    ["person", "read", "all"],
  ]);
  const hook = await webhook("/own", { sends: "record", actsFor: caller.personId });
  await secretOf(hook);
  const own = await ticket("Mine to see", { requester: caller.personId });
  await ticket("Not mine");
  await ticket("Not mine, and restricted", { sensitivity: "restricted" });
  await world.store.as(administrator, (tx) =>
    comment(tx, ticketType(), own.id, { text: "Among us", audience: "internal" }),
  );
  await send();
  const told = at("/own").map(({ body }) => JSON.parse(body));
  assert.deepEqual(
    told.map(({ type, data }) => [type, data.record.reference, data.record.summary]),
    [["ticket.created", own.reference, "Mine to see"]],
  );
  assert.deepEqual((await states(hook)).sort(), ["dropped", "dropped", "dropped", "sent"]);
  await world.system((tx) => move(tx, typeNamed(tx.registry, "person"), caller.personId, "any", "leave", {}));
  await ticket("After they left", { requester: caller.personId }).catch(() => ticket("After they left"));
  await send();
  assert.equal(at("/own").length, 1, "for whoever has left nothing is sent");
});

test("what does not arrive is sent again, later each time, under the same id, and given up after a day", async () => {
  const hook = await webhook("/broken");
  await secretOf(hook);
  answers = (path) => (path === "/broken" ? { status: 503 } : { status: 204 });
  await ticket("Will not arrive");
  await send();
  const { rows } = await world.ownerPool.query<{ wait: number }>(
    "select extract(epoch from next_attempt_at - now())::float8 as wait from webhook_deliveries where webhook_id = $1",
    [hook.id],
  );
  assert.ok(rows[0]!.wait > 1 && rows[0]!.wait <= 5, `${rows[0]!.wait} s`);
  for (let attempt = 2; attempt <= 8; attempt++) {
    await due();
    await send();
  }
  assert.equal(at("/broken").length, 8);
  assert.equal(new Set(at("/broken").map(({ headers }) => headers["webhook-id"])).size, 1);
  assert.deepEqual(await states(hook), ["failed"]);
  const log = await browser.get(`/webhooks/${hook.reference}/log`);
  assert.match(words(log), /Failed Made INC-\d+ .* It answered 503, after \d+ ms/);
  answers = () => ({ status: 200 });
  const sentAgain = await browser.post(
    `/webhooks/${hook.reference}/again`,
    {},
    { from: `/webhooks/${hook.reference}/log` },
  );
  assert.equal(sentAgain.statusCode, 303);
  await send();
  assert.deepEqual(await states(hook), ["sent"]);
});

test("a worker that dies after it took a message up, or before it handed one out, loses none", async () => {
  const hook = await webhook("/killed");
  await secretOf(hook);
  await ticket("Before a kill");
  const stopping = new AbortController();
  answers = () => null;
  await handOut(world.ownerPool);
  const { batches } = await sendWaiting(parts(), stopping.signal);
  while (at("/killed").length === 0) await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await Promise.all(batches);
  assert.deepEqual(await states(hook), ["waiting"]);
  answers = () => ({ status: 204 });
  await send();
  assert.equal(at("/killed").length, 1, "it is left alone for two minutes, as if somebody still sent it");
  await due();
  await Promise.all([send(), send()]);
  assert.equal(at("/killed").length, 2);
  assert.deepEqual(await states(hook), ["sent"]);
});

test("one that does not answer keeps no other waiting", async () => {
  const [silent, quick] = [await webhook("/silent"), await webhook("/quick")];
  await secretOf(silent);
  await secretOf(quick);
  answers = (path) => (path === "/silent" ? null : { status: 204 });
  const log = { error: (error: unknown) => assert.fail(String(error)) };
  const sending = keepSending({ ...parts(), log }, 20);
  await ticket("For both");
  while (at("/silent").length === 0 || at("/quick").length === 0) await new Promise((resolve) => setImmediate(resolve));
  await ticket("One more");
  const arrived = async () => (await states(quick)).filter((state) => state === "sent").length;
  while ((await arrived()) < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(at("/silent").length, 1);
  await sending.stop();
  assert.deepEqual(await states(silent), ["waiting", "waiting"]);
  answers = () => ({ status: 204 });
});

test("a webhook that fails for days is switched off, whoever looks after it is told, and it can be switched on again", async () => {
  const hook = await webhook("/dead");
  await secretOf(hook);
  answers = (path) => (path === "/dead" ? { status: 500 } : { status: 204 });
  await ticket("First");
  await send();
  await world.ownerPool.query("update webhook_attempts set at = at - interval '4 days' where webhook_id = $1", [
    hook.id,
  ]);
  await world.ownerPool.query("update events set at = at - interval '5 days' where record_id = $1", [hook.id]);
  await due();
  await send();
  const now = () => world.store.as(administrator, (tx) => find(tx, webhookType(), hook.id));
  assert.equal((await now()).state, "failing");
  await tellAll({ ...world, mail: true });
  const told = await world.store.as(administrator, (tx) => listNotifications(tx));
  assert.ok(told.items.some(({ kind, reference }) => kind === "waits" && reference === hook.reference));
  await ticket("While it is off");
  const before = at("/dead").length;
  await due();
  await send();
  assert.equal(at("/dead").length, before);
  answers = () => ({ status: 204 });
  await world.store.as(administrator, async (tx) => move(tx, webhookType(), hook.id, "any", "switch_on", {}));
  await send();
  assert.deepEqual(await states(hook), ["sent"], "what waited goes out; what happened while it was off does not");
  const gone = await webhook("/gone");
  await secretOf(gone);
  answers = (path) => (path === "/gone" ? { status: 410 } : { status: 204 });
  await ticket("Gone");
  await send();
  assert.equal((await world.store.as(administrator, (tx) => find(tx, webhookType(), gone.id))).state, "failing");
});

test("a test says that it is one, goes out though the webhook is off, and nothing goes unsigned", async () => {
  const hook = await webhook("/test");
  const from = `/webhooks/${hook.reference}/log`;
  await browser.post(`/webhooks/${hook.reference}/test`, {}, { from });
  await send();
  assert.equal(at("/test").length, 0);
  assert.match(words(await browser.get(from)), /Waits Test .* It has no signing secret yet, so nothing was sent/);
  const secret = await secretOf(hook);
  await world.store.as(administrator, (tx) => move(tx, webhookType(), hook.id, "any", "switch_off", {}));
  await due();
  await send();
  const [told] = at("/test");
  const message = new Signing(secret).verify(told!.body, told!.headers) as { type: string };
  assert.equal(message.type, "reeve.test");
  for (let one = 0; one < 4; one++) await browser.post(`/webhooks/${hook.reference}/test`, {}, { from });
  assert.equal((await states(hook)).filter((state) => state === "waiting").length, 3);
  const another = await secretOf(hook);
  assert.notEqual(another, secret);
  await due();
  await send();
  const last = at("/test").at(-1)!;
  for (const key of [secret, another]) assert.ok(new Signing(key).verify(last.body, last.headers));
  await world.ownerPool.query("update webhook_secrets set made_at = made_at - interval '25 hours'");
  await browser.post(`/webhooks/${hook.reference}/test`, {}, { from });
  await send();
  const later = at("/test").at(-1)!;
  assert.throws(
    () => new Signing(secret).verify(later.body, later.headers),
    "a day later the one before signs no longer",
  );
  assert.match(words(await browser.get(`/webhooks/${hook.reference}?tab=timeline`)), /made another signing secret/);
  const { rows } = await world.ownerPool.query("select sealed::text from webhook_secrets where webhook_id = $1", [
    hook.id,
  ]);
  assert.ok(!Buffer.from(String(rows[0].sealed).slice(2), "hex").includes(another.slice(6)));
});

test("with a webhook that the law has erased goes its secret and what was to be sent", async () => {
  const hook = await webhook("/erased");
  await secretOf(hook);
  await browser.post(`/webhooks/${hook.reference}/test`, {}, { from: `/webhooks/${hook.reference}/log` });
  await world.store.as(administrator, (tx) => eraseRecord(tx, webhookType(), hook.id, { reason: "Made by mistake" }));
  assert.deepEqual(await states(hook), []);
  const { rows } = await world.ownerPool.query("select 1 from webhook_secrets where webhook_id = $1", [hook.id]);
  assert.deepEqual(rows, []);
});

test("the log forgets after 30 days, and pages that are long lead on", async () => {
  const hook = await webhook("/old");
  await world.ownerPool.query(
    `insert into webhook_deliveries (organisation_id, webhook_id, state, ended_at)
     select $1, $2, 'sent', now() - interval '31 days' from generate_series(1, 60)`,
    [administrator.organisationId, hook.id],
  );
  const log = await browser.get(`/webhooks/${hook.reference}/log`);
  assert.match(log.body, /href="\?before=[0-9a-f-]{36}" rel="next"/);
  await forgetDeliveries(world.ownerPool);
  assert.deepEqual(await states(hook), []);
});
