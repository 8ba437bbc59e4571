import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { aTeam, personWith } from "./grants.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;
let made: Stored[];

before(async () => {
  world = await createWebWorld();
  lead = await world.as("leadSupport");
  staff = await world.as("staff");
  made = await world.store.as(staff.who!, async (tx) => {
    const tickets: Stored[] = [];
    for (let at = 0; at < 24; at++)
      tickets.push(
        await create(tx, ticketType(), {
          summary: `Ticket ${at + 1}`,
          impact: 1 + (at % 3),
          urgency: 1,
          kind: at % 2 === 0 ? "incident" : "request",
        }),
      );
    return tickets;
  });
  await world.store.as(lead.who!, async (tx) => {
    for (const { id, version } of made.slice(0, 7)) await move(tx, ticketType(), id, version, "take", {});
  });
});
after(() => world.close());

const ticketType = () => typeNamed(world.registry, "ticket");
const hrefs = (html: string, pattern: RegExp) =>
  [...html.matchAll(pattern)].map(([, href = ""]) => href.replaceAll("&amp;", "&"));
const now = (record: Stored) => world.store.as(lead.who!, (tx) => find(tx, ticketType(), record.id));

/** How many statements the database is sent while something is asked for. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const { query } = pg.Client.prototype;
  let sent = 0;
  pg.Client.prototype.query = function counted(this: pg.Client, ...given: unknown[]) {
    sent += 1;
    // The arguments go on as they came.
    return Reflect.apply(query, this, given) as never;
  } as typeof query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return sent;
}

test("a list in groups counts each, shows the first of it, and leads to the list of just those", async () => {
  for (const by of ["state", "kind", "impact", "queue", "owner", "requester", "opened.week", "opened.month"]) {
    const page = await lead.get(`/tickets?by=${by}`);
    assert.equal(page.statusCode, 200, by);
    const groups = [...page.body.matchAll(/<tr class="r-group".*?<\/tr>/gs)].map(([row]) => row);
    assert.ok(groups.length > 0, by);
    let together = 0;
    for (const [at, group] of groups.entries()) {
      const [, href = "", count = ""] = /<a href="([^"]+)">([\d,]+)</.exec(group) ?? [];
      together += Number(count);
      if (at > 1) continue;
      const list = await lead.get(href.replaceAll("&amp;", "&"));
      assert.match(list.body, new RegExp(`\\b${count} tickets?\\b`), `${by}: ${href}`);
    }
    assert.equal(together, 24, by);
  }
  assert.match((await lead.get("/tickets?by=priority")).body, /r-group/);
  assert.match((await lead.get("/tickets?by=due.month")).body, /24 tickets/);
});

test("a board has a column for each state and offers just the moves that the person can make", async () => {
  const board = (await lead.get("/tickets?as=board")).body;
  const titles = [...board.matchAll(/<h2 class="r-lane__title".*?<\/h2>/gs)].map(([title]) => title);
  assert.equal(titles.length, 7, "the open states");
  assert.match(titles[0] ?? "", /New.*>17</s);
  assert.match(titles[1] ?? "", /Assigned.*>7</s);
  assert.match(board, /<a href="[^"]+">2 more/, "15 cards of 17");
  assert.match(board, /data-to="assigned">Take it/);
  assert.doesNotMatch(board, /moves\/(close|resume)"/, "closing is for what is resolved, carrying on for what waits");
  assert.match(board, /href="\/tickets\/INC-\d+\/moves\/wait">Wait …/, "what asks for something leads to its form");
  assert.equal(((await lead.get("/tickets?as=board&show=all")).body.match(/r-lane__title/g) ?? []).length, 9);
  const asStaff = (await staff.get("/tickets?as=board")).body;
  assert.doesNotMatch(asStaff, /moves\/(take|resolve)"/);
});

test("a card that is moved leads back to the board, and only there", async () => {
  const [record] = made.slice(8);
  assert.ok(record);
  const board = "/tickets?as=board&kind=incident";
  const form = { _back: board, _version: String(record.version), _submission: crypto.randomUUID() };
  const moved = await lead.post(`/tickets/${record.reference}/moves/take`, form, { from: board });
  assert.equal(moved.statusCode, 303);
  assert.equal(moved.headers.location, board);
  assert.equal((await now(record)).state, "assigned");
  const [other] = made.slice(9);
  const elsewhere = { ...form, _back: "//elsewhere.example", _version: String(other!.version) };
  const away = await lead.post(`/tickets/${other!.reference}/moves/take`, elsewhere, { from: board });
  assert.equal(away.headers.location, `/tickets/${other!.reference}`);
});

test("two cards of one version are both moved from the same board", async () => {
  const board = await lead.get("/tickets?as=board");
  const submission = hrefs(board.body, /name="_submission" value="([^"]+)"/g).at(-1) ?? "";
  for (const record of made.slice(10, 12)) {
    const form = { _submission: submission, _version: String(record.version), _back: "/tickets?as=board" };
    await lead.post(`/tickets/${record.reference}/moves/take`, form, { from: "/tickets?as=board" });
    assert.equal((await now(record)).state, "assigned");
  }
});

test("on a board by a field a card is given another value, by whoever may change it and on the version they saw", async () => {
  const board = await lead.get("/tickets?as=board&by=kind");
  assert.equal(board.statusCode, 200);
  const record = made[12]!;
  const path = `/tickets/${record.reference}/fields/kind?value=request`;
  assert.ok(board.body.includes(`formaction="${path}"`));
  const form = { _version: String(record.version), _back: "/tickets?as=board&by=kind" };
  const set = await lead.post(path, form);
  assert.equal(set.headers.location, "/tickets?as=board&by=kind");
  assert.equal((await now(record)).values["kind"], "request");
  assert.equal((await lead.post(path.replace("request", "incident"), form)).statusCode, 409, "changed since");
  assert.equal((await staff.post(path, { _version: "2" })).statusCode, 403);
  const priority = await lead.post(`/tickets/${record.reference}/fields/priority?value=1`, { _version: "2" });
  assert.equal(priority.statusCode, 403, "the product sets it");
  assert.equal(
    (await lead.post(`/tickets/${record.reference}/fields/nothing?value=1`, { _version: "2" })).statusCode,
    403,
  );
  const summary = await lead.post(`/tickets/${record.reference}/fields/summary?value=Other`, { _version: "2" });
  assert.equal(summary.statusCode, 403, "no board goes by it");
  assert.doesNotMatch((await staff.get("/tickets?as=board&by=kind")).body, /formaction/);
});

test("a calendar shows each record on its day, by the month and by the week, with the way to those that have no room", async () => {
  const today = Temporal.Now.zonedDateTimeISO("Europe/London").toPlainDate();
  const month = (await lead.get("/tickets?as=calendar&on=opened")).body;
  const cell = (body: string, iso: string) => new RegExp(`<time datetime="${iso}">.*?</td>`, "s").exec(body)?.[0] ?? "";
  const here = cell(month, today.toString());
  assert.equal((here.match(/class="r-entry /g) ?? []).length, 4);
  const [more = ""] = hrefs(here, /class="r-entry__more"><a href="([^"]+)">20 more/g);
  assert.match(more, new RegExp(`opened-from=${today.toString()}&opened-to=${today.toString()}`));
  assert.match((await lead.get(more)).body, /24 tickets/);
  const week = `${today.yearOfWeek}-W${String(today.weekOfYear).padStart(2, "0")}`;
  const inWeek = cell((await lead.get(`/tickets?as=calendar&on=opened&at=${week}`)).body, today.toString());
  assert.equal((inWeek.match(/class="r-entry /g) ?? []).length, 24);
  assert.match(words(await lead.get("/tickets?as=calendar&at=2020-02")), /February 2020/);
  assert.match(words(await lead.get("/tickets?as=calendar&at=2020-W53")), /28 December 2020 to 3 January 2021/);
  assert.equal((await lead.get("/tickets?as=calendar&at=2021-W53")).statusCode, 422);
});

test("a timeline draws each record from one date to the other, with the dates in words", async () => {
  const page = (await lead.get("/tickets?as=timeline")).body;
  assert.equal((page.match(/<rect class="r-bar-span/g) ?? []).length, 24);
  assert.doesNotMatch(page, /\sstyle=/);
  const levels = await lead.get("/service-level-policies?as=timeline&show=all");
  assert.match(words(levels), /Holds from Holds until/);
  assert.match(levels.body, /r-bar-span--open/, "until further notice");
});

test("every type can be seen in every way, empty or not", async () => {
  const administrator = await world.as("administrator");
  for (const { path } of world.registry.types.values())
    for (const query of ["as=board", "as=calendar", "as=timeline", "by=state", "as=list&by=opened.month"])
      assert.equal((await administrator.get(`/${path}?${query}`)).statusCode, 200, `${path}?${query}`);
});

test("what an address says wrongly of how a list is seen is said, and never a fault", async () => {
  for (const query of [
    "as=map",
    "as=__proto__",
    "by=summary",
    "by=opened",
    "by=state.month",
    "by=constructor",
    "by=source",
    "on=summary&as=calendar",
    "to=nothing&as=timeline",
    "at=yesterday&as=calendar",
    "at=2026-13&as=calendar",
    "at=2026-W00&as=calendar",
    "columns=queue.nothing",
    "columns=nothing.name",
    "columns=queue.team.name",
    "columns=owner.accountId",
    "columns=__proto__.x",
  ]) {
    const page = await staff.get(`/tickets?${query}`);
    assert.equal(page.statusCode, 422, query);
    assert.match(page.body, /role="alert"/, query);
  }
});

test("columns of linked records are chosen on a page of their own and cost the list one query more", async () => {
  await world.system(async (tx) => {
    const caller = { name: "A caller", email: "caller@example.org" };
    const { id } = await create(tx, typeNamed(world.registry, "person"), caller);
    await create(tx, ticketType(), { summary: "From outside", requester: id, queue: world.council.queue });
  });
  const chooser = await lead.get("/tickets/columns?priority=1");
  assert.match(chooser.body, /name="columns" value="queue\.team"/);
  assert.match(chooser.body, /name="priority" value="1"/);
  assert.doesNotMatch(chooser.body, /value="category\.parent\./);
  const address = "/tickets?columns=reference,summary,queue.team,queue.state,requester.email,requester.opened";
  const list = await lead.get(address);
  assert.equal(list.statusCode, 200);
  assert.match(words(list), /Queue: team.*Requester: E-mail address/);
  assert.match(list.body, /data-label="Queue: team">Service desk</);
  assert.match(list.body, /data-label="Requester: E-mail address"[^>]*>(<a[^>]*>)?caller@example\.org/);
  await lead.get("/tickets");
  const plain = await statements(() => lead.get("/tickets?columns=reference,summary,queue,requester"));
  const linked = await statements(() => lead.get(address));
  assert.equal(linked - plain, 1);
  const file = await lead.get(address.replace("/tickets?", "/tickets.csv?"));
  assert.match(file.body, /Queue: team,Queue: state/);
  assert.match(file.body, /Service desk,Open,caller@example\.org/);
});

test("a linked record that the person may not see shows nothing of itself", async () => {
  const secret = await world.system(async (tx) => {
    const person = await create(tx, typeNamed(world.registry, "person"), {
      name: "Under protection",
      email: "hidden@example.org",
    });
    return change(
      tx,
      typeNamed(world.registry, "person"),
      person.id,
      person.version,
      { sensitivity: "restricted" },
      { trusted: true },
    );
  });
  await world.system(async (tx) => {
    await create(tx, ticketType(), { summary: "For somebody else", requester: secret.id, queue: world.council.queue });
  });
  const list = await lead.get("/tickets?columns=reference,summary,requester,requester.email,requester.jobTitle");
  assert.match(list.body, /For somebody else/);
  assert.doesNotMatch(list.body, /hidden@example|Under protection/);
  assert.match(list.body, /data-label="Requester: E-mail address">Not yours to see/);
  const noPeople = await world.as(
    await personWith(world, [
      ["ticket", "read", "all"],
      ["ticket", "internal", "all"],
    ]),
  );
  assert.equal((await noPeople.get("/tickets?columns=reference,requester.email")).statusCode, 422);
});

test("the address holds the whole view, and a saved one brings it back", async () => {
  const address = "/tickets?priority=1&columns=reference,summary,queue.team&as=board&by=kind";
  const saved = await lead.post("/tickets/views", { name: "Board of the worst" }, { from: address });
  assert.equal(saved.headers.location, address);
  const list = await lead.get("/tickets");
  assert.ok(hrefs(list.body, /<a href="([^"]+)">Board of the worst/g).includes(address));
});

test("a view shared with a team is seen by its members apart, and changed and removed by its owner alone", async () => {
  const team = await aTeam(world, "Second line");
  const grants = [
    ["ticket", "read", "all"],
    ["ticket", "change", "all"],
    ["ticket", "internal", "all"],
    ["team", "read", "all"],
  ] as const;
  const member = (teams: readonly string[]) => personWith(world, grants, { teams });
  const [owner, mate, stranger] = [
    await world.as(await member([team])),
    await world.as(await member([team])),
    await world.as(await member([])),
  ];
  const address = "/tickets?kind=request&sort=-opened";
  const form = await owner.get(address);
  assert.match(form.body, /<option value="[^"]+">Second line</);
  assert.doesNotMatch((await stranger.get(address)).body, /id="view-team"/);
  assert.equal((await owner.post("/tickets/views", { name: "Requests", team }, { from: address })).statusCode, 303);
  assert.equal((await stranger.post("/tickets/views", { name: "Requests", team }, { from: address })).statusCode, 403);
  const seen = (await mate.get(address)).body;
  assert.match(seen, /aria-label="Views shared with your team">.*aria-current="page">Requests</s);
  assert.doesNotMatch(seen, /views\/[^/]+\/remove/, "it is not theirs to remove");
  assert.doesNotMatch((await stranger.get("/tickets")).body, />Requests</);
  const remove = hrefs((await owner.get(address)).body, /action="(\/tickets\/views\/[^"]+\/remove)"/g)[0] ?? "";
  await mate.post(remove);
  assert.match((await mate.get("/tickets")).body, />Requests</);
  await owner.post("/tickets/views", { name: "Requests", team: "" }, { from: address });
  assert.doesNotMatch((await mate.get("/tickets")).body, />Requests</, "its owner shares it no longer");
});

test("a person's list begins with the view that they chose, until they say otherwise, and goes without it when it is gone", async () => {
  const person = await world.as("supportOfficer");
  const address = "/tickets?kind=request";
  await person.post("/tickets/views", { name: "Only requests" }, { from: address });
  const action = hrefs((await person.get(address)).body, /action="(\/tickets\/views\/[^"]+\/start)"/g)[0] ?? "";
  assert.equal((await person.post(action, {}, { from: address })).headers.location, address);
  const start = await person.get("/tickets");
  assert.equal(start.statusCode, 303);
  assert.equal(start.headers.location, address);
  assert.equal((await person.get("/tickets?show=open")).statusCode, 200, "the plain list has an address of its own");
  const cleared = await person.get("/tickets", { referer: `http://localhost:3000${address}` });
  assert.equal(cleared.statusCode, 200, "whoever takes the last filter away means the plain list");
  assert.equal((await lead.get("/tickets")).statusCode, 200, "others' lists begin as they did");
  await person.post(action, {}, { from: address });
  assert.equal((await person.get("/tickets")).statusCode, 200);
  await person.post(action, {}, { from: address });
  assert.equal((await person.get("/tickets")).statusCode, 303);
  await person.post(action.replace("/start", "/remove"), {}, { from: address });
  assert.equal((await person.get("/tickets")).statusCode, 200);
});

test("the database itself keeps views to their owner and the team", async () => {
  const team = await aTeam(world, "Third line");
  const outsider: Who = await personWith(world, [["ticket", "read", "all"]]);
  const sharing = world.store.as(outsider, async (tx) => {
    await tx.db
      .insertInto("saved_views")
      .values({
        organisation_id: outsider.organisationId,
        person_id: outsider.personId,
        type: "ticket",
        name: "x",
        query: "",
        team_id: team,
      })
      .execute();
  });
  await assert.rejects(sharing, /row-level security/);
});
