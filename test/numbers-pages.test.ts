import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { evaluate } from "../src/kernel/measures/evaluate.ts";
import { periodNamed, todayAt } from "../src/kernel/measures/periods.ts";
import { drawSample } from "../src/modules/desk/quality/sample.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;

before(async () => {
  world = await createWebWorld();
  officer = await world.as("leadSupport");
  await history();
});
after(() => world.close());

const type = () => typeNamed(world.registry, "ticket");
const daysAgo = (days: number) => Temporal.Now.instant().subtract({ hours: Math.round(24 * days) });

/** Tickets of every age and fate: some wait, some were resolved in time, late, through a pause, or after a reopening. */
async function history(): Promise<void> {
  const raise = (summary: string, days: number, urgency: number) =>
    world.store.as(officer.who!, (tx) => create(tx, type(), { summary, urgency }), { now: daysAgo(days) });
  const does = (ticket: Stored, name: string, days: number, values: Record<string, unknown> = {}) =>
    world.store.as(officer.who!, (tx) => move(tx, type(), ticket.id, ticket.version, name, values), {
      now: daysAgo(days),
    });
  const resolution = { resolution: "Done" };
  for (const days of [0, 3, 7, 8, 14, 20, 28, 40, 84, 120]) await raise(`Waits since ${days} days`, days, 2);
  await does(await raise("At once", 19, 1), "resolve", 19, resolution);
  await does(await raise("Late", 60, 1), "resolve", 12, resolution);
  const paused = await does(await raise("Paused", 50, 3), "wait", 49.9, {
    waitingReason: "A room",
    reviewOn: dayIn(-48),
  });
  await does(paused, "resolve", 5, resolution);
  const again = await does(await raise("Twice", 33, 2), "resolve", 32, resolution);
  await does(await does(again, "reopen", 31), "resolve", 19, resolution);
  await does(await does(await raise("Closed", 45, 2), "resolve", 44, resolution), "close", 25);
  await does(await raise("Cancelled", 30, 2), "cancel", 15);
}

/** Every number that leads somewhere: those of the tables, the tiles and the charts. */
function figuresOf(page: string): { figure: string; href: string }[] {
  const found = [
    ...page.matchAll(/class="r-num"><a href="(?<href>[^"]+)">(?<figure>[\d,]+)</g),
    ...page.matchAll(/<a href="(?<href>[^"]+)"><span class="r-tile__figure">(?<figure>[\d,]+)</g),
    ...page.matchAll(/<a href="(?<href>[^"]+)" tabindex="-1"><title>(?![^<]*within)[^<]*? (?<figure>[\d,]+)<\/title>/g),
  ];
  return found.map(({ groups }) => ({ figure: groups!["figure"]!, href: groups!["href"]!.replaceAll("&amp;", "&") }));
}

test("every figure of the desk's numbers leads to a list of just as many tickets", async () => {
  for (const address of ["/desk/numbers", `/desk/numbers?weeks=4&queue=${world.council.queue}`]) {
    const figures = figuresOf((await officer.get(address)).body);
    assert.ok(figures.length > 30, `${figures.length} figures`);
    for (const part of [
      "resolve-outcome=missed",
      "resolve-outcome=met-through-pauses",
      "resolve-after=reopen",
      "open-on=",
      "opened-to=",
    ])
      assert.ok(
        figures.some(({ href }) => href.includes(part)),
        `${address}: no figure leads to ${part}`,
      );
    for (const { figure, href } of figures) {
      const list = await officer.get(href);
      assert.equal(list.statusCode, 200, href);
      assert.match(words(list), new RegExp(`\\b${figure} tickets?\\b`), `${figure} is not what ${href} holds`);
    }
  }
});

test("a list says what it was narrowed by, and refuses days, outcomes and moves that there are not", async () => {
  const said = words(
    await officer.get(
      "/tickets?show=all&open-on=2026-01-04&resolve-stopped-from=2026-01-01&resolve-outcome=met-through-pauses&resolve-after=reopen",
    ),
  );
  for (const chip of [
    "Open at the end of: 4 January 2026",
    "Resolve target: met only through pauses",
    "Resolve done after: Reopen",
  ])
    assert.ok(said.includes(chip), chip);
  for (const wrong of [
    "open-on=never",
    "resolve-stopped-from=2026-01-01&resolve-outcome=won",
    "resolve-stopped-from=0001-01-01",
    "resolve-stopped-from=2000-01-01&resolve-stopped-to=2026-01-01",
    "resolve-outcome=met",
    "resolve-after=nothing",
    "resolve-stopped-to=2026-13-01",
    "closing-outcome=met",
  ])
    assert.equal((await officer.get(`/tickets?${wrong}`)).statusCode, 422, wrong);
});

test("lists narrowed by a clock hold only what the person may see", async () => {
  const other = await world.as("systemsOfficer");
  assert.match(
    words(await other.get("/tickets?show=all&resolve-stopped-from=2020-01-01&resolve-outcome=met")),
    /\b0 tickets\b/,
  );
  assert.ok(
    !/\b0 tickets\b/.test(
      words(await officer.get("/tickets?show=all&resolve-stopped-from=2020-01-01&resolve-outcome=met")),
    ),
  );
});

test("what the desk should learn: bounces, reopenings and first contact by category, each figure leading to its tickets", async () => {
  const { firstContact, queueChanges } = await lessons();
  assert.deepEqual([firstContact, queueChanges], [false, 2], "reopened, and passed on twice");
  const page = await officer.get("/desk/learning?weeks=4");
  const said = words(page);
  assert.match(said, /Passwords 6 66\.7% 0 0 As the desk does elsewhere/);
  assert.match(said, /Printers 6 0% 5 1 Change the queue/);
  assert.ok(said.indexOf("Printers 6") < said.indexOf("Passwords 6"), "most to gain first");
  const figures = figuresOf(page.body);
  assert.ok(figures.length >= 6, `${figures.length} figures`);
  for (const { figure, href } of figures)
    assert.match(words(await officer.get(href)), new RegExp(`\\b${figure} tickets?\\b`), href);
  assert.equal((await officer.get("/desk/learning?weeks=5")).statusCode, 422);
  assert.equal((await (await world.as("staff")).get("/desk/learning")).statusCode, 404);
});

test("what needs the desk now: each figure leads to its list, and only what the person may see counts", async () => {
  const make = (values: Record<string, unknown>, days = 1) =>
    world.store.as(officer.who!, (tx) => create(tx, type(), { urgency: 2, ...values }), { now: daysAgo(days) });
  const wait = (ticket: Stored, days: number) =>
    world.store.as(
      officer.who!,
      (tx) =>
        move(tx, type(), ticket.id, ticket.version, "wait", {
          waitingFor: "user",
          waitingReason: "The number on the label",
          reviewOn: daysAgo(days).toZonedDateTimeISO("Europe/London").toPlainDate().toString(),
        }),
      { now: daysAgo(1) },
    );
  await wait(await make({ summary: "To be asked after" }), 0);
  await wait(await make({ summary: "Asked after tomorrow" }), -1);
  await make({ summary: "Hidden from colleagues", sensitivity: "restricted" });
  const page = await officer.get("/desk");
  const said = words(page);
  assert.match(said, /\d+ due later today/, "what a lead looks for first is there when it is none");
  assert.doesNotMatch(
    said,
    /\b0 (held mail|missed by partners|changes today)/,
    "and other figures only when there are some",
  );
  assert.match(said, /1 to be asked after/);
  assert.match(said, /To be asked after The number on the label/);
  assert.ok(!said.includes("Asked after tomorrow The number"));
  const nobodys = (text: string) => Number(/(\d+) that nobody has/.exec(text)?.[1]);
  const figures = figuresOf(page.body);
  assert.ok(figures.some(({ href }) => href.includes("deadline=passed")));
  for (const { figure, href } of figures)
    assert.match(words(await officer.get(href)), new RegExp(`\\b${figure} tickets?\\b`), href);
  const colleague = words(await (await world.as("supportOfficer")).get("/desk"));
  assert.equal(nobodys(colleague), nobodys(said) - 1, "the hidden one is left out");
  assert.equal((await (await world.as("staff")).get("/desk")).statusCode, 404);
  assert.equal((await officer.get("/tickets?deadline=never")).statusCode, 422);
});

test("closed tickets are drawn once for each officer and week, scored by somebody else and then seen by the officer", async () => {
  const reviews = () => typeNamed(world.registry, "quality_review");
  const colleague = await world.as("supportOfficer");
  const monday = Temporal.Now.zonedDateTimeISO("Europe/London").startOfDay();
  const lastWeek = monday.subtract({ days: monday.dayOfWeek - 1 + 4 }).toInstant();
  const at = { now: lastWeek };
  await world.store.as(officer.who!, async (tx) => {
    await create(tx, typeNamed(tx.registry, "quality_criterion"), { name: "Kept the person told" });
    await change(tx, typeNamed(tx.registry, "queue"), world.council.queue, "any", { qualitySample: 2 });
  });
  const close = async (who: Browser, values: Record<string, unknown> = {}) =>
    world.store.as(
      who.who!,
      async (tx) => {
        const made = await create(tx, type(), { summary: "To be judged", ...values });
        const done = await move(tx, type(), made.id, made.version, "resolve", { resolution: "Done" });
        return move(tx, type(), made.id, done.version, "close", {});
      },
      at,
    );
  for (let many = 0; many < 3; many++) await close(colleague);
  await close(officer);
  await close(officer, { sensitivity: "restricted" });
  assert.equal(await world.system((tx) => drawSample(tx)), 3, "two of three, and the one that is not restricted");
  assert.equal(await world.system((tx) => drawSample(tx)), 0, "a second go adds nothing");
  const drawn = await world.store.as(officer.who!, (tx) => list(tx, reviews(), { limit: 10 }));
  const own = drawn.items.find(({ values }) => values["officer"] === officer.who!.personId)!;
  const theirs = drawn.items.find(({ values }) => values["officer"] === colleague.who!.personId)!;
  const does = (id: string, name: string) =>
    world.store.as(officer.who!, (tx) => move(tx, reviews(), id, "any", name, {}));
  const scores = ({ id }: Stored, score: number) =>
    world.store.as(officer.who!, async (tx) => {
      const { values } = await find(tx, reviews(), id);
      const lines = values["scores"] as readonly Record<string, unknown>[];
      return change(tx, reviews(), id, "any", { scores: lines.map((line) => ({ ...line, score })) });
    });
  await assert.rejects(scores(own, 5), /Nobody reviews their own work/);
  await assert.rejects(does(own.id, "take"), /Nobody reviews their own work/);
  await assert.rejects(does(theirs.id, "score"), /give every criterion its score first/);
  await scores(theirs, 4);
  assert.equal((await does(theirs.id, "score")).values["total"], 75);
  const criterion = async (who: Browser) =>
    words(
      await who.get(
        `/quality-criteria/${(await world.store.as(officer.who!, (tx) => list(tx, typeNamed(tx.registry, "quality_criterion"), {}))).items[0]!.reference}`,
      ),
    );
  assert.match(await criterion(officer), /How officers were scored by it .* 1 4\.0/);
  assert.ok(!(await criterion(colleague)).includes("How officers were scored"));
  const seen = async () => (await colleague.get(`/quality-reviews/${theirs.reference}`)).statusCode;
  assert.equal(await seen(), 404, "not before it is shared");
  await does(theirs.id, "share");
  assert.equal(await seen(), 200);
  assert.equal((await colleague.get(`/quality-reviews/${own.reference}`)).statusCode, 404);
  const counted = await world.store.as(officer.who!, (tx) =>
    evaluate(tx, {
      measure: tx.registry.measures.get("quality-score-half")!,
      period: periodNamed("last-4-weeks", todayAt(tx.now))!,
      by: "officer",
    }),
  );
  assert.deepEqual(
    counted.rows.map(({ key, value }) => [key, value]),
    [[colleague.who!.personId, 75]],
  );
});

/** Two categories: passwords, which are solved at once, and printers, which bounce; and a printer that came back. */
async function lessons(): Promise<Stored["values"]> {
  const [passwords, printers] = await Promise.all(["Passwords", "Printers"].map((name) => category(name)));
  const make = (values: Record<string, unknown>) =>
    world.store.as(officer.who!, (tx) => create(tx, type(), { summary: "To learn from", urgency: 2, ...values }), {
      now: daysAgo(3),
    });
  const does = (ticket: Stored, name: string, values: Record<string, unknown> = {}) =>
    world.store.as(officer.who!, (tx) => move(tx, type(), ticket.id, ticket.version, name, values), {
      now: daysAgo(3),
    });
  const resolution = { resolution: "Done" };
  const [other, third] = await Promise.all([queue("Network"), queue("Telephones")]);
  for (let at = 0; at < 6; at++) {
    await does(await make({ category: passwords }), at < 4 ? "solve" : "resolve", resolution);
    let printer = await make({ category: printers });
    if (at < 4) printer = await does(await does(printer, "assign", { queue: other }), "assign", { queue: third });
    if (at < 5) await does(printer, "resolve", resolution);
    else {
      // Solved at once, it seemed.
      const back = await does(await does(printer, "solve", resolution), "reopen");
      const sent = await does(await does(back, "assign", { queue: other }), "assign", { queue: world.council.queue });
      return (await does(sent, "resolve", resolution)).values;
    }
  }
  throw new Error("There is a sixth");
}

async function category(name: string): Promise<string> {
  return (await world.store.as(officer.who!, (tx) => create(tx, typeNamed(tx.registry, "category"), { name }))).id;
}

async function queue(name: string): Promise<string> {
  return (await world.store.as(officer.who!, (tx) => create(tx, typeNamed(tx.registry, "queue"), { name }))).id;
}
