import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { demoRequests } from "../src/council/demo-help.ts";
import { linkedMany } from "../src/council/demo-beside.ts";
import { movedInMany } from "../src/council/demo-moved-in.ts";
import { demoPeople, makeDemoCouncil } from "../src/council/demo.ts";
import { demoToken } from "../src/council/demo-token.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { list } from "../src/kernel/store/list.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { scopeAllows } from "../src/web/sign-in/api-tokens.ts";
import { progressIn } from "../src/council/demo-progress.ts";
import { temporaryFolder } from "./running.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

const tickets = 90;
let world: WebWorld;
const kind = (expected: string) => (error: unknown) => error instanceof Refusal && error.kind === expected;
const options = () => ({
  ownerPool: world.ownerPool,
  registry: world.registry,
  signIn: world.parts.signIn,
  now: Temporal.Now.instant(),
  tickets,
});

before(async () => {
  world = await createWebWorld();
});
after(() => world.close());

test("a database that holds another organisation refuses a demonstration and its tokens", async () => {
  await assert.rejects(makeDemoCouncil(options()), kind("impossible"));
  await assert.rejects(
    demoToken({ store: world.store, ownerPool: world.ownerPool, key: "lead-support" }),
    kind("impossible"),
  );
  await assert.rejects(demoToken({ store: world.store, ownerPool: world.ownerPool, key: "nobody" }), kind("invalid"));
});

test("an empty database gets one council, however often it is asked for", async () => {
  await world.ownerPool.query("truncate organisations cascade");
  const [first, second] = await Promise.all([makeDemoCouncil(options()), makeDemoCouncil(options())]);
  await first.finished;
  await second.finished;
  const { rows } = await world.ownerPool.query("select name, demo from organisations");
  assert.deepEqual(rows, [{ name: "Aldermoor Borough Council", demo: true }]);
  assert.equal(await countOf("ticket"), tickets + demoRequests.length + movedInMany + linkedMany);
  const numbers = await world.ownerPool.query<{ ordered: boolean }>(
    "select bool_and(reference = expected) as ordered from (select reference, 'INC-' || lpad((row_number() over (order by opened_at))::text, 5, '0') as expected from records join ticket using (organisation_id, id) where catalogue_item is null and source is null and major_incident is null and split_from is null) numbered",
  );
  assert.equal(numbers.rows[0]?.ordered, true, "references follow the order in which calls came");
  const features = ["device", "split_from", "change", "major_incident", "article", "usual_days", "source"];
  const { rows: used } = await world.ownerPool.query<Record<string, number>>(
    `select ${features.map((name) => `count(${name})::int as ${name}`).join(", ")} from ticket`,
  );
  assert.deepEqual(
    features.filter((name) => !used[0]?.[name]),
    [],
    "each of what a ticket can be joined to is shown by one",
  );
  const { rows: round } = await world.ownerPool.query("select 1 from ticket where queue_changes > 1");
  assert.ok(round.length > 0, "some tickets go from queue to queue, as in any year");
  // Else the worker, which gives out what nobody has, would change a request between two steps of its past.
  const { rows: parts } = await world.ownerPool.query<{ transactions: number }>(
    `select count(distinct e.xmin::text)::int as transactions from events e join ticket t on t.id = e.record_id
     where t.catalogue_item is not null group by t.id`,
  );
  assert.deepEqual(new Set(parts.map(({ transactions }) => transactions)), new Set([1]), "a request comes all at once");
});

test("a demonstration that was stopped goes on at the next start with what is missing, and doubles nothing", async () => {
  const { path, remove } = await temporaryFolder();
  const kept = progressIn(join(path, "demonstration.json"));
  const state = async () => {
    const { rows } = await world.ownerPool.query<{ type: string; many: number }>(
      "select type, count(*)::int as many from records group by type order by type",
    );
    return Object.fromEntries(rows.map(({ type, many }) => [type, many]));
  };
  const whole = await state();
  const { rows: references } = await world.ownerPool.query<{ reference: string; at: Date }>(
    "select reference, opened_at as at from records join ticket using (organisation_id, id) where catalogue_item is null and source is null and major_incident is null and split_from is null order by reference",
  );
  const lost = references.slice(0, 3).map(({ reference }) => reference);
  // As if it had stopped before its oldest tickets were made, and before it was said that those parts were there.
  const client = await world.ownerPool.connect();
  try {
    await client.query("set session_replication_role = replica");
    await client.query("delete from ticket where id in (select id from records where reference = any ($1))", [lost]);
    await client.query("delete from records where reference = any ($1)", [lost]);
    await client.query("set session_replication_role = origin");
  } finally {
    client.release();
  }
  const said: string[] = [];
  const goOn = async () =>
    (await makeDemoCouncil({ ...options(), kept, progress: (sentence) => said.push(sentence) })).finished;
  await goOn();
  assert.equal(
    await countOf("ticket"),
    tickets + demoRequests.length + movedInMany + linkedMany - lost.length,
    "what is not kept is not gone on with",
  );
  const begun = {
    now: Temporal.Now.instant().toString(),
    references: references.map(({ reference }) => reference),
    done: ["help"],
  };
  await kept.write(begun);
  await Promise.all([goOn(), goOn()]);
  assert.deepEqual(await state(), whole);
  assert.match(said.join("\n"), /The demonstration council is whole/);
  assert.equal(await kept.read(), null);
  await writeFile(join(path, "demonstration.json"), "{ torn");
  await goOn();
  assert.deepEqual(await state(), whole);
  await remove();
});

test("each demo person signs in by a button, in the order of the list, and has something to do", async () => {
  const page = (await world.visitor().get("/sign-in")).body;
  const names = [...page.matchAll(/r-person__name">([^<]*)</g)].map(([, name]) => name);
  assert.deepEqual(
    names,
    Object.values(demoPeople).map(({ name }) => name),
  );
  const accounts = [...page.matchAll(/name="account" value="([^"]*)"/g)].map(([, account]) => account ?? "");
  for (const [at, [key, { name }]] of Object.entries(demoPeople).entries()) {
    const browser = world.visitor();
    assert.equal(
      (await browser.post("/sign-in/demo", { account: accounts[at] ?? "" }, { from: "/sign-in" })).statusCode,
      303,
      key,
    );
    const first = await browser.get("/");
    const home = first.statusCode === 303 ? await browser.get(String(first.headers.location)) : first;
    assert.equal(home.statusCode, 200, key);
    assert.match(home.body, new RegExp(name), key);
    const { rows } = await world.ownerPool.query(
      "select 1 from records r join person p on p.id = r.owner_id or p.id = r.requester_id where p.email = $1 and r.closed_at is null and r.type in ('ticket', 'policy')",
      [demoPeople[key as keyof typeof demoPeople].email],
    );
    assert.ok(rows.length > 0, `${key} has nothing`);
  }
});

test("what happened was done by the people of the desk, in their own time", async () => {
  const { rows: who } = await world.ownerPool.query<{ organisationId: string; personId: string }>(
    `select organisation_id as "organisationId", id as "personId" from person where email = $1`,
    [demoPeople["lead-support"].email],
  );
  const lead = who[0]!;
  await world.store.as(lead, async (tx) => {
    const type = typeNamed(tx.registry, "ticket");
    const { items } = await list(tx, type, { sort: "opened", limit: 20, where: {}, show: "all" });
    for (const record of items.filter(({ values }) => values["source"] === null)) {
      const events = await timeline(tx, record);
      assert.ok(
        events.every(({ actorName }) => actorName !== null),
        record.reference,
      );
      const times = events.map(({ at }) => Temporal.Instant.from(at).epochMilliseconds);
      assert.deepEqual(
        times,
        times.toSorted((one, other) => one - other),
      );
      assert.ok(times.at(-1)! <= Date.now());
      assert.ok((await clocksOf(tx, type, record)).length >= 2, record.reference);
    }
  });
  const { rows } = await world.ownerPool.query<{ outcome: string; many: number }>(
    "select outcome, count(*) as many from clocks where outcome is not null group by outcome",
  );
  assert.deepEqual(rows.map(({ outcome }) => outcome).toSorted(), ["met", "missed"]);
  const restricted = await world.ownerPool.query(
    "select 1 from records where type = 'ticket' and sensitivity = 'restricted'",
  );
  assert.ok((restricted.rowCount ?? 0) > 0);
});

test("a token of the terminal acts for its person, and the oldest give way", async () => {
  const token = await demoToken({ store: world.store, ownerPool: world.ownerPool, key: "lead-support" });
  const actor = await world.parts.tokens.actorForToken(token);
  assert.equal(actor?.name, "Dee Osei");
  assert.ok(scopeAllows(actor.scopes, "ticket", "write") && !scopeAllows(actor.scopes, "ticket", "admin"));
  assert.equal(Math.round((actor.expiresAt.getTime() - Date.now()) / 86_400_000), 30);
  for (let at = 0; at < 60; at++)
    await demoToken({ store: world.store, ownerPool: world.ownerPool, key: "lead-support" });
  const { rows } = await world.ownerPool.query<{ live: number }>(
    "select count(*) as live from api_token where revoked_at is null",
  );
  assert.equal(rows[0]?.live, 20);
});

async function countOf(type: string): Promise<number> {
  const { rows } = await world.ownerPool.query<{ many: number }>(
    "select count(*) as many from records where type = $1",
    [type],
  );
  return rows[0]?.many ?? 0;
}
