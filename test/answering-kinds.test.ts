import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { restrictWith } from "../src/kernel/store/restrict-with.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Values } from "../src/kernel/store/values.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { askAllToSplit } from "../src/modules/rights/answering/ask-to-split.ts";
import { hangsOnCases } from "../src/modules/rights/answering/restricted.ts";
import { caseLetters } from "../src/modules/rights/cases/letters.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;
let lead: Who;
let member: Who;
let head: Who;
let director: Who;
let team: string;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
  lead = await world.person("Lee Ada", "staff");
  member = await world.person("Cllr Mo Finch", "councillor");
  head = await world.person("Hedda Streets", "answerApprover");
  director = await world.person("Di Rector", "assistantDirector");
  team = await world.system(async (tx) => {
    const values = { name: "Streets", members: [{ member: lead.personId, lead: true }], manager: head.personId };
    return (await create(tx, typeNamed(tx.registry, "team"), values, { trusted: true })).id;
  });
  const administrator = await world.person("Ad Min", "administrator");
  for (const values of [
    { name: "Members", caseType: "members_question", signers: [{ role: "Head of service", signsWhen: "always" }] },
    {
      name: "Data",
      caseType: "data_protection_request",
      signers: [{ role: "Assistant director", person: director.personId, signsWhen: "always" }],
    },
  ])
    await world.store.as(administrator, (tx) => create(tx, typeNamed(tx.registry, "answering_plan"), values));
});
after(() => world.close());

const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = (name: string) => typeNamed(world.registry, name);
const makes = (who: Who, day: string, name: string, values: Values) =>
  world.store.as(who, (tx) => create(tx, type(name), values), on(day));
const does = (who: Who, day: string, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values), on(day));
const sees = (who: Who, record: Stored) => world.store.as(who, (tx) => find(tx, type(record.type), record.id));
const day = (record: Stored, ...names: string[]) => names.map((name) => record.values[name]);
const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;
const days = ["commissionBy", "answerBy"] as const;

const enquire = (values: Values = {}, received = "2026-05-01") =>
  makes(officer, received, "members_question", {
    subject: "Bins in Mill Lane",
    question: "Why are they late?",
    receivedOn: received,
    applicant: "Zephyrine Mole",
    team,
    ...values,
  });
const request = (values: Values = {}, received = "2026-03-02") =>
  makes(officer, received, "data_protection_request", {
    subject: "My file",
    question: "All you hold on me",
    receivedOn: received,
    applicant: "Zephyrine Mole",
    ...values,
  });
const ask = (field: string, of: Stored, at: string, values: Values = {}) =>
  makes(officer, at, "case_question", { [field]: of.id, title: "What is known?", ...values });
const write = (field: string, of: Stored, at: string, values: Values = {}) =>
  makes(officer, at, "agreed_text", {
    [field]: of.id,
    title: of.title,
    sections: [{ heading: "Bins", text: "They came late twice." }],
    ...values,
  });

test("a member’s enquiry has its milestones on days 2, 4, 5 and 8 of ten council days", async () => {
  // Due on 18 May: 4 May is a bank holiday, so day 1 is the 5th.
  const enquiry = await enquire();
  const question = await ask("enquiry", enquiry, "2026-05-05");
  assert.deepEqual([question.values["number"], ...day(question, ...days)], [1, "2026-05-06", "2026-05-08"]);
  const text = await write("enquiry", enquiry, "2026-05-05");
  assert.deepEqual(day(text, "draftBy", "agreeBy"), ["2026-05-11", "2026-05-14"]);
});

test("a written question has them by its receipt, and none after the day before the meeting that it is due", async () => {
  const calendar = world.council.calendar;
  await world.system((tx) => change(tx, type("calendar"), calendar, "any", { questionDays: 3 }, { trusted: true }));
  const meeting = { kind: "council", meeting: "Full council" };
  const far = await ask("enquiry", await enquire({ ...meeting, meetingOn: "2026-07-15" }), "2026-05-05");
  assert.deepEqual(day(far, ...days), ["2026-05-06", "2026-05-08"]);
  // Of a meeting on the 13th it is due on the 8th, day 4.
  const near = await write("enquiry", await enquire({ ...meeting, meetingOn: "2026-05-13" }), "2026-05-05");
  assert.deepEqual(day(near, "draftBy", "agreeBy"), ["2026-05-08", "2026-05-08"]);
});

test("a data protection request has them on working days of its month, which a pause and an extension move", async () => {
  const record = await request();
  const [question, text] = [
    await ask("dataRequest", record, "2026-03-03"),
    await write("dataRequest", record, "2026-03-03"),
  ];
  // Due on 2 April, the 23rd working day after receipt: three days more than twenty.
  assert.deepEqual(day(question, ...days), ["2026-03-05", "2026-03-12"]);
  assert.deepEqual(day(text, "draftBy", "agreeBy"), ["2026-03-19", "2026-03-30"]);
  await does(officer, "2026-03-10", record, "clarify", { askedOn: "2026-03-10", comment: "Which years?" });
  await does(officer, "2026-03-18", record, "clarified", { clarifiedOn: "2026-03-18" });
  // Seven working days of the pause count no more: due on 13 April.
  assert.deepEqual(day(await sees(officer, question), ...days), ["2026-03-05", "2026-03-23"]);
  const paused = day(await sees(officer, text), "draftBy", "agreeBy");
  assert.deepEqual(paused, ["2026-03-25", "2026-04-07"]);
  const why = { extendedOn: "2026-03-20", extendedFor: "complex", extendedBecause: "Eleven systems" };
  await does(officer, "2026-03-20", record, "extend", why);
  assert.deepEqual(day(await sees(officer, question), ...days), ["2026-03-05", "2026-03-23"], "teams get no more time");
  assert.ok(String((await sees(officer, text)).values["draftBy"]) > "2026-05-01");
  const other = await ask("dataRequest", await request({ kind: "disclosure", dataSubject: "X" }), "2026-03-03");
  assert.deepEqual(day(other, ...days), [null, null], "no law sets a day for a disclosure");
  const wanted = { kind: "disclosure", dataSubject: "X", wantedBy: "2026-03-09" };
  const police = await ask("dataRequest", await request(wanted), "2026-03-03");
  assert.deepEqual(day(police, ...days), ["2026-03-05", "2026-03-09"], "and what they want by a day has that day");
});

test("the head of the service signs a member’s answer, no exemption is asked of it, and it goes as it was signed", async () => {
  const enquiry = await enquire();
  const text = await write("enquiry", enquiry, "2026-05-05", { outcome: "granted" });
  await assert.rejects(
    does(officer, "2026-05-06", text, "submit"),
    /leave it empty, for a member is answered in words/,
  );
  const withheld = [{ section: "s43", what: "Prices", why: "They are secret." }];
  const revise = (values: Values) =>
    world.store.as(officer, (tx) => change(tx, type("agreed_text"), text.id, "any", values));
  await revise({ outcome: null, withheld });
  await assert.rejects(does(officer, "2026-05-06", text, "submit"), /No exemption holds against a member’s question/);
  await revise({ withheld: [] });
  const drafting = words(await (await world.as(officer)).get(`/agreed-texts/${text.reference}`));
  assert.doesNotMatch(drafting, /Exemption workbench/);
  await assert.rejects(does(officer, "2026-05-06", enquiry, "answer", { answer: "Soon." }), /have it signed/i);
  const waiting = await does(officer, "2026-05-06", text, "submit");
  assert.deepEqual([waiting.ownerId, waiting.state], [head.personId, "signing"]);
  await assert.rejects(does(director, "2026-05-06", text, "sign"), /It waits for Hedda Streets/);
  await does(head, "2026-05-07", text, "sign");
  const answered = await does(officer, "2026-05-07", enquiry, "answer");
  const answer = String(answered.values["answer"]);
  assert.match(answer, /### Bins\s+They came late twice\./);
  assert.doesNotMatch(answer, /review|Commissioner|Freedom|withheld/i);
  assert.equal((await sees(officer, text)).state, "sent");
  const nobodys = await write("enquiry", await enquire({ team: null }), "2026-05-05");
  await assert.rejects(does(officer, "2026-05-06", nobodys, "submit"), /Give the case to a team that has a manager/);
  const bare = await enquire({}, "2026-05-05");
  await assert.rejects(does(officer, "2026-05-06", bare, "answer"), /Enter an answer/);
  // A written question that was answered so is published as any other.
  const written = await enquire({ kind: "council", meeting: "Full council", meetingOn: "2026-07-15" });
  const signed = await write("enquiry", written, "2026-05-05");
  await does(officer, "2026-05-06", signed, "submit");
  await does(head, "2026-05-07", signed, "sign");
  await does(officer, "2026-05-07", written, "answer");
  assert.equal((await does(officer, "2026-05-08", written, "publish")).state, "published");
});

test("where the plan wants every answer signed, a member’s answer without a text is refused where it is written", async () => {
  const [plan] = await world.system(async (tx) => {
    const { items } = await list(tx, type("answering_plan"), { limit: 10 });
    return items.filter(({ values }) => values["caseType"] === "members_question");
  });
  const always = (alwaysSigned: boolean) =>
    world.system((tx) => change(tx, type("answering_plan"), plan!.id, "any", { alwaysSigned }));
  await always(true);
  const enquiry = await enquire();
  const refusal = await does(officer, "2026-05-06", enquiry, "answer", { answer: "Soon." }).catch((error) => error);
  await always(false);
  assert.deepEqual(
    refusal.problems.map(({ field }: { field: string }) => field),
    ["answer"],
  );
});

test("the answer to somebody about their data says what is withheld, their rights and to whom they can complain, once", async () => {
  const record = await request({ requester: member.personId });
  const text = await write("dataRequest", record, "2026-03-03", {
    outcome: "part",
    withheld: [{ section: "s40", what: "Names", whose: "other", why: "They are not theirs." }],
  });
  await assert.rejects(
    does(officer, "2026-03-04", text, "submit"),
    /s40 .*this case is answered under the UK GDPR and the Data Protection Act, which do not have it/,
  );
  const withheld = [{ section: "others", what: "A neighbour’s letter", why: "They asked that it be kept from you." }];
  await world.store.as(officer, (tx) => change(tx, type("agreed_text"), text.id, "any", { withheld: [] }));
  await assert.rejects(does(officer, "2026-03-04", text, "submit"), /Name the exemption/);
  await world.store.as(officer, (tx) => change(tx, type("agreed_text"), text.id, "any", { withheld }));
  const waiting = await does(officer, "2026-03-04", text, "submit");
  assert.equal(waiting.ownerId, director.personId);
  await does(director, "2026-03-05", text, "sign");
  const other = { decision: "granted" };
  await assert.rejects(does(officer, "2026-03-06", record, "answer", other), /says otherwise/);
  const answered = await does(officer, "2026-03-06", record, "answer", { decision: "part" });
  assert.deepEqual(answered.values["exemptions"], ["others"]);
  const answer = String(answered.values["answer"]);
  for (const part of [
    /paragraph 16 of Schedule 2 to the Data Protection Act 2018\. They asked that it be kept/,
    /how long we keep it.*put your data right.*object/s,
    /data protection officer.*Information Commissioner.*court/s,
  ])
    assert.match(answer, part);
  assert.doesNotMatch(answer, /internal review|Freedom of Information/);
  const letter = await world.system(async (tx) => {
    const moved = (await timeline(tx, record)).findLast(({ verb }) => verb === "moved")!;
    const about = { recordId: record.id, sequence: moved.sequence, personId: member.personId };
    return caseLetters["data_protection_request"]!(tx, about);
  });
  assert.equal(letter?.body.split("you can ask a court").length, 2, "said in the text, and not again below it");
  const neither = await write("dataRequest", await request(), "2026-03-03", { outcome: "neither" });
  await assert.rejects(does(officer, "2026-03-04", neither, "submit"), /no such request is answered so/);
});

test("nobody learns of a data protection request by the question that is put to them", async () => {
  const record = await request({ dataSubject: null });
  const question = await ask("dataRequest", record, "2026-03-03", { title: "Is there a file of the case 20417?" });
  const text = await write("dataRequest", record, "2026-03-03");
  assert.deepEqual([question.sensitivity, text.sensitivity], ["restricted", "restricted"]);
  await assert.rejects(does(officer, "2026-03-03", question, "give", { team }), /Select the person who answers/);
  await does(officer, "2026-03-03", question, "give", { team, owner: lead.personId });
  const browser = await world.as(lead);
  const page = await browser.get(`/case-questions/${question.reference}`);
  assert.match(words(page), /the law gives us a day.*Do we hold it\?/);
  assert.doesNotMatch(page.body, /Zephyrine|DPR-|My file/);
  const program = await apiClient(world, lead, ["read"]);
  assert.doesNotMatch((await program.get(`/case-questions/${question.reference}`)).body, /Zephyrine|DPR-|My file/);
  assert.equal((await browser.get(`/data-protection-requests/${record.reference}`)).statusCode, 404);
  for (const who of [head, director, member]) {
    for (const one of [question, text]) await assert.rejects(sees(who, one), refused("unseen"));
    const search = await (await world.as(who)).get("/search?q=20417");
    assert.doesNotMatch(search.body, /Is there a file/);
  }
  // What is restricted later takes what hangs on it along.
  const enquiry = await enquire();
  const open = await ask("enquiry", enquiry, "2026-05-05");
  await world.store.as(officer, (tx) =>
    change(tx, type("members_question"), enquiry.id, "any", { sensitivity: "restricted" }),
  );
  await restrictWith(world, hangsOnCases);
  assert.equal((await sees(officer, open)).sensitivity, "restricted");
});

test("a question or a text belongs to one case, and a case that ends takes them along whatever its kind", async () => {
  const [enquiry, record] = [await enquire(), await request()];
  const both = { enquiry: enquiry.id, dataRequest: record.id };
  await assert.rejects(
    makes(officer, "2026-05-05", "case_question", { title: "Of which?", ...both }),
    /Select the one case that this belongs to/,
  );
  await assert.rejects(makes(officer, "2026-05-05", "agreed_text", { title: "Of none" }), /Select the one case/);
  for (const [field, of, name] of [
    ["enquiry", enquiry, "withdraw"],
    ["dataRequest", record, "withdraw"],
  ] as const) {
    const [question, text] = [await ask(field, of, "2026-05-05"), await write(field, of, "2026-05-05")];
    await does(officer, "2026-05-06", of, name);
    assert.deepEqual(
      [(await sees(officer, question)).state, (await sees(officer, text)).state],
      ["withdrawn", "dropped"],
    );
  }
});

test("whoever has a new case is reminded once, on the day by which questions are given out, where nobody was asked", async () => {
  const said = async (record: Stored) =>
    (await world.store.as(officer, (tx) => timeline(tx, record, { verbs: ["commented"] }))).map(
      ({ body }) => body?.text ?? "",
    );
  const owned = { owner: officer.personId };
  const [bare, nobodys, asked, searched] = [
    await enquire(owned, "2026-06-01"),
    await enquire({}, "2026-06-01"),
    await enquire(owned, "2026-06-01"),
    await request(owned, "2026-05-29"),
  ];
  await ask("enquiry", asked, "2026-06-01");
  const alone = await request(owned, "2026-05-29");
  await makes(officer, "2026-06-01", "data_search", { place: "The store", request: searched.id, about: "Them" });
  const remind = (date: string) => world.system((tx) => askAllToSplit(tx), on(date));
  await remind("2026-06-02");
  assert.deepEqual(await said(bare), [], "day 2 is the 3rd");
  await remind("2026-06-03");
  await remind("2026-06-04");
  const [line, ...more] = await said(bare);
  assert.match(String(line), /^@Nia Rowe: No team has been asked yet.*by 3 June 2026\. Split the question/);
  assert.deepEqual(more, []);
  assert.match((await said(nobodys))[0] ?? "", /@Nia Rowe.*: No team has been asked yet/);
  assert.deepEqual([await said(asked), await said(searched)], [[], []]);
  assert.match((await said(alone))[0] ?? "", /No team has been asked yet/);
  const weekend = await enquire(owned, "2026-06-04");
  await remind("2026-06-13");
  assert.deepEqual(await said(weekend), [], "nobody works on a Saturday");
});

test("whoever is asked finds their questions on the first page, by day and counted, and nowhere else there", async () => {
  const browser = await world.as(lead);
  const enquiry = await enquire({}, Temporal.Now.plainDateISO("Europe/London").toString());
  const make = (title: string) =>
    world.store.as(officer, (tx) => create(tx, type("case_question"), { enquiry: enquiry.id, title }));
  const late = await make("Which rounds were late?");
  await world.store.as(officer, (tx) => move(tx, type("case_question"), late.id, "any", "give", { team }));
  const help = words(await browser.get("/help"));
  assert.match(help, /Questions for you to answer \(\d+\).*Which rounds were late\?.*By /);
  assert.equal(help.split("Which rounds were late?").length, 2, help);
  // Somebody who works on other things finds them under My work.
  const worker = await world.person("Wes Work", "systemsOfficer");
  const mine = await make("How many lorries are there?");
  await world.store.as(officer, (tx) =>
    move(tx, type("case_question"), mine.id, "any", "give", { team, owner: worker.personId }),
  );
  const work = words(await (await world.as(worker)).get("/"));
  assert.match(work, /Questions for you to answer 1 question.*QST-\d+ How many lorries are there\?/);
  assert.equal(work.split("How many lorries are there?").length, 2, work);
  assert.doesNotMatch(words(await (await world.as(member)).get("/help")), /Questions for you to answer/);
});

test("the form that a case leads to asks for that case alone, and keeps what was typed when it is refused", async () => {
  const enquiry = await enquire();
  const browser = await world.as(officer);
  const path = `/case-questions/new?enquiry=${enquiry.reference}`;
  const form = words(await browser.get(path));
  assert.match(form, /Of the member’s question(?! \(optional\))/);
  assert.doesNotMatch(form, /Of the request|Of the data protection request/);
  const refusedForm = await browser.post("/case-questions/new", { enquiry: enquiry.id, title: "" }, { from: path });
  assert.equal(refusedForm.statusCode, 422);
  assert.match(refusedForm.body, new RegExp(`value="${enquiry.id}" selected`));
  assert.doesNotMatch(words(refusedForm), /Of the data protection request/);
  const none = await browser.post("/case-questions/new", { title: "Of what?" }, { from: "/case-questions/new" });
  assert.match(words(none), /Select the one case that this belongs to.*Of the data protection request/);
});

test("requests in nearly the same words within 60 working days are suggested for the cost limit, and no others", async () => {
  const question =
    "Please send me every e-mail about the leisure centre and its roof, since 2015, from all staff of the council";
  const receive = (received: string, subject: string, values: Values = {}) =>
    makes(officer, received, "information_request", {
      subject,
      question,
      receivedOn: received,
      applicant: subject,
      ...values,
    });
  const request = await receive("2026-06-01", "The first of many");
  await receive("2026-06-08", "Quite alike", { question: `Dear council, ${question.toLowerCase()}. Thank you` });
  await receive("2026-06-09", "Another matter", {
    question: "How many street lights in Millbrook were mended in June, and by whom?",
  });
  await receive("2026-06-10", "Known to few", { sensitivity: "restricted" });
  await receive("2026-02-02", "Too long ago");
  const text = await makes(officer, "2026-06-11", "agreed_text", {
    request: request.id,
    title: "The first of many",
    costs: [{ activity: "locating", what: "400 mailboxes", minutes: 2400 }],
  });
  const page = words(await (await world.as(officer)).get(`/agreed-texts/${text.reference}`));
  assert.match(
    page,
    /Others ask in nearly the same words\..*Quite alike.*In nearly the same words, received 8 June 2026/,
  );
  assert.doesNotMatch(page, /Another matter|Too long ago/);
  const others = words(await (await world.as(director)).get(`/agreed-texts/${text.reference}?tab=details`));
  assert.match(others, /Quite alike/);
  assert.doesNotMatch(others, /Known to few/);
});
