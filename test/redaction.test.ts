import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pino from "pino";
import { listJobs } from "../src/kernel/jobs/jobs.ts";
import { runJob } from "../src/kernel/jobs/run.ts";
import { registry } from "../src/records.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { extract, makePdf } from "./redacted-pdf.ts";
import { temporaryFolder } from "./running.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let officer: Browser;

before(async () => {
  folder = await temporaryFolder();
  world = await createWebWorld({ filesFolder: folder.path });
  officer = await world.as("policyManager");
});
after(async () => {
  await world.close();
  await folder.remove();
});

const jane = "Jane Smithson";
const letter = () =>
  makePdf([
    `Dear ${jane}, thank you for your letter about the road. Ring us on 01234 567 890. AB 12 34 56 C is yours.`,
    `The engineer spoke to Smithson on site. Nothing else was said.`,
  ]);

/** Sends a PDF to be redacted, for a request where one is given. Gives the address of its page. */
async function sent(bytes: Buffer, more: Record<string, string> = {}, browser = officer) {
  const original = new File([new Uint8Array(bytes)], "letter.pdf", { type: "application/pdf" });
  const form = { title: "Letter about the road", original, ...more };
  const made = await browser.post("/redactions/new", form, { from: "/redactions/new" });
  assert.equal(made.statusCode, 303, words(made));
  return String(made.headers.location);
}

/** Does the jobs that wait, as the worker would, and gives what the last one said. */
async function work(browser = officer): Promise<string> {
  const kinds = Object.assign({}, ...registry.modules.map(({ jobs }) => jobs));
  const jobs = await world.store.as(browser.who!, (tx) => listJobs(tx, { states: ["waiting"] }));
  for (const { id } of jobs)
    await runJob(
      { ...world, kinds, filesFolder: folder.path, log: pino({ level: "silent" }) },
      { organisation: browser.who!.organisationId, job: id },
    );
  const [last] = await world.store.as(browser.who!, (tx) => listJobs(tx));
  return last?.result ?? last?.failure ?? "";
}

const mark = (browser: Browser, page: string, form: Record<string, string | readonly string[]>, number = 1) =>
  browser.post(
    `${page}/marking?page=${number}`,
    { section: "s40_2", ...form },
    { from: `${page}/marking?page=${number}` },
  );
const valuesOf = (body: string, name: string) =>
  [...body.matchAll(new RegExp(`name="${name}" value="([^"]+)"`, "g"))].map(([, value]) => value!);
const at = (page: string) => page.split("/").at(-1)!;

test("an officer marks what is found, typed, ticked and placed, and the copy lacks it everywhere but the original", async () => {
  const request = await world.store.as(officer.who!, (tx) =>
    create(tx, typeNamed(tx.registry, "information_request"), {
      subject: "The road",
      question: "All letters",
      applicant: jane,
    }),
  );
  const page = await sent(await letter(), { request: request.reference });
  const first = await officer.get(`${page}/marking?page=1`);
  assert.equal(first.statusCode, 200, words(first));
  assert.match(words(first), /Name: Jane Smithson It is the name of whoever made the request/);
  assert.match(words(first), /Phone number: 01234 567 890 .*National Insurance number: AB 12 34 56 C/);
  const suggested = valuesOf(first.body, "suggested");
  assert.equal(suggested.length, 3);
  assert.equal((await officer.get(`${page}/picture?page=1`)).headers["content-type"], "image/jpeg");

  const marked = await mark(officer, page, { suggested: [suggested[0]!, suggested[2]!] });
  assert.equal(marked.statusCode, 303, words(marked));
  const survey = words(await officer.get(`${page}/survey`));
  assert.match(survey, /2 pages of 2 to look at again/);
  assert.match(survey, /Page 2 0 words that are marked elsewhere stand here unmarked/);
  assert.equal((await mark(officer, page, { do: "typed", typed: "smithson" }, 2)).statusCode, 303);
  const ticked = valuesOf((await officer.get(`${page}/marking?page=2`)).body, "word");
  assert.equal((await mark(officer, page, { word: ticked.slice(0, 2), kind: "words" }, 2)).statusCode, 303);
  const placed = { left: "20", top: "200", width: "50", height: "20", section: "s38" };
  assert.equal((await mark(officer, page, placed, 2)).statusCode, 303);
  assert.match(
    words(await officer.get(`${page}/survey`)),
    /1 page of 2 to look at again/,
    "the council’s number stays",
  );

  const made = await officer.post(`${page}/moves/make`, {}, { from: page });
  assert.equal(made.statusCode, 303, words(made));
  assert.match(await work(), /The copy of 2 pages is made, and nothing under its 6 marks is left in it/);
  const done = await officer.get(page);
  assert.match(words(done), /Redacted/);
  const href = /href="(\/files\/[^"]+)"[^>]*>RED-\d+ redacted\.pdf/.exec(done.body)?.[1] ?? assert.fail(words(done));
  const copy = await officer.get(href);
  const { texts, beside } = await extract(copy.rawPayload);
  assert.doesNotMatch(JSON.stringify([texts, beside]), /Jane|Smithson|AB 12|engineer/i);
  assert.match(texts[0]!, /01234\s+567\s+890/);
  assert.match(texts[1]!, /s38/);
  assert.match(
    words(await officer.get(`/information-requests/${request.reference}`)),
    /Redacted copy, made from the original on RED-/,
  );
});

test("the timeline, the schedule and its file tell pages, sections and kinds, and never the words", async () => {
  const page = await sent(await letter());
  await mark(officer, page, { do: "found", section: "r13" });
  const told = await world.store.as(officer.who!, async (tx) =>
    JSON.stringify(await timeline(tx, await find(tx, typeNamed(tx.registry, "redaction"), at(page)), {})),
  );
  assert.match(told, /"section":"r13"/);
  assert.doesNotMatch(told, /AB 12|01234/);
  const shown = await officer.get(`${page}/schedule`);
  assert.match(
    words(shown),
    /1 reg 13 personal data Phone number 1 1 reg 13 personal data National Insurance number 1/,
  );
  const file = await officer.get(`${page}/schedule.csv`);
  assert.match(file.body, /1,reg 13 personal data,Phone number,1\r\n/);
  assert.match(words(await officer.get(page)), /Page 1: phone number reg 13 personal data/);
});

test("a mark can be taken off, twice the same is one, and nothing can be marked once the copy is asked for", async () => {
  const page = await sent(await letter());
  const drawn = "700 700 900 150";
  assert.equal((await mark(officer, page, { drawn })).statusCode, 303);
  await mark(officer, page, { drawn: [drawn, "700 3000 900 150"] });
  assert.match(words(await officer.get(`${page}/schedule`)), /2 marks on 1 page so far/);
  assert.equal((await mark(officer, page, { do: "off:1 700 3000 900 150" })).statusCode, 303);
  assert.match(words(await officer.get(`${page}/schedule`)), /1 mark on 1 page so far/);
  await officer.post(`${page}/moves/make`, {}, { from: page });
  assert.equal((await mark(officer, page, { drawn: "1 1 900 900" })).statusCode, 409);
  assert.match(words(await officer.get(`${page}/marking`)), /This can no longer be marked/);
  await work();
  assert.match(words(await officer.get(page)), /Redacted/);
});

test("what cannot be marked, read or redacted says so, and is never a fault of ours", async () => {
  const page = await sent(await letter());
  for (const [form, said] of [
    [{}, /Tick a suggestion or a word, or draw a mark/],
    [{ section: "s99", drawn: "1 1 9 9" }, /Select the section/],
    [{ section: "constructor", drawn: "1 1 9 9" }, /Select the section/],
    [{ drawn: "-1 0 0 x" }, /Tick a suggestion/],
    [{ suggested: "name;1 1 999999999 1;\u0000" }, /Tick a suggestion/],
    [{ left: "ten" }, /From the left edge: enter millimetres/],
    [{ left: "0", top: "0", width: "0", height: "0" }, /Width and height must be more than 0/],
    [{ do: "typed", typed: " " }, /Enter the words to mark/],
    [{ do: "typed", typed: "nowhere" }, /These words do not stand in this document/],
  ] as const) {
    const answer = await mark(officer, page, form);
    assert.equal(answer.statusCode, 422, JSON.stringify(form));
    assert.match(words(answer), said);
  }
  for (const query of ["?page=0", "?page=501", "?page=x", "?page=1e3", "?page=-1"])
    assert.equal((await officer.get(`${page}/marking${query}`)).statusCode, 404, query);
  const beyond = await officer.get(`${page}/marking?page=3`);
  assert.equal(beyond.statusCode, 409);
  assert.match(words(beyond), /This PDF has 2 pages/);
  assert.match(words(await officer.post(`${page}/moves/make`, {}, { from: page })), /Nothing is marked yet/);
  assert.match(words(await officer.post(`${page}/moves/finish`, {}, { from: page })), /not possible/);

  const text = new File(["Only text"], "letter.pdf", { type: "application/pdf" });
  const noPdf = await officer.post("/redactions/new", { title: "A text", original: text }, { from: "/redactions/new" });
  assert.equal(noPdf.statusCode, 422);
  assert.match(words(noPdf), /PDF to redact: send a PDF/);
  const shut = await sent(await makePdf(["Shut"], undefined, { userPassword: "key" }));
  const refused = await officer.get(`${shut}/marking`);
  assert.equal(refused.statusCode, 409);
  assert.match(words(refused), /protected with a password/);
});

test("a mark on a page that the PDF has not sends the redaction back to marking, with the reason on its page", async () => {
  const page = await sent(await letter());
  await mark(officer, page, { drawn: "700 700 900 150" }, 9).catch(() => undefined);
  const stored = await officer.post(
    `${page}/marking?page=9`,
    { section: "s40_2", drawn: "700 700 900 150" },
    { from: page },
  );
  assert.equal(stored.statusCode, 303);
  await officer.post(`${page}/moves/make`, {}, { from: page });
  assert.match(await work(), /Page 9 is marked, and the PDF has 2/);
  const back = words(await officer.get(page));
  assert.match(back, /Being marked/);
  assert.match(back, /Why no copy was made Page 9 is marked/);
});

test("a PDF that is attached to a request is redacted from there, and stays where it is", async () => {
  const request = await world.store.as(officer.who!, (tx) =>
    create(tx, typeNamed(tx.registry, "information_request"), { subject: "The bridge", question: "All letters" }),
  );
  const address = `/information-requests/${request.reference}`;
  const files = new File([new Uint8Array(await letter())], "bridge.pdf", { type: "application/pdf" });
  const said = await officer.post(`${address}/comments`, { text: "Found this", "files[]": files }, { from: address });
  assert.equal(said.statusCode, 303, words(said));
  const href =
    /href="([^"]+\/redact\/[^"]+)"/.exec((await officer.get(address)).body)?.[1] ?? assert.fail("no way to redact");
  assert.match(words(await officer.get(href)), /Redact bridge\.pdf/);
  assert.equal((await officer.post(href, { title: " " }, { from: href })).statusCode, 422);
  const begun = await officer.post(href, { title: "Letter on the bridge" }, { from: href });
  assert.equal(begun.statusCode, 303, words(begun));
  assert.match(words(await officer.get(String(begun.headers.location))), /Page 1 of 2/);
  assert.match((await officer.get(address)).body, /bridge\.pdf/);
  const elsewhere = address.replace(request.reference, "FOI-2026-0001");
  assert.equal((await officer.get(href.replace(address, elsewhere))).statusCode, 404, "a file of another request");
  assert.equal((await (await world.as("assistantDirector")).get(href)).statusCode, 404, "who may not redact");
});

test("nobody outside a redaction sees its pages, pictures, marks or files, nor that it is there", async () => {
  const page = await sent(await letter());
  await mark(officer, page, { do: "found" });
  const body = (await officer.get(page)).body;
  const original = /href="(\/files\/[^"]+)"/.exec(body)![1]!;
  for (const role of ["staff", "leadSupport", "assistantDirector"] as const) {
    const other = await world.as(role);
    const addresses = [
      page,
      ...["marking", "picture?page=1", "survey", "schedule", "schedule.csv"].map((end) => `${page}/${end}`),
      original,
    ];
    for (const address of addresses) assert.equal((await other.get(address)).statusCode, 404, `${role} ${address}`);
    assert.equal((await mark(other, page, { drawn: "1 1 90 90" })).statusCode, 404, role);
    assert.doesNotMatch((await other.get("/search?q=letter")).body, /RED-/);
  }
  assert.equal((await world.visitor().get(`${page}/picture?page=1`)).statusCode, 303);
});
