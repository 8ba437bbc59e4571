import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../../src/kernel/registry.ts";
import { change } from "../../src/kernel/store/change.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import type { Values } from "../../src/kernel/store/values.ts";
import type { Stored } from "../../src/kernel/transaction.ts";
import { policy as policyModule } from "../../src/modules/policy/module.ts";
import { rights } from "../../src/modules/rights/module.ts";
import { dayIn } from "../day-in.ts";
import { createImportWorld } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import { extract } from "../redacted-pdf.ts";
import { words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";
import { moves, sends } from "./answering-stage.ts";

let world: ImportWorld;
let staff: Browser;
let desk: Browser;
let lead: Browser;
let officer: Browser;
let director: Browser;
let administrator: Browser;
let rulesOnOutages: Stored;
let guide: Stored;
let article: Stored;

const type = (name: string) => typeNamed(world.registry, name);
const makes = (who: Browser, name: string, values: Values) =>
  world.store.as(who.who!, (tx) => create(tx, type(name), values));
const does = (who: Browser, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who.who!, (tx) => move(tx, type(record.type), record.id, "any", name, values));
const addressOf = ({ type: name, reference }: Stored) => `/${type(name).path}/${reference}`;
const reads = async (browser: Browser, address: string) => words(await browser.get(address));

/** Runs the jobs of modules until none waits, and lets none fail. */
async function runs(): Promise<void> {
  await world.runJobs({ ...rights.jobs, ...policyModule.jobs });
  const { rows } = await world.ownerPool.query("select kind, failure from jobs where failure is not null");
  assert.deepEqual(rows, []);
}

/** The newest record of a type with that title, as somebody may read it. */
async function called(name: string, title: string): Promise<Stored> {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from records where type = $1 and title = $2 order by opened_at desc limit 1",
    [name, title],
  );
  return world.system((tx) => find(tx, type(name), rows[0]?.id ?? assert.fail(`no ${name} is called ${title}`)));
}

const reviewOn = dayIn(300);

before(async () => {
  world = await createImportWorld();
  [staff, desk, lead, officer, director, administrator] = [
    await world.as("staff"),
    await world.as(await world.person("Leah Bennett", "supportOfficer")),
    await world.as(await world.person("Dee Osei", "leadSupport")),
    await world.as(await world.person("Nia Rowe", "policyManager")),
    await world.as(await world.person("Marcus Webb", "assistantDirector")),
    await world.as("administrator"),
  ];
  // A policy in force, guidance that rests on a clause of it, and an article that rests on it too and leads on to the guidance.
  const draft = await makes(officer, "policy", {
    title: "Outages of the network",
    purpose: "So that everybody knows what happens.",
    owner: officer.who!.personId,
    clauses: [
      { heading: "Telling", text: "Those affected by an outage are told within two hours." },
      { heading: "Learning", text: "Each outage is looked at within a month." },
    ],
  });
  await does(director, draft, "approve");
  rulesOnOutages = await does(officer, draft, "publish", {
    change: "material",
    changeReason: "The first version.",
    reviewOn,
  });
  const cites = [{ policy: rulesOnOutages.id, clause: 1 }];
  const published = async (title: string, more: Values) => {
    const made = await makes(desk, "article", { title, body: "Say what fails and since when.", cites, ...more });
    return does(lead, made, "publish", { reviewOn });
  };
  guide = await published("What to do in a network outage at the depot", { readers: "managers" });
  article = await published("When the network outage is over", { seeAlso: [guide.id] });
  const earlier = await makes(officer, "information_request", {
    subject: "Network outage at the depot last year",
    question: "How long did the network outage at the depot last, and how many people could not work?",
    receivedOn: dayIn(-20),
  });
  await does(officer, earlier, "answer", { decision: "granted", answer: "Two hours; 31 people." });
  await runs();
});
after(() => world.close());

test("an outage on the desk becomes a request, is told of by its timeline, answered beside what stands elsewhere, and goes back", async () => {
  // It begins on the desk, with what was said and a note among officers.
  const made = await makes(staff, "ticket", {
    summary: "Network outage at the depot",
    details: "Nobody could work. I want to know how long it lasted and how many people it kept from work.",
  });
  const ticket = addressOf(made);
  await sends(
    staff,
    `${ticket}/comments`,
    { text: "It was on Tuesday", "files[]": new File(["10:00 down"], "log.txt") },
    ticket,
  );
  await sends(desk, `${ticket}/comments`, { text: "The switch had failed", audience: "internal" }, ticket);

  // They ask for recorded information, so it goes on as a request and keeps its history.
  await moves(desk, ticket, "pass_to_rights", {
    passedAs: "information_request",
    passedSubject: "Network outage at the depot",
  });
  await runs();
  assert.match(await reads(desk, ticket), /Closed/);
  const request = addressOf(await called("information_request", "Network outage at the depot"));
  const history = await reads(officer, `${request}?tab=timeline`);
  assert.match(history, /The switch had failed/);
  assert.match(history, /It was on Tuesday/);
  assert.match(await reads(officer, `${request}?tab=files`), /log\.txt/);

  // What happened on the desk is taken in as a PDF, by somebody who may read both.
  const number = made.reference;
  await sends(administrator, `${request}/timeline-of`, { of: number }, request);
  const files = await administrator.get(`${request}?tab=files`);
  assert.match(words(files), new RegExp(`Timeline of ${number}\\.pdf`));
  const pdf = new Set([...files.body.matchAll(/\/files\/[0-9a-f-]{36}/g)].map(([href]) => href));
  const texts = await Promise.all(
    [...pdf].map(async (href) => {
      const answer = await administrator.get(href);
      return String(answer.headers["content-type"]).includes("pdf") ? (await extract(answer.rawPayload)).texts : [];
    }),
  );
  assert.match(
    texts.flat().join(" ").replaceAll(/\s+/g, " "),
    /The timeline of the ticket .*Internal\. The switch had failed/,
  );

  // Its question shows what was answered before and the guidance, and the way from there to the clause.
  const title = "How long did the network outage at the depot last?";
  const reference = request.split("/").at(-1)!;
  const question = await sends(
    officer,
    "/case-questions/new",
    { request: reference, title, details: "Of the network outage at the depot, and how many people could not work" },
    `/case-questions/new?request=${reference}`,
  );
  const beside = await officer.get(question);
  assert.match(words(beside), /May answer it: earlier answers .*Network outage at the depot last year/);
  assert.match(
    words(beside),
    new RegExp(`May answer it: records here .*${guide.reference} What to do in a network outage at the depot`),
  );
  assert.match(
    await reads(officer, `/policies/${rulesOnOutages.reference}`),
    new RegExp(`What rests on its clauses .*${guide.title}`),
  );
  const guidePage = await reads(desk, addressOf(guide));
  assert.match(guidePage, /Outages of the network/);
  const articleHelp = await staff.get(addressOf(article));
  assert.match(words(articleHelp), new RegExp(guide.title));

  // A material change of the clause tells both.
  const policyPage = `/policies/${rulesOnOutages.reference}`;
  await moves(officer, policyPage, "review");
  await world.store.as(officer.who!, async (tx) => {
    // The lines kind gives lines.
    const [telling, ...others] = (await find(tx, type("policy"), rulesOnOutages.id)).values[
      "clauses"
    ] as readonly Values[];
    const clauses = [{ ...telling, text: "Those affected by an outage are told within one hour." }, ...others];
    await change(tx, type("policy"), rulesOnOutages.id, "any", { clauses });
  });
  await moves(director, policyPage, "approve");
  const on = Temporal.PlainDate.from(reviewOn);
  await moves(officer, policyPage, "publish", {
    change: "material",
    changeReason: "One hour is what people need.",
    "reviewOn-day": String(on.day),
    "reviewOn-month": String(on.month),
    "reviewOn-year": String(on.year),
  });
  await runs();
  for (const one of [guide, article])
    assert.match(
      await reads(lead, `${addressOf(one)}?tab=timeline`),
      new RegExp(`Clause 1 of this policy has changed: .{0,2}${rulesOnOutages.reference}.{0,40}, version 2`),
      one.title,
    );

  // It turns out that they wanted their telephone mended: it goes back, with all that was said, and its question is asked no longer.
  await moves(officer, request, "to_desk", { comment: "The desk mends your telephone." });
  await runs();
  assert.match(await reads(officer, request), /Handled as ordinary business/);
  assert.match(await reads(officer, question), /Withdrawn|not needed any more/);
  const again = await called("ticket", "Network outage at the depot");
  assert.notEqual(again.reference, number);
  const back = addressOf(again);
  assert.match(
    await reads(desk, `${back}?tab=conversation`),
    /It was on Tuesday .*The switch had failed .*The desk mends your telephone/,
  );
  assert.match(await reads(desk, `${back}?tab=files`), /log\.txt/);
  assert.match(await reads(administrator, `${back}?tab=connected`), new RegExp(reference));
  assert.equal((await desk.get(request)).statusCode, 404, "the desk reads the ticket, and not the request");
  assert.match(await reads(staff, back), /Network outage at the depot/);
});
