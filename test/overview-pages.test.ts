import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ownPaths, typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  lead = await world.as(await world.person("Dee Osei", "leadSupport", { team: world.council.team }));
  staff = await world.as(await world.person("Tom Reid", "staff"));
});
after(() => world.close());

test("no type can live where Reeve has pages of its own", () => {
  const routes = world.app.printRoutes({ commonPrefix: false });
  const own = [...routes.matchAll(/^ {4}[├└]── ([a-z-]+)/gm)].map(([, first = ""]) => first);
  const modules = world.parts.modulePages.flatMap(({ links }) => links.map(({ href }) => href.split("/")[1]));
  const open = own.filter((path) => !ownPaths.has(path) && !world.registry.byPath.has(path) && !modules.includes(path));
  assert.ok(own.includes("administration"));
  assert.deepEqual(open, []);
});

const type = () => typeNamed(world.registry, "ticket");
const raise = (browser: Browser, summary: string, options: { now?: Temporal.Instant } = {}) =>
  world.store.as(browser.who!, (tx) => create(tx, type(), { summary }), options);
const make = (
  ticket: Stored,
  name: string,
  values: Record<string, unknown> = {},
  options: { now?: Temporal.Instant } = {},
) => world.store.as(lead.who!, (tx) => move(tx, type(), ticket.id, ticket.version, name, values), options);

test("my work holds what I own by when it is due, and what I asked for, and no registers", async () => {
  const longAgo = Temporal.Now.instant().subtract({ hours: 24 * 40 });
  const late = await make(await raise(staff, "Raised long ago", { now: longAgo }), "take", {}, { now: longAgo });
  await make(await raise(staff, "Raised just now"), "take");
  const page = (await lead.get("/")).body;
  assert.match(page, /Good (morning|afternoon|evening), Dee/);
  assert.match(page, /1 thing is late/);
  assert.ok(page.indexOf("Raised long ago") < page.indexOf("Raised just now"));
  assert.match(page, new RegExp(`href="/tickets/${late.reference}"`));
  assert.doesNotMatch(page, /PER-|TEAM-/);
  assert.equal((await staff.get("/")).headers.location, "/help");
  const asked = (await staff.get("/help")).body;
  assert.match(asked, /Your tickets[^]*Raised just now/);
  assert.doesNotMatch(asked, /Due, soonest first/);
  assert.match(
    (await (await world.as("deliverySupport")).get("/")).body,
    /You have asked for nothing that is still open[^]*href="\/tickets\/new"/,
  );
});

test("search finds words, marks them, goes straight to a reference and offers a mended word only where it helps", async () => {
  const ticket = await raise(staff, "The photocopier <2 at the depot is jammed");
  await world.ownerPool.query("select learn_words($1)", [world.council.organisationId]);
  const page = (await lead.get("/search?q=photocopier")).body;
  assert.match(page, /The <mark>photocopier<\/mark> &lt;2 at the depot/);
  assert.match(page, /1 record found/);
  const exact = await lead.get(`/search?q=${ticket.reference.toLowerCase()}`);
  assert.equal(exact.statusCode, 303);
  assert.equal(exact.headers.location, `/tickets/${ticket.reference}`);
  const short = ticket.reference.replace(/-0+/, "-");
  assert.equal((await lead.get(`/search?q=${short}`)).headers.location, `/tickets/${ticket.reference}`);
  assert.match(
    (await lead.get("/search?q=photocopeir")).body,
    /Did you mean <a href="\/search\?q=photocopier">photocopier/,
  );
  const other = await world.as("staff");
  assert.doesNotMatch((await other.get("/search?q=photocopeir")).body, /Did you mean/);
  assert.equal((await other.get(`/search?q=${ticket.reference}`)).statusCode, 200);
  assert.doesNotMatch((await other.get(`/search?q=${ticket.reference}`)).body, /depot/);
});

test("search shows where the words stand: in the record or in what was said there, as far as the person may read it", async () => {
  const ticket = await world.store.as(staff.who!, (tx) =>
    create(tx, type(), {
      summary: "Door will not open",
      details: `${"Nothing to see here. ".repeat(60)}It smells of <burnt@marzipan.example> & "sealing wax" near the hinge.`,
    }),
  );
  const say = (browser: Browser, text: string, audience: string) =>
    world.store.as(browser.who!, (tx) => comment(tx, type(), ticket.id, { text, audience }));
  await say(lead, "The locksmith brings a **tungsten** drill on Tuesday.", "everyone");
  await say(lead, "Between us: the landlord’s <iridium> invoice is late.", "internal");
  const passageOf = async (browser: Browser, words: string) =>
    /class="r-result__snippet">([^]*?)<\/p>/.exec(
      (await browser.get(`/search?q=${encodeURIComponent(words)}`)).body,
    )?.[1];
  const waxy = await passageOf(lead, "sealing wax");
  assert.match(waxy ?? "", /&quot;<mark>sealing<\/mark> <mark>wax<\/mark>&quot; near the hinge/);
  assert.ok(waxy!.length < 400, "only some of it is shown");
  assert.match(waxy!, /^… [^]* near the hinge$/);
  assert.match((await passageOf(staff, "burnt@marzipan.example")) ?? "", /<mark>burnt@marzipan.example<\/mark>/);
  assert.match(
    (await passageOf(staff, "door tungsten")) ?? "",
    /^The locksmith brings a <mark>tungsten<\/mark> drill on Tuesday\.$/,
  );
  assert.match((await passageOf(lead, "<iridium>")) ?? "", /<mark>iridium<\/mark>/);
  const kept = (await staff.get("/search?q=iridium")).body;
  assert.match(kept, /Nothing that you may see/);
  assert.doesNotMatch((await staff.get("/search?q=door")).body, /iridium|invoice/);
});

test("where the words stand, only words are shown: no id of another record, and no name of a choice", async () => {
  const keeper = await world.as(await world.person("Rae Lation", "policyManager"));
  const held = await world.store.as(keeper.who!, (tx) =>
    create(tx, typeNamed(world.registry, "relationship"), {
      name: "Allotments",
      asks: [{ ask: "A zirconium gate", since: "2026-01-05", who: keeper.who!.personId, outcome: "refused" }],
    }),
  );
  const page = (await keeper.get("/search?q=zirconium")).body;
  const passage = /class="r-result__snippet">([^]*?)<\/p>/.exec(page)?.[1] ?? "";
  assert.ok(page.includes(held.reference));
  assert.match(passage, /A <mark>zirconium<\/mark> gate/);
  assert.doesNotMatch(passage, new RegExp(`${keeper.who!.personId}|2026-01-05|refused`));
});

test("no search is a fault", async () => {
  for (const query of [
    "",
    "%00",
    "%27%22%3C%3E",
    "a&page=-1",
    "a&page=1e9",
    "a&page=x",
    "desk&type=nothing",
    "desk&type=__proto__",
    "!!! & | ( ) :*",
    "x".repeat(5000),
    "%F0%9F%98%80",
    "INC-99999999999",
    "\ue000a\ue001",
  ]) {
    const answer = await lead.get(
      `/search?q=${query.includes("&") || query.includes("%") ? query : encodeURIComponent(query)}`,
    );
    assert.equal(answer.statusCode, 200, query.slice(0, 40));
  }
});

test("administration shows an administrator what the work goes by, and is no page for staff", async () => {
  const page = (await (await world.as("administrator")).get("/administration")).body;
  for (const path of ["people", "teams", "roles", "calendars", "queues", "categories", "service-level-policies"])
    assert.match(page, new RegExp(`href="/${path}"`));
  assert.doesNotMatch((await lead.get("/administration")).body, /href="\/roles"/);
  assert.equal((await staff.get("/administration")).statusCode, 404);
});

test("the accessibility statement is for everybody", async () => {
  assert.match((await world.visitor().get("/accessibility")).body, /Accessibility statement[^]*this organisation/);
  assert.match((await lead.get("/accessibility")).body, /as Aldermoor Borough Council runs it/);
});

test("the desk's numbers count what came, what was resolved and reopened, and what waits", async () => {
  const own = await createWebWorld();
  try {
    const officer = await own.as("leadSupport");
    const [monday, tuesday] = [19, 18].map((days) => Temporal.Now.instant().subtract({ hours: 24 * days }));
    const resolve = async (ticket: Stored, now: Temporal.Instant) =>
      own.store.as(
        officer.who!,
        (tx) => move(tx, type(), ticket.id, ticket.version, "resolve", { resolution: "Done" }),
        { now },
      );
    const raised = await Promise.all(
      ["One", "Two", "Three"].map((summary) =>
        own.store.as(officer.who!, (tx) => create(tx, type(), { summary }), { now: monday! }),
      ),
    );
    const once = await resolve(raised[0]!, tuesday!);
    const again = await own.store.as(
      officer.who!,
      (tx) => move(tx, type(), once.id, once.version, "reopen", { comment: "Still broken" }),
      { now: tuesday!.add({ minutes: 5 }) },
    );
    await resolve(again, tuesday!.add({ minutes: 30 }));
    await resolve(raised[1]!, tuesday!);
    const page = (await officer.get("/desk/numbers")).body;
    assert.match(page, />3<\/span> <span class="r-tile__label">opened/);
    assert.match(page, />2<\/span> <span class="r-tile__label">resolved/);
    assert.match(page, />50%<\/span> <span class="r-tile__label">were reopened/);
    assert.match(page, /Nothing unresolved is older than 4 weeks/);
    assert.doesNotMatch(page, /style="|<style|<script>/);
    assert.ok(page.includes("<svg"));
    assert.equal((await officer.get(`/desk/numbers?queue=${own.council.queue}&weeks=4`)).statusCode, 200);
    for (const query of ["queue=x", "queue=00000000-0000-0000-0000-000000000000", "weeks=5", "weeks=-1"])
      assert.equal((await officer.get(`/desk/numbers?${query}`)).statusCode, 422, query);
    assert.equal((await (await own.as("staff")).get("/desk/numbers")).statusCode, 404);
  } finally {
    await own.close();
  }
});

test("the desk's numbers count only what the person may see", async () => {
  const systems = await world.as(await world.person("Ama Boateng", "systemsOfficer"));
  assert.match((await systems.get("/desk/numbers")).body, />0<\/span> <span class="r-tile__label">opened/);
});
