import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../../src/kernel/registry.ts";
import { Refusal } from "../../src/kernel/errors.ts";
import { change } from "../../src/kernel/store/change.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import { search } from "../../src/kernel/store/search.ts";
import { evaluate } from "../../src/kernel/measures/evaluate.ts";
import { periodNamed, todayAt } from "../../src/kernel/measures/periods.ts";
import type { Stored, Tx, Who } from "../../src/kernel/transaction.ts";
import { suggestArticles } from "../../src/modules/knowledge/suggest.ts";
import { requests } from "../../src/modules/requests/module.ts";
import { desk } from "../../src/modules/desk/module.ts";
import { createImportWorld } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import { words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";

let world: ImportWorld;
let lead: Browser;
let officer: Browser;
let staff: Browser;
let joe: Who;

before(async () => {
  world = await createImportWorld();
  joe = await world.person("Joe Price", "staff");
  [lead, officer, staff] = [
    await world.as(await world.person("Dee Osei", "leadSupport")),
    await world.as(await world.person("Leah Bennett", "supportOfficer")),
    await world.as(joe),
  ];
});
after(() => world.close());

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(browser: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(browser.who!, work);
const runJobs = () => world.runJobs({ ...desk.jobs, ...requests.jobs });
const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;
const where = (answer: { headers: Record<string, unknown> }) => String(answer.headers["location"]);
const nextYear = Temporal.Now.plainDateISO().add({ years: 1 }).toString();

/** An article of the officer's, published by the lead. */
async function published(title: string, more: Record<string, unknown> = {}): Promise<Stored> {
  const draft = await as(officer, (tx) => create(tx, type("article"), { title, body: "Press the button.", ...more }));
  return as(lead, (tx) => move(tx, type("article"), draft.id, draft.version, "publish", { reviewOn: nextYear }));
}

test("a laptop fault from the portal to the rating, and what was learnt becomes an article", async () => {
  await published("Connect to Wi-Fi on a council laptop", { synonyms: "internet, wireless" });
  assert.equal(where(await staff.get("/")), "/help", "whoever only asks begins at the portal");
  const home = await staff.get("/help");
  assert.match(words(home), /What do you need\?.*Is something broken\?.*Others read/);
  assert.doesNotMatch(home.body, /r-nav__link/, "and is not shown what officers work with");

  // As they type, a beginning of a word, and a word that only the article’s other words have.
  for (const typed of ["lapt", "wireless", "my intern"]) {
    const found = await staff.get(`/help?q=${encodeURIComponent(typed)}`, { "turbo-frame": "help-found" });
    assert.match(words(found), /Connect to Wi-Fi on a council laptop.*None of these\? .*Report a problem/, typed);
    assert.doesNotMatch(found.body, /<html/, "alone, without what surrounds a page");
  }
  assert.match(words(await staff.get("/help?q=laptop")), /What do you need.*This may answer it/);

  const begun = await staff.post("/help/report", { q: "My laptop is frozen" }, { from: "/help?q=zebra" });
  assert.match(where(begun), /ask=summary/, "what was typed is not typed again, nor asked whether something is broken");
  assert.match((await staff.get(where(begun))).body, /My laptop is frozen/);
  const draft = /draft=([0-9a-f-]+)/.exec(where(begun))?.[1] ?? assert.fail();
  let at = where(begun);
  for (let turn = 0; !/ask=check/.test(at); turn++) {
    assert.ok(turn < 12, at);
    const ask = /ask=(\w+)/.exec(at)?.[1] ?? assert.fail(at);
    const answers: Record<string, string> = {
      summary: "My laptop is frozen",
      details: "It froze. Ring Joe Price on 07700 900123",
      impact: "3",
      urgency: "2",
      sensitivity: "normal",
    };
    const given = { _ask: ask, _draft: draft, ...(answers[ask] ? { [ask]: answers[ask] } : {}) };
    const answered = await staff.post("/tickets/questions", given, { from: at });
    assert.equal(answered.statusCode, 303, `${ask}: ${words(answered)}`);
    at = where(answered);
  }
  const sent = await staff.post("/tickets/new", {}, { from: at });
  const ticketAt = where(sent);
  assert.match(ticketAt, /^\/tickets\/INC-/);
  const mine = await staff.get(ticketAt);
  assert.match(words(mine), /We have it.*nobody has taken it yet.*We mean to answer by/);
  assert.doesNotMatch(mine.body, /r-nav__link/);
  assert.match(words(await staff.get("/help/tickets")), /My laptop is frozen INC-|My laptop is frozen .*New/);

  // The officer sees the likely article, sends it in one click, and resolves the rest.
  const theirs = await officer.get(ticketAt);
  assert.match(words(theirs), /Help articles .*Connect to Wi-Fi on a council laptop.*Answer with this/);
  const reference = ticketAt.split("/").at(-1)!;
  const article = /\/help\/articles\/(ART-\d+)\/send/.exec(theirs.body)?.[1] ?? assert.fail();
  await officer.post(`/help/articles/${article}/send`, {}, { from: ticketAt });
  assert.match(words(await staff.get(ticketAt)), /This may help: Connect to Wi-Fi/);
  const replied = await staff.post(`${ticketAt}/comments`, { text: "No, it froze again" }, { from: ticketAt });
  assert.equal(replied.statusCode, 303);
  const now = () => as(officer, (tx) => find(tx, type("ticket"), reference));
  assert.ok((await now()).values["article"], "that it was used is kept with the ticket");
  await as(officer, async (tx) =>
    move(tx, type("ticket"), reference, (await find(tx, type("ticket"), reference)).version, "resolve", {
      resolution: "Joe Price's laptop needed a new battery: replace it",
    }),
  );
  assert.match(words(await staff.get(ticketAt)), /Is it solved\?.*Yes, it is solved.*No, it is not.*How did we do\?/);
  await staff.post(`${ticketAt}/moves/reopen`, { comment: "Still frozen" }, { from: `${ticketAt}/moves/reopen` });
  assert.match(words(await staff.get(ticketAt)), /Leah Bennett is working on it/);
  await as(officer, async (tx) =>
    move(tx, type("ticket"), reference, (await find(tx, type("ticket"), reference)).version, "resolve", {}),
  );
  const rate = `${ticketAt}/moves/rate`;
  await staff.post(rate, { rating: "4", ratingComment: "Quick" }, { from: ticketAt });
  const rated = await now();
  assert.deepEqual(
    [rated.values["rating"], rated.values["ratedPerson"], rated.values["ratedTeam"]],
    [4, officer.who!.personId, world.council.team],
  );
  await assert.rejects(
    world.store.as(joe, (tx) => move(tx, type("ticket"), reference, rated.version, "rate", { rating: 1 })),
    refused("impossible"),
    "it is said once",
  );
  await assert.rejects(
    as(lead, (tx) => move(tx, type("ticket"), reference, rated.version, "rate", { rating: 5 })),
    (error) => error instanceof Refusal,
    "and by nobody else",
  );
  await staff.post(`${ticketAt}/moves/close`, {}, { from: ticketAt });
  assert.match(words(await staff.get(ticketAt)), /It is solved and closed.*4 out of 5/);

  const written = await officer.post(`/help/tickets/${reference}/article`, {}, { from: ticketAt });
  const draftAt = where(written).replace(/\/edit$/, "");
  const text = words(await officer.get(draftAt));
  assert.match(text, /new battery/);
  assert.doesNotMatch(text, /\[name\].*Joe Price|07700/);
  const made = await as(officer, (tx) => find(tx, type("article"), draftAt.split("/").at(-1)!));
  assert.doesNotMatch(JSON.stringify(made.values), /Joe|Price|07700/);
  assert.equal((await staff.get(draftAt)).statusCode, 404, "a draft is not for staff");
});

test("whether articles avoid tickets is counted, and each figure leads to its readings", async () => {
  const article = await published("Set up remote working");
  const at = `/articles/${article.reference}`;
  const page = await staff.get(at);
  assert.match(words(page), /Press the button\..*Did this help\?/);
  const choose = { from: at, form: { article: article.reference } };
  await staff.post(`/help/articles/${article.reference}/solved`, choose.form, choose);
  await staff.post(`/help/articles/${article.reference}/not-solved`, { ...choose.form, words: "No picture" }, choose);
  await staff.post("/help/report", { ...choose.form, words: "" }, choose);
  const counted = async (name: string) => {
    const measure = world.registry.measures.get(name) ?? assert.fail();
    return as(lead, async (tx) => {
      const period = periodNamed("last-4-weeks", todayAt(tx.now)) ?? assert.fail();
      return (await evaluate(tx, { measure, by: "article", period, where: { article: [article.id] } })).total;
    });
  };
  assert.equal((await counted("tickets-avoided")).value, 1);
  assert.equal((await counted("tickets-after-article")).value, 1);
  assert.equal(Math.round((await counted("articles-share-solved")).value ?? 0), 33);
  const { rows } = await world.ownerPool.query("select views from article_views where article_id = $1", [article.id]);
  assert.ok(Number((rows[0] as { views: number }).views) >= 1, "opening it is counted");
  assert.match(words(await lead.get("/article-readings")), /No picture/);
});

test("what is not published, or is for the desk only, staff find nowhere", async () => {
  const desk = await published("Reset a quagga password", { audience: "desk" });
  const draft = await as(officer, (tx) => create(tx, type("article"), { title: "Quagga draft", body: "x" }));
  for (const { id, reference } of [desk, draft]) {
    assert.equal((await staff.get(`/articles/${reference}`)).statusCode, 404);
    await assert.rejects(
      world.store.as(joe, (tx) => find(tx, type("article"), id)),
      refused("unseen"),
    );
    await world.store.as(joe, async (tx) => {
      assert.deepEqual(await suggestArticles(tx, "quagga"), []);
      assert.equal((await search(tx, "quagga")).matches, 0);
    });
  }
  assert.deepEqual(
    (await as(officer, (tx) => suggestArticles(tx, "quagga"))).map(({ reference }) => reference),
    [desk.reference],
  );
  // Nor by asking for it, nor in another organisation, nor by odd words.
  const other = await world.another("Elsewhere");
  const stranger = await world.person("Str Anger", "leadSupport", { organisation: other });
  await world.store.as(stranger, async (tx) => {
    for (const odd of ["quagga", "'; drop table records; --", "\u0000", "& | ! ()", "a".repeat(5000), ":*", "\\"])
      assert.deepEqual(await suggestArticles(tx, odd), [], odd.slice(0, 20));
  });
  const published2 = await published("Quagga for all");
  const back = await as(officer, (tx) => move(tx, type("article"), published2.id, published2.version, "revise", {}));
  assert.equal(back.sensitivity, "restricted", "while it is changed again it is with those who write");
  await assert.rejects(
    as(officer, (tx) => move(tx, type("article"), draft.id, draft.version, "publish", { reviewOn: nextYear })),
    (error) => error instanceof Refusal,
    "nobody publishes what they wrote",
  );
  await assert.rejects(
    as(lead, (tx) => change(tx, type("article"), draft.id, draft.version, { sensitivity: "normal" })),
    refused("invalid"),
    "nor opens a draft by hand",
  );
});

test("an article that only mentions a word is found by staff, and not held up to officers as an answer", async () => {
  await published("Book a room", { body: "The tannoy is in the hall." });
  const ticket = await as(staff, (tx) => create(tx, type("ticket"), { summary: "The tannoy hums" }));
  assert.match(words(await staff.get("/help?q=tannoy")), /Book a room/);
  assert.doesNotMatch(words(await officer.get(`/tickets/${ticket.reference}`)), /Book a room/);
  const article = await published("Hear the tannoy");
  const path = `/tickets/${ticket.reference}`;
  const own = await staff.post(
    `/help/articles/${article.reference}/send`,
    { ticket: ticket.reference },
    { from: path },
  );
  assert.equal(own.statusCode, 403, "what officers sent is counted, so nobody sends themselves one");
});

test("an answer on the portal takes up a ticket that waits for it, once, and nobody else’s words do", async () => {
  const ticket = await as(staff, (tx) => create(tx, type("ticket"), { summary: "The tannoy crackles" }));
  const day = Temporal.Now.plainDateISO("Europe/London").add({ days: 3 }).toString();
  const asked = { waitingFor: "user", waitingReason: "Which floor?", reviewOn: day };
  await as(lead, (tx) => move(tx, type("ticket"), ticket.id, "any", "wait", asked));
  const path = `/tickets/${ticket.reference}`;
  const now = () => as(lead, (tx) => find(tx, type("ticket"), ticket.id));
  await lead.post(`${path}/comments`, { text: "We hope to hear soon", audience: "everyone" }, { from: path });
  await runJobs();
  assert.equal((await now()).state, "waiting_user");
  for (const text of ["The second", "By the lift"])
    assert.equal((await staff.post(`${path}/comments`, { text }, { from: path })).statusCode, 303);
  await runJobs();
  const { state, values } = await now();
  assert.equal(state, "assigned");
  assert.equal(values["reviewOn"], null, "and nobody is asked after it again");
});
