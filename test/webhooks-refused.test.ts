import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { isAllowed, networksIn } from "../src/kernel/outward/networks.ts";
import { post } from "../src/kernel/outward/post.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { personWith } from "./grants.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

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
let base: string;

before(async () => {
  world = await createWebWorld();
  administrator = await world.person("Kim Adler", "administrator");
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
const at = (path: string) => received.filter((one) => one.path === path);

test("a webhook goes to the public internet or an allowed network and nowhere else, by name or by number, and follows no redirect", async () => {
  const inside =
    "10.0.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.168.1.1 100.64.0.1 0.0.0.0 255.255.255.255 192.0.2.1 224.0.0.1 ::1 :: fe80::1 fe80::1%eth0 fd00::1 ::ffff:127.0.0.1 ::7f00:1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 nonsense";
  for (const address of inside.split(" ")) assert.equal(isAllowed(address, []), false, address);
  for (const address of ["8.8.8.8", "2606:4700::1111"]) assert.equal(isAllowed(address, []), true, address);
  assert.ok(isAllowed("::ffff:127.0.0.1", loopback) && !isAllowed("10.0.0.1", loopback));
  assert.equal(networksIn("10.0.0.0/8, nonsense"), null);
  const options = { headers: {}, body: "{}", stop: never };
  const port = new URL(base).port;
  received.length = 0;
  for (const address of [
    `https://127.0.0.1:${port}/in`,
    `https://localhost:${port}/in`,
    `https://[::1]:${port}/in`,
    `https://0x7f.1:${port}/in`,
  ])
    assert.match(
      (await post(address, { ...options, networks: [] })).problem ?? "",
      /leads into a private network/,
      address,
    );
  assert.match((await post(`${base}/in`, { ...options, networks: [] })).problem ?? "", /private network|https/);
  assert.match(
    (await post("http://example.gov.uk/in", { ...options, networks: loopback })).problem ?? "",
    /must begin with https/,
  );
  assert.equal(received.length, 0);
  answers = (path) =>
    path === "/redirects" ? { status: 307, location: "/followed" } : path === "/slow" ? null : { status: 204 };
  assert.match(
    (await post(`${base}/redirects`, { ...options, networks: loopback })).problem ?? "",
    /redirect, which is not followed/,
  );
  assert.match(
    (await post(`${base}/slow`, { ...options, networks: loopback, timeoutMs: 60 })).problem ?? "",
    /No answer within 0.06 seconds/,
  );
  assert.equal(at("/followed").length, 0);
  answers = () => ({ status: 204 });
});

test("addresses that no webhook can have, types that there are not, and the sight of somebody else are refused", async () => {
  const refused = (kind: string, words: RegExp) => (error: unknown) =>
    error instanceof Refusal && error.kind === kind && words.test(error.message);
  for (const [address, why] of [
    ["http://integration.example.gov.uk/", /must begin with https/],
    ["https://name:word@integration.example.gov.uk/", /must not hold a name or password/],
    ["https:// /", /web address/],
  ] as const)
    await assert.rejects(webhook("", { address }), refused("invalid", why), address);
  await assert.rejects(webhook("", { types: "ticket, nothing" }), refused("invalid", /must be some of: People/));
  const keeper = await personWith(world, [
    ["webhook", "read", "all"],
    ["webhook", "create", "all"],
    ["webhook", "change", "all"],
    ["person", "read", "all"],
  ]);
  await webhook("/keeper", {}, keeper);
  await assert.rejects(
    webhook("/keeper", { actsFor: administrator.personId }, keeper),
    refused("forbidden", /what somebody else sees/),
  );
  const theirs = await webhook("/theirs");
  await assert.rejects(
    world.store.as(keeper, (tx) => change(tx, webhookType(), theirs.id, theirs.version, { address: `${base}/mine` })),
    refused("forbidden", /what somebody else sees/),
  );
});

test("who may not change a webhook makes no secret, no test and sends nothing again, nor does another council", async () => {
  const hook = await webhook("/kept");
  const reads = await personWith(world, [["webhook", "read", "all"]]);
  const reader = await world.as(reads);
  assert.equal((await reader.get(`/webhooks/${hook.reference}/log`)).statusCode, 200);
  assert.equal((await reader.get(`/webhooks/${hook.reference}/secret`)).statusCode, 403);
  for (const what of ["secret", "test", "again", "log/x/again"])
    assert.equal((await reader.post(`/webhooks/${hook.reference}/${what}`)).statusCode, 403, what);
  const elsewhere = await world.another("Brackenford");
  const stranger = await world.person("Sam Else", "administrator", { organisation: elsewhere });
  for (const who of [reads, stranger])
    for (const statement of ["set_webhook_secret($1, 'x')", "test_webhook($1)", "resend_webhook($1, null)"])
      await assert.rejects(
        (async () => {
          const client = await world.store.pool.connect();
          try {
            await client.query("begin");
            await client.query("select act_as($1, $2)", [who.organisationId, who.personId]);
            await client.query(`select ${statement}`, [hook.id]);
          } finally {
            await client.query("rollback");
            client.release();
          }
        })(),
        /not allowed/,
        statement,
      );
});
