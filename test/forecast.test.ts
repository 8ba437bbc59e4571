import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { readForecast } from "../src/modules/desk/forecast/read.ts";
import { usualServiceLevels } from "../src/modules/desk/usual-service-levels.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;
let queue: string;
let team: string;

/** A Friday at nine: the queue is open from 09:00 to 17:00 on working days. */
const friday = Temporal.ZonedDateTime.from("2026-11-20T09:00[Europe/London]").toInstant();
const type = (name: string) => typeNamed(world.registry, name);
const raise = (summary: string, minutes: number, values: Record<string, unknown> = {}): Promise<Stored> =>
  world.store.as(
    officer.who!,
    (tx) => create(tx, type("ticket"), { summary, impact: 1, urgency: 1, queue, ...values }),
    {
      now: friday.add({ minutes }),
    },
  );

before(async () => {
  world = await createWebWorld();
  officer = await world.as("leadSupport");
  await world.system(
    async (tx) => {
      const make = async (name: string, values: Record<string, unknown>) =>
        (await create(tx, type(name), values, { trusted: true })).id;
      team = await make("team", { name: "Day desk" });
      const calendar = await make("calendar", { name: "Nine to five", hours: "Mon-Fri 09:00-17:00", holidays: "none" });
      queue = await make("queue", { name: "Day desk", team, calendar });
      const targets = [1, 2, 3, 4, 5].map((priority) => ({ priority, respond: 60, resolve: priority * 480 }));
      await make("service_level_policy", { ...usualServiceLevels(tx, queue, "Day"), targets });
    },
    { now: friday.subtract({ hours: 24 }) },
  );
});
after(() => world.close());

test("each hour of the next two working days says what breaches in it by then, against who is on shift", async () => {
  const first = await raise("Due on Friday at ten to respond", 0);
  const asker = await world.person("Somebody who asked", "staff");
  const second = await raise("Answered", 30, { requester: asker.personId });
  await world.store.as(
    officer.who!,
    async (tx) => {
      await move(tx, type("ticket"), second.id, "any", "take", {});
      await comment(tx, type("ticket"), second.id, { text: "Is it on?", audience: "everyone" });
    },
    { now: friday.add({ minutes: 40 }) },
  );
  const paused = await raise("Waits for somebody", 30);
  const pause = { waitingReason: "Which room", reviewOn: dayIn(3, friday) };
  await world.store.as(officer.who!, (tx) => move(tx, type("ticket"), paused.id, "any", "wait", pause), {
    now: friday.add({ minutes: 45 }),
  });
  await raise("Far off", 30, { impact: 3, urgency: 3 });
  await world.system((tx) =>
    create(
      tx,
      type("shift"),
      {
        name: "Early",
        person: officer.who!.personId,
        team,
        kind: "desk",
        startsAt: "2026-11-20T09:00:00Z",
        endsAt: "2026-11-20T11:00:00Z",
      },
      { trusted: true },
    ),
  );
  const read = (asked: { queue: string | null; owner: string | null }, minutes: number) =>
    world.store.as(officer.who!, (tx) => readForecast(tx, asked), { now: friday.add({ minutes }) });
  const forecast = await read({ queue, owner: null }, 50);
  const told = forecast.hours
    .filter(({ breaches }) => breaches.length > 0)
    .map(({ from, breaches, cover }) => [
      from.toPlainDateTime().toString({ smallestUnit: "minute" }),
      breaches.map(({ clock, title }) => `${clock} ${title}`),
      cover,
    ]);
  assert.deepEqual(told, [
    ["2026-11-20T10:00", ["respond Due on Friday at ten to respond", "respond Far off"], 1],
    ["2026-11-20T17:00", ["resolve Due on Friday at ten to respond"], 0],
    ["2026-11-23T09:00", ["resolve Answered"], 0],
  ]);
  // The weekend is not among its hours.
  assert.ok(forecast.hours.every(({ from }) => from.dayOfWeek < 6));
  assert.deepEqual(forecast.late, []);
  const later = await read({ queue, owner: null }, 75);
  assert.deepEqual(
    later.late.map(({ reference }) => reference),
    [first.reference],
  );
  const nobodys = await read({ queue, owner: "none" }, 50);
  assert.ok(nobodys.hours.flatMap(({ breaches }) => breaches).every(({ ownerId }) => ownerId === null));
  const theirs = await read({ queue, owner: officer.who!.personId }, 50);
  assert.deepEqual(
    theirs.hours.flatMap(({ breaches }) => breaches).map(({ reference }) => reference),
    [second.reference],
  );
});

test("its page shows every figure with a way to its tickets, and none of what somebody may not see", async () => {
  const soon = await world.store.as(officer.who!, (tx) =>
    create(tx, type("ticket"), { summary: "Breaches within the hour", impact: 1, urgency: 1 }),
  );
  const secret = await world.store.as(officer.who!, (tx) =>
    create(tx, type("ticket"), { summary: "A grievance", impact: 1, urgency: 1, sensitivity: "restricted" }),
  );
  const page = await officer.get("/desk/forecast");
  assert.equal(page.statusCode, 200);
  assert.ok(words(page).includes("Breaches within the hour"), "it is among the tickets");
  assert.ok(words(page).includes("A grievance"));
  const links = [...page.body.matchAll(/href="(\/desk\/forecast\?[^"#]*)#tickets"[^>]*>([\d,]+)</g)].map(
    ([, href = "", figure = ""]) => [href.replaceAll("&amp;", "&"), Number(figure)] as const,
  );
  assert.ok(links.length > 4, `${links.length} figures lead somewhere`);
  for (const [href, figure] of links) {
    const shown = await officer.get(href);
    const tickets = shown.body.slice(shown.body.indexOf('id="tickets"'));
    const rows = [...tickets.matchAll(/<a [^>]*href="\/tickets\/INC-/g)].length;
    assert.equal(rows, figure, href);
  }
  const other = await world.as("supportOfficer");
  const theirs = words(await other.get("/desk/forecast"));
  assert.ok(theirs.includes(soon.reference) && !theirs.includes(secret.reference) && !theirs.includes("A grievance"));
  assert.equal((await (await world.as("staff")).get("/desk/forecast")).statusCode, 404);
  for (const query of ["queue=x", "hour=yesterday", "clock=egg", "owner=me%00", `queue=${crypto.randomUUID()}`])
    assert.equal((await officer.get(`/desk/forecast?${query}`)).statusCode, 422, query);
});

test("the rota shows a team's week: shifts, who is away, who is on call now and when nobody is there", async () => {
  const page = await officer.get(`/desk/rota?team=${team}&week=2026-11-18`);
  assert.equal(page.statusCode, 200);
  const said = words(page);
  assert.match(said, /Day desk, 16 November 2026 to 22 November 2026/);
  assert.match(said, /9–11 desk/);
  assert.match(said, /This week has 5 gaps/);
  assert.match(said, /Gaps 9–17 .* 11–17/);
  assert.ok(page.body.includes(`/desk/rota?team=${team}&amp;week=2026-11-09`));
  const now = Temporal.Now.instant();
  await world.system((tx) =>
    create(
      tx,
      type("shift"),
      {
        name: "On call",
        person: officer.who!.personId,
        team,
        kind: "call",
        startsAt: now.subtract({ hours: 1 }).toString(),
        endsAt: now.add({ hours: 5 }).toString(),
      },
      { trusted: true },
    ),
  );
  assert.match(words(await officer.get(`/desk/rota?team=${team}`)), /On call now: Lead support officer\./);
  assert.equal((await (await world.as("staff")).get("/desk/rota")).statusCode, 404);
  for (const query of ["team=x", "week=soon", `team=${crypto.randomUUID()}`])
    assert.equal((await officer.get(`/desk/rota?${query}`)).statusCode, 422, query);
  const shifts = (ends: string) =>
    officer.post(
      "/shifts/new",
      {
        name: "Too long",
        person: officer.who!.personId,
        team,
        kind: "desk",
        "startsAt-day": "23",
        "startsAt-month": "11",
        "startsAt-year": "2026",
        "startsAt-time": "09:00",
        "endsAt-day": ends,
        "endsAt-month": "11",
        "endsAt-year": "2026",
        "endsAt-time": "08:00",
      },
      { from: "/shifts/new" },
    );
  assert.match(words(await shifts("23")), /give a moment after the shift begins/);
  assert.equal((await shifts("24")).statusCode, 303);
});

test("a wrong address of a page of the desk’s answers with the page’s own form, and what is wrong beside the control", async () => {
  const lead = await world.as("leadSupport");
  for (const [address, control] of [
    ["/desk/rota?team=nobody&week=2026-11-18", "team"],
    ["/desk/rota?week=2026-13-45", "week"],
    [`/desk/rota?team=${crypto.randomUUID()}`, "team"],
    ["/desk/visits?day=soon", "day"],
    ["/desk/visits?day=%00&who=everyone", "day"],
    ["/desk/forecast?queue=1%27%20or%201=1", "queue"],
    ["/desk/numbers?weeks=3", "weeks"],
    [`/desk/numbers?queue=${crypto.randomUUID()}&weeks=${"9".repeat(2000)}`, "weeks"],
    ["/desk/learning?weeks=x", "weeks"],
  ] as const) {
    const { statusCode, body } = await lead.get(address);
    assert.equal(statusCode, 422, address);
    assert.match(body, new RegExp(`<a href="#filter-${control}">`), address);
    assert.match(body, new RegExp(`id="filter-${control}"[^>]*aria-describedby="filter-${control}-error"`), address);
    assert.match(body, /<button[^>]*>Show<\/button>/, "the form is there to ask again");
    assert.match(body, /<nav class="r-nav"/, "in the whole layout");
  }
  // What no control asks for is said at the top alone, and two faults both.
  const both = words(await lead.get("/desk/forecast?hour=yesterday&owner=me"));
  assert.match(both, /There is a problem Owner: give the id of a person, or none Hour: follow one of the links/);
});
