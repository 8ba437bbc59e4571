import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test } from "node:test";
import { alikeAmong, withoutSelf } from "../src/kernel/shared-sight.ts";
import { keptOrRead } from "../src/kernel/measures/kept.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { personWith } from "./grants.ts";
import { follow } from "./open-page.ts";
import { createWebWorld } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let address: string;
let one: Browser;
let other: Browser;
let staff: Browser;

before(async () => {
  world = await createWebWorld();
  address = await world.app.listen({ port: 0, host: "127.0.0.1" });
  [one, other, staff] = [await world.as("leadSupport"), await world.as("leadSupport"), await world.as("staff")];
  // Until it listens.
  await sleep(300);
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const whoOf = ({ who }: Browser): Who => who ?? assert.fail("nobody is signed in");
/** Opens a list as its own page says to follow it. */
async function watch(browser: Browser, path = "/tickets") {
  const [, live = "", at = ""] =
    /data-live="\/live([^"]*)" data-live-at="(\d+)"/.exec((await browser.get(path)).body) ?? [];
  const page = await follow(address, browser, live.replaceAll("&amp;", "&"), Number(at));
  return {
    ...page,
    /** The rows that it is sent, with these words among them: the ids in order, and the HTML of those that changed. */
    rows: async (words: string, timeoutMs = 3000) => {
      for (let said: string | null = ""; said !== null; said = await page.next("rows", timeoutMs)) {
        // As the route documents it.
        const rows = said === "" ? null : (JSON.parse(said) as { order: string[]; html: string });
        if (rows?.html.includes(words)) return rows;
      }
      return null;
    },
  };
}
async function asks(browser: Browser, summary: string, more: object = {}): Promise<Stored> {
  const made = await world.store.as(whoOf(browser), (tx) =>
    create(tx, ticket(), { summary, ...more }, { trusted: true }),
  );
  await sleep(100);
  return made;
}
async function rename(id: string, summary: string): Promise<void> {
  await world.system(async (tx) => {
    const { version } = await find(tx, ticket(), id);
    await change(tx, ticket(), id, version, { summary });
  });
}

test("those who see the same are sent the rows that changed within a second, and nothing else of the list", async () => {
  const [first, second] = [await asks(staff, "The door sticks"), await asks(staff, "The tap drips")];
  const [page, same] = [await watch(one), await watch(other)];
  await rename(first.id, "The door sticks and squeaks");
  for (const open of [page, same]) {
    const rows = await open.rows("The door sticks and squeaks");
    assert.ok(rows?.order.includes(`row-${first.reference}`) && rows.order.includes(`row-${second.reference}`));
  }
  await sleep(450);
  await rename(second.id, "The tap drips all night");
  for (const open of [page, same]) {
    const rows = await open.rows("The tap drips all night");
    assert.ok(rows && !rows.html.includes("The door sticks"), "what a page has is not sent again");
    assert.equal(await open.next("look", 50), null, "nobody asks for the page as well at once");
  }
  // The row as the page itself has it, so that putting it in place changes nothing.
  const late = await watch(one);
  await sleep(450);
  await rename(first.id, "The door is shut");
  const row = (await late.rows("The door is shut"))?.html ?? "";
  assert.match(row, /^<tr role="row" id="row-INC-\d+">/);
  assert.ok((await one.get("/tickets")).body.includes(row.trim()));
  for (const open of [page, same, late]) open.close();
});

test("a list that is narrowed is sent the rows of its own view", async () => {
  const [mine, theirs] = [await asks(staff, "A view of pumps"), await asks(staff, "A view of lamps")];
  const narrow = await watch(one, "/tickets?q=pumps");
  const own = await watch(one, "/tickets?owner=me");
  const board = await watch(one, "/tickets?as=board");
  await rename(mine.id, "A view of pumps and pipes");
  const rows = await narrow.rows("pipes");
  assert.deepEqual(rows?.order, [`row-${mine.reference}`]);
  assert.ok(!rows?.html.includes(theirs.title));
  for (const open of [own, board]) {
    assert.notEqual(await open.next("look"), null);
    assert.equal(await open.rows("", 50), null, "what depends on who asks, and what is no table, is asked for");
  }
  for (const open of [narrow, own, board]) open.close();
});

test("what is restricted is in nobody's rows but of those whose roles show it", async () => {
  const secret = await asks(one, "The chief officer's laptop", { sensitivity: "restricted" });
  const plain = await asks(staff, "The kettle is cold");
  const reads = await personWith(world, [
    ["ticket", "read", "all"],
    ["ticket", "internal", "all"],
  ]);
  // Reads every ticket, and this one for being its owner.
  await world.system(async (tx) => {
    const { version } = await find(tx, ticket(), secret.id);
    await change(tx, ticket(), secret.id, version, { owner: reads.personId }, { trusted: true });
  });
  await sleep(100);
  const browser = await world.as(reads);
  assert.ok((await browser.get("/tickets")).body.includes(secret.reference));
  assert.match((await browser.get("/tickets")).body, new RegExp(`id="row-${secret.reference}" data-restricted`));
  const page = await watch(browser);
  await rename(plain.id, "The kettle is cold again");
  const rows = await page.rows("The kettle is cold again");
  assert.ok(rows && !rows.order.includes(`row-${secret.reference}`));
  // Its own change is told to each who may know of it, and shown to nobody by this way.
  await sleep(450);
  await rename(secret.id, "The chief officer's telephone");
  assert.notEqual(await page.next("look"), null);
  assert.equal(await page.rows("", 100), null);
  page.close();
});

test("whoever lost a role, was made inactive or signed out is sent no rows, though the connection stands", async () => {
  const made = await asks(staff, "The blinds are down");
  const [demoted, leaver, signedOut] = [
    await world.as("leadSupport"),
    await world.as("leadSupport"),
    await world.as("leadSupport"),
  ];
  const pages = [await watch(demoted), await watch(leaver), await watch(signedOut)];
  const stays = await watch(one);
  await world.ownerPool.query("update person_roles set removed_at = now() where parent_id = $1", [
    whoOf(demoted).personId,
  ]);
  await world.ownerPool.query("update person set active = false where id = $1", [whoOf(leaver).personId]);
  await signedOut.post("/sign-out", {});
  await rename(made.id, "The blinds are up");
  assert.notEqual(await stays.rows("The blinds are up"), null);
  for (const page of pages) assert.equal(await page.rows("", 150), null);
  for (const page of [...pages, stays]) page.close();
});

test("only those with the very same roles and teams are alike, and nothing of another organisation is said", async () => {
  const [a, b, c] = [whoOf(one).personId, whoOf(other).personId, whoOf(staff).personId];
  const alike = (people: readonly string[]) => world.store.as(whoOf(one), (tx) => alikeAmong(tx, people));
  assert.deepEqual([...(await alike([a, b, c, randomUUID()]))].toSorted(), [a, b].toSorted());
  const team = await world.system((tx) => create(tx, typeNamed(tx.registry, "team"), { name: "Night shift" }));
  await world.ownerPool.query(
    "insert into team_members (organisation_id, parent_id, position, member) values ($1, $2, 0, $3)",
    [whoOf(one).organisationId, team.id, b],
  );
  assert.deepEqual(
    [...(await alike([b]))],
    [a].filter((id) => id === b),
  );
  await world.ownerPool.query("update team_members set removed_at = now() where parent_id = $1", [team.id]);
});

test("without oneself one sees what one's roles show and no more", async () => {
  const secret = await asks(staff, "Nobody else's matter", { sensitivity: "restricted" });
  const reader = await personWith(world, [["ticket", "read", "all"]]);
  await world.system(async (tx) => {
    const { version } = await find(tx, ticket(), secret.id);
    await change(tx, ticket(), secret.id, version, { owner: reader.personId }, { trusted: true });
  });
  const [own, shared] = await world.store.as(reader, async (tx) => [
    (await list(tx, ticket(), { search: "matter" })).items.length,
    (await list(await withoutSelf(tx), ticket(), { search: "matter" })).items.length,
  ]);
  assert.deepEqual([own, shared], [1, 0]);
});

test("figures that took long are read once for all who see the same, and for each who sees something more", async () => {
  let reads = 0;
  const figures = (who: Who, name: string) =>
    world.store.as(who, (tx) =>
      keptOrRead(tx, { name, type: ticket() }, async () => {
        await sleep(260);
        return ++reads;
      }),
    );
  const [a, b, c] = [whoOf(await world.as("leadSupport")), whoOf(await world.as("leadSupport")), whoOf(one)];
  const both = await Promise.all([figures(a, "how many"), figures(b, "how many")]);
  assert.deepEqual([...both.map(({ value }) => value), reads], [1, 1, 1]);
  // Made a restricted ticket before, which nobody else's figures count.
  await asks(one, "Between the two of us", { sensitivity: "restricted" });
  assert.equal((await figures(c, "how many")).value, 2);
  assert.equal((await figures(a, "how many")).value, 1);
  const own = JSON.stringify({ where: { owner: ["me"] } });
  assert.notEqual((await figures(a, own)).value, (await figures(b, own)).value);
  const asker = whoOf(staff);
  assert.notEqual((await figures(asker, "how many")).value, 1, "whoever sees but their own has their own figures");
  const elsewhere = await world.another("Another council");
  const [stranger] = (
    await world.ownerPool.query<{ id: string }>(
      "select p.id from person p where p.organisation_id = $1 and p.active limit 1",
      [elsewhere.organisationId],
    )
  ).rows;
  if (stranger)
    assert.ok(
      (await figures({ organisationId: elsewhere.organisationId, personId: stranger.id }, "how many")).value > 3,
      "nor are those of another organisation shared",
    );
});
