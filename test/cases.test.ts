import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { verify } from "../src/kernel/memory/verify.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { joinRecords } from "../src/kernel/store/relations.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { acknowledgeAll } from "../src/modules/rights/acknowledge.ts";
import { takeIn } from "../src/modules/desk/mail/take-in.ts";
import { caseLetters } from "../src/modules/rights/cases/letters.ts";
import { chaseAll } from "../src/modules/rights/cases/searching.ts";
import { apiClient } from "./api-world.ts";
import { dayIn } from "./day-in.ts";
import { message } from "./mail-messages.ts";
import { rawSql, refused } from "./raw-sql.ts";
import { makePdf } from "./redacted-pdf.ts";
import { temporaryFolder } from "./running.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let officer: Who;
let holder: Who;
let asker: Who;
let member: Who;
let director: Who;

before(async () => {
  folder = await temporaryFolder();
  world = await createWebWorld({ filesFolder: folder.path });
  officer = await world.person("Nia Rowe", "policyManager");
  holder = await world.person("Hal Oduya", "systemsOfficer");
  asker = await world.person("Sam Ito", "staff");
  member = await world.person("Cllr Mo Finch", "councillor");
  director = await world.person("Di Rector", "assistantDirector");
});
after(async () => {
  await world.close();
  await folder.remove();
});

const { raw } = rawSql(() => world);

type Values = Record<string, unknown>;

const typeOf = (name: string) => typeNamed(world.registry, name);
/** A moment in London, ten o’clock unless told; of today no later than now. */
const at = (time: string) => {
  const [day, clock = "10:00"] = time.split("T");
  const named = Temporal.PlainDateTime.from(`${day}T${clock}`).toZonedDateTime("Europe/London").toInstant();
  const now = Temporal.Now.instant();
  return { now: day === today && Temporal.Instant.compare(named, now) > 0 ? now : named };
};
const make = (time: string, name: string, values: Values, who = officer) =>
  world.store.as(who, (tx) => create(tx, typeOf(name), values), at(time));
const does = (time: string, record: Stored, name: string, values: Values = {}, who = officer) =>
  world.store.as(who, (tx) => move(tx, typeOf(record.type), record.id, "any", name, values), at(time));
/** Each clock's state, its day or moment in London, and the other reading's day. */
const clocks = (record: Stored) =>
  world.store.as(officer, async (tx) => {
    const readings = await clocksOf(tx, typeOf(record.type), await find(tx, typeOf(record.type), record.id), true);
    return Object.fromEntries(
      readings.map((clock) => {
        const due = clock.dueAt
          ?.subtract({ minutes: clock.ends === "day" ? 1 : 0 })
          .toZonedDateTimeISO("Europe/London");
        const text = clock.ends === "day" ? due?.toPlainDate().toString() : due?.toPlainDateTime().toString();
        return [clock.name, { ...clock, due: text ?? null }];
      }),
    );
  });
const said = (record: Stored) =>
  world.store.as(officer, async (tx) =>
    (await timeline(tx, record)).flatMap(({ verb, body }) => (verb === "commented" ? [body?.text ?? ""] : [])),
  );
const today = Temporal.Now.plainDateISO("Europe/London").toString();
const access = (values: Values = {}): Values => ({ subject: "Care records", question: "All of it", ...values });
const answer = { decision: "granted", answer: "Here it is." };

test("a subject access request is paused by a question, both its days included, and says the other reading", async () => {
  const record = await make("2026-03-02", "data_protection_request", access({ receivedOn: "2026-03-02" }));
  assert.equal((await clocks(record))["answer"]?.due, "2026-04-02");
  await does("2026-03-10", record, "clarify", { askedOn: "2026-03-10", comment: "Which years?" });
  assert.equal((await clocks(record))["answer"]?.state, "paused");
  await does("2026-03-18", record, "clarified", { clarifiedOn: "2026-03-18" });
  const { answer: due, workTo } = await clocks(record);
  assert.deepEqual([due?.due, due?.alternative?.due, workTo?.due], ["2026-04-13", "2026-04-10", "2026-04-10"]);
  const page = words(
    await (await world.as(officer)).get(`/data-protection-requests/${record.reference}/clocks/answer`),
  );
  assert.match(page, /UK GDPR art 12A\(5\)/);
  await does("2026-04-13", record, "answer", answer);
  assert.equal((await clocks(record))["answer"]?.outcome, "met");
});

test("the month begins when it is known who asks, nothing of the proof is kept, and it is extended once, in time", async () => {
  const given = { kind: "third_party", dataSubject: "Rosa Pike", receivedOn: "2026-06-01" };
  const record = await make("2026-06-01", "data_protection_request", access(given));
  await does("2026-06-02", record, "ask_identity", {
    identityAskedOn: "2026-06-02",
    comment: "Please show us a letter",
  });
  const known = { identifiedOn: "2026-06-10", identityBy: "authority" };
  await assert.rejects(does("2026-06-10", record, "identified", known), /by what authority/);
  await world.store.as(officer, (tx) => change(tx, typeOf(record.type), record.id, "any", { authority: "solicitor" }));
  const seen = await does("2026-06-10", record, "identified", known);
  assert.deepEqual([seen.values["identitySeenBy"], seen.values["identityAskedOn"]], [officer.personId, null]);
  assert.equal((await clocks(record))["answer"]?.due, "2026-07-10");
  const extended = (extendedOn: string) => ({ extendedOn, extendedFor: "complex", extendedBecause: "Nine systems" });
  await assert.rejects(does("2026-07-13", record, "extend", extended("2026-07-13")), /told by 10 July 2026/);
  await does("2026-07-10", record, "extend", extended("2026-07-10"));
  assert.equal((await clocks(record))["answer"]?.due, "2026-09-10");
  await assert.rejects(does("2026-08-01", record, "extend", extended("2026-08-01")), /one extension/);
});

test("no refusal goes out without what allows it, why, and how to complain; what another body asks has no day by law", async () => {
  const record = await make(
    today,
    "data_protection_request",
    access({ kind: "erasure", requester: asker.personId, receivedOn: today }),
  );
  const no = { decision: "refused", answer: "We keep it." };
  const because = { exemptions: ["art17_3"], refusedBecause: "The law makes us keep it for six years." };
  // No words on the form are enough: neither there, nor to a program, nor where only part is refused.
  for (const given of [no, { ...no, ...because }, { ...no, ...because, decision: "part" }])
    await assert.rejects(does(today, record, "answer", given), /goes by an agreed text.*how they can complain/);
  const path = `/data-protection-requests/${record.reference}/moves/answer`;
  const browser = await world.as(officer);
  const form = await browser.get(path);
  assert.match(words(form), /To withhold anything, begin an agreed text/);
  assert.doesNotMatch(form.body, /name="exemptions"|name="refusedBecause"/);
  const sent = await browser.post(path, { decision: "refused", answer: "No." }, { from: path });
  assert.deepEqual([sent.statusCode, /goes by an agreed text/.test(words(sent))], [422, true]);
  const program = await apiClient(world, officer, ["admin"]);
  const refusal = await program.post(path, { ...no, ...because }, { "if-match": `"${record.version}"` });
  assert.deepEqual([refusal.statusCode, /goes by an agreed text/.test(refusal.body)], [422, true]);
  const text = await make(today, "agreed_text", {
    dataRequest: record.id,
    title: "Erasure",
    outcome: "refused",
    sections: [{ heading: "What you asked", text: "You asked us to erase it." }],
    withheld: [{ section: "art17_3", what: "Your payments" }],
  });
  const signer = { alsoSigns: director.personId };
  await assert.rejects(does(today, text, "submit", signer), /“Why it applies” is still to be said/);
  const withheld = [{ section: "art17_3", what: "Your payments", why: because.refusedBecause }];
  await world.store.as(officer, (tx) => change(tx, typeOf("agreed_text"), text.id, "any", { withheld }));
  await does(today, text, "submit", signer);
  await does(today, text, "sign", {}, director);
  await does(today, record, "answer", { decision: "refused" });
  const letter = await world.system(async (tx) => {
    const moved = (await timeline(tx, record)).findLast(({ verb }) => verb === "moved")!;
    const about = { recordId: record.id, sequence: moved.sequence, personId: asker.personId };
    return caseLetters["data_protection_request"]!(tx, about);
  });
  assert.match(letter?.subject ?? "", /^\[DPR-\d{4}-\d{4}\] Your data protection request$/);
  assert.match(letter?.body ?? "", /six years.*complain to us.*Information Commissioner.*court/s);
  assert.equal(letter?.body.split("Information Commissioner").length, 2, "said once");
  const police = { kind: "disclosure", dataSubject: "Rosa Pike", receivedOn: "2026-03-02", wantedBy: dayIn(3) };
  const asked = await make(today, "data_protection_request", access(police));
  const { answer: none, wanted } = await clocks(asked);
  assert.deepEqual([none, wanted?.due], [undefined, dayIn(3)]);
  await assert.rejects(does(today, asked, "answer", answer), /by what law it may be told/);
  // Another body has no right that is refused: what allows it and why is enough.
  await assert.rejects(does(today, asked, "answer", no), /Select what allows you/);
  await assert.rejects(does(today, asked, "answer", { ...no, exemptions: ["crime"] }), /Say why/);
  await does(today, asked, "answer", { ...no, exemptions: ["crime"], refusedBecause: "There is no case number." });
});

test("each place is asked, sees its search and not the request, is chased, and sends what is gathered and redacted", async () => {
  const record = await make(today, "data_protection_request", access({ receivedOn: today, applicant: "Rosa Pike" }));
  const plan = { place: "Case system", request: record.id, about: "Rosa Pike, born 1980" };
  const search = await make(today, "data_search", plan);
  const paper = await make(today, "data_search", { ...plan, place: "Paper files" });
  const asked = { owner: holder.personId, dueOn: dayIn(1) };
  await assert.rejects(does(today, search, "ask", { ...asked, dueOn: dayIn(-1) }), /a day to come/);
  for (const one of [search, paper]) await does(today, one, "ask", asked);
  const browser = await world.as(holder);
  const page = `/data-searches/${search.reference}`;
  assert.match(words(await browser.get(page)), /Rosa Pike, born 1980/);
  assert.doesNotMatch((await browser.get(page)).body, new RegExp(record.reference));
  assert.equal((await browser.get(`/data-protection-requests/${record.reference}`)).statusCode, 404);
  const found = { result: "found", answer: "Searched by name and by number" };
  await assert.rejects(does(today, search, "answer", found, holder), /Send the files/);
  const pdf = await makePdf(["Rosa Pike was seen by Mr Colin Tate on 3 May."]);
  for (const [one, name] of [
    [search, "notes.pdf"],
    [paper, "scan.pdf"],
  ] as const) {
    const to = `/data-searches/${one.reference}`;
    const file = new File([new Uint8Array(pdf)], name, { type: "application/pdf" });
    const sent = await browser.post(`${to}/comments`, { text: "", "files[]": [file] }, { from: to });
    assert.equal(sent.statusCode, 303, words(sent));
  }
  const flags = [{ document: "notes.pdf", page: 1, why: "others" }];
  await does(today, search, "answer", { ...found, flags }, holder);
  assert.equal(await world.system((tx) => chaseAll(tx)), 1);
  assert.equal(await world.system((tx) => chaseAll(tx)), 0);
  assert.equal(await world.system((tx) => chaseAll(tx), at(dayIn(2))), 1);
  assert.equal(await world.system((tx) => chaseAll(tx), at(dayIn(3))), 0);
  assert.match((await said(paper)).at(-1) ?? "", /was wanted by .* section 173/);
  const own = await world.as(officer);
  const request = await own.get(`/data-protection-requests/${record.reference}`);
  assert.match(words(request), /2 places, of which 1 has still to answer.*1 page to look at/);
  assert.match(words(request), /Came more than once.*notes\.pdf 2 times: SEARCH-\d+, SEARCH-\d+/);
  const redact = /href="(\/data-protection-requests\/[^"]+\/redact\/[^"]+)"/.exec(request.body)?.[1] ?? assert.fail();
  const begun = await own.post(redact, { title: "Notes" }, { from: redact });
  assert.equal(begun.statusCode, 303, words(begun));
  const redaction = String(begun.headers.location).split("/marking")[0]!;
  assert.match(words(await own.get(redaction)), /For the data protection request Care records/);
  const marking = words(await own.get(String(begun.headers.location)));
  assert.doesNotMatch(marking, /Rosa Pike It is the name of whoever/);
});

test("a member’s enquiry has its local days, less the council’s closures; a written question those of the constitution", async () => {
  const enquiry = await make(
    "2026-05-01",
    "members_question",
    { subject: "Bins", question: "Why?", receivedOn: "2026-05-01" },
    officer,
  );
  const { acknowledge, answer: due } = await clocks(enquiry);
  assert.deepEqual([acknowledge?.due, due?.due], ["2026-05-05", "2026-05-18"]);
  const meeting = { kind: "council", meeting: "Full council", meetingOn: "2026-07-15" };
  const asked = { subject: "Parks", question: "When?", receivedOn: "2026-05-01", ...meeting };
  const question = await make("2026-05-01", "members_question", asked);
  const untold = (await clocks(question))["meeting"];
  assert.deepEqual([untold?.due, /constitution/.test(untold?.sentence ?? "")], [null, true]);
  const local = { questionDays: 3, answerDays: 5, closures: [{ day: dayIn(1), why: "Moving house" }] };
  const calendar = typeOf("calendar");
  await world.system((tx) => change(tx, calendar, world.council.calendar, "any", local, { trusted: true }));
  const after = await clocks(question);
  assert.equal(after["meeting"]?.due, "2026-07-10");
  assert.deepEqual([after["answer"], after["acknowledge"]], [undefined, undefined]);
  assert.equal((await clocks(enquiry))["answer"]?.due, "2026-05-11");
  await assert.rejects(does("2026-05-12", enquiry, "answer", { answer: "Soon" }), /due on 11 May 2026/);
  await does("2026-05-06", enquiry, "acknowledge", { acknowledgedOn: "2026-05-05" });
  assert.equal((await clocks(enquiry))["acknowledge"]?.outcome, "met", "told on the day, written down a day later");
});

test("a member asks and sees their own; what is published is read by all, and nothing else of it by anybody", async () => {
  const mine = await make(today, "members_question", { subject: "Street trees", question: "How many?" }, member);
  assert.deepEqual([mine.requesterId, mine.values["receivedBy"]], [member.personId, "form"]);
  await world.store.as(asker, (tx) => assert.rejects(find(tx, typeOf(mine.type), mine.id), refused("unseen")));
  await does(today, mine, "answer", { answer: "Ring 01632 960 204: we planted 212." });
  await assert.rejects(does(today, mine, "publish"), /looks like a phone number: “01632 960 204”/);
  const other = await make(today, "members_question", {
    subject: "Swings",
    question: "When?",
    onBehalfOf: "Rosa Pike",
    applicant: "Zephyr Name",
    receivedOn: today,
  });
  await does(today, other, "answer", { answer: "Rosa Pike was told: in May." });
  await assert.rejects(does(today, other, "publish"), /names the person/);
  const plain = await make(today, "members_question", { subject: "Lights", question: "How many?", receivedOn: today });
  await does(today, plain, "answer", { answer: "**Nine** hundred." });
  await does(today, plain, "publish");
  const browser = await world.as(asker);
  const page = await browser.get("/published-answers?q=LIGHT");
  assert.match(words(page), /Lights.*How many\?.*Nine hundred/);
  assert.doesNotMatch(page.body, /Street trees|Swings|Zephyr/);
  assert.match(words(await (await world.as(member)).get("/published-answers")), /Ask a question/);
  for (const odd of ["q=%00", "q=%25_", "before=soon", `q=${"x".repeat(5000)}`, "before=2026-01-01T00:00:00Z"])
    assert.equal((await browser.get(`/published-answers?${odd}`)).statusCode, 200, odd);
  await world.store.as(officer, (tx) => change(tx, typeOf(plain.type), plain.id, "any", { sensitivity: "restricted" }));
  assert.doesNotMatch((await browser.get("/published-answers")).body, /Lights/);
  const elsewhere = await world.another("Brackenshire County Council");
  const stranger = await world.person("Stan Ger", "administrator", { organisation: elsewhere });
  for (const who of [stranger, null]) {
    const { rows } = await raw(who, (query) => query("select * from published_members_answers('', null, 50)"));
    assert.deepEqual(rows, []);
  }
});

test("a data-protection complaint is acknowledged by the product within its 30 days; the regulator’s is answered by their day", async () => {
  const complaint = { subject: "A letter went astray", question: "It went to my neighbour" };
  const record = await make("2026-06-22", "information_complaint", { ...complaint, receivedOn: "2026-06-22" });
  const { acknowledge, workTo } = await clocks(record);
  assert.deepEqual(
    [acknowledge?.due, acknowledge?.alternative?.due, workTo?.due],
    ["2026-07-22", "2026-07-21", "2026-07-21"],
  );
  const before = await make("2026-06-18", "information_complaint", { ...complaint, receivedOn: "2026-06-18" });
  assert.equal((await clocks(before))["acknowledge"]?.due, null, "the duty had not begun");
  const own = await make(today, "information_complaint", complaint, asker);
  const request = await make(today, "data_protection_request", access(), asker);
  const question = await make(today, "members_question", { subject: "Bins", question: "Why?" }, member);
  await world.system((tx) => acknowledgeAll(tx));
  await world.system((tx) => acknowledgeAll(tx));
  assert.equal((await clocks(own))["acknowledge"]?.outcome, "met");
  const [first = "", ...more] = await said(own);
  assert.match(first, /We received your complaint.*will tell you the outcome/s);
  assert.equal(more.length, 0);
  assert.match((await said(request))[0] ?? "", /By law we must answer by \d+ \w+ 20\d\d/);
  assert.match((await said(question))[0] ?? "", /You will have an answer by \d+ \w+ 20\d\d/);
  const ico = {
    ...complaint,
    kind: "regulator",
    aboutDataRequest: request.id,
    theirReference: "IC-1",
    answerBy: dayIn(-2),
  };
  const theirs = await make(today, "information_complaint", { ...ico, receivedOn: dayIn(-30) });
  assert.deepEqual((await clocks(theirs))["acknowledge"], undefined);
  await assert.rejects(does(today, theirs, "conclude", { outcome: "upheld" }), /Say why it is late/);
  await does(today, theirs, "answer", { answer: "This is what we did" });
  await does(today, theirs, "order", { notice: "IC-1 decision notice", stepsBy: dayIn(35) });
  assert.equal((await clocks(theirs))["steps"]?.due, dayIn(35));
  const appeal = { ...complaint, kind: "tribunal", appealOf: theirs.id, hearingOn: dayIn(60), receivedOn: today };
  const tribunal = await make(today, "information_complaint", appeal);
  const page = words(await (await world.as(officer)).get(`/information-complaints/${theirs.reference}?tab=connected`));
  assert.match(page, new RegExp(`Appeals from it.*${tribunal.reference}`));
});

test("a breach has 72 hours over a bank holiday weekend, to the minute, and the register what the law asks for", async () => {
  // The Friday before the Spring bank holiday, at five in the afternoon.
  const aware = "2026-05-22T16:00:00.000Z";
  const what = { subject: "List sent to the wrong school", what: "Forty names", discoveredAt: aware, awareAt: aware };
  const record = await make("2026-05-22T17:05", "data_breach", what);
  const { regulator } = await clocks(record);
  assert.deepEqual([regulator?.due, regulator?.sentence], ["2026-05-25T17:00:00", "Due by 25 May 2026 at 17:00"]);
  const minutes = (regulator?.ledger ?? []).map((line) => ("countedMinutes" in line ? line.countedMinutes : 0));
  assert.deepEqual(minutes, [420, 1440, 1440, 1020]);
  const browser = await world.as(officer);
  const ledger = words(await browser.get(`/personal-data-breaches/${record.reference}/clocks/regulator`));
  assert.match(ledger, /Real hours count, also at night, at weekends and on holidays/);
  await does("2026-05-23T09:00", record, "assess", { risk: "high", riskBecause: "Children at risk" });
  const not = { notNotifiedBecause: "It is nothing" };
  await assert.rejects(does("2026-05-23T10:00", record, "not_regulator", not), /must be told/);
  const told = (notifiedAt: string) => ({ notifiedAt, theirReference: "IC-7" });
  await assert.rejects(
    does("2026-05-26", record, "tell_regulator", told("2026-05-25T16:01:00.000Z")),
    /72 hours ended/,
  );
  await assert.rejects(does("2026-05-24", record, "tell_regulator", told("2026-05-25T16:00:00.000Z")), /has been/);
  await does("2026-05-26", record, "tell_regulator", told("2026-05-25T16:00:00.000Z"));
  assert.equal((await clocks(record))["regulator"]?.outcome, "met", "written down later, told in time");
  const learnt = { cause: "Names alike", lessons: "Addresses are checked by two" };
  await assert.rejects(does("2026-05-27", record, "close", learnt), /high risk/);
  await does("2026-05-27", record, "tell_people", { peopleToldOn: "2026-05-27", comment: "By telephone" });
  await does("2026-05-27", record, "close", learnt);
  const small = await make("2026-05-22T17:05", "data_breach", { ...what, subject: "Encrypted stick lost" });
  await does("2026-05-23", small, "assess", { risk: "unlikely", riskBecause: "Encrypted" });
  await does("2026-05-23", small, "not_regulator", { notNotifiedBecause: "It cannot be read" });
  assert.equal((await clocks(small))["regulator"]?.state, "stopped");
  await does("2026-05-28", small, "reopen", { comment: "The password lay with it" });
  const late = (await clocks(small))["regulator"];
  assert.deepEqual([late?.state, late?.due], ["running", "2026-05-25T17:00:00"]);
});

test("whoever handles breaches hears of a new one, and nobody else but its owner", async () => {
  const stick = { subject: "Stick lost", what: "On a train" };
  const breach = await world.store.as(asker, (tx) => create(tx, typeOf("data_breach"), stick));
  await tellAll({ ...world, mail: false }, { failed: (error) => assert.fail(String(error)) });
  const { rows } = await world.ownerPool.query<{ name: string; kind: string }>(
    `select p.title as name, n.kind from notifications n join records p on p.organisation_id = n.organisation_id and p.id = n.person_id
     where n.record_id = $1 order by 1`,
    [breach.id],
  );
  assert.deepEqual(rows, [{ name: "Nia Rowe", kind: "waits" }]);
});

test("re-use has its 20 days, which nothing stops, and is extended to the day that is told, for what is extensive or complex", async () => {
  const record = await make("2026-03-16", "information_request", {
    subject: "The tree map",
    question: "May we print it?",
    regime: "reuse",
    receivedOn: "2026-03-16",
    requester: asker.personId,
  });
  assert.equal((await clocks(record))["answer"]?.due, "2026-04-16");
  await does("2026-03-20", record, "clarify", { askedOn: "2026-03-20", comment: "Which map?" });
  assert.equal((await clocks(record))["answer"]?.due, "2026-04-16");
  await does("2026-03-24", record, "clarified", { clarifiedOn: "2026-03-23" });
  const form = await (await world.as(officer)).get(`/information-requests/${record.reference}/moves/extend`);
  assert.match(
    words(form),
    /The documents are extensive in quantity.*The request raises complex issues.*Answer expected by/,
  );
  assert.doesNotMatch(words(form), /whose public interest is weighed/i);
  assert.doesNotMatch(words(form), /Answer expected by \(optional\)|allow it \(optional\)/);
  const bare = { extendedOn: "2026-03-25", extendedBecause: "A contractor drew part of it." };
  const extend = (given: Values, on = "2026-03-25") => does(on, record, "extend", { ...bare, ...given });
  const told = { extendedGround: "complex", extendedTo: "2026-05-06" };
  await assert.rejects(extend({ extendedTo: "2026-05-06" }), /Select why the Regulations on re-use allow it/);
  await assert.rejects(extend({ extendedGround: "complex" }), /Enter the day by which you expect to answer/);
  await assert.rejects(extend({ ...told, extendedTo: "2026-04-16" }), /a day after 16 April 2026/);
  await assert.rejects(extend({ ...told, extendedTo: "2026-05-09" }), /Give a working day/);
  await assert.rejects(extend({ ...told, extendedTo: "2028-05-09" }), /only a time that is reasonable/);
  const late = { ...told, extendedOn: "2026-04-17" };
  await assert.rejects(extend(late, "2026-04-17"), /must be given by 16 April 2026/);
  await extend(told);
  // Once more within the 20 days, and not within those that it gave.
  await extend({ ...told, extendedTo: "2026-05-08" });
  await assert.rejects(extend({ ...late, extendedTo: "2026-05-20" }, "2026-04-17"), /must be given by 16 April 2026/);
  assert.equal((await clocks(record))["answer"]?.due, "2026-05-08");
  const ledger = words(await (await world.as(officer)).get(`/information-requests/${record.reference}/clocks/answer`));
  assert.match(ledger, /SI 2015\/1415 reg 8\(1\).*SI 2015\/1415 reg 8\(2\), \(3\)/);
  const notice = (await said(record)).at(-1) ?? "";
  assert.match(
    notice,
    /not reached a decision yet.*raises complex issues.*Regulation 8\(2\).*answer by 8 May 2026.*A contractor drew part of it.*regulation 17.*Information Commissioner.*regulation 18/s,
  );
  const foi = { subject: "Printers", question: "How many?", receivedOn: "2026-03-16" };
  const other = await make("2026-03-16", "information_request", foi);
  const weighed = { ...bare, extendedFor: "s43", extendedTo: "2026-05-06" };
  await assert.rejects(does("2026-03-25", other, "extend", weighed), /only the Regulations on re-use ask for it/);
});

test("nobody outside a restricted case learns that it exists, until they are named on it", async () => {
  const request = await make(today, "data_protection_request", access({ subject: "Zephyrine matter" }), asker);
  assert.equal(request.sensitivity, "restricted");
  const breach = await make(today, "data_breach", { subject: "Zephyrine stick", what: "Lost" }, asker);
  const search = await make(today, "data_search", { place: "Zephyrine box", request: request.id, about: "Them" });
  const browser = await world.as(director);
  for (const { type, reference } of [request, breach, search]) {
    const { path } = typeOf(type);
    assert.equal((await browser.get(`/${path}/${reference}`)).statusCode, 404, path);
    for (const page of [`/${path}?show=all`, `/${path}.csv?show=all`, `/api/v1/${path}`])
      assert.doesNotMatch((await browser.get(page)).body, /Zephyrine/, page);
  }
  for (const page of ["/search?q=Zephyrine", "/palette?q=Zephyrine", "/published-answers?q=Zephyrine"])
    assert.doesNotMatch((await browser.get(page)).body, /Zephyrine (matter|stick|box)/, page);
  for (const table of ["data_protection_request", "data_breach", "data_search", "records"]) {
    const { rows } = await raw(director, (query) =>
      query(`select id from ${table} where id = any ($1)`, [[request.id, breach.id, search.id]]),
    );
    assert.deepEqual(rows, [], table);
  }
  const named = { relation: "seen_by", to: director.personId };
  await world.store.as(officer, (tx) => joinRecords(tx, typeOf(request.type), request.id, named));
  assert.equal((await browser.get(`/data-protection-requests/${request.reference}`)).statusCode, 200);
  // Whoever only asks finds theirs below “Information rights”.
  const own = words(await (await world.as(asker)).get("/data-protection-requests"));
  assert.match(own, /Zephyrine matter/);
  assert.match(own, /Information rights Data protection requests .*Personal data breaches .*Answers to members/);
  assert.doesNotMatch(own, /Data searches|Members’ questions/);
  // Whoever reported a breach reads it, and does not judge it.
  await world.store.as(asker, async (tx) => {
    assert.equal((await find(tx, typeOf(breach.type), breach.id)).id, breach.id);
    const risk = { risk: "unlikely", riskBecause: "I say so" };
    await assert.rejects(move(tx, typeOf(breach.type), breach.id, "any", "assess", risk), refused("forbidden"));
  });
  const complaint = await make(today, "information_complaint", { subject: "Slow", question: "Still nothing" }, asker);
  const others = words(await (await world.as(officer)).get(`/data-protection-requests/${request.reference}`));
  assert.match(others, new RegExp(`Of the same person.*${complaint.reference}`));
});

test("mail to the mailbox of a kind of case makes one, restricted with its message, and an answer to ours is added to it", async () => {
  const mailbox = await world.system((tx) =>
    create(tx, typeOf("mailbox"), {
      name: "Your data",
      address: "data@aldermoor.gov.uk",
      makes: "data_protection_request",
      host: "imap.example",
      security: "tls",
      signsInAs: "data",
      signIn: "password",
    }),
  );
  const where = { organisationId: officer.organisationId, mailboxId: mailbox.id };
  const parts = { ...world, filesFolder: folder.path };
  let uid = 0;
  const comes = async (raw: Buffer) => {
    const id = await takeIn(parts, where, { raw, uid: (uid += 1), uidValidity: 7 });
    return world.store.as(
      officer,
      async (tx) => (await find(tx, typeOf("data_protection_request"), await ledTo(id))) as Stored,
    );
  };
  const ledTo = async (message: string | null): Promise<string> => {
    const { rows } = await world.ownerPool.query<{ id: string }>(
      "select from_id as id from links where to_id = $1 and relation = 'follows_from'",
      [message],
    );
    return rows[0]?.id ?? assert.fail("it led to nothing");
  };
  const subject = `My data, please ${"x".repeat(200)}`;
  const record = await comes(message({ from: "Zoe Quill <zoe@residents.example>", subject, text: "All of it." }));
  assert.deepEqual(
    [record.values["question"], record.values["receivedOn"], record.values["receivedBy"], record.sensitivity],
    ["All of it.", today, "email", "restricted"],
  );
  assert.equal(record.title.length, 120);
  const { rows } = await world.ownerPool.query<{ sensitivity: string }>(
    "select distinct sensitivity from records where type = 'inbound_message'",
  );
  assert.deepEqual(rows, [{ sensitivity: "restricted" }]);
  // Our mail to them, which they answer.
  await world.ownerPool.query(
    "insert into mail_threads (organisation_id, message_id, record_id, person_id) values ($1, '<ours@aldermoor>', $2, $3)",
    [officer.organisationId, record.id, record.requesterId],
  );
  const answered = await comes(
    message({ from: "Zoe Quill <zoe@residents.example>", references: "<ours@aldermoor>", text: "Since 2020." }),
  );
  assert.equal(answered.id, record.id);
  assert.deepEqual(
    (await said(record)).filter((text) => text.includes("2020")),
    ["Since 2020."],
  );
  const again = message({ from: "zoe@residents.example", subject: `About ${record.reference}`, text: "And faxes." });
  assert.equal((await comes(again)).id, record.id);
  assert.equal((await said(record)).at(-1), "And faxes.");
  const stranger = message({ from: "X <x@residents.example>", references: "<ours@aldermoor>", text: "I am Zoe." });
  await comes(stranger);
  assert.match((await said(record)).at(-1) ?? "", /an address that has no part in this/);
  // Where it makes nothing else and names no queue, there is one for what has no other home.
  await world.system((tx) => change(tx, typeOf("mailbox"), mailbox.id, "any", { makes: null }));
  await takeIn(parts, where, { raw: message({ subject: "My mouse", text: "It squeaks" }), uid: 99, uidValidity: 7 });
  const { rows: tickets } = await world.ownerPool.query<{ queue: string }>(
    "select within_id as queue from records where type = 'ticket'",
  );
  assert.deepEqual(tickets, [{ queue: world.council.queue }]);
});

test("days and moments that cannot be are refused in a sentence, and every clock is proved", async () => {
  for (const [name, values] of [
    ["data_protection_request", access({ receivedOn: dayIn(1) })],
    ["members_question", { subject: "S", question: "Q", receivedOn: "2009-01-01" }],
    ["data_breach", { subject: "S", what: "W", awareAt: "2040-01-01T00:00:00.000Z" }],
    [
      "data_breach",
      { subject: "S", what: "W", discoveredAt: "2026-01-02T00:00:00.000Z", awareAt: "2026-01-01T00:00:00.000Z" },
    ],
    ["information_complaint", { subject: "S\u0000", question: "Q" }],
    ["data_protection_request", access({ question: "x".repeat(100_000) })],
  ] as const)
    await assert.rejects(make(today, name, values), refused("invalid"), JSON.stringify(values).slice(0, 80));
  assert.deepEqual((await verify(world)).problems, []);
});
