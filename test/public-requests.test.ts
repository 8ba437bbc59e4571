import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { asFollower, asPublic } from "../src/kernel/at-the-door.ts";
import { hashOfKey } from "../src/kernel/outside/key.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { acknowledgeAll } from "../src/modules/rights/acknowledge.ts";
import { postbox } from "./postbox.ts";
import { hidden, publicAsker, usualAnswers as answers } from "./public-asker.ts";
import { refused } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;

let { somebody, answerAll, older, send, asked } = {} as ReturnType<typeof publicAsker>;

before(async () => {
  world = await createWebWorld();
  ({ somebody, answerAll, older, send, asked } = publicAsker(world));
  officer = await world.person("Nia Rowe", "policyManager");
});
after(() => world.close());

const type = () => typeNamed(world.registry, "information_request");
const newest = async (): Promise<Stored> => {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from records where type = 'information_request' order by id desc limit 1",
  );
  return world.store.as(officer, (tx) => find(tx, type(), rows[0]!.id));
};

test("anybody asks a question a page, without cookie or account, and follows it by a secret address", async () => {
  const person = somebody();
  const check = await answerAll(person);
  assert.match(words(check), /Check your answers .*School crossing patrols .*Ifeoma Zeller .*ifeoma@example.org/);
  const sent = await send(person, check);
  assert.equal(sent.statusCode, 303, words(sent));
  assert.equal(sent.headers["set-cookie"], undefined);
  const record = await newest();
  const { regime, applicant, replyTo, receivedBy } = record.values;
  assert.deepEqual([regime, applicant, replyTo, receivedBy], ["foi", "Ifeoma Zeller", "ifeoma@example.org", "form"]);
  assert.deepEqual([record.title, record.createdBy, record.requesterId], ["School crossing patrols", null, null]);
  const followed = await person.get(String(sent.headers.location));
  assert.match(words(followed), new RegExp(`Request sent .*${record.reference}.*By law we must answer by`));
  assert.equal(followed.headers["referrer-policy"], "no-referrer");
  assert.match(String(followed.headers["x-robots-tag"]), /noindex/);
  assert.equal(followed.headers["cache-control"], "no-store");
  assert.equal(followed.headers["set-cookie"], undefined);
});

test("what is missing is said beside its question, and nothing typed is lost", async () => {
  const person = somebody();
  const first = await person.get("/information/ask");
  const none = await person.post("/information/ask", { draft: hidden(first, "draft"), step: "kind" });
  assert.equal(none.statusCode, 422);
  assert.match(words(none), /There is a problem Select what you want to ask for/);
  const nobody = await answerAll(person, { ...answers, name: { name: "J" } });
  assert.match(words(nobody), /Enter your full name/);
  const nowhere = await answerAll(somebody(), { ...answers, reply: { email: "", address: "" } });
  assert.match(words(nowhere), /Enter an e-mail address or a postal address/);
  const wrong = await answerAll(somebody(), { ...answers, reply: { email: "not an address", address: "" } });
  assert.match(wrong.body, /value="not an address"/);
  assert.match(words(wrong), /must be an e-mail address/);
  const environment = { ...answers, kind: { kind: "environment" }, name: { name: "" } };
  assert.match(words(await answerAll(somebody(), environment)), /Check your answers/);
});

test("who asks can go back and change an answer", async () => {
  const person = somebody();
  const check = await answerAll(person);
  const back = await person.post("/information/ask", {
    draft: hidden(check, "draft"),
    step: "check",
    go: "to:subject",
  });
  assert.match(back.body, /value="School crossing patrols"/);
  const changed = await person.post("/information/ask", {
    draft: hidden(back, "draft"),
    step: "subject",
    subject: "Lollipop patrols",
  });
  assert.match(words(changed), /Check your answers .*Lollipop patrols/);
});

test("who asks for their own data is asked less, seen by few, and finds the answer at no address", async () => {
  const question = { question: "All that Housing has about me since 2024." };
  const { person, page } = await asked(somebody(), { ...answers, kind: { kind: "own" }, question });
  const sar = () => typeNamed(world.registry, "data_protection_request");
  const made = await world.store.as(officer, async (tx) => (await list(tx, sar(), { limit: 5 })).items[0]!);
  assert.deepEqual(
    [made.sensitivity, made.values["kind"], made.title],
    ["restricted", "access", "What is held about whoever asks"],
  );
  assert.match(words(await person.get(page)), /We are working on it .*By law we must answer by/);
  const director = await world.as("assistantDirector");
  assert.equal((await director.get(`/data-protection-requests/${made.reference}`)).statusCode, 404);
  await world.store.as(officer, async (tx) => {
    const identified = { identifiedOn: today(), identityBy: "passport" };
    await move(tx, sar(), made.id, "any", "identified", identified);
    await move(tx, sar(), made.id, "any", "answer", { decision: "granted", answer: "You live at 3 Elm Row." });
  });
  const answered = words(await person.get(page));
  assert.match(answered, /Answered .*We sent it to the address that you gave/);
  assert.doesNotMatch(answered, /Elm Row/);
});

test("a form that is sent again makes nothing more, and one that was changed is none of ours", async () => {
  const person = somebody();
  const check = await answerAll(person);
  const [one, two] = await Promise.all([send(person, check), send(person, check)]);
  assert.equal(one.headers.location, two.headers.location);
  const count = async () => (await world.ownerPool.query("select 1 from outside_requesters")).rows.length;
  const before = await count();
  assert.equal((await send(person, check)).headers.location, one.headers.location);
  assert.equal(await count(), before);
  const draft = hidden(check, "draft");
  for (const forged of ["", "x", `${draft.slice(0, -4)}AAAA`, "A".repeat(200_000)]) {
    const answer = await person.post("/information/ask", { draft: forged, step: "check" });
    assert.equal(answer.statusCode, 422);
    assert.match(words(answer), /came incomplete/);
  }
});

const says = (record: Stored, text: string, audience: "everyone" | "internal") =>
  world.store.as(officer, (tx) => comment(tx, type(), record.id, { text, audience }));
const does = (record: Stored, name: string, values: Record<string, unknown>) =>
  world.store.as(officer, (tx) => move(tx, type(), record.id, "any", name, values));
const today = () => Temporal.Now.plainDateISO("Europe/London").toString();

test("the receipt goes by mail with the due date and the address to follow it, then what is asked and the answer", async () => {
  const { deliver } = postbox(world);
  await world.system((tx) => acknowledgeAll(tx));
  await deliver();
  const { person, page } = await asked();
  const record = await newest();
  assert.equal(await world.system((tx) => acknowledgeAll(tx)), 1);
  const [receipt, ...none] = await deliver();
  assert.equal(none.length, 0);
  assert.equal(receipt?.to, "ifeoma@example.org");
  assert.equal(receipt?.subject, `[${record.reference}] School crossing patrols`);
  assert.match(receipt?.text ?? "", /By law we must answer by \d+ \w+ \d{4}/);
  assert.match(receipt?.text ?? "", new RegExp(`http://localhost:3000${page}`));
  await says(record, "The finance team is looking.", "internal");
  await does(record, "clarify", { askedOn: today(), comment: "Which schools do you mean?" });
  const mails = await deliver();
  assert.deepEqual(
    mails.map(({ text }) => /Which schools/.test(text)),
    [true],
  );
  assert.doesNotMatch(JSON.stringify(mails), /finance team/);
  const followed = words(await person.get(page));
  assert.match(followed, /We need something from you .*The council .*Which schools do you mean\?/);
  assert.doesNotMatch(followed, /finance team|Nia Rowe/);

  const replied = await person.post(`${page}/reply`, { text: "All of them. <script>alert(1)</script>", website: "" });
  assert.equal(replied.statusCode, 303, words(replied));
  assert.match(words(await person.get(page)), /You have written to us We are reading it\./);
  assert.equal((await deliver()).length, 0, "nobody is written to of their own words");
  const lines = await world.store.as(officer, (tx) => timeline(tx, record, { verbs: ["commented"] }));
  assert.equal(lines.at(-1)?.body?.by, "The person who asked");
  assert.doesNotMatch((await person.get(page)).body, /<script>alert/);

  await does(record, "clarified", { clarifiedOn: today() });
  await does(record, "answer", { decision: "granted", answer: "£40,000 in each year." });
  const [answer] = await deliver();
  assert.match(answer?.text ?? "", /£40,000 in each year/);
  assert.match(words(await person.get(page)), /Answered .*You get all that you asked for\. .*£40,000 in each year/);
});

test("who is not content asks for a review once, and follows that as well", async () => {
  const { person, page } = await asked();
  const early = await person.post(`${page}/review`, { text: "I want more" });
  assert.equal(early.statusCode, 422);
  const record = await newest();
  await does(record, "answer", { decision: "granted", answer: "It is attached." });
  const empty = await person.post(`${page}/review`, { text: " " });
  assert.match(words(empty), /There is a problem Enter why you are not content/);
  const asking = await Promise.all([
    person.post(`${page}/review`, { text: "Nothing was attached" }),
    person.post(`${page}/review`, { text: "Nothing was attached" }),
  ]);
  const made = asking.find(({ statusCode }) => statusCode === 303) ?? assert.fail();
  const review = await newest();
  assert.deepEqual([review.values["regime"], review.values["reviewOf"]], ["foi_review", record.id]);
  assert.equal(review.values["replyTo"], "ifeoma@example.org");
  const { rows } = await world.ownerPool.query("select 1 from information_request where review_of = $1", [record.id]);
  assert.equal(rows.length, 1);
  assert.match(words(await person.get(String(made.headers.location))), /Review: School crossing patrols/);
  assert.match(words(await person.get(page)), new RegExp(`look at it again: ${review.reference}`));
});

test("nothing but the key opens a request, and the key opens nothing else", async () => {
  const one = await asked();
  const other = await asked();
  const record = await newest();
  await world.store.as(officer, async (tx) => {
    const { version } = await find(tx, type(), record.id);
    await move(tx, type(), record.id, version, "answer", { decision: "granted", answer: "Yes" });
  });
  const person = somebody();
  for (const key of [
    record.reference,
    record.id,
    "A".repeat(32),
    one.key.slice(0, -1),
    one.key.toUpperCase(),
    `${one.key}x`,
    "..%2f..",
    "%00",
    "'--",
  ])
    assert.equal((await person.get(`/information/requests/${encodeURIComponent(key)}`)).statusCode, 404, key);
  const from = { pool: world.store.pool, registry: world.registry, key: one.key };
  await asFollower(from, async (tx, { recordId }) => {
    assert.notEqual(recordId, record.id);
    await assert.rejects(find(tx, type(), record.id), refused("unseen"));
    await assert.rejects(comment(tx, type(), record.id, { text: "Me too", audience: "everyone" }), refused("unseen"));
    await assert.rejects(move(tx, type(), recordId, "any", "withdraw", {}), refused("forbidden"));
    assert.equal((await list(tx, type(), { limit: 10 })).items.length, 1);
    assert.equal((await list(tx, typeNamed(tx.registry, "person"), { limit: 10 })).items.length, 0);
  });
  const { rows } = await world.ownerPool.query<{ kept: string }>(
    "select key_sha256::text || key_sealed::text as kept from outside_requesters",
  );
  assert.ok(rows.every(({ kept }) => !kept.includes(Buffer.from(other.key).toString("hex"))));
});

test("the database lets the public make a request and see nothing, whatever the code forgets", async () => {
  const { key } = await asked();
  const record = await newest();
  const { organisationId } = world.council;
  const from = { pool: world.store.pool, registry: world.registry, organisationId, type: "information_request" };
  const seen = async (text: ReturnType<typeof sql>) => (await asPublic(from, (tx) => text.execute(tx.db))).rows.length;
  for (const table of [
    "records",
    "information_request",
    "events",
    "files",
    "outside_requesters",
    "held_submissions",
    "person",
  ])
    assert.equal(await seen(sql`select 1 from ${sql.table(table)}`), 0, table);
  const denied = (work: Promise<unknown>) => assert.rejects(work, /permission denied|not allowed|no such/);
  await denied(asPublic({ ...from, type: "ticket" }, async () => {}));
  await denied(seen(sql`select key_sealed from outside_requesters`));
  const hash = hashOfKey("another");
  // The key of a request that somebody else made is not given to another.
  await denied(seen(sql`select keep_follower(${record.id}::uuid, 'me@example.org', ${hash}, ${hash})`));
  await asFollower({ ...from, key }, async (tx) => {
    const { rows } = await sql`select 1 from events where audience = 'internal'`.execute(tx.db);
    assert.equal(rows.length, 0);
    assert.equal((await sql`select 1 from records`.execute(tx.db)).rows.length, 1);
    assert.equal((await sql`update information_request set answer = 'Yes' returning 1`.execute(tx.db)).rows.length, 0);
  });
});

test("what is doubtful is held with the day that it came, and an officer lets it in or not; nobody is turned away", async () => {
  const person = somebody();
  const spam = {
    ...answers,
    question: { question: "See http://a.example http://b.example www.c.example http://d.example" },
  };
  const check = await answerAll(person, spam);
  const before = (await world.ownerPool.query("select 1 from information_request")).rows.length;
  const sent = await send(person, check, { website: "https://spam.example" });
  assert.equal(sent.statusCode, 303);
  assert.equal((await world.ownerPool.query("select 1 from information_request")).rows.length, before);
  const page = String(sent.headers.location);
  const told = words(await person.get(page));
  assert.match(told, /Somebody looks at your request first .*is kept.*Write to Aldermoor Borough Council/);
  const quick = await person.post("/information/ask", {
    draft: hidden(await answerAll(person), "draft"),
    step: "check",
  });
  const browser = await world.as(officer);
  const held = await browser.get("/public-requests");
  assert.match(
    words(held),
    /2 wait for somebody to look at .*A box that nobody sees was filled in.*It holds 4 web addresses/,
  );
  assert.match(words(held), /All was filled in within \d seconds/);
  const [first, second] = [...held.body.matchAll(/action="(\/public-requests\/[0-9a-f-]{36}\/take)"/g)].map(
    ([, at]) => at!,
  );
  const taken = await browser.post(second!, {}, { from: "/public-requests" });
  assert.equal(taken.statusCode, 303, words(taken));
  const record = await newest();
  assert.equal(record.values["applicant"], "Ifeoma Zeller");
  assert.match(words(await person.get(String(quick.headers.location))), new RegExp(record.reference));
  const refusing = await browser.post(first!.replace(/take$/, "refuse"), {}, { from: "/public-requests" });
  assert.equal(refusing.statusCode, 303);
  assert.match(words(await person.get(page)), /We did not take this as a request .*please reach us/);
  const again = await browser.post(second!, {}, { from: "/public-requests" });
  assert.equal(again.statusCode, 409);
  const staff = await world.as("staff");
  assert.equal((await staff.get("/public-requests")).statusCode, 403);
});

test("from one place so much is sent within an hour, and then the form says so and keeps everything", async () => {
  const person = somebody();
  const check = await answerAll(person);
  for (let at = 0; at < 20; at++)
    await person.post("/information/ask", {
      draft: older(check, { key: String(at).padStart(32, "k") }),
      step: "check",
    });
  const full = await send(person, check);
  assert.equal(full.statusCode, 429);
  assert.match(
    words(full),
    /Many requests have come from your connection .*reach us otherwise.*School crossing patrols/,
  );
});

test("no size, no byte and no flood makes a fault", async () => {
  const person = somebody();
  const page = await person.get("/information/ask");
  const draft = hidden(page, "draft");
  assert.equal(
    (await person.post("/information/ask", { draft, step: "kind", kind: "x".repeat(10_000_000) })).statusCode,
    413,
  );
  const forms: Record<string, string>[] = [
    { draft, step: "\u0000", kind: "information" },
    { draft, step: "__proto__", go: "to:__proto__" },
    { draft, step: "check" },
    { draft, step: "suggestions", go: "open:PUB-00001'--" },
    { draft, step: "kind", kind: "constructor" },
  ];
  for (const form of forms) assert.ok((await person.post("/information/ask", form)).statusCode < 500);
  const question = {
    ...answers,
    question: { question: "a\u0000b" },
    subject: { subject: "x\r\nBcc: all@example.org" },
  };
  assert.match(words(await answerAll(somebody(), question)), /must not contain control characters/);
  assert.match(words(await answerAll(somebody(), { ...question, subject: { subject: "x" } })), /must be ordinary text/);
  const flood = await Promise.all(Array.from({ length: 200 }, () => person.get("/information")));
  assert.ok(flood.every(({ statusCode }) => statusCode === 200));
});

test("where there are several organisations each has its own address, and a key tells of which it is", async () => {
  const { key } = await asked();
  const other = await world.another("Brackenshire County Council");
  const person = somebody();
  const base = `/information/of/${other.organisationId}`;
  assert.match(words(await person.get(`${base}/ask`)), /Brackenshire County Council/);
  assert.match(words(await person.get(`/information/requests/${key}`)), /Aldermoor Borough Council/);
  const { draft, step } = { draft: hidden(await person.get(`${base}/ask`), "draft"), step: "kind" };
  const elsewhere = `/information/of/${world.council.organisationId}/ask`;
  assert.match(words(await person.post(elsewhere, { draft, step, kind: "information" })), /came incomplete/);
  // The pages of the only organisation here are kept for two seconds after it is that no longer.
  assert.ok([200, 404].includes((await person.get("/information")).statusCode));
});
