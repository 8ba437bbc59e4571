import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  staff = await world.as("staff");
  await tickets(
    staff.who!,
    Array.from({ length: 60 }, (_value, at) => ({
      summary: `Ticket number ${String(at + 1).padStart(2, "0")}`,
      impact: 1 + (at % 3),
      urgency: 1,
    })),
  );
  await tickets(lead.who!, [
    { summary: '=HYPERLINK("http://bad")' },
    { summary: "+44 is not a telephone" },
    { summary: "Plain <b>words</b>" },
  ]);
});
after(() => world.close());

async function tickets(who: Who, many: readonly Record<string, unknown>[]): Promise<void> {
  await world.store.as(who, async (tx) => {
    for (const values of many) await create(tx, typeNamed(world.registry, "ticket"), values);
  });
}

const links = (html: string) => [...html.matchAll(/href="(\/tickets\/INC-[^"]+)"/g)].map(([, href]) => href);
const nextHref = (html: string) => /<a href="([^"]+)" rel="next">/.exec(html)?.[1]?.replaceAll("&amp;", "&");

const cursor = (value: unknown) =>
  Buffer.from(JSON.stringify([value, "00000000-0000-0000-0000-000000000000", false])).toString("base64url");

test("a list walks by key from page to page, forwards and back, and every record is seen once", async () => {
  const first = await lead.get("/tickets");
  assert.equal(first.statusCode, 200);
  assert.match(first.body, /63 tickets/);
  assert.equal(links(first.body).length, 50);
  const second = await lead.get(nextHref(first.body) ?? "");
  assert.equal(links(second.body).length, 13);
  assert.equal(new Set([...links(first.body), ...links(second.body)]).size, 63);
  const back = /<a href="([^"]+)" rel="prev">/.exec(second.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  assert.deepEqual(links((await lead.get(back)).body), links(first.body));
});

test("a form that leaves controls empty leads to the short address, and what was typed for a person becomes their id", async () => {
  const answer = await lead.get(
    "/tickets?q=&show=open&queue=&owner=&priority=1&requester=Staff&opened-from=&columns=reference&columns=summary&position-reference=2&position-summary=1",
  );
  assert.equal(answer.statusCode, 303);
  assert.equal(
    answer.headers.location,
    `/tickets?priority=1&requester=${staff.who!.personId}&columns=summary,reference`,
  );
  const list = await lead.get(answer.headers.location ?? "");
  assert.equal(list.statusCode, 200);
  assert.match(list.body, /20 tickets/);
  assert.match(list.body, /Requester: Staff/);
  assert.match(list.body, /<th[^>]*class="r-wide"[^>]*>.*?Summary/);
});

test("sorting by a heading keeps the filters and turns round at the second press", async () => {
  const list = await lead.get("/tickets?priority=1");
  const href = /<a class="r-sort" href="([^"]+)">Summary/.exec(list.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  assert.equal(href, "/tickets?priority=1&sort=summary");
  const sorted = await lead.get(href);
  assert.match(
    sorted.body,
    /aria-sort="ascending"><a class="r-sort" href="\/tickets\?priority=1&amp;sort=-summary">Summary/,
  );
  const numbers = [...sorted.body.matchAll(/Ticket number (\d\d)/g)].map(([, number]) => number);
  assert.deepEqual(
    numbers,
    numbers.toSorted((one = "", other = "") => one.localeCompare(other)),
  );
});

test("what an address holds wrongly is said, with the rest of the list, and is never a fault", async () => {
  const wrong = [
    "state=nonsense",
    "show=some",
    "sort=nothing",
    "priority=high",
    "priority=1e999",
    "opened-from=yesterday",
    "opened-from=2026-02-31",
    "due-to=99999-01-01",
    "owner=Nobody+Known",
    "queue=%00",
    "colour=red",
    "columns=colour",
    "cursor=abc",
    `cursor=${cursor("not a moment")}`,
    `cursor=${cursor("infinity")}&sort=reference`,
    `cursor=${cursor("x\ud800")}`,
    `q=${"word ".repeat(200)}`,
    "priority=99999999999999999999",
    ...["__proto__", "constructor", "toString", "hasOwnProperty"].flatMap((name) => [
      `${name}=1`,
      `sort=${name}`,
      `columns=${name}`,
      `state=${name}`,
    ]),
    "kind[]=x",
    `${"a".repeat(200)}=1`,
  ];
  for (const query of wrong) {
    const answer = await lead.get(`/tickets?${query}`);
    assert.ok([200, 422].includes(answer.statusCode), `${query} answers ${answer.statusCode}`);
    if (answer.statusCode === 422) assert.match(answer.body, /role="alert"/, query);
    const file = await lead.get(`/tickets.csv?${query}`);
    assert.ok([200, 422].includes(file.statusCode), `${query} as a file answers ${file.statusCode}`);
  }
  assert.match(
    (await lead.get("/tickets?state=nonsense&priority=1")).body,
    /There is no state “nonsense”[^]*20 tickets/,
  );
});

test("a view is saved by name for its owner alone, shown as a tab, and removed", async () => {
  const saved = await lead.post("/tickets/views", { name: "The worst" }, { from: "/tickets?priority=1&sort=-opened" });
  assert.equal(saved.statusCode, 303);
  assert.equal(saved.headers.location, "/tickets?priority=1&sort=-opened");
  const list = await lead.get("/tickets?priority=1&sort=-opened");
  assert.match(list.body, /<a href="\/tickets\?priority=1&amp;sort=-opened" aria-current="page">The worst<\/a>/);
  assert.match(list.body, /The view “The worst” is saved/);
  assert.doesNotMatch((await staff.get("/tickets")).body, /The worst/);
  const action = /action="(\/tickets\/views\/[^"]+\/remove)"/.exec(list.body)?.[1] ?? "";
  assert.equal((await staff.post(action)).statusCode, 303);
  assert.match((await lead.get("/tickets")).body, /The worst/);
  assert.equal((await lead.post(action)).statusCode, 303);
  assert.doesNotMatch((await lead.get("/tickets")).body, /The worst/);
  assert.equal((await lead.post("/tickets/views", { name: " " })).statusCode, 422);
  assert.equal((await lead.post("/tickets/views", { name: "x".repeat(61) })).statusCode, 422);
  assert.equal((await lead.post("/tickets/views", { name: "Bad", query: "sort=nothing" })).statusCode, 422);
});

test("a file holds the whole filtered list with names for ids, and no cell is a formula", async () => {
  const file = await lead.get("/tickets.csv?columns=reference,summary,requester,state,opened&sort=reference");
  assert.equal(file.statusCode, 200);
  assert.match(String(file.headers["content-type"]), /^text\/csv/);
  assert.match(String(file.headers["content-disposition"]), /attachment; filename="tickets-\d{4}-\d\d-\d\d\.csv"/);
  const lines = file.body.trim().split("\r\n");
  assert.equal(lines.length, 64);
  assert.deepEqual([...file.rawPayload.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.equal(lines[0], "Reference,Summary,Requester,State,Opened");
  assert.match(lines[1] ?? "", /^INC-00001,Ticket number 01,Staff,New,\d{4}-\d\d-\d\d \d\d:\d\d$/);
  assert.ok(lines.some((line) => line.includes(`"'=HYPERLINK(""http://bad"")"`)));
  assert.ok(lines.some((line) => line.includes("'+44 is not a telephone")));
  assert.equal((await staff.get("/tickets.csv")).body.trim().split("\r\n").length, 61);
});

test("people see only their own rows, no field that is kept among officers, and no list of what they may not read", async () => {
  assert.match((await staff.get("/tickets")).body, /60 tickets/);
  for (const query of ["source=x", "sort=sourceReference", "columns=source"]) {
    assert.equal((await staff.get(`/tickets?${query}`)).statusCode, 422, query);
    assert.equal((await lead.get(`/tickets?${query}`)).statusCode, 200, query);
  }
  assert.equal((await staff.get("/roles")).statusCode, 404);
  assert.equal((await staff.get("/roles.csv")).statusCode, 404);
  assert.equal((await staff.get("/nothing-here")).statusCode, 404);
  assert.equal((await world.visitor().get("/tickets")).statusCode, 303);
});

test("open, closed and all are told apart, and titles are text whatever they hold", async () => {
  const type = typeNamed(world.registry, "ticket");
  await world.store.as(lead.who!, async (tx) => {
    const made = await create(tx, type, { summary: "Was a mistake" });
    await move(tx, type, made.id, made.version, "cancel", {});
  });
  assert.doesNotMatch((await lead.get("/tickets?q=mistake")).body, /Was a mistake/);
  assert.match((await lead.get("/tickets?q=mistake&show=closed")).body, /Was a mistake/);
  assert.match((await lead.get("/tickets?show=all")).body, /64 tickets/);
  assert.match((await lead.get("/tickets?q=plain")).body, /Plain &lt;b&gt;words/);
  assert.match((await lead.get("/policies")).body, /No open policies[^]*Policies are the rules/);
  assert.match((await lead.get("/tickets?priority=5")).body, /No tickets match/);
});

test("every type has a list that answers, for everybody who may read it", async () => {
  const administrator = await world.as("administrator");
  for (const { path } of world.registry.types.values()) {
    assert.equal((await administrator.get(`/${path}?show=all`)).statusCode, 200, path);
    assert.equal((await administrator.get(`/${path}.csv?show=all`)).statusCode, 200, path);
  }
});

test("what is closed is listed by when it was closed, the latest first, from page to page", async () => {
  const type = typeNamed(world.registry, "ticket");
  const closed = await world.store.as(lead.who!, async (tx) => {
    const made = [];
    for (let at = 0; at < 55; at++) made.push(await create(tx, type, { summary: `To be cancelled ${at}` }));
    return made;
  });
  // Not in the order in which they were made.
  const order = closed.toSorted((one, other) => one.id.slice(-6).localeCompare(other.id.slice(-6)));
  for (const [at, ticket] of order.entries())
    await world.store.as(lead.who!, (tx) => move(tx, type, ticket.id, ticket.version, "cancel", {}), {
      now: Temporal.Now.instant().add({ minutes: at }),
    });
  const first = (await lead.get("/tickets?show=closed")).body;
  const second = (await lead.get(nextHref(first) ?? "")).body;
  const mine = new Set(order.map(({ reference }) => `/tickets/${reference}`));
  assert.deepEqual(
    [...links(first), ...links(second)].filter((href) => mine.has(href ?? "")),
    order.toReversed().map(({ reference }) => `/tickets/${reference}`),
  );
  const oldest = (await lead.get("/tickets?show=closed&sort=closed")).body;
  assert.equal(
    links(oldest).find((href) => mine.has(href ?? "")),
    `/tickets/${order[0]?.reference}`,
  );
});
