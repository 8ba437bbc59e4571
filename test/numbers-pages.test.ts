import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
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
  await does(await does(again, "reopen", 31), "resolve", 26, resolution);
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
