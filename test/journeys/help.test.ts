import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../../src/kernel/registry.ts";
import { Refusal } from "../../src/kernel/errors.ts";
import { makeAbsence } from "../../src/kernel/organisation/absences.ts";
import { change } from "../../src/kernel/store/change.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import { search } from "../../src/kernel/store/search.ts";
import { evaluate } from "../../src/kernel/measures/evaluate.ts";
import { periodNamed, todayAt } from "../../src/kernel/measures/periods.ts";
import type { Stored, Tx, Who } from "../../src/kernel/transaction.ts";
import { suggestArticles } from "../../src/modules/knowledge/suggest.ts";
import { nextStep } from "../../src/modules/requests/steps.ts";
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

test("a request with two approvals and three teams, each step in plain words", async () => {
  const [mina, bert, deputy] = [
    await world.person("Mina Manager", "staff"),
    await world.person("Bert Budget", "serviceManager"),
    await world.person("Dora Deputy", "staff"),
  ];
  const item = await world.system(async (tx) => {
    const joesPerson = await find(tx, type("person"), joe.personId);
    await change(tx, type("person"), joe.personId, joesPerson.version, { manager: mina.personId });
    const teams = [];
    for (const name of ["Field support", "Systems", "Stores"]) teams.push(await create(tx, type("team"), { name }));
    const [field, systems, stores] = teams.map(({ id }) => id);
    const made = await create(tx, type("catalogue_item"), {
      name: "Laptop for a new starter",
      summary: "A laptop, set up and ready",
      queue: world.council.queue,
      owner: bert.personId,
      questions: [
        { label: "Who is it for?", kind: "text", required: true },
        { label: "Which kind?", kind: "choice", required: true, choices: "Light; Heavy duty" },
        { label: "Why heavy?", kind: "text", required: true, onlyIf: 2, onlyIfAnswer: "Heavy duty" },
        { label: "Needed from", kind: "date" },
      ],
      approvals: [{ by: "manager" }, { by: "service_owner", why: "the money" }],
      steps: [
        { what: "Take it from the shelf", team: stores, days: 1 },
        { what: "Set it up", team: systems, days: 2 },
        { what: "Bring it to the desk", team: field, days: 2, together: true },
      ],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  assert.match(words(await staff.get("/help?q=starter")), /You can ask for Laptop for a new starter/);
  const at = `/help/ask/${item.reference}`;
  assert.match(words(await staff.get(at)), /Approved by your line manager, then Bert Budget \(the money\)/);
  const wrong = await staff.post(
    at,
    { q1: "", q2: "c9", "q4-day": "40", "q4-month": "1", "q4-year": "2027" },
    { from: at },
  );
  assert.equal(wrong.statusCode, 422);
  assert.match(words(wrong), /Who is it for\? Answer this question.*Select one of the choices.*Enter a real date/);
  assert.match(wrong.body, /value="40"/, "nothing typed is lost");
  assert.equal(
    (await staff.post(at, { q1: "Ann", q2: "c2" }, { from: at })).statusCode,
    422,
    "what depends on an answer is asked for by it",
  );
  const sent = await staff.post(at, { q1: "Ann <b>", q2: "c1", q3: "is not asked" }, { from: at });
  const ticketAt = where(sent);
  const reference = ticketAt.split("/").at(-1)!;
  await runJobs();
  const ticket = () => world.system((tx) => find(tx, type("ticket"), reference));
  assert.deepEqual(
    ((await ticket()).values["answers"] as { question: string; answer: string }[]).map(({ answer }) => answer),
    ["Ann <b>", "Light", "Not answered"],
  );
  assert.match(
    words(await staff.get(ticketAt)),
    /It waits for Mina Manager to decide by .*The steps .*Waiting for a decision Decision by Mina Manager/,
  );

  // Nobody approves their own, nor what somebody else is asked; a person who only asked cannot make approvals up.
  const pending = async () => {
    const { rows } = await world.ownerPool.query<{ id: string; version: number }>(
      "select id, version from records where type = 'approval' and state = 'pending'",
    );
    assert.equal(rows.length, 1);
    return rows[0]!;
  };
  const first = await pending();
  const decide = (who: Who, which: { id: string; version: number }, name = "approve", values = {}) =>
    world.store.as(who, (tx) => move(tx, type("approval"), which.id, which.version, name, values));
  await assert.rejects(decide(joe, first), refused("forbidden"));
  await assert.rejects(decide(bert, first), refused("forbidden"));
  await assert.rejects(decide(deputy, first), refused("unseen"));
  await assert.rejects(
    world.store.as(joe, (tx) => create(tx, type("approval"), { title: "x", ticket: ticket as unknown as string })),
    refused("forbidden"),
  );
  const manager = await world.as(mina);
  assert.match(words(await manager.get("/help")), /Waiting for you Laptop for a new starter/);
  await decide(mina, first);
  await runJobs();
  await decide(bert, await pending(), "approve", { reason: "There is money for it" });
  await runJobs();
  assert.match(
    words(await staff.get(ticketAt)),
    /Stores does its part by .*Approved Decision by Bert Budget There is money for it.*To do Stores: Take it from the shelf/,
  );

  const tasks = async () =>
    (
      await world.ownerPool.query<{ id: string; version: number; state: string }>(
        "select r.id, r.version, r.state from records r join request_task t using (organisation_id, id) order by t.place",
      )
    ).rows;
  const finish = async (place: number) => {
    const task = (await tasks())[place] ?? assert.fail();
    await as(officer, (tx) =>
      move(tx, type("request_task"), task.id, task.version, "finish", { outcome: "Done and checked" }),
    );
  };
  assert.equal((await tasks()).length, 1, "the second wave waits for the first");
  await finish(0);
  await runJobs();
  assert.equal((await tasks()).length, 3, "two teams at the same time");
  const asOfficer = words(await officer.get(ticketAt));
  assert.match(asOfficer, /The steps of this request 2 of 5 under way.*Decision by Mina Manager.*Systems: Set it up/);
  assert.doesNotMatch(asOfficer, /Respond|Suggested for triage|It may be a known error/, "the catalogue says it all");
  // Both end at the same time, and each looks what comes next: nothing is given out or ended twice.
  await Promise.all([finish(1), finish(2)]);
  const { id } = await ticket();
  await Promise.all([world.system((tx) => nextStep(tx, id)), world.system((tx) => nextStep(tx, id))]);
  await runJobs();
  assert.equal((await ticket()).state, "resolved");
  assert.match(
    words(await staff.get(ticketAt)),
    /Everything that belongs to “Laptop for a new starter” has been done.*Is it solved\?/,
  );
});

test("a deputy decides while the approver is away, and a deputy who asked does not", async () => {
  const [olive, deputy] = [
    await world.person("Olive Owner", "headOfDelivery"),
    await world.person("Dan Deputy", "headOfDelivery"),
  ];
  const item = await world.system(async (tx) => {
    const made = await create(tx, type("catalogue_item"), {
      name: "A quieter room",
      summary: "With a door",
      queue: world.council.queue,
      owner: olive.personId,
      approvals: [{ by: "service_owner" }],
      steps: [{ what: "Find the room", team: world.council.team }],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  const at = `/help/ask/${item.reference}`;
  const approvalOf = async (browser: Browser) => {
    const sent = await browser.post(at, {}, { from: at });
    assert.equal(sent.statusCode, 303, words(sent));
    await runJobs();
    const { rows } = await world.ownerPool.query<{ id: string; version: number }>(
      "select r.id, r.version from records r join approval a using (organisation_id, id) join records t on t.id = a.ticket where t.reference = $1",
      [where(sent).split("/").at(-1)],
    );
    return rows[0] ?? assert.fail();
  };
  const [joes, own] = [await approvalOf(staff), await approvalOf(await world.as(deputy))];
  const decide = (
    { id, version }: { id: string; version: number },
    who: Who = { ...deputy, actsFor: olive.personId },
  ) => world.store.as(who, (tx) => move(tx, type("approval"), id, version, "approve", {}));
  await assert.rejects(decide(joes), refused("forbidden"), "not before she is away");
  const day = Temporal.Now.plainDateISO("Europe/London").toString();
  await world.store.as(olive, (tx) =>
    makeAbsence(tx, { delegate: deputy.personId, from: day, until: day, kinds: ["work"] }),
  );
  await assert.rejects(decide(joes, deputy), refused("forbidden"), "nor as himself");
  await assert.rejects(decide(own), refused("forbidden"), "nor on what he asked for");
  assert.equal((await decide(joes)).state, "approved");
  await runJobs();
  const { rows } = await world.ownerPool.query(
    "select 1 from records where type = 'request_task' and title like 'Find the room%'",
  );
  assert.equal(rows.length, 1);
});

test("answers are held to what can be read and kept, and show as words", async () => {
  const item = await world.system(async (tx) => {
    const made = await create(tx, type("catalogue_item"), {
      name: "A sign",
      summary: "With words on it",
      queue: world.council.queue,
      questions: [{ label: "Which words?", kind: "text", required: true }],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  const at = `/help/ask/${item.reference}`;
  for (const q1 of ["x".repeat(5000), "\u0000", "   "])
    assert.equal((await staff.post(at, { q1 }, { from: at })).statusCode, 422, q1.slice(0, 9));
  const sent = await staff.post(at, { q1: "<script>alert(1)</script> **bold** \u0000", q99: "forged" }, { from: at });
  await runJobs();
  const page = await staff.get(where(sent));
  assert.doesNotMatch(page.body, /<script>alert|<strong>bold/);
  assert.match(words(page), /It is resolved|We think that it is solved/, "with no steps there is nothing more to do");
  const draft = await world.system((tx) =>
    create(tx, type("catalogue_item"), { name: "Not yet", summary: "x", queue: world.council.queue }),
  );
  assert.equal((await staff.get(`/help/ask/${draft.reference}`)).statusCode, 404);
  assert.equal((await staff.post(`/help/ask/${draft.reference}`, {}, { from: "/help" })).statusCode, 404);
  assert.equal((await staff.get("/help/ask/ITM-999")).statusCode, 404);
  assert.equal((await world.visitor().get("/help")).statusCode === 200, false, "nobody who is not signed in");
});

test("what is declined says why, and whoever has no manager is decided on by the owner of the service", async () => {
  const bert = await world.person("Olga Owner", "serviceManager");
  const alone = await world.as(await world.person("Al One", "staff"));
  const item = await world.system(async (tx) => {
    const made = await create(tx, type("catalogue_item"), {
      name: "A mobile phone",
      summary: "With a number",
      queue: world.council.queue,
      owner: bert.personId,
      approvals: [{ by: "manager" }],
      steps: [],
    });
    return move(tx, type("catalogue_item"), made.id, made.version, "offer", {});
  });
  const at = `/help/ask/${item.reference}`;
  const ticketAt = where(await alone.post(at, {}, { from: at }));
  await runJobs();
  const owner = await world.as(bert);
  const list = await owner.get("/approvals?owner=me");
  const approvalAt = /\/approvals\/APR-\d+/.exec(list.body)?.[0] ?? assert.fail(words(list));
  await owner.post(
    `${approvalAt}/moves/decline`,
    { reason: "No money left this year" },
    { from: `${approvalAt}/moves/decline` },
  );
  await runJobs();
  const ended = words(await alone.get(ticketAt));
  assert.match(ended, /It was cancelled/);
  assert.match(ended, /This was declined\. The reason given: No money left this year/);
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
