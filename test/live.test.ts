import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test } from "node:test";
import pg from "pg";
import { markRead } from "../src/kernel/notifications/inbox.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { saveReport } from "../src/kernel/reports/reports.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { createApp } from "../src/web/app.ts";
import { streamsOfPersonMax } from "../src/web/live/hub.ts";
import { beat } from "../src/web/live/routes.ts";
import { personWith } from "./grants.ts";
import { follow } from "./open-page.ts";
import type { Connected } from "./open-page.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let address: string;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  address = await world.app.listen({ port: 0, host: "127.0.0.1" });
  lead = await world.as("leadSupport");
  staff = await world.as("staff");
  // Until it listens.
  await sleep(300);
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const whoOf = ({ who }: Browser): Who => who ?? assert.fail("nobody is signed in");
/** Makes a ticket, and waits until that has been heard. */
async function asks(browser: Browser, summary: string): Promise<Stored> {
  const made = await world.store.as(whoOf(browser), (tx) => create(tx, ticket(), { summary }));
  await sleep(100);
  return made;
}
const says = (browser: Browser, to: Stored, audience: string) =>
  world.store.as(whoOf(browser), (tx) => comment(tx, ticket(), to.id, { text: "I look at it now", audience }));

/** Connects as a page that was made at a moment, now unless told. */
const connect = (browser: Browser, path: string, at = Date.now(), server = address) =>
  follow(server, browser, path, at);

test("a page is told within a second, and only that it should look again", async () => {
  const made = await asks(staff, "The door does not open");
  const path = `/tickets/${made.reference}`;
  const [record, list, others] = [
    await connect(lead, path),
    await connect(lead, "/tickets"),
    await connect(lead, "/policies"),
  ];
  assert.match(record.headers.get("content-type") ?? "", /^text\/event-stream/);
  assert.deepEqual([record.headers.get("cache-control"), record.headers.get("x-accel-buffering")], ["no-store", "no"]);
  assert.match(record.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const before = Date.now();
  await says(staff, made, "everyone");
  for (const page of [record, list]) {
    const told = await page.next("look");
    assert.match(told ?? "", /^\d+$/);
    assert.ok(Number(told) >= before && Number(told) <= Date.now());
  }
  assert.equal(await others.next("look", 300), null);
  for (const page of [record, list, others]) page.close();
});

test("a page that was made before the change is told when it connects, a newer one is not", async () => {
  const made = await asks(staff, "The window does not close");
  const before = Date.now() - 1;
  await says(staff, made, "everyone");
  await sleep(100);
  const [old, fresh] = [
    await connect(lead, `/tickets/${made.reference}`, before),
    await connect(lead, `/tickets/${made.reference}`),
  ];
  assert.notEqual(await old.next("look"), null);
  assert.equal(await fresh.next("look", 300), null);
  old.close();
  fresh.close();
});

test("nobody hears of what they may not see", async () => {
  const made = await asks(staff, "The roof leaks");
  const [mine, list] = [await connect(staff, `/tickets/${made.reference}`), await connect(staff, "/tickets")];
  await says(lead, made, "internal");
  await asks(lead, "Somebody else’s ticket");
  assert.deepEqual([await mine.next("look", 400), await list.next("look", 100)], [null, null]);
  await says(lead, made, "everyone");
  assert.notEqual(await mine.next("look"), null);
  assert.notEqual(await list.next("look"), null);
  mine.close();
  list.close();
  const theirs = await asks(lead, "Not for staff");
  assert.equal((await connect(staff, `/tickets/${theirs.reference}`)).status, 404);
  assert.equal((await connect(staff, "/roles")).status, 403);
  assert.equal((await connect(staff, "/nothing")).status, 404);
  assert.equal((await connect(world.visitor(), "/tickets")).status, 401);
});

test("a record that leaves somebody's sight leaves their list too", async () => {
  const somebody = await personWith(world, [["ticket", "read", "own"]]);
  const reader = await world.as(somebody);
  const made = await asks(lead, "A ticket of two owners");
  const give = async (ownerId: string) =>
    world.store.as(whoOf(lead), async (tx) => {
      const { version } = await find(tx, ticket(), made.id);
      await change(tx, ticket(), made.id, version, { owner: ownerId }, { trusted: true });
    });
  await give(somebody.personId);
  await sleep(100);
  const list = await connect(reader, "/tickets");
  await give(whoOf(lead).personId);
  assert.notEqual(await list.next("look"), null);
  list.close();
});

test("who else has a record open is told, of those whom one may see, and is gone within seconds", async () => {
  const made = await asks(staff, "The lift stands still");
  const path = `/tickets/${made.reference}`;
  const first = await connect(lead, path);
  assert.equal(await first.next("here"), "[]");
  const second = await connect(staff, path);
  assert.deepEqual(JSON.parse((await first.next("here")) ?? ""), ["Staff"]);
  assert.deepEqual(JSON.parse((await second.next("here")) ?? ""), ["Lead support officer"]);
  // Sees the ticket, but no people.
  const blind = await world.as(await personWith(world, [["ticket", "read", "all"]]));
  const third = await connect(blind, path);
  assert.equal(await third.next("here"), "[]");
  third.close();
  second.close();
  const left = Date.now();
  let here: string | null = "";
  while (here !== "[]" && here !== null) here = await first.next("here", 8000);
  assert.equal(here, "[]");
  assert.ok(Date.now() - left < 6000);
  first.close();
});

test("who is here is told across web processes, and gone with the process", async () => {
  const second = await createApp(world.parts);
  try {
    const other = await second.listen({ port: 0, host: "127.0.0.1" });
    const made = await asks(staff, "The stairs are wet");
    const path = `/tickets/${made.reference}`;
    const before = await connect(staff, path, Date.now(), other);
    // The second began to hear after this page was opened: each tells the other all.
    const here = await connect(lead, path);
    const says = async (page: Connected, wanted: string) => {
      for (let line: string | null = ""; line !== null; line = await page.next("here", 4000))
        if (line === wanted) return true;
      return false;
    };
    assert.ok(await says(here, '["Staff"]'));
    assert.ok(await says(before, '["Lead support officer"]'));
    // Sees the ticket, but no people: neither here nor there.
    const blind = await world.as(await personWith(world, [["ticket", "read", "all"]]));
    const third = await connect(blind, path, Date.now(), other);
    assert.equal(await third.next("here", 2000), "[]");
    assert.equal(await third.next("here", 400), null);
    await second.close();
    assert.ok(await says(here, "[]"), "who was there alone is gone with it");
    for (const page of [before, here, third]) page.close();
  } finally {
    await second.close();
  }
});

test("a report and a queue's own page follow the tickets that they count, at once and then every while", async () => {
  const queue = await world.system((tx) => create(tx, typeNamed(tx.registry, "queue"), { name: "Telephones" }));
  const report = await world.store.as(whoOf(lead), (tx) =>
    saveReport(tx, { id: null, name: "What came", query: "period=last-4-weeks&m=tickets-opened.time", teamId: null }),
  );
  const liveOf = async (browser: Browser, path: string) =>
    /data-live="\/live([^"]*)"/.exec((await browser.get(path)).body)?.[1]?.replaceAll("&amp;", "&") ??
    assert.fail(`${path} follows nothing`);
  const addresses = await Promise.all(
    [`/reports/${report}`, `/queues/${queue.reference}`, "/tickets?columns=reference,queue.calendar"].map((path) =>
      liveOf(lead, path),
    ),
  );
  assert.match(addresses[0] ?? "", /^\?also=tickets&every=15$/);
  assert.match(addresses[1] ?? "", /^\/queues\/.*also=[^&]*\btickets\b/);
  assert.match(addresses[2] ?? "", /^\/tickets\?view=columns[^&]*&also=queues$/);
  const before = Date.now();
  const [figures, own, list] = await Promise.all(addresses.map((live) => connect(lead, live)));
  const made = await asks(staff, "No dialling tone");
  for (const page of [figures!, own!]) assert.notEqual(await page.next("look"), null);
  for (let n = 0; n < 8; n++) await says(staff, made, "everyone");
  assert.equal(await own!.next("look", 600), null, "a burst is one look, a while later");
  assert.notEqual(await own!.next("look", 2500), null);
  assert.equal(await figures!.next("look", 100), null);
  await list!.next("look");
  await sleep(500);
  await list!.next("look", 50);
  await world.system(async (tx) => {
    const type = typeNamed(tx.registry, "queue");
    await change(
      tx,
      type,
      queue.id,
      (await find(tx, type, queue.id)).version,
      { name: "Telephony" },
      { trusted: true },
    );
  });
  assert.notEqual(await list!.next("look"), null, "a column of the queue's is made anew when the queue changes");
  // Whoever does not read tickets but asks for them is told nothing; nor of those that are not theirs.
  const blind = await connect(await world.as(await personWith(world, [["queue", "read", "all"]])), addresses[1]!);
  const asker = await connect(staff, "?also=tickets,nothing,%00,tickets");
  await asks(lead, "Somebody else's telephone");
  assert.deepEqual([await blind.next("look", 400), await asker.next("look", 50)], [null, null]);
  const late = await connect(lead, addresses[0]!, before);
  assert.notEqual(await late.next("look"), null, "what changed before it connected is told when it does");
  for (const page of [figures!, own!, list!, blind, asker, late]) page.close();
});

test("one's own work follows what becomes one's own, and a burst makes few looks", async () => {
  const work = await connect(lead, "/?of=work&every=1");
  const theirs = await world.as("staff");
  const nobodys = await personWith(world, [["ticket", "read", "all"]]);
  const reader = await connect(await world.as(nobodys), "/?of=work");
  await asks(theirs, "Somebody’s own ticket");
  assert.equal(
    await reader.next("look", 500),
    null,
    "what they may see and have nothing to do with is no work of theirs",
  );
  const made = await asks(staff, "The pump is loud");
  await world.store.as(whoOf(lead), async (tx) => {
    const { version } = await find(tx, ticket(), made.id);
    await change(tx, ticket(), made.id, version, { owner: whoOf(lead).personId }, { trusted: true });
  });
  assert.notEqual(await work.next("look", 3000), null);
  for (let n = 0; n < 60; n++) await says(staff, made, "everyone");
  await sleep(1500);
  let looks = 0;
  while ((await work.next("look", 50)) !== null) looks += 1;
  assert.ok(looks >= 1 && looks <= 4, `${looks} looks`);
  work.close();
  reader.close();
});

test("the bell is told on every page of a person as soon as there is something to read, and when it was read", async () => {
  const [form, told] = [await connect(staff, "/"), await connect(staff, "/?of=told")];
  const made = await asks(staff, "The clock is slow");
  await says(lead, made, "everyone");
  assert.equal((await tellAll({ ownerPool: world.ownerPool, registry: world.registry, mail: false })) > 0, true);
  const unread = await form.next("bell", 3000);
  assert.match(unread ?? "", /^[1-9]\+?$/);
  assert.notEqual(await told.next("look", 2000), null, "the page of notifications is made anew");
  assert.equal(await form.next("look", 100), null, "a page of nothing that changes is not");
  await world.store.as(whoOf(staff), (tx) => markRead(tx, null));
  assert.equal(await form.next("bell", 3000), "");
  const stranger = await connect(lead, "/");
  await says(lead, made, "everyone");
  await tellAll({ ownerPool: world.ownerPool, registry: world.registry, mail: false });
  assert.equal(await stranger.next("bell", 600), null, "another's bell is nobody's news");
  for (const page of [form, told, stranger]) page.close();
});

test("a person has no more pages followed than there is room for", async () => {
  const person = await world.as("leadSupport");
  const pages: Connected[] = [];
  for (let n = 0; n < streamsOfPersonMax; n++) pages.push(await connect(person, "/tickets"));
  assert.deepEqual(new Set(pages.map(({ status }) => status)), new Set([200]));
  assert.equal((await connect(person, "/tickets")).status, 429);
  pages[0]?.close();
  await sleep(200);
  const again = await connect(person, "/tickets");
  assert.equal(again.status, 200);
  for (const page of [...pages, again]) page.close();
});

test("changes are heard again after the connection to the database was lost", async () => {
  const made = await asks(staff, "The lights flicker");
  const page = await connect(lead, `/tickets/${made.reference}`);
  const { rowCount } = await world.ownerPool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reeve live' and datname = current_database()",
  );
  assert.equal(rowCount, 1);
  // What happened meanwhile is not known, so it is told to look.
  assert.notEqual(await page.next("look", 3000), null);
  await says(staff, made, "everyone");
  assert.notEqual(await page.next("look"), null);
  page.close();
});

test("what is told holds no words, and a change that is rolled back is not told", async () => {
  const list = await connect(lead, "/tickets");
  await assert.rejects(
    world.store.as(whoOf(lead), async (tx) => {
      await create(tx, ticket(), { summary: "Never made" });
      throw new Error("no");
    }),
  );
  assert.equal(await list.next("look", 300), null);
  const heard: string[] = [];
  const client = new pg.Client({ connectionString: world.appUrl });
  client.on("notification", ({ payload }) => heard.push(payload ?? ""));
  try {
    await client.connect();
    await client.query("listen reeve_live");
    await world.system(async (tx) => {
      for (let n = 0; n < 3; n++) await create(tx, ticket(), { summary: `Imported ${n}` });
    });
    // As an import brings in: many events with one statement.
    await world.ownerPool.query(
      "insert into events select organisation_id, record_id, 1000 + n, at, recorded_at, actor_id, verb, audience, type, body_hash, hash from events, generate_series(1, 60) n where type = 'ticket' and sequence = 1",
    );
    await sleep(100);
  } finally {
    await client.end();
  }
  assert.equal(heard.length, 4);
  assert.match(heard[3] ?? "", /^[^|]+\|ticket\|{8}$/);
  assert.ok(heard.every((line) => line.split("|").length === 10 && !line.includes("Imported")));
  assert.notEqual(await list.next("look"), null);
  list.close();
});

test("a page whose session has ended is let go", async () => {
  const ended: string[] = [];
  const stream = (name: string) => ({
    shown: { organisationId: "", what: "list" as const, type: "ticket", recordId: null },
    who: whoOf(lead),
    send: () => {},
    give: () => {},
    end: () => void ended.push(name),
  });
  const leaver = await world.as("staff");
  const sessionOf = async (browser: Browser) =>
    (await world.parts.signIn.sessionFrom({ cookie: browser.cookieHeader() }))?.sessionId ?? assert.fail();
  const open = new Map([
    [stream("stays"), { sessionId: await sessionOf(lead), since: Date.now() }],
    [stream("leaves"), { sessionId: await sessionOf(leaver), since: Date.now() }],
  ]);
  await beat(world.parts, open);
  assert.deepEqual(ended, []);
  await leaver.post("/sign-out", {});
  await beat(world.parts, open);
  assert.deepEqual(ended, ["leaves"]);
});

test("a page that is left open is no use of its session", async () => {
  const person = await world.as("leadSupport");
  const ends = async () => {
    const { rows } = await world.ownerPool.query<{ expires_at: string }>(
      "select s.expires_at from sign_in_session s join person p on p.account_id = s.user_id where p.id = $1",
      [whoOf(person).personId],
    );
    return rows[0]?.expires_at ?? assert.fail();
  };
  // Long enough ago that use moves its end, and that the cookie alone is not believed.
  await world.ownerPool.query(
    "update sign_in_session s set expires_at = expires_at - interval '1 hour', updated_at = updated_at - interval '1 hour' from person p where p.account_id = s.user_id and p.id = $1",
    [whoOf(person).personId],
  );
  const cookie = person
    .cookieHeader()
    .split("; ")
    .filter((one) => !one.includes("session_data"))
    .join("; ");
  const before = await ends();
  const page = await fetch(`${address}/tickets`, {
    headers: { cookie, "user-agent": "Firefox", "reeve-by-itself": "1" },
    redirect: "manual",
  });
  assert.equal(page.status, 200);
  const stream = await connect({ ...person, cookieHeader: () => cookie }, "/tickets");
  assert.equal(stream.status, 200);
  stream.close();
  assert.equal(await ends(), before);
  assert.equal((await fetch(`${address}/tickets`, { headers: { cookie }, redirect: "manual" })).status, 200);
  assert.notEqual(await ends(), before, "somebody's own request is");
});

test("when the product stops, its open pages are let go at once", async () => {
  const other = await createWebWorld();
  address = await other.app.listen({ port: 0, host: "127.0.0.1" });
  const page = await connect(await other.as("leadSupport"), "/tickets");
  const begun = Date.now();
  await other.app.close();
  assert.ok(await page.ends());
  assert.ok(Date.now() - begun < 3000);
  // The database of the test goes afterwards, which takes as long as the disk does.
  await other.close();
});
