import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { keepContent } from "../src/kernel/files/content.ts";
import { addFile } from "../src/kernel/files/files.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { checkAsWorker } from "./publication-check.ts";
import { refused } from "./raw-sql.ts";
import { makePdf } from "./redacted-pdf.ts";
import { temporaryFolder } from "./running.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let officer: Who;
let director: Who;

before(async () => {
  folder = await temporaryFolder();
  world = await createWebWorld({ filesFolder: folder.path });
  officer = await world.person("Nia Rowe", "policyManager");
  director = await world.person("Di Rector", "assistantDirector");
});
after(async () => {
  await world.close();
  await folder.remove();
});

type Values = Record<string, unknown>;

const type = () => typeNamed(world.registry, "publication");
const get = (url: string) => world.app.inject({ url });
const draft = (values: Values = {}) =>
  world.store.as(officer, (tx) =>
    create(tx, type(), {
      title: "Spending on school crossing patrols",
      question: "What was spent on school crossing patrols in each year?",
      answer: "£40,000 in each of three years.",
      answeredOn: "2026-05-04",
      topic: "roads",
      decision: "granted",
      ...values,
    }),
  );
const now = (record: Stored, who = officer) => world.store.as(who, (tx) => find(tx, type(), record.id));
const does = (record: Stored, name: string, values: Values = {}, who = officer) =>
  world.store.as(who, (tx) => move(tx, type(), record.id, "any", name, values));

/** Has it checked as the worker would. Gives what came of it. */
async function publish(record: Stored): Promise<string> {
  await does(record, "publish");
  return checkAsWorker(world, folder.path, officer);
}

/** The pages are kept for two seconds: a test waits for no clock but asks with a word that nobody asked with before. */
let asks = 0;
const log = (word: string) => {
  asks += 1;
  return get(`/information/answers?q=${word}+or+zz${asks}`);
};
const answerOf = async (record: Stored) => {
  const { rows } = await world.store.pool.query<{ answer: { state: string } | null }>(
    "select reeve.public_answer($1, $2) as answer",
    [officer.organisationId, record.reference],
  );
  return rows[0]?.answer ?? null;
};

test("an answer that passed the check is read by everybody, found by its words, and followed in a feed", async () => {
  const record = await draft();
  assert.equal((await get(`/information/answers/${record.reference}`)).statusCode, 404);
  assert.match(await publish(record), /Nothing personal was found, and it is published/);
  assert.equal((await now(record)).state, "published");
  const second = await draft({
    title: "Trees <script>alert(1)</script> & lawns",
    question: "How many trees were felled?",
    topic: "environment",
  });
  await publish(second);
  const page = await get(`/information/answers/${second.reference}`);
  assert.match(words(page), /Granted in full .*What was asked.*What we answered/);
  assert.doesNotMatch(page.body, /<script>alert|noindex/);
  assert.equal(page.headers["set-cookie"], undefined);
  const whole = await get("/information/answers");
  assert.match(words(whole), /2 answers/);
  assert.match(
    words(await get("/information/answers?q=crossing+patrol")),
    /1 answer of 2 fit .*Spending on school crossing patrols/,
  );
  assert.match(words(await get("/information/answers?topic=environment")), /1 answer of 2 fit .*Trees/);
  assert.match(words(await get("/information/answers?year=2019")), /0 answers of 2 fit .*Nothing fits/);
  const feed = await get("/information/answers/feed");
  assert.match(String(feed.headers["content-type"]), /^application\/atom\+xml/);
  assert.match(feed.body, /<title>Trees &lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; lawns<\/title>/);
  const known = await world.app.inject({
    url: "/information/answers/feed",
    headers: { "if-none-match": String(feed.headers["etag"]) },
  });
  assert.equal(known.statusCode, 304);
});

test("what is personal is not let out, unless somebody else says why it may be", async () => {
  const request = await world.store.as(officer, (tx) =>
    create(tx, typeNamed(tx.registry, "information_request"), {
      subject: "My fine",
      question: "Why?",
      applicant: "Ifeoma Zeller",
      replyTo: "12 Mill Lane, Aldermoor",
    }),
  );
  const record = await draft({
    request: request.id,
    answer:
      "Dear Ms Zeller of 12 Mill Lane: call 07700 900 461 or write to a.person@example.org. AB 12 34 56 C is noted.",
  });
  const said = await publish(record);
  for (const found of [
    /one phone number/,
    /one e-mail address/,
    /one National Insurance number/,
    /the name of whoever asked/,
    /an address of whoever asked/,
  ])
    assert.match(said, found);
  assert.equal((await now(record)).state, "draft");
  assert.doesNotMatch(String((await now(record)).values["findings"]), /Zeller|07700|Mill Lane/);
  assert.equal(await answerOf(record), null);
  // Not by the move that the product makes, and not by whoever wrote it.
  const overruledBecause = "They asked us to name them";
  await does(record, "publish");
  await assert.rejects(does(record, "passed"), refused("impossible"));
  await does(record, "stop");
  await assert.rejects(does(record, "overrule", { overruledBecause }), /Somebody else must say/);
  await assert.rejects(does(record, "overrule", {}, director), refused("invalid"));
  await does(record, "overrule", { overruledBecause }, director);
  assert.match(await publish(record), /had been overruled, and it is published/);
  // Another word, and it is looked through anew.
  await does(record, "revise");
  await world.store.as(officer, (tx) =>
    change(tx, type(), record.id, "any", { answer: "Ring 07700 900 461 or 07700 900 462." }),
  );
  assert.match(await publish(record), /It is not published/);
});

test("a file goes out as a copy that a redaction proved, or as text that was read; anything else is found", async () => {
  const file = async (name: string, bytes: Buffer) => {
    const content = await keepContent(folder.path, Readable.from([bytes]), 1_000_000);
    return world.store.as(officer, async (tx) => (await addFile(tx, name, content)).id);
  };
  const pdf = await file("letter.pdf", await makePdf(["Ring 01234 567 890 about AB 12 34 56 C."]));
  const dirty = await draft({ title: "With a letter", files: [{ file: pdf }] });
  const said = await publish(dirty);
  assert.match(said, /“letter.pdf”: it is no copy that a redaction made and proved/);
  assert.match(said, /“letter.pdf”: one phone number/);
  assert.match(said, /“letter.pdf”: one National Insurance number/);
  assert.equal((await get(`/information/files/${dirty.reference}/${pdf}`)).statusCode, 404);
  const csv = await file("figures.csv", Buffer.from("year,pounds\n2024,40000\n"));
  const clean = await draft({ title: "With figures", files: [{ file: csv }] });
  assert.match(await publish(clean), /it is published/);
  const sent = await get(`/information/files/${clean.reference}/${csv}`);
  assert.equal(sent.body, "year,pounds\n2024,40000\n");
  assert.match(String(sent.headers["content-disposition"]), /^attachment/);
  const other = await get(`/information/files/${clean.reference}/${pdf}`);
  assert.equal(other.statusCode, 404);
  const rows = await file("people.csv", Buffer.from("name,mail\nA,someone@example.org\n"));
  assert.match(await publish(await draft({ title: "People", files: [{ file: rows }] })), /one e-mail address/);
  const sheet = await file("book.bin", Buffer.from([0, 1, 2, 3]));
  assert.match(await publish(await draft({ title: "A book", files: [{ file: sheet }] })), /only PDF and plain text/);
});

test("the postal address of whoever asked is found in a PDF, and the town that all share is not", async () => {
  const request = await world.store.as(officer, (tx) =>
    create(tx, typeNamed(tx.registry, "information_request"), {
      subject: "My street",
      question: "Why?",
      replyTo: "12 Mill Lane, Aldermoor, AM1 2BC",
    }),
  );
  const withFile = async (name: string, lines: string[]) => {
    const content = await keepContent(folder.path, Readable.from([await makePdf(lines)]), 1_000_000);
    const file = await world.store.as(officer, async (tx) => (await addFile(tx, name, content)).id);
    return publish(await draft({ title: name, request: request.id, files: [{ file }] }));
  };
  assert.match(
    await withFile("visit.pdf", ["We came to 12 Mill Lane,", "Aldermoor."]),
    /“visit.pdf”: an address of whoever asked/,
  );
  assert.match(await withFile("post.pdf", ["To: AM1 2BC"]), /“post.pdf”: an address of whoever asked/);
  assert.doesNotMatch(await withFile("town.pdf", ["Aldermoor mended 112 Mill Lane."]), /address of whoever asked/);
});

test("a withdrawn answer says so at its address, and a restricted or unpublished one is not there", async () => {
  const record = await draft({ title: "Was wrong" });
  await publish(record);
  await does(record, "withdraw", { withdrawnBecause: "The figures were those of another year." });
  const gone = await get(`/information/answers/${record.reference}`);
  assert.match(words(gone), /This answer was withdrawn .*The figures were those of another year\./);
  assert.doesNotMatch(words(gone), /Was wrong|£40,000/);
  assert.match(words(await log("patrols")), /Spending on school crossing patrols/);
  assert.doesNotMatch(words(await log("wrong")), /Was wrong/);
  const secret = await draft({ title: "Zephyrine matter" });
  await publish(secret);
  await world.store.as(officer, (tx) => change(tx, type(), secret.id, "any", { sensitivity: "restricted" }));
  assert.equal(await answerOf(secret), null);
  assert.doesNotMatch((await log("Zephyrine")).body, /Zephyrine matter/);
  assert.doesNotMatch((await log("patrols")).body, /Zephyrine/);
});

test("the publication scheme stands by its seven classes", async () => {
  const entry = await draft({
    kind: "scheme",
    title: "Payments over £500",
    schemeClass: "spend",
    about: "Each month, as a file",
    address: "https://aldermoor.example/spending",
    question: undefined,
    answer: undefined,
    decision: undefined,
    answeredOn: undefined,
  });
  await publish(entry);
  const page = await get("/information/scheme");
  assert.match(words(page), /What we spend and how we spend it Payments over £500 Each month, as a file/);
  assert.match(page.body, /href="https:\/\/aldermoor.example\/spending"/);
  await assert.rejects(
    world.store.as(officer, (tx) => create(tx, type(), { kind: "scheme", title: "Nowhere", schemeClass: "who" })),
    /Where it is read/,
  );
});

test("published answers are suggested before a request is sent, and what came of it is counted and nothing more", async () => {
  await publish(
    await draft({ title: "Potholes mended on main roads", question: "How many potholes were mended on main roads?" }),
  );
  const post = (form: Record<string, string>) =>
    world.app.inject({
      method: "POST",
      url: "/information/ask",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams(form).toString(),
    });
  const hidden = (page: { readonly body: string }, name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(page.body)?.[1] ?? "";
  let page = await get("/information/ask");
  const answers: Record<string, string>[] = [
    { kind: "information" },
    { subject: "Mending potholes" },
    { question: "How many potholes did you mend on the main road?" },
  ];
  for (const answer of answers)
    page = await post({ draft: hidden(page, "draft"), step: hidden(page, "step"), ...answer });
  assert.match(words(page), /This may already answer you .*Potholes mended on main roads/);
  assert.doesNotMatch(words(page), /Trees/);
  const reference = /name="go" value="open:(PUB-\d+)"/.exec(page.body)?.[1] ?? "";
  const opened = await post({ draft: hidden(page, "draft"), step: "suggestions", go: `open:${reference}` });
  assert.match(words(opened), /Does this answer you\?/);
  const goesOn = await post({ draft: hidden(opened, "draft"), step: "suggestions" });
  assert.match(words(goesOn), /Do you want the answer in a certain form\?/);
  const enough = await post({ draft: hidden(opened, "draft"), step: "suggestions", go: `enough:${reference}` });
  assert.equal(enough.headers.location, `/information/answers/${reference}?enough=yes`);
  const { rows } = await world.ownerPool.query(
    "select shown, opened, enough, asked from suggested_publications s join records r on r.id = s.publication_id where r.reference = $1",
    [reference],
  );
  assert.deepEqual(rows, [{ shown: 1, opened: 1, enough: 1, asked: 0 }]);
  const officers = await world.as(officer);
  assert.match(words(await officers.get("/public-requests")), /suggested 1 time .*opened 1 time, enough 1 time/);
});

test("every address of the log answers, whatever is asked of it", async () => {
  for (const query of [
    "q=%00",
    "q='%22%5C",
    "q=%26%7C%21%3A%2A",
    "year=9999&topic=../",
    "from=99999",
    "from=-1",
    `q=${"x".repeat(5000)}`,
    "q=a&q=b",
  ])
    assert.equal((await get(`/information/answers?${query}`)).statusCode, 200, query);
  for (const path of [
    "answers/PUB-99999",
    "answers/x",
    "files/PUB-00001/x",
    "of/x/answers",
    `of/${officer.personId}/answers`,
  ])
    assert.equal((await get(`/information/${path}`)).statusCode, 404, path);
  const flood = await Promise.all(Array.from({ length: 700 }, () => get("/information/answers")));
  assert.ok(
    flood.every(({ statusCode }) => statusCode === 200),
    "what is kept in memory is never refused",
  );
});
