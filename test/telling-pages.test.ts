import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readWishes } from "../src/kernel/notifications/choices.ts";
import { mailChoice, inProduct } from "../src/kernel/notifications/delivery.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let ada: Browser & { who?: Who };
let stella: Browser;

before(async () => {
  world = await createWebWorld({
    mail: { description: ["Mail goes out from reeve@aldermoor.gov.uk through localhost."], domain: "aldermoor.gov.uk" },
  });
  ada = await world.as("administrator");
  stella = await world.as("staff");
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");

test("a person chooses by kind and channel, and their choice is what the page shows next", async () => {
  const page = await stella.get("/account/notifications");
  assert.match(words(page), /A deadline is near .* At once In the daily mail No mail/);
  assert.doesNotMatch(words(page), /No mail goes out of this Reeve/);
  const form = {
    "product-moved": "yes",
    "mail-moved": "digest",
    "mail-mentioned": "off",
    digestAt: "7.30",
    quietFrom: "",
    quietUntil: "",
  };
  const saved = await stella.post("/account/notifications", form, { from: "/account/notifications" });
  assert.equal(saved.headers.location, "/account/notifications");
  assert.ok(stella.who);
  const wishes = await world.store.as(stella.who, readWishes);
  assert.deepEqual(
    [
      mailChoice(wishes, "moved"),
      mailChoice(wishes, "mentioned"),
      inProduct(wishes, "moved"),
      inProduct(wishes, "late"),
      wishes.digestAt,
    ],
    ["digest", "off", true, false, "07:30"],
  );
  assert.match((await stella.get("/account/notifications")).body, /<option value="digest" selected>/);
});

test("times that are none come back with what was typed and a sentence at each", async () => {
  const again = await stella.post(
    "/account/notifications",
    { digestAt: "soon", quietFrom: "19:00", quietUntil: "" },
    { from: "/account/notifications" },
  );
  assert.equal(again.statusCode, 422);
  assert.match(
    words(again),
    /There is a problem Time of the daily mail: enter a time such as 07:30 Quiet until: enter a time/,
  );
  assert.match(again.body, /value="soon"/);
});

test("older notifications are a page further on, each once, and a place that is none is no fault", async () => {
  await world.ownerPool.query(
    `insert into notifications (organisation_id, person_id, kind, record_id, about, made_at, read_at)
     select $1, $2, 'due', $3, 'number ' || n, now() - make_interval(mins => n), case when n % 3 = 0 then now() end
     from generate_series(1, 120) as n`,
    [world.council.organisationId, stella.who?.personId, stella.who?.personId],
  );
  const seen: string[] = [];
  for (let at: string | undefined = "/notifications"; at !== undefined;) {
    const page: Awaited<ReturnType<Browser["get"]>> = await stella.get(at);
    assert.equal(page.statusCode, 200, words(page));
    seen.push(...[...page.body.matchAll(/href="\/notifications\/([0-9a-f-]{36})"/g)].map(([, id = ""]) => id));
    at = /href="(\/notifications\?before=[^"]+)"/.exec(page.body)?.[1];
  }
  assert.deepEqual([seen.length, new Set(seen).size], [120, 120]);
  assert.equal((await stella.get(`/notifications?before=${crypto.randomUUID()}`)).statusCode, 200);
  await world.ownerPool.query("delete from notifications where about like 'number %'");
});

test("an administrator sees what did not go and why, and sends it again; nobody else sees the page", async () => {
  assert.ok(ada.who);
  assert.equal((await stella.get("/administration/mail")).statusCode, 403);
  assert.equal((await stella.post("/administration/mail/retry")).statusCode, 403);
  assert.equal((await stella.post("/administration/mail/test")).statusCode, 403);
  assert.match(words(await ada.get("/administration")), /Mail How mail goes out, and what did not go\./);
  assert.match(words(await ada.get("/administration/mail")), /All mail has gone/);
  const tested = await ada.post("/administration/mail/test", {}, { from: "/administration/mail" });
  assert.equal(tested.statusCode, 303);
  await world.ownerPool.query(
    "update mail_outbox set state = 'failed', ended_at = now(), answer = '550 5.1.1 <nobody@example.org>: no such user'",
  );
  const page = await ada.get("/administration/mail");
  assert.match(words(page), /To Administrator , a test 550 5\.1\.1 &lt;nobody@example\.org&gt;: no such user/);
  assert.match(page.body, /&lt;nobody@example.org&gt;/);
  const action = /action="(\/administration\/mail\/[0-9a-f-]+\/retry)"/.exec(page.body)?.[1] ?? "";
  assert.equal((await ada.post(action, {}, { from: "/administration/mail" })).statusCode, 303);
  const { rows } = await world.ownerPool.query<{ state: string }>("select state from mail_outbox");
  assert.deepEqual(rows, [{ state: "waiting" }]);
  assert.match(words(await ada.get("/administration/mail")), /Waits to go 1/);
  assert.equal(
    (await ada.post("/administration/mail/nonsense/retry", {}, { from: "/administration/mail" })).statusCode,
    303,
  );
});

test("where nothing is set the pages say that no mail goes out", async () => {
  const bare = await createWebWorld();
  try {
    const administrator = await bare.as("administrator");
    assert.match(words(await administrator.get("/administration/mail")), /No mail goes out: nothing is set\./);
    assert.match(words(await administrator.get("/account/notifications")), /No mail goes out of this Reeve/);
    const tested = await administrator.post("/administration/mail/test", {}, { from: "/administration/mail" });
    assert.equal(tested.statusCode, 303);
    assert.equal((await bare.ownerPool.query("select 1 from mail_outbox")).rows.length, 0);
  } finally {
    await bare.close();
  }
});

test("a program reads what its person is told, marks it as read, and watches and stops", async () => {
  const [asker, officer, stranger] = [await world.as("staff"), await world.as("leadSupport"), await world.as("staff")];
  const made = await world.store.as(asker.who!, (tx) => create(tx, ticket(), { summary: "Told to a program" }));
  await world.store.as(officer.who!, (tx) =>
    comment(tx, ticket(), made.id, { text: "We look at it", audience: "everyone" }),
  );
  await tellAll({ ...world, mail: true });
  const client = await apiClient(world, asker.who!);
  const told = (await client.get("/notifications")).json<{
    items: { id: string; reference: string; sentence: string }[];
  }>();
  const own = told.items.filter(({ reference }) => reference === made.reference);
  assert.match(own[0]?.sentence ?? "", /wrote a comment/);
  const others = await apiClient(world, stranger.who!);
  assert.deepEqual((await others.get("/notifications")).json<{ items: unknown[] }>().items, []);
  assert.equal((await others.post(`/notifications/${own[0]!.id}/read`, {})).statusCode, 404);
  const policies = await apiClient(world, asker.who!, ["policy:read"]);
  assert.deepEqual((await policies.get("/notifications")).json<{ items: unknown[] }>().items, []);
  assert.equal((await policies.post("/notifications/read", {})).statusCode, 403);
  assert.equal((await client.post(`/notifications/${own[0]!.id}/read`, {})).json<{ read: number }>().read, 1);
  assert.equal((await client.post(`/notifications/${own[0]!.id}/read`, {})).json<{ read: number }>().read, 0);
  for (const cursor of ["x", "%00"])
    assert.equal((await client.get(`/notifications?cursor=${cursor}`)).statusCode, 422);

  const watching = async () => (await client.get(`/tickets/${made.reference}/watching`)).json<{ watching: boolean }>();
  assert.deepEqual(await watching(), { watching: false });
  assert.equal((await client.post(`/tickets/${made.reference}/watch`, {})).statusCode, 200);
  assert.deepEqual(await watching(), { watching: true });
  assert.equal((await client.post(`/tickets/${made.reference}/unwatch`, {})).statusCode, 200);
  assert.deepEqual(await watching(), { watching: false });
  assert.equal((await others.post(`/tickets/${made.reference}/watch`, {})).statusCode, 404);
});
