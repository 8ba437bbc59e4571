import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { verify } from "../src/kernel/memory/verify.ts";
import { movingInJobs } from "../src/modules/desk/moving-in/jobs.ts";
import { zipOf } from "../src/modules/desk/import/slice.fixture.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

const path = "/desk/moving-in";

let world: ImportWorld;
let administrator: Browser;

before(async () => {
  world = await createImportWorld();
  administrator = await world.as("administrator");
});
after(() => world?.close());

const ticket = (id: number, more = {}) => ({
  id,
  number: `31${id}`,
  title: `Cannot print ${id}`,
  group: "Printers",
  state: id % 2 === 0 ? "closed" : "open",
  priority: "2 normal",
  customer: "nic@example.org",
  created_at: "2025-11-03T09:00:00.000Z",
  updated_at: "2025-11-05T12:00:00.000Z",
  ...more,
});
const many = 250;
const whole = {
  tickets: [
    ...Array.from({ length: many }, (_, at) => ticket(at)),
    { id: 999, number: "<b>31999\u0000</b>", title: "No date" },
  ],
  articles: [
    {
      ticket_id: 7,
      created_at: "2025-11-03T09:00:00.000Z",
      sender: "Customer",
      created_by: "nic@example.org",
      content_type: "text/plain",
      body: "It blinks",
      internal: false,
    },
    {
      ticket_id: 7,
      created_at: "2025-11-03T10:00:00.000Z",
      sender: "Agent",
      created_by: "agent@example.org",
      content_type: "text/plain",
      body: "Try the other tray\u0000",
      internal: false,
    },
  ],
};

async function sendExport(content: unknown, name = "zammad.json", source = "zammad"): Promise<string> {
  const whole = typeof content === "string" || content instanceof Buffer ? content : JSON.stringify(content);
  const text = new Uint8Array(Buffer.from(whole));
  const answer = await administrator.post(path, { source, file: new File([text], name) }, { from: path });
  assert.equal(answer.statusCode, 303, words(answer));
  return String(answer.headers.location);
}
const madeHere = async () => {
  const { rows } = await world.ownerPool.query<{ many: number }>(
    "select count(*)::integer as many from ticket where source = 'zammad'",
  );
  return rows[0]?.many;
};

test("an administrator sends an export, sees what it would come to, brings it in with a job and sees it reconciled", async () => {
  assert.match((await administrator.get("/administration")).body, /href="\/desk\/moving-in"/);
  const at = await sendExport(whole);
  assert.match(words(await administrator.get(at)), /The file is read before anything is brought in/);
  await world.runJobs(movingInJobs);
  const looked = words(await administrator.get(at));
  assert.match(looked, /opened from 3 November 2025 to 3 November 2025.*Nothing is brought in yet/);
  assert.match(looked, /250 tickets to make 0 are here already 1 comment .*2 people 1 row not understood/);
  assert.match(looked, /Assigned 125 Closed 125|Closed 125 Assigned 125/);
  assert.match(looked, /Printers 250 .*31999.* it has no created_at/);
  assert.equal(await madeHere(), 0);

  await administrator.post(`${at}/save`, {}, { from: at });
  await administrator.post(`${at}/save`, {}, { from: at });
  // The worker dies after the first part.
  let parts = 0;
  await world.runJobs({
    ...movingInJobs,
    "move-in": (run) =>
      movingInJobs["move-in"]!({
        ...run,
        progress: async (tx, done, total) => {
          parts += 1;
          if (parts === 2) throw new Error("the worker died");
          await run.progress(tx, done, total);
        },
      }),
  });
  assert.equal(await madeHere(), 200);
  await world.ownerPool.query("update jobs set next_at = now() where state = 'waiting'");
  await world.runJobs(movingInJobs);
  assert.equal(await madeHere(), many);
  const done = words(await administrator.get(at));
  assert.match(done, /Every ticket of the file that was understood is here/);
  assert.match(done, /State In the file Here now (Closed|Assigned) 125 125 (Closed|Assigned) 125 125/);
  const list = /href="(\/tickets\?source=zammad[^"]*)"/.exec((await administrator.get(at)).body)?.[1] ?? "none";
  assert.match(
    words(await administrator.get(list.replaceAll("&amp;", "&"))),
    /Support desk 250 tickets .*Cannot print/,
  );

  const again = await sendExport(whole);
  await world.runJobs(movingInJobs);
  assert.match(words(await administrator.get(again)), /Every ticket of it is here already/);
  assert.doesNotMatch((await administrator.get(again)).body, /Bring in/);
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(problems, []);
});

test("what cannot be read says why, and what was not chosen is asked for", async () => {
  for (const [content, name, source, says] of [
    ["{", "zammad.json", "zammad", /is not whole JSON/],
    [
      JSON.stringify({ users: [], roles: [] }),
      "zammad.json",
      "zammad",
      /holds no list called tickets\. It holds users, roles/,
    ],
    ["no,zip", "export.zip", "glpi", /./],
    [zipOf("tickets.json", `[${" ".repeat(100_000_001)}]`), "export.zip", "zammad", /is larger than 100 MB/],
  ] as const) {
    const at = await sendExport(content, name, source);
    await world.runJobs(movingInJobs);
    const page = await administrator.get(at);
    assert.equal(page.statusCode, 200);
    assert.match(words(page), says);
    assert.doesNotMatch(page.body, /Bring in \d/);
  }
  for (const [form, says] of [
    [{ source: "zammad" }, /Select the export/],
    [{ source: "lotus\u0000", file: new File(["{}"], "a.json") }, /Select the tool that it comes from/],
    [{ source: "zammad", file: "00000000-0000-4000-8000-000000000000" }, /./],
  ] as const) {
    const answer = await administrator.post(path, form, { from: path });
    assert.ok(answer.statusCode === 422 || answer.statusCode === 404, String(answer.statusCode));
    assert.match(words(answer), says);
  }
});

test("an export larger than any other file is taken, up to what the page says; a larger one is told what to do", async () => {
  assert.match(words(await administrator.get(path)), /100 MB at the most, unpacked as well.* in parts.* terminal/);
  const tickets = JSON.stringify({ tickets: [ticket(7000)] });
  const at = await sendExport(`${tickets.slice(0, -1)},"padding":"${" ".repeat(30_000_000)}"}`);
  await world.runJobs(movingInJobs);
  assert.match(words(await administrator.get(at)), /1 ticket to make/);
  const file = new File([new Uint8Array(100_000_001)], "zammad.json");
  const refused = await administrator.post(path, { source: "zammad", file }, { from: path });
  assert.equal(refused.statusCode, 422);
  assert.match(words(refused), /must be 100 MB or smaller\. Send it in parts, such as a year each/);
});

test("nobody else has a way to it, not even another administrator to what one has sent", async () => {
  const at = await sendExport(whole);
  const other = await world.as(await world.person("Another Administrator", "administrator"));
  assert.equal((await other.get(at)).statusCode, 404);
  assert.equal((await other.post(`${at}/save`, {}, { from: path })).statusCode, 404);
  for (const role of ["leadSupport", "staff"] as const) {
    const browser = await world.as(role);
    assert.equal((await browser.get(path)).statusCode, 404);
    assert.equal((await browser.get(at)).statusCode, 404);
    assert.equal((await browser.post(path, { source: "zammad" }, { from: "/account" })).statusCode, 404);
    assert.doesNotMatch((await browser.get("/account")).body, /moving-in/);
  }
  assert.equal((await administrator.get(`${path}/%00`)).statusCode, 404);
});
