import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { parse } from "csv-parse/sync";
import { typeNamed } from "../src/kernel/registry.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { disposeApproved } from "../src/kernel/retention/dispose.ts";
import { findDue } from "../src/kernel/retention/find-due.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { search } from "../src/kernel/store/search.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { limbsOf } from "../src/modules/rights/refusing/limbs.ts";
import { needed } from "../src/modules/rights/refusing/withheld.ts";
import type { Section } from "../src/modules/rights/refusing/sections.ts";
import { columns } from "../src/modules/rights/statistics/columns.ts";
import { requestsUnder } from "../src/modules/rights/statistics/count.ts";
import { figureClasses } from "../src/modules/rights/statistics/classes.ts";
import type { FigureName } from "../src/modules/rights/statistics/classes.ts";
import { derive } from "../src/modules/rights/statistics/figures.ts";
import { periodOf } from "../src/modules/rights/statistics/periods.ts";
import { statisticsForThePublic } from "../src/modules/rights/statistics/publish.ts";
import { statisticsOf } from "../src/modules/rights/statistics/statistics.ts";
import { rawSql } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Browser;
let who: Who;
let legal: Who;
const { mustBeDenied } = rawSql(() => world);

type Values = Record<string, unknown>;
const type = () => typeNamed(world.registry, "information_request");
const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const receive = (day: string, values: Values = {}, by = who) =>
  world.store.as(
    by,
    (tx) => create(tx, type(), { subject: "Printers", question: "How many?", receivedOn: day, ...values }),
    on(day),
  );
const does = (day: string, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, type(), record.id, "any", name, values), on(day));
const answer = async (day: string, record: Stored, decision: string, exemptions: Section[] = [], more: Values = {}) => {
  if (exemptions.length > 0) await signText(day, record, decision, exemptions);
  const words = exemptions.length > 0 ? {} : { answer: "This is what we hold." };
  return does(day, record, "answer", { decision, ...words, ...more });
};

/** What withholds something goes by a text that was signed, with every test of each section. */
async function signText(day: string, { id }: Stored, outcome: string, exemptions: readonly Section[]): Promise<void> {
  const texts = typeNamed(world.registry, "agreed_text");
  const chosen: Values = { duty: "say", likelihood: "likely", whose: "other" };
  const withheld = exemptions.map((section) => {
    const relied = { section, limb: limbsOf(section).at(-1) ?? null };
    const said = needed(relied).map((name) => [name, chosen[name] ?? "Because it is so."]);
    return { ...Object.fromEntries([["duty", "say"], ...said]), ...relied };
  });
  const costs = exemptions.includes("s12") ? [{ activity: "locating", what: "Boxes", minutes: 6000 }] : [];
  const sections = [{ heading: "Printers", text: "This is what we can say." }];
  const values = { request: id, title: "Printers", outcome, sections, withheld, costs };
  const text = await world.store.as(who, (tx) => create(tx, texts, values), on(day));
  await world.store.as(who, (tx) => move(tx, texts, text.id, "any", "submit", {}), on(day));
  await world.store.as(legal, (tx) => move(tx, texts, text.id, "any", "sign", {}), on(day));
}

/** What was received in the first quarter of 2026, as the tests below count it. */
before(async () => {
  world = await createWebWorld();
  officer = await world.as("policyManager");
  who = officer.who!;
  legal = await world.person("Quinn Law", "answerApprover");
  const signers = [{ role: "Legal", person: legal.personId, signsWhen: "withheld" }];
  await world.system((tx) =>
    create(tx, typeNamed(tx.registry, "answering_plan"), { name: "Ours", caseType: "information_request", signers }),
  );
  const inTime = await receive("2026-01-05", { area: "highways" });
  await answer("2026-01-20", inTime, "granted");
  const late = await receive("2026-01-06", { area: "highways", regime: "eir" });
  await answer("2026-03-16", late, "part", ["r12_4b", "r13"], { lateBecause: "The survey came late" });
  const extended = await receive("2026-01-07", { area: "planning" });
  await does("2026-02-03", extended, "extend", {
    extendedOn: "2026-02-03",
    extendedFor: "s43",
    extendedBecause: "Section 43 is weighed",
  });
  await answer("2026-02-16", extended, "refused", ["s43", "s21"]);
  const early = await receive("2026-01-08");
  await does("2026-01-20", early, "extend", {
    extendedOn: "2026-01-20",
    extendedFor: "s36",
    extendedBecause: "Section 36 is weighed",
  });
  await answer("2026-01-28", early, "not_held");
  await answer("2026-01-20", await receive("2026-01-09"), "refused", ["s12"]);
  await answer("2026-01-20", await receive("2026-01-09"), "refused", ["s14"]);
  await answer("2026-01-20", await receive("2026-01-09"), "advice");
  await does("2026-01-20", await receive("2026-01-12"), "clarify", { askedOn: "2026-01-20", comment: "Which floor?" });
  await does("2026-01-20", await receive("2026-01-12"), "withdraw");
  await receive("2026-03-02");
  const review = await receive("2026-02-02", { regime: "foi_review", reviewOf: extended.id });
  await answer("2026-02-20", review, "upheld_part");
  await receive("2025-12-31");
});
after(() => world.close());

const read = (name = "2026-q1", by = who, day = "2026-06-01") =>
  world.store.as(by, (tx) => statisticsOf(tx, periodOf(name, day)), on(day));

test("each figure counts what it says, late ones that are open still among them", async () => {
  const { tally, exemptions, of } = await read();
  const wanted = {
    received: 10,
    processed: 7,
    onHold: 2,
    processing: 1,
    environmental: 1,
    inTime: 5,
    extended: 1,
    late: 2,
    notYetDue: 0,
    advice: 1,
    notHeld: 1,
    granted: 1,
    part: 1,
    withheld: 3,
    pending: 1,
    vexatious: 1,
    repeated: 0,
    cost: 1,
    exemption: 1,
    exempted: 2,
    s43: 1,
    r13: 1,
    r12_4b: 1,
    s21: 1,
    s21Part: 0,
    s21Full: 1,
    s21InTime: 1,
    s21Late: 0,
    reviews: 1,
    reviewsKnown: 1,
    reviewsPart: 1,
    reviewsDone: 1,
    reviews20: 1,
    extensions: 2,
    extensionsDone: 2,
    extensions5: 1,
    extensions10: 1,
  };
  for (const [name, many] of Object.entries(wanted)) assert.equal(tally[name as keyof typeof wanted], many, name);
  assert.equal(of("lateOpen"), 1);
  assert.deepEqual(
    exemptions.map(({ name, many }) => [name, many]),
    [
      ["s43", 1],
      ["r13", 1],
      ["r12_4b", 1],
    ],
  );
  const { inTimeShare, withExtensionShare, resolvable } = derive(tally);
  assert.deepEqual([inTimeShare, withExtensionShare, resolvable], [62.5, 75, 6]);
});

test("quarters and service areas add up to the year, and a quarter leaves the next year’s out", async () => {
  const { quarters, areas, of } = await read("2026");
  assert.deepEqual(
    quarters.map((one) => [one.name, one.of("received")]),
    [
      ["2026-q1", 10],
      ["2026-q2", 0],
      ["2026-q3", 0],
      ["2026-q4", 0],
    ],
  );
  assert.deepEqual(
    areas.map((one) => [one.area, one.of("received")]),
    [
      [null, 7],
      ["highways", 2],
      ["planning", 1],
    ],
  );
  assert.equal(of("received"), 10);
  assert.equal((await read("2025-26")).of("received"), 11);
});

test("every figure leads to just the requests that it counts", async () => {
  const period = periodOf("2026", "2026-06-01");
  const { of, tally } = await read("2026");
  const names: FigureName[] = [...(Object.keys(figureClasses) as (keyof typeof figureClasses)[]), "s43", "r13"];
  for (const figure of names) {
    const found = await world.store.as(
      who,
      (tx) => requestsUnder(tx, { figure, period, area: undefined, offset: 0, limit: 100 }),
      on("2026-06-01"),
    );
    assert.equal(
      found.length,
      figure in figureClasses ? of(figure as keyof typeof figureClasses) : tally[figure as "s43"],
      figure,
    );
  }
  const page = await officer.get("/rights/statistics/requests?period=2026&figure=late&area=highways");
  assert.equal(page.statusCode, 200);
  assert.match(words(page), /Requests late/);
  assert.equal(page.body.match(/FOI-2026-\d+/g)?.length, 2);
});

test("the page shows the figures with what each is a share of, and a wrong period is told beside its control", async () => {
  const page = await officer.get("/rights/statistics?period=2026-q1");
  assert.equal(page.statusCode, 200);
  assert.match(words(page), /Answered within 20 working days 5 62.5% received, less on hold or lapsed/);
  assert.match(words(page), /Under 90% the regulator’s band: unsatisfactory/);
  for (const asked of ["period=1999", "period=%00", "period=2026-q9", "period=2099", "period=2026-28"]) {
    const wrong = await officer.get(`/rights/statistics?${asked}`);
    assert.equal(wrong.statusCode, 422, asked);
    assert.match(words(wrong), /There is a problem Period:/);
    assert.match(wrong.body, /<a href="#filter-period">Period:/);
  }
  for (const asked of ["figure=nothing", "figure=toString", "area=%00", "from=-1", "from=9999999"]) {
    const wrong = await officer.get(`/rights/statistics/requests?period=2026&${asked}`);
    assert.equal(wrong.statusCode, 422, asked);
  }
});

test("a complaint to the regulator is counted by what became of our answer", async () => {
  const [request] = await world.store.as(
    who,
    (tx) =>
      requestsUnder(tx, {
        figure: "withheld",
        period: periodOf("2026", "2026-06-01"),
        area: undefined,
        offset: 0,
        limit: 1,
      }),
    on("2026-06-01"),
  );
  const complaints = () => typeNamed(world.registry, "information_complaint");
  const made = await world.store.as(
    who,
    (tx) =>
      create(tx, complaints(), {
        subject: "Cost",
        question: "Not 18 hours",
        kind: "regulator",
        aboutRequest: request!.id,
        receivedOn: "2026-03-20",
      }),
    on("2026-03-20"),
  );
  assert.deepEqual([(await read()).tally.complaints, (await read()).tally.complaintsKnown], [1, 0]);
  await world.store.as(
    who,
    (tx) => move(tx, complaints(), made.id, "any", "conclude", { outcome: "not_upheld", lessons: "None" }),
    on("2026-04-20"),
  );
  const { tally } = await read();
  assert.deepEqual([tally.complaintsKnown, tally.complaintsUpheld, derive(tally).complaintsShare], [1, 1, 100]);
});

test("the file has the Cabinet Office’s columns by their names", async () => {
  const file = await officer.get("/rights/statistics/file.csv?period=2026-q1");
  const [head, row] = parse(file.body) as string[][];
  assert.deepEqual(
    head,
    columns.map(([name]) => name),
  );
  const at = (name: string) => row?.[head?.indexOf(name) ?? -1];
  assert.equal(at("Quarter"), "Q1 2026");
  assert.equal(at("Government body"), "Aldermoor Borough Council");
  assert.equal(at("Total requests received (excluding on-hold and lapsed)"), "8");
  assert.equal(at("Percentage of requests meeting 20-day deadline"), "62.5");
  assert.equal(at("4(b) - Manifestly unreasonable"), "1");
  assert.equal(at("ICO Total Complaints"), "1");
  assert.equal(at("IR uncompleted prev year Total last year"), "-");
});

test("figures that do not reconcile cannot be published, and what is published stays as it was", async () => {
  const now = Temporal.Now.zonedDateTimeISO("Europe/London").toPlainDate().toString();
  const early = await receive(now);
  const current = `${now.slice(0, 4)}-q${Math.ceil(Number(now.slice(5, 7)) / 3)}`;
  const form = await officer.get(`/rights/statistics/publish?period=${current}`);
  assert.match(words(form), /The period has ended: Figures of a period are published once it has ended/);
  const path = `/rights/statistics/publish?period=${current}`;
  const not = await officer.post(path, {}, { from: path });
  assert.ok([409, 422].includes(not.statusCode), String(not.statusCode));
  await does(now, early, "withdraw");
  const past = "/rights/statistics/publish?period=2026-q1";
  assert.match(words(await officer.get(past)), /All \d+ checks hold/);
  const done = await officer.post(past, {}, { from: past });
  assert.equal(done.statusCode, 303);
  const [published] = await statisticsForThePublic(world.store, who.organisationId);
  assert.ok(published);
  assert.equal(createHash("sha256").update(published.content, "utf8").digest("hex"), published.sha256);
  const content: unknown = JSON.parse(published.content);
  assert.ok(typeof content === "object" && content !== null && "counts" in content);
  assert.doesNotMatch(published.content, /Printers|FOI-2026/);
  const same = await officer.get(`/rights/statistics/published/${published.sha256}`);
  assert.equal(same.body, published.content);
  await mustBeDenied(who, `update published_statistics set content = '{}'`);
  await mustBeDenied(who, `delete from published_statistics`);
});

test("nobody learns of a restricted request, of another organisation’s, or of any without the permission", async () => {
  const before = (await read("2026")).of("received");
  const plain = await world.person("Ravi Shah", "assistantDirector");
  await receive("2026-02-10", { sensitivity: "restricted", area: "people" });
  assert.equal((await read("2026")).of("received"), before + 1);
  const theirs = await read("2026", plain);
  assert.equal(theirs.of("received"), before);
  assert.ok(theirs.areas.every(({ area }) => area !== "people"));
  assert.ok(theirs.checks.some(({ says, holds }) => says.startsWith("You see every request") && !holds));
  const other = await world.another("Brackenshire County Council");
  const stranger = await world.person("Ann Other", "policyManager", { organisation: other });
  assert.equal((await read("2026", stranger)).of("received"), 0);
  assert.deepEqual(await statisticsForThePublic(world.store, other.organisationId), []);
  const staff = await world.as("staff");
  for (const path of ["", "/requests", "/file.csv", "/publish", "/published"])
    assert.equal((await staff.get(`/rights/statistics${path}`)).statusCode, 404, path);
  assert.equal((await staff.post("/rights/statistics/publish?period=2026-q1")).statusCode, 404);
  const director = await world.as("assistantDirector");
  assert.equal((await director.get("/rights/statistics/publish")).statusCode, 404);
  await mustBeDenied(
    staff.who!,
    `insert into published_statistics (organisation_id, period, label, from_day, to_day, content, sha256, published_at, published_by)
     values ($1, '2026', '2026', '2026-01-01', '2026-12-31', '{}', encode(sha256('{}'), 'hex'), now(), $2)`,
    [staff.who!.organisationId, staff.who!.personId],
  );
});

test("closed requests are made anonymous on schedule, once approved and under no hold, and the figures stay as they were", async () => {
  const administrator = await world.as("administrator");
  const asker = await world.person("Sam Ito", "staff");
  const asAdministrator = <Result>(work: (tx: Tx) => Promise<Result>) => world.store.as(administrator.who!, work);
  const made = await receive("2026-03-03", {
    subject: "About the walrus",
    requester: asker.personId,
    applicant: "Wally Rus",
  });
  const held = await receive("2026-03-04", { subject: "About the narwhal" });
  const own = await world.store.as(
    asker,
    (tx) => create(tx, type(), { subject: "My walrus", question: "Where is it?" }),
    on("2026-03-05"),
  );
  for (const one of [made, held, own]) await answer("2026-03-20", one, "refused", ["s40"]);
  await world.store.as(who, (tx) => comment(tx, type(), made.id, { text: "The walrus rang", audience: "internal" }));
  const before = await read("2026");
  await asAdministrator((tx) =>
    create(tx, typeNamed(tx.registry, "retention_schedule"), {
      name: "Closed requests",
      recordType: "information_request",
      countsFrom: "closed",
      years: 2,
      action: "anonymise",
      authority: "Limitation Act 1980",
    }),
  );
  await asAdministrator((tx) =>
    create(tx, typeNamed(tx.registry, "legal_hold"), {
      name: "Tribunal",
      reason: "EA/2026/0001",
      records: [{ reference: held.reference }],
    }),
  );
  const now = Temporal.Now.instant().add({ hours: 24 * 1000 });
  await findDue({ ownerPool: world.ownerPool, registry: world.registry, now });
  const dispose = () =>
    disposeApproved({
      ownerPool: world.ownerPool,
      registry: world.registry,
      filesFolder: world.parts.filesFolder,
      now,
    });
  assert.equal(await dispose(), 0);
  const disposal = await asAdministrator(async (tx) => (await list(tx, typeNamed(tx.registry, "disposal"))).items[0]!);
  assert.equal(disposal.values["action"], "anonymise");
  await asAdministrator((tx) => move(tx, typeNamed(tx.registry, "disposal"), disposal.id, "any", "approve", {}));
  assert.ok((await dispose()) >= 2);
  const [after, kept] = await world.store.as(who, (tx) =>
    Promise.all([find(tx, type(), made.id), find(tx, type(), held.id)]),
  );
  assert.equal(after.title, "Erased");
  assert.equal(after.requesterId, null);
  assert.deepEqual([after.values["question"], after.values["applicant"], after.values["answer"]], [null, null, null]);
  assert.deepEqual(
    [after.values["decision"], after.values["exemptions"], after.values["receivedOn"]],
    ["refused", ["s40"], "2026-03-03"],
  );
  assert.equal(kept.title, "About the narwhal");
  assert.equal((await world.store.as(who, (tx) => find(tx, type(), own.id))).requesterId, null);
  assert.equal((await world.store.as(who, (tx) => search(tx, "walrus"))).found.length, 0);
  const { tally } = await read("2026");
  assert.deepEqual(tally, before.tally);
  const rows = await administrator.get(`/disposals/${disposal.reference}/records`);
  assert.match(words(rows), /Made anonymous Certificate/);
  assert.ok(!rows.body.includes(held.reference));
  assert.deepEqual((await verify({ ownerPool: world.ownerPool, registry: world.registry })).problems, []);
  // What was made anonymous is not listed for it again.
  await findDue({ ownerPool: world.ownerPool, registry: world.registry, now });
  assert.equal((await asAdministrator((tx) => list(tx, typeNamed(tx.registry, "disposal")))).items.length, 1);
});
