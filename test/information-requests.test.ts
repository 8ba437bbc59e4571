import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readHolidaysFile } from "../src/kernel/clocks/holidays-file.ts";
import { bankHolidays, DIVISIONS } from "../src/kernel/clocks/holidays.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { keepHolidays } from "../src/kernel/store/bank-holidays.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { moveAllDeadlines } from "../src/kernel/store/deadline-jobs.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { acknowledgeAll } from "../src/modules/rights/acknowledge.ts";
import { apiClient } from "./api-world.ts";
import { refused } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;
let asker: Who;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
  asker = await world.person("Sam Ito", "staff");
});
after(() => world.close());

type Values = Record<string, unknown>;

const type = () => typeNamed(world.registry, "information_request");
/** Ten o’clock on a day; of today no later than now. */
const on = (day: string) => {
  const [ten, now] = [Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant(), Temporal.Now.instant()];
  const isToday = now.toZonedDateTimeISO("Europe/London").toPlainDate().toString() === day;
  return { now: isToday && Temporal.Instant.compare(ten, now) > 0 ? now : ten };
};
const receive = (day: string, values: Values = {}) =>
  world.store.as(
    officer,
    (tx) =>
      create(tx, type(), {
        subject: "Spending on printers",
        question: "How much was spent, by year?",
        receivedOn: day,
        ...values,
      }),
    on(day),
  );
const does = (day: string, record: Stored, name: string, values: Values = {}) =>
  world.store.as(officer, (tx) => move(tx, type(), record.id, "any", name, values), on(day));
const answer = { decision: "granted", answer: "It was £40,000 in each of three years." };
const clocks = (record: Stored) =>
  world.store.as(officer, async (tx) => {
    const readings = await clocksOf(tx, type(), await find(tx, type(), record.id), true);
    return Object.fromEntries(
      readings.map((clock) => {
        const due = clock.dueAt?.subtract({ minutes: 1 }).toZonedDateTimeISO("Europe/London").toPlainDate().toString();
        return [clock.name, { ...clock, due: due ?? null }];
      }),
    );
  });
const dues = async (record: Stored) => {
  const { answer, workTo } = await clocks(record);
  return [answer?.state, answer?.due, workTo?.state];
};

test("a request is due on the 20th working day, and says so on its page, day by day and with the law", async () => {
  const record = await receive("2026-03-16");
  assert.deepEqual(await dues(record), ["running", "2026-04-16", "cancelled"]);
  const page = await (await world.as(officer)).get(`/information-requests/${record.reference}`);
  assert.match(words(page), /Answer due.*16 April 2026/);
  const ledger = words(await (await world.as(officer)).get(`/information-requests/${record.reference}/clocks/answer`));
  assert.match(ledger, /St Patrick’s Day, Northern Ireland/);
  assert.match(ledger, /Day 20 .*Working day 20 .*FOIA 2000 s10\(1\)/);
  assert.match(ledger, /Freedom of Information Act 2000 s10/);
});

test("a clarification starts fresh days, a second one again, and a corrected day counts as corrected", async () => {
  const record = await receive("2026-01-05");
  const comment = "Which years?";
  await does("2026-01-12", record, "clarify", { askedOn: "2026-01-12", comment });
  assert.deepEqual(await dues(record), ["paused", null, "cancelled"]);
  await does("2026-02-10", record, "clarified", { clarifiedOn: "2026-02-09" });
  assert.deepEqual((await dues(record))[1], "2026-03-09");
  await does("2026-02-20", record, "clarify", { askedOn: "2026-02-20", comment });
  await does("2026-03-16", record, "clarified", { clarifiedOn: "2026-03-16" });
  assert.deepEqual((await dues(record))[1], "2026-04-16");
  await assert.rejects(
    does("2026-03-20", record, "clarify", { askedOn: "2026-03-21", comment }),
    /a day that has been/,
  );
  await assert.rejects(
    does("2026-03-20", record, "clarify", { askedOn: "2026-01-04", comment }),
    /came on 5 January 2026/,
  );
  const corrects = (values: Values) => does("2026-03-20", record, "correct", { ...values, comment: "A slip" });
  await corrects({ clarifiedOn: "2026-03-18" });
  assert.deepEqual((await dues(record))[1], "2026-04-17");
  await corrects({ clarifiedOn: "2026-03-16" });
  await assert.rejects(corrects({ clarifiedOn: null }), /corrected, not taken away/);
  await assert.rejects(corrects({ extendedOn: "2026-03-18" }), /has not happened/);
  await assert.rejects(corrects({ clarifiedOn: "2026-03-21" }), /a day that has been/);
  // It had been received a day earlier than was written down, which the fresh start makes no difference to.
  await world.store.as(
    officer,
    (tx) => change(tx, type(), record.id, "any", { receivedOn: "2026-01-04" }),
    on("2026-03-18"),
  );
  assert.deepEqual((await dues(record))[1], "2026-04-16");
});

test("the days of a fee do not count, and a notice of extension must come in time", async () => {
  const record = await receive("2026-01-05");
  await does("2026-01-09", record, "charge", { feesNoticeOn: "2026-01-09", fee: 4500 });
  assert.equal((await dues(record))[0], "paused");
  await does("2026-01-23", record, "paid", { feesPaidOn: "2026-01-23" });
  assert.equal((await dues(record))[1], "2026-02-17");
  const extended = (extendedOn: string) => ({
    extendedOn,
    extendedFor: "s43",
    extendedBecause: "The balance is weighed",
  });
  const forNothing = { extendedOn: "2026-02-17", extendedBecause: "We are busy" };
  await assert.rejects(does("2026-02-17", record, "extend", forNothing), /exemption whose public interest is weighed/);
  await assert.rejects(
    does("2026-02-18", record, "extend", extended("2026-02-18")),
    /must be given by 17 February 2026/,
  );
  await does("2026-02-17", record, "extend", extended("2026-02-17"));
  assert.equal((await dues(record))[1], "2026-03-18");
});

test("an answer that is late says why, and one that withholds goes by an agreed text alone", async () => {
  const late = await receive("2026-03-16");
  await assert.rejects(does("2026-04-17", late, "answer", answer), /It was due on 16 April 2026/);
  await does("2026-04-17", late, "answer", { ...answer, lateBecause: "The figures came late" });
  assert.equal((await clocks(late))["answer"]?.outcome, "missed");
  const part = await receive("2026-03-16");
  const withholding = { ...answer, decision: "part", exemptions: ["s43"] };
  await assert.rejects(does("2026-04-16", part, "answer", withholding), /goes by an agreed text/);
  await does("2026-04-16", part, "answer", answer);
  const { answer: met } = await clocks(part);
  assert.deepEqual([met?.state, met?.outcome], ["stopped", "met"]);
  await assert.rejects(
    world.store.as(officer, (tx) => change(tx, type(), part.id, "any", { subject: "Another" })),
    refused("impossible"),
  );
});

test("the form of an answer offers what fits its law and its text, and nothing else is taken", async () => {
  const browser = await world.as(officer);
  const today = Temporal.Now.plainDateISO("Europe/London").toString();
  const form = async ({ reference }: Stored, name = "answer") => {
    const page = await browser.get(`/information-requests/${reference}/moves/${name}`);
    assert.equal(page.statusCode, 200, words(page));
    const keys = (field: string) =>
      [...page.body.matchAll(new RegExp(`name="${field}"[^>]*value="(\\w+)"`, "g"))].map(([, key]) => key);
    return { page, keys, words: words(page) };
  };
  const foi = await receive(today);
  const asked = await form(foi);
  assert.deepEqual(asked.keys("exemptions"), []);
  assert.match(asked.words, /To withhold anything, begin an agreed text/);
  assert.doesNotMatch(asked.words, /Why it is late/);
  assert.match((await form(await receive("2026-03-16"))).words, /Why it is late/);
  assert.match(asked.words, /Refused/);
  assert.doesNotMatch(asked.words, /Review: upheld/);
  const s43 = { ...answer, exemptions: ["s43"] };
  await assert.rejects(does(today, foi, "answer", s43), /Leave this empty: what withholds something goes by/);
  const eir = await receive(today, { regime: "eir" });
  assert.deepEqual((await form(eir)).keys("exemptions"), ["r12_4a"]);
  await assert.rejects(does(today, eir, "answer", s43), /select of these alone: reg 12\(4\)\(a\) not held/);
  assert.doesNotMatch((await form(eir, "extend")).page.body, /extendedFor/);
  assert.match((await form(foi, "extend")).page.body, /extendedFor/);
  const review = await receive(today, { regime: "foi_review", reviewOf: foi.id });
  const reviewed = await form(review);
  assert.match(reviewed.words, /Review: upheld/);
  assert.doesNotMatch(reviewed.words, /Granted in full/);
  // Where a text answers it, its decision is chosen, and there are no words to type.
  const text = await world.store.as(officer, (tx) =>
    create(tx, typeNamed(tx.registry, "agreed_text"), {
      request: foi.id,
      title: "Potholes",
      outcome: "granted",
      sections: [{ heading: "How many", text: "41." }],
    }),
  );
  const withText = await form(foi);
  assert.match(withText.words, new RegExp(`${text.reference} is the answer: its words and its sections go`));
  assert.doesNotMatch(withText.page.body, /name="answer"|Refused/);
  assert.match(withText.page.body, /value="granted" selected|value="granted"[^>]*checked/);
});

test("an environmental request and reviews go by their own law", async () => {
  const eir = await receive("2026-03-16", { regime: "eir" });
  await does("2026-04-16", eir, "extend", { extendedOn: "2026-04-16", extendedBecause: "Complex and voluminous" });
  assert.equal((await dues(eir))[1], "2026-05-15");
  const review = await receive("2026-03-16", { regime: "eir_review", reviewOf: eir.id });
  assert.equal((await dues(review))[1], "2026-05-15");
  const tooLate = { extendedOn: "2026-03-20", extendedBecause: "No" };
  await assert.rejects(does("2026-03-20", review, "extend", tooLate), /cannot be extended/);
  await assert.rejects(receive("2026-03-16", { regime: "foi_review" }), /Select a request under review/);
});

test("where another reading of the law gives an earlier day, boards go by that and the record says both", async () => {
  const record = await receive("2022-09-01");
  const { answer, workTo } = await clocks(record);
  assert.deepEqual([answer?.due, workTo?.state, workTo?.due], ["2022-09-30", "running", "2022-09-29"]);
  assert.equal(answer?.alternative?.due, "2022-09-29");
  const { rows } = await world.ownerPool.query<{ due: string }>(
    "select (next_due_at - interval '1 minute')::date::text as due from records where id = $1",
    [record.id],
  );
  assert.equal(rows[0]?.due, "2022-09-29");
});

test("a program reads the clocks, the other reading with them", async () => {
  const record = await receive("2022-09-01");
  const program = await apiClient(world, officer, ["read"]);
  const { clocks: read } = (await program.get(`/information-requests/${record.reference}`)).json();
  const [answer, workTo] = read;
  assert.deepEqual([answer.dueAt, workTo.dueAt], ["2022-09-30T23:00:00.000Z", "2022-09-29T23:00:00.000Z"]);
  assert.equal(answer.alternative.due, "2022-09-29");
  assert.match(answer.alternative.citation, /1971 s1\(3\); FOIA 2000 s10\(6\)/);
});

test("the product acknowledges what came, once, with the day, and nothing that has nobody to tell", async () => {
  const said = async (record: Stored) =>
    world.store.as(officer, async (tx) =>
      (await timeline(tx, record)).flatMap(({ verb, body, actorId }) =>
        verb === "commented" ? [[actorId, body?.text]] : [],
      ),
    );
  const today = Temporal.Now.plainDateISO("Europe/London").toString();
  const told = await receive(today, { requester: asker.personId });
  const nobody = await receive(today);
  const old = await receive("2026-03-16", { requester: asker.personId });
  await world.system((tx) => acknowledgeAll(tx));
  await world.system((tx) => acknowledgeAll(tx));
  const [[by, text] = [], ...more] = await said(told);
  assert.deepEqual([by, more.length], [null, 0]);
  assert.match(String(text), /^We received your request on .*By law we must answer by \d+ \w+ 20\d\d\./s);
  assert.deepEqual([...(await said(nobody)), ...(await said(old))], []);
});

test("who asks sees their own and nobody else's, and cannot handle it", async () => {
  const own = await world.store.as(asker, (tx) =>
    create(tx, type(), { subject: "Trees felled", question: "Which, and why?", regime: "eir" }),
  );
  assert.deepEqual([own.requesterId, own.values["receivedBy"]], [asker.personId, "form"]);
  const other = await receive("2026-03-16");
  await world.store.as(asker, async (tx) => {
    assert.equal((await find(tx, type(), own.reference)).id, own.id);
    await assert.rejects(find(tx, type(), other.reference), refused("unseen"));
    await assert.rejects(move(tx, type(), own.id, "any", "answer", answer), refused("forbidden"));
  });
  const elsewhere = await world.person("Vi Marsh", "staff");
  await world.store.as(elsewhere, (tx) => assert.rejects(find(tx, type(), own.reference), refused("unseen")));
});

test("nobody outside a restricted request learns that it exists", async () => {
  const record = await receive("2026-03-16", { subject: "Zephyrine matter", sensitivity: "restricted" });
  const director = await world.as(await world.person("Di Rector", "assistantDirector"));
  for (const path of [
    `/information-requests/${record.reference}`,
    `/information-requests/${record.reference}/clocks/answer`,
  ])
    assert.equal((await director.get(path)).statusCode, 404, path);
  for (const path of ["/information-requests?show=all", "/search?q=Zephyrine", "/information-requests.csv?show=all"])
    assert.doesNotMatch((await director.get(path)).body, /Zephyrine matter/, path);
});

test("days that cannot be are refused in a sentence, and no text makes a fault", async () => {
  await assert.rejects(receive("2026-03-16", { receivedOn: "2026-03-17" }), /today or a day that has been/);
  await assert.rejects(receive("2026-03-16", { receivedOn: "2009-12-31" }), /from 1 January 2010/);
  for (const receivedOn of ["soon", "2026-02-30", "\u0000", "9".repeat(10_000)])
    await assert.rejects(receive("2026-03-16", { receivedOn }), refused("invalid"));
});

test("a holiday that is proclaimed while a request runs moves it, shows both readings, and every clock is still proved", async () => {
  const today = Temporal.Now.plainDateISO("Europe/London");
  const record = await receive(today.subtract({ days: 1 }).toString());
  const [, before] = await dues(record);
  const taken = new Set(DIVISIONS.flatMap((division) => bankHolidays(division).map(({ date }) => date)));
  const proclaimed = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    .map((days) => today.add({ days }))
    .find((day) => day.dayOfWeek < 6 && !taken.has(day.toString()))!
    .toString();
  const years = [String(today.year), String(today.year + 1)];
  const file = DIVISIONS.map((division) => {
    const days = bankHolidays(division).filter(({ date }) => years.includes(date.slice(0, 4)));
    const events = days.map(({ date, name }) => ({ title: name, date, notes: "" }));
    if (division === "scotland") events.push({ title: "Jubilee", date: proclaimed, notes: "" });
    return [division, { division, events }] as const;
  });
  const text = JSON.stringify(Object.fromEntries(file));
  await keepHolidays(world.ownerPool, { file: readHolidaysFile(text), today: today.toString() });
  await moveAllDeadlines({ subject: "", asProduct: (work) => world.system(work), progress: async () => {} });
  const moved = await clocks(record);
  assert.ok(String(moved["answer"]?.due) > String(before));
  assert.deepEqual([moved["workTo"]?.state, moved["workTo"]?.due], ["running", before]);
  assert.match(moved["answer"]?.alternative?.reading ?? "", /proclaimed while the case runs/);
  const { rows } = await world.ownerPool.query<{ name: string; state: string }>(
    "select name, state from clocks where record_id = $1 order by name",
    [record.id],
  );
  assert.deepEqual(rows, [
    { name: "answer", state: "running" },
    { name: "workTo", state: "running" },
  ]);
  assert.deepEqual((await verify(world)).problems, []);
});
