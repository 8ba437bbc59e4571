import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { forgetHowOften, howOften } from "../src/kernel/outside/how-often.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { forgetHeldBy, heldKeptDays } from "../src/modules/rights/public/held.ts";
import { createApp } from "../src/web/app.ts";
import { publicAsker, usualAnswers } from "./public-asker.ts";
import { rawSql } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let asker: ReturnType<typeof publicAsker>;
let officer: Who;
const { mustBeDenied } = rawSql(() => world);

before(async () => {
  world = await createWebWorld();
  asker = publicAsker(world);
  officer = await world.person("Nia Rowe", "policyManager");
});
after(() => world.close());

const counted = async (since: Temporal.Instant) =>
  (await world.ownerPool.query("select 1 from outside_sendings where at >= $1", [since.toString()])).rows.length;

test("what is sent from one place is counted for all web processes, and by a hash that names nobody", async () => {
  const other = await createApp(world.parts);
  const person = asker.somebody();
  const check = await asker.answerAll(person);
  const sends = (key: string, app = world.app) =>
    app.inject({
      method: "POST",
      url: "/information/ask",
      remoteAddress: "198.51.100.201",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({
        draft: asker.older(check, { key: key.padStart(32, "p") }),
        step: "check",
      }).toString(),
    });
  for (let at = 0; at < 20; at++) await sends(String(at), at % 2 === 0 ? world.app : other);
  for (const app of [world.app, other]) assert.equal((await sends("one more", app)).statusCode, 429);
  await other.close();
  const { rows } = await world.ownerPool.query<{ said: string }>(
    "select outside_sendings::text as said from outside_sendings",
  );
  assert.ok(rows.length > 0);
  const plain = Buffer.from("198.51.100.201").toString("hex");
  assert.ok(rows.every(({ said }) => !said.includes("198.51.100") && !said.includes(plain)));
  await mustBeDenied(officer, "select 1 from outside_sendings");
});

test("the same words from many are doubtful whichever process takes them, and a form sent again counts once", async () => {
  const base = Temporal.Now.instant().add({ hours: 240 });
  const from = (now: Temporal.Instant) => ({ pool: world.store.pool, secret: world.parts.secret, now });
  const note = (once: string, now = base, most = 3) =>
    howOften(from(now), { what: "words", from: "how many trees", once }, { withinMinutes: 60, most });
  assert.deepEqual([await note("a"), await note("a"), await note("b"), await note("c")], [0, 0, 1, 2]);
  const together = await Promise.all(["d", "e", "f"].map((once) => note(once)));
  assert.deepEqual(together, [3, 3, 3], "no more is noted than is counted");
  assert.equal(await note("g", base.add({ minutes: 61 })), 0, "an hour later");
  assert.equal(await counted(base), 4);
  await forgetHowOften(world.ownerPool, base.add({ hours: 24 }));
  assert.equal(await counted(base), 4, "it is kept for a day");
  await forgetHowOften(world.ownerPool, base.add({ hours: 24, seconds: 1 }));
  assert.equal(await counted(base), 1);
  // Whoever sends next clears what is old as well, should no schedule run.
  await note("h", base.add({ hours: 72 }));
  assert.equal(await counted(base), 1);
});

test("what was taken for no request can be let in for 90 days, and is deleted then; what waits is kept", async () => {
  const person = asker.somebody();
  const holds = async (subject: string) => {
    const check = await asker.answerAll(person, {
      ...usualAnswers,
      subject: { subject },
      question: { question: `${subject}?` },
    });
    return String((await asker.send(person, check, { website: "https://spam.example" })).headers.location);
  };
  const waits = await holds("Waits for somebody");
  const refused = await holds("Cheap watches");
  const wronged = await holds("My allotment");
  const browser = await world.as(officer);
  const act = async (subject: string, deed: "take" | "refuse") => {
    const { rows } = await world.ownerPool.query<{ id: string }>(
      "select id from held_submissions where said->'values'->>'subject' = $1",
      [subject],
    );
    return browser.post(`/public-requests/${rows[0]?.id}/${deed}`, {}, { from: "/public-requests" });
  };
  for (const subject of ["Cheap watches", "My allotment"]) assert.equal((await act(subject, "refuse")).statusCode, 303);
  assert.match(words(await person.get(refused)), /We did not take this as a request .*We delete it 90 days after that/);
  assert.match(
    words(await browser.get("/public-requests")),
    /Taken for no request Each is deleted 90 days .*My allotment.*Let it in after all/,
  );
  assert.equal((await act("Cheap watches", "refuse")).statusCode, 409, "it is decided once");
  assert.equal((await act("My allotment", "take")).statusCode, 303);
  assert.match(words(await person.get(wronged)), /My allotment/);
  const states = async () =>
    (
      await world.ownerPool.query<{ state: string }>("select distinct state from held_submissions order by state")
    ).rows.map(({ state }) => state);
  const soon = Temporal.Now.instant().add({ hours: heldKeptDays * 24 - 1 });
  assert.equal(await forgetHeldBy(world, soon), 0);
  assert.deepEqual(await states(), ["held", "refused", "taken"]);
  assert.equal(await forgetHeldBy(world, soon.add({ hours: 2 })), 2);
  assert.deepEqual(await states(), ["held"]);
  assert.equal((await person.get(refused)).statusCode, 404);
  assert.match(words(await person.get(wronged)), /My allotment/, "what became a request stays");
  assert.match(words(await person.get(waits)), /Somebody looks at your request first/);
});
