import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx } from "../src/kernel/transaction.ts";
import { keepOpenSurveys, messages } from "../src/modules/messages/module.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { rawSql } from "./raw-sql.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let world: ImportWorld;
let manager: Browser;
let joe: Browser;

const survey = () => typeNamed(world.registry, "survey");
const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);
const { mustBeDenied } = rawSql(() => world);
const closesOn = Temporal.Now.plainDateISO("Europe/London").add({ days: 14 }).toString();
const questions = [
  { text: "Where do you live?", kind: "one", options: "North\nSouth", required: true },
  { text: "The library is open when I need it.", kind: "scale" },
  { text: "What should we mend?", kind: "words" },
];
const draft = (byLink: string | null, more: Record<string, unknown> = {}) =>
  as(manager, (tx) =>
    create(tx, survey(), {
      title: "Your library",
      purpose: "To choose its **hours**.",
      ...(byLink === null ? {} : { byLink }),
      closesOn,
      questions,
      breakdown: "question",
      breakdownQuestion: 1,
      ...more,
    }),
  );
const go = (one: Stored, name: string, values: Record<string, unknown> = {}) =>
  as(manager, (tx) => move(tx, survey(), one.id, "any", name, values));
async function opened(byLink: string): Promise<Stored> {
  const one = await go(await draft(byLink), "open");
  await world.runJobs(messages.jobs);
  return one;
}
async function linksOf(one: Stored, many: string): Promise<string[]> {
  const at = `/surveys/${one.reference}/links`;
  const file = await manager.post(at, { many }, { from: at });
  assert.equal(file.statusCode, 200, words(file));
  return [...file.body.matchAll(/\/surveys\/by-link\/[\w-]{32}/g)].map(([path]) => path);
}
let place = 0;
/** Somebody without an account, each at a place of their own unless told. */
const visit = (method: "GET" | "POST", url: string, form: Record<string, string> = {}, from?: string) =>
  world.app.inject({
    method,
    url,
    remoteAddress: from ?? `192.0.2.${(place = (place + 1) % 250)}`,
    ...(method === "POST"
      ? {
          headers: { "content-type": "application/x-www-form-urlencoded" },
          payload: new URLSearchParams(form).toString(),
        }
      : {}),
  });
const rows = async (text: string, values: readonly unknown[] = []) =>
  (await world.ownerPool.query<Record<string, unknown>>(text, [...values])).rows;

before(async () => {
  world = await createImportWorld();
  manager = await world.as(await world.person("Priya Nair", "policyManager"));
  joe = await world.as(await world.person("Joe Price", "staff"));
});
after(() => world.close());

test("a link of one’s own takes one answer, with no cookie, and apart from that it was used", async () => {
  const one = await opened("personal");
  const [first = "", second = ""] = await linksOf(one, "12");
  const page = await visit("GET", first);
  assert.equal(page.statusCode, 200);
  assert.equal(page.headers["set-cookie"], undefined);
  assert.equal(page.headers["cache-control"], "no-store");
  assert.equal(page.headers["referrer-policy"], "no-referrer");
  assert.match(words(page), /Your library.*Why we ask.*This link takes one answer.*Where do you live\? .*North South/);
  const wrong = await visit("POST", first, { "question-3": "The <b>door</b>" });
  assert.equal(wrong.statusCode, 422);
  assert.match(words(wrong), /Answer “Where do you live\?”/);
  assert.match(wrong.body, /The &lt;b&gt;door/);
  assert.equal((await visit("POST", first, { "question-1": "1", website: "x" })).statusCode, 422);
  const taken = await visit("POST", first, { "question-1": "1", "question-2": "4", "question-3": "The door" });
  assert.deepEqual([taken.statusCode, taken.headers.location], [303, `${first}?answered=yes`]);
  assert.equal(taken.headers["set-cookie"], undefined);
  assert.match(words(await visit("GET", first)), /Thank you Your answers are kept without your name/);
  assert.equal((await visit("POST", first, { "question-1": "2" })).headers.location, first, "it is no second answer");
  assert.deepEqual(await rows("select part, answers from survey_answers where survey_id = $1", [one.id]), [
    { part: "1", answers: { "1": 1, "2": 4, "3": "The door" } },
  ]);
  assert.match(words(await visit("GET", second)), /Where do you live/);
  assert.match(words(await manager.get(`/surveys/${one.reference}`)), /1 of 12 links used so far/);
  const columns = await rows(
    "select column_name as name from information_schema.columns where table_name in ('survey_links', 'survey_answers') order by 1",
  );
  assert.deepEqual(
    columns.map(({ name }) => name),
    [
      "answers",
      "id",
      "key_sha256",
      "organisation_id",
      "organisation_id",
      "part",
      "personal",
      "survey_id",
      "survey_id",
      "used",
    ],
  );
  for (const table of ["survey_links", "survey_answers"]) await mustBeDenied(manager.who!, `select 1 from ${table}`);
});

test("by one link for everybody whoever has it answers, it is shown again, and a place is bounded", async () => {
  const one = await opened("open");
  const at = `/surveys/${one.reference}/links`;
  assert.equal((await manager.post(at, {}, { from: at })).statusCode, 303);
  const shown = words(await manager.get(at));
  const link = /\/surveys\/by-link\/[\w-]{32}/.exec(shown)?.[0] ?? "";
  assert.equal(
    (await manager.post(at, {}, { from: `/surveys/${one.reference}` })).statusCode,
    303,
    "made twice it is one",
  );
  for (let nth = 0; nth < 60; nth++)
    assert.equal(
      (await visit("POST", link, { "question-1": nth < 51 ? "1" : "2" }, "198.51.100.7")).statusCode,
      303,
      `${nth}`,
    );
  const more = await visit("POST", link, { "question-1": "1" }, "198.51.100.7");
  assert.ok([422, 429].includes(more.statusCode), String(more.statusCode));
  assert.match(words(await manager.get(`/surveys/${one.reference}`)), /60 answers so far/);

  await go(one, "close");
  assert.match(words(await visit("GET", link)), /over and takes no more answers/);
  assert.equal((await visit("POST", link, { "question-1": "1" })).headers.location, link);
  await go(one, "publish");
  const results = words(await joe.get(`/surveys/${one.reference}/results`));
  assert.match(results, /60 answers by a link that anybody may have passed on/);
  assert.match(results, /South Not shown/, "nothing is shown of nine");
  assert.doesNotMatch(results, /North 51/, "nor of the others, by which the nine could be told");
  assert.deepEqual(await rows("select 1 from survey_answers where survey_id = $1", [one.id]), []);
  await as(manager, (tx) =>
    change(tx, survey(), one.id, "any", {
      did: [{ said: "It closes too early", done: "Open until 8", kind: "other" }],
    }),
  );
  assert.match(words(await visit("GET", link)), /You said, we did.*It closes too early Open until 8/);
});

test("when results are published it is forgotten which links were used, and of fewer than ten nothing is shown", async () => {
  const one = await opened("personal");
  const links = await linksOf(one, "11");
  for (const link of links.slice(0, 9)) await visit("POST", link, { "question-1": "1" });
  await go(one, "close");
  await go(one, "publish");
  assert.match(
    words(await joe.get(`/surveys/${one.reference}/results`)),
    /Fewer than 10 of 11 people answered, so nothing is shown/,
  );
  assert.deepEqual(await rows("select distinct used from survey_links where survey_id = $1", [one.id]), [
    { used: false },
  ]);
});

test("links are for whoever looks after surveys, while it is open; unknown keys and cancelled surveys lead nowhere", async () => {
  const one = await draft("personal");
  const at = `/surveys/${one.reference}/links`;
  assert.equal((await manager.post(at, { many: "12" }, { from: at })).statusCode, 422);
  await go(one, "open");
  assert.equal((await joe.get(at)).statusCode, 404);
  await mustBeDenied(joe.who!, "select add_survey_links($1, array[sha256('x')])", [one.id]);
  const many = await manager.post(at, { many: "5001" }, { from: at });
  assert.equal(many.statusCode, 422);
  assert.match(words(many), /give a number from 1 to 5,000/);
  const [link = ""] = await linksOf(one, "10");
  assert.equal((await visit("GET", "/surveys/by-link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).statusCode, 404);
  assert.equal((await visit("GET", "/surveys/by-link/%00")).statusCode, 404);
  await go(one, "cancel", { comment: "No" });
  assert.equal((await visit("GET", link)).statusCode, 404);
  assert.equal((await visit("POST", link, { "question-1": "1" })).statusCode, 404);
});

test("a survey asks an audience or people outside, never both or neither, and reminds nobody whom it does not know", async () => {
  const invalid = (said: RegExp) => (error: unknown) => error instanceof Refusal && said.test(error.message);
  await assert.rejects(draft(null), invalid(/select an audience, or how people outside are asked/));
  const audience = await as(manager, (tx) =>
    create(tx, typeNamed(tx.registry, "audience"), { name: "All", everyone: true }),
  );
  await assert.rejects(draft("open", { audience: audience.id }), invalid(/either an audience or people outside/));
  await assert.rejects(
    draft("open", { breakdown: "team", breakdownQuestion: null }),
    invalid(/people outside have no team/),
  );
  const one = await opened("open");
  await assert.rejects(go(one, "remind"), invalid(/nobody can be reminded/));
  await world.ownerPool.query(
    "update survey set closes_on = (now() at time zone 'Europe/London')::date + 1, opened_on = opened_on - 3 where id = $1",
    [one.id],
  );
  await world.system(keepOpenSurveys);
  assert.deepEqual(await rows("select reminded_on from survey where id = $1", [one.id]), [{ reminded_on: null }]);
});
