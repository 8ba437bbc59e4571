import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeAbsence } from "../src/kernel/organisation/absences.ts";
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
import { chaseAll } from "../src/modules/rights/answering/chase.ts";
import { hangsOnCases } from "../src/modules/rights/answering/restricted.ts";
import { bodyAsMarkdown, letterOf } from "../src/modules/rights/letter/model.ts";
import { letterAsPdf } from "../src/modules/rights/letter/pdf.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;
let responder: Who;
let lead: Who;
let legal: Who;
let director: Who;
let manager: Who;
let team: string;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
  responder = await world.person("Sam Ito", "staff");
  lead = await world.person("Lee Ada", "staff");
  manager = await world.person("Mo Nager", "staff");
  // Only who can sign in can be told.
  await world.as(manager);
  legal = await world.person("Quinn Law", "answerApprover");
  director = await world.person("Di Rector", "assistantDirector");
  team = await world.system(async (tx) => {
    const members = [{ member: lead.personId, lead: true }, { member: responder.personId }];
    const values = { name: "Highways", members, manager: manager.personId };
    return (await create(tx, typeNamed(tx.registry, "team"), values, { trusted: true })).id;
  });
  await world.store.as(await world.person("Ad Min", "administrator"), (tx) =>
    create(tx, typeNamed(tx.registry, "answering_plan"), {
      name: "Information requests",
      caseType: "information_request",
      signers: [
        { role: "Legal", person: legal.personId, signsWhen: "withheld" },
        { role: "Assistant director", person: director.personId, signsWhen: "always" },
      ],
    }),
  );
});
after(() => world.close());

const on = (day: string) => ({ now: Temporal.ZonedDateTime.from(`${day}T10:00[Europe/London]`).toInstant() });
const type = (name: string) => typeNamed(world.registry, name);
const makes = (who: Who, day: string, name: string, values: Values) =>
  world.store.as(who, (tx) => create(tx, type(name), values), on(day));
const does = (who: Who, day: string, record: Stored, name: string, values: Values = {}) =>
  world.store.as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values), on(day));
const sees = (who: Who, record: Stored) => world.store.as(who, (tx) => find(tx, type(record.type), record.id));
const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;

/** A request of 16 March 2026: due on 16 April; day 3 is 20 March, day 8 the 27th, day 10 the 31st, day 17 the 13th of April. */
const receive = (values: Values = {}) =>
  makes(officer, "2026-03-16", "information_request", {
    subject: "Potholes in Mill Lane",
    question: "How many were mended, and by whom?",
    receivedOn: "2026-03-16",
    applicant: "Zephyrine Mole",
    ...values,
  });
const ask = (request: Stored, title: string, values: Values = {}) =>
  makes(officer, "2026-03-17", "case_question", { request: request.id, title, ...values });
const day = (record: Stored, ...names: string[]) => names.map((name) => record.values[name]);

test("questions are numbered, have their days from the deadline’s own count, and go to a team without who asked", async () => {
  const request = await receive();
  const [first, second] = [await ask(request, "How many?"), await ask(request, "By whom?")];
  assert.deepEqual([first.values["number"], second.values["number"]], [1, 2]);
  assert.deepEqual(day(first, "commissionBy", "answerBy"), ["2026-03-20", "2026-03-27"]);
  const given = await does(officer, "2026-03-18", first, "give", { team });
  assert.deepEqual([given.state, given.ownerId, ...day(given, "askedOn")], ["asked", lead.personId, "2026-03-18"]);
  // Whoever is in the team sees the question, and neither the request nor anybody else’s question.
  assert.equal((await sees(responder, first)).title, "How many?");
  await assert.rejects(sees(responder, request), refused("unseen"));
  await assert.rejects(sees(responder, second), refused("unseen"));
  const browser = await world.as(responder);
  const page = await browser.get(`/case-questions/${first.reference}`);
  assert.equal(page.statusCode, 200);
  assert.doesNotMatch(page.body, /Zephyrine|FOI-2026/);
  const program = await apiClient(world, responder, ["read"]);
  assert.doesNotMatch((await program.get(`/case-questions/${first.reference}`)).body, /Zephyrine|FOI-2026|Potholes/);
});

test("the days follow clarification and extension as the deadline does", async () => {
  const request = await receive();
  const question = await ask(request, "How many?");
  const text = await makes(officer, "2026-03-17", "agreed_text", { request: request.id, title: "Potholes" });
  assert.deepEqual(day(text, "draftBy", "agreeBy"), ["2026-03-31", "2026-04-13"]);
  await does(officer, "2026-03-18", request, "clarify", { askedOn: "2026-03-18", comment: "Which part?" });
  await does(officer, "2026-03-24", request, "clarified", { clarifiedOn: "2026-03-23" });
  assert.deepEqual(day(await sees(officer, question), "commissionBy", "answerBy"), ["2026-03-26", "2026-04-02"]);
  assert.deepEqual(day(await sees(officer, text), "draftBy", "agreeBy"), ["2026-04-08", "2026-04-17"]);
});

const withheld = {
  section: "s43",
  limb: "s43_2",
  duty: "say",
  what: "The price of each repair",
  why: "The contractor bids for the same work again next month.",
  likelihood: "likely",
  harm: "Others would bid just below it.",
  favour: "Public money is spent.",
  against: "The council would pay more.",
  balance: "The total is published, so withholding the single prices is in the public interest.",
};

/** A text that is ready to be signed, drafted by the officer. */
async function drafted(values: Values = {}, more: Values = {}): Promise<{ request: Stored; text: Stored }> {
  const request = await receive(more);
  const text = await makes(officer, "2026-03-24", "agreed_text", {
    request: request.id,
    title: "Potholes in Mill Lane",
    outcome: "part",
    sections: [{ heading: "How many", text: "We mended 41." }],
    withheld: [withheld],
    ...values,
  });
  return { request, text };
}

test("a text is signed in order, by nobody else, and by nobody who drafted it", async () => {
  const { text } = await drafted();
  const waiting = await does(officer, "2026-03-30", text, "submit");
  assert.deepEqual([waiting.ownerId, ...day(waiting, "draftInTime")], [legal.personId, true]);
  await assert.rejects(does(director, "2026-03-31", text, "sign"), /It waits for Quinn Law/);
  await assert.rejects(does(officer, "2026-03-31", text, "sign"), refused("forbidden"));
  const next = await does(legal, "2026-03-31", text, "sign");
  assert.deepEqual([next.state, next.ownerId], ["signing", director.personId]);
  await assert.rejects(
    world.store.as(officer, (tx) => change(tx, type("agreed_text"), text.id, "any", { title: "Other" })),
    /Change the text/,
  );
  const agreed = await does(director, "2026-04-14", text, "sign");
  assert.deepEqual([agreed.state, agreed.ownerId, ...day(agreed, "agreedInTime")], ["agreed", officer.personId, false]);
  await assert.rejects(does(director, "2026-04-14", text, "sign"), refused("impossible"));
});

test("a change after a signature makes it void, and what was not signed as it stands is not sent", async () => {
  const { request, text } = await drafted();
  await does(officer, "2026-03-30", text, "submit");
  await does(legal, "2026-03-31", text, "sign");
  await does(director, "2026-03-31", text, "sign");
  // Somebody goes round the rules of the text.
  await world.ownerPool.query("update agreed_text_sections set text = 'We mended 14.' where parent_id = $1", [text.id]);
  const answer = { decision: "part" };
  await assert.rejects(does(officer, "2026-04-01", request, "answer", answer), /not signed as it stands/);
  const revised = await does(officer, "2026-04-01", text, "revise");
  assert.deepEqual([revised.state, ...day(revised, "signatures", "agreedOn")], ["drafting", [], null]);
  await does(officer, "2026-04-01", text, "submit");
  await assert.rejects(does(officer, "2026-04-01", request, "answer", answer), /have it signed/i);
  await does(legal, "2026-04-01", text, "sign");
  await does(director, "2026-04-01", text, "sign");
  const answered = await does(officer, "2026-04-02", request, "answer", answer);
  assert.match(String(answered.values["answer"]), /We mended 14\./);
  assert.deepEqual(answered.values["exemptions"], ["s43"]);
  assert.equal((await sees(officer, text)).state, "sent");
});

test("a refusal without its parts is refused, on the page and to a program", async () => {
  const request = await receive();
  const program = await apiClient(world, officer, ["admin"]);
  const sent = await program.post(
    `/information-requests/${request.reference}/moves/answer`,
    { decision: "refused", answer: "No.", exemptions: ["s43"], lateBecause: "x" },
    { "if-match": `"${request.version}"` },
  );
  assert.equal(sent.statusCode, 422, sent.body);
  assert.match(sent.body, /goes by an agreed text/);
  const bare = await drafted({ withheld: [{ section: "s43" }] });
  await assert.rejects(
    does(officer, "2026-03-30", bare.text, "submit"),
    /“Why it applies” is still to be said.*“Where the balance lies, and why” is still to be said/,
  );
  const none = await drafted({ withheld: [] });
  await assert.rejects(does(officer, "2026-03-30", none.text, "submit"), /Name the exemption/);
  const other = await drafted({ withheld: [{ ...withheld, section: "r12_5e", limb: null, emissions: true }] });
  await assert.rejects(
    does(officer, "2026-03-30", other.text, "submit"),
    /answered under the Freedom of Information Act.*regulation 12\(9\)/,
  );
});

test("section 12 needs a sheet over the limit, and requests of 60 working days at the most are added", async () => {
  const cost = {
    section: "s12",
    what: "All of it",
    why: "It is in 400 files.",
    advice: "We could answer for one month.",
  };
  const hours = (minutes: number) => [{ activity: "locating", what: "Reading 400 files, 3 minutes each", minutes }];
  const { text } = await drafted({ outcome: "refused", withheld: [cost], costs: hours(18 * 60) });
  await assert.rejects(
    does(officer, "2026-03-30", text, "submit"),
    /18h at £25 an hour is £450, which is within the limit/,
  );
  const alike = await receive({ receivedOn: "2026-01-05" });
  await makes(officer, "2026-03-24", "agreed_text", { request: alike.id, title: "The same", costs: hours(60) });
  const added = { addedTogether: [alike.id], actingTogether: "By the same person, about the same road" };
  await world.store.as(officer, (tx) => change(tx, type("agreed_text"), text.id, "any", added));
  assert.equal((await does(officer, "2026-03-30", text, "submit")).state, "signing");
  const old = await receive({ receivedOn: "2025-11-03" });
  const late = await drafted({
    outcome: "refused",
    withheld: [cost],
    costs: hours(20 * 60),
    ...added,
    addedTogether: [old.id],
  });
  await assert.rejects(does(officer, "2026-03-30", late.text, "submit"), /more than 60 working days apart/);
});

test("comments on passages must be settled before a text is signed", async () => {
  const { text } = await drafted();
  const remark = { remarkSection: 1, remark: "Is that for the year?" };
  await assert.rejects(
    does(director, "2026-03-25", text, "remark", { ...remark, remarkPassage: "mended 42" }),
    /copy them as they stand/,
  );
  const said = await does(director, "2026-03-25", text, "remark", { ...remark, remarkPassage: "mended 41" });
  assert.deepEqual(day(said, "remark", "remarkPassage"), [null, null]);
  await assert.rejects(does(officer, "2026-03-26", text, "submit"), /One comment is still to be settled/);
  await does(officer, "2026-03-26", text, "settle", { remarkNumber: 1, remarkReply: "Yes, and it says so now." });
  assert.equal((await does(officer, "2026-03-26", text, "submit")).state, "signing");
});

test("whoever stands in signs for a person who is away, and says so", async () => {
  const deputy = await world.person("Dee Puty", "staff");
  const today = Temporal.Now.plainDateISO("Europe/London").toString();
  await world.store.as(director, (tx) =>
    makeAbsence(tx, { delegate: deputy.personId, from: today, until: today, kinds: ["decisions"] }),
  );
  const { text } = await drafted({ outcome: "granted", withheld: [] });
  await world.store.as(officer, (tx) => move(tx, type("agreed_text"), text.id, "any", "submit", {}));
  const forDirector = { ...deputy, actsFor: director.personId };
  await assert.rejects(
    world.store.as(deputy, (tx) => move(tx, type("agreed_text"), text.id, "any", "sign", {})),
    refused("unseen"),
  );
  const agreed = await world.store.as(forDirector, (tx) => move(tx, type("agreed_text"), text.id, "any", "sign", {}));
  const [signature] = agreed.values["signatures"] as Values[];
  assert.deepEqual([signature?.["signer"], signature?.["signedBy"]], [director.personId, deputy.personId]);
});

test("nothing of a restricted case is seen by those who may not know of it", async () => {
  const { request, text } = await drafted({}, { sensitivity: "restricted" });
  const question = await ask(request, "Zephyrine’s own pothole?");
  assert.deepEqual([text.sensitivity, question.sensitivity], ["restricted", "restricted"]);
  await assert.rejects(does(officer, "2026-03-18", question, "give", { team }), /Select the person who answers/);
  await does(officer, "2026-03-18", question, "give", { team, owner: lead.personId });
  assert.equal((await sees(lead, question)).title, question.title);
  await assert.rejects(sees(responder, question), refused("unseen"));
  await assert.rejects(sees(director, text), refused("unseen"));
  await does(officer, "2026-03-30", text, "submit");
  // Whose turn it is sees it, and nobody before or after.
  assert.equal((await sees(legal, text)).id, text.id);
  await does(legal, "2026-03-31", text, "sign");
  await assert.rejects(sees(legal, text), refused("unseen"));
  assert.equal((await sees(director, text)).id, text.id);
  // A case that is restricted afterwards takes what hangs on it along.
  const later = await drafted();
  await world.store.as(officer, (tx) =>
    change(tx, type("information_request"), later.request.id, "any", { sensitivity: "restricted" }),
  );
  await restrictWith(world, hangsOnCases);
  await assert.rejects(sees(legal, later.text), refused("unseen"));
});

test("a case that ends takes its questions and its text along", async () => {
  const { request, text } = await drafted();
  const question = await ask(request, "How many?");
  await does(officer, "2026-03-18", question, "give", { team });
  await does(officer, "2026-03-25", request, "withdraw", { comment: "They found it." });
  assert.deepEqual(
    [(await sees(officer, question)).state, (await sees(officer, text)).state],
    ["withdrawn", "dropped"],
  );
});

test("teams are reminded before and after the day, and their manager once; nobody while the case waits for whoever asked", async () => {
  const request = await receive();
  const question = await ask(request, "How many?");
  await does(officer, "2026-03-18", question, "give", { team, owner: responder.personId });
  const chase = async (date: string) => {
    await chaseAll(world, Temporal.ZonedDateTime.from(`${date}T09:00[Europe/London]`).toInstant());
    const lines = await world.store.as(officer, (tx) =>
      timeline(tx, question, { verbs: ["commented"], newestFirst: true }),
    );
    return lines.map(({ body }) => body?.text ?? "");
  };
  const said: Record<string, number> = {};
  // Due on Friday 27 March: told the working day before and the one after, then the manager, then after two more.
  for (const date of [
    "2026-03-25",
    "2026-03-26",
    "2026-03-27",
    "2026-03-28",
    "2026-03-30",
    "2026-03-31",
    "2026-04-01",
    "2026-04-02",
  ])
    said[date] = (await chase(date)).length;
  assert.deepEqual(Object.values(said), [0, 1, 1, 1, 2, 3, 3, 4]);
  assert.equal((await chase("2026-04-02")).length, 4, "once a day");
  const [, third, second, first] = await chase("2026-04-02");
  assert.match(String(first), /^@Sam Ito: this is to be answered by 27 March 2026/);
  assert.match(String(second), /^@Sam Ito: this was to be answered by 27 March 2026.*answer today/);
  assert.match(String(third), /^@Mo Nager: this was to be answered by 27 March 2026, and your team was reminded/);
  assert.equal(
    (await sees(manager, question)).id,
    question.id,
    "whoever is told sees it, and nothing else of the case",
  );
  await assert.rejects(sees(manager, request), refused("unseen"));
  await does(officer, "2026-04-03", request, "clarify", { askedOn: "2026-04-03", comment: "Which part?" });
  assert.equal((await chase("2026-04-09")).length, 4);
});

test("a team that is asked in vain says so, and odd words make no fault", async () => {
  const request = await receive();
  const question = await ask(request, "How many?");
  await does(officer, "2026-03-18", question, "give", { team });
  const back = await does(responder, "2026-03-18", question, "not_ours", { comment: "Ask housing." });
  assert.deepEqual([back.state, back.teamId, back.ownerId], ["draft", null, null]);
  await assert.rejects(sees(responder, question), refused("unseen"));
  const browser = await world.as(officer);
  const text = await makes(officer, "2026-03-18", "agreed_text", { request: request.id, title: "Odd" });
  const at = `/agreed-texts/${text.reference}/withhold`;
  assert.equal((await browser.get(`${at}?section=constructor&line=x%00`)).statusCode, 200);
  const odd: Record<string, string>[] = [
    { section: "s43", what: "\u0000" },
    { section: "s43", likelihood: "perhaps" },
    { section: "nothing" },
    { section: "s43", why: "x".repeat(20_000) },
  ];
  for (const form of odd) {
    const answer = await browser.post(at, { version: "1", ...form }, { from: `${at}?section=s43` });
    assert.equal(answer.statusCode, 422, words(answer));
  }
  const stranger = await world.as(responder);
  for (const path of [at, `/agreed-texts/${text.reference}/read`, `/agreed-texts/${text.reference}/versions`])
    assert.equal((await stranger.get(path)).statusCode, 404, path);
  assert.equal(
    (await stranger.post(`/case-questions/${question.reference}/answer`, { held: "yes", answer: "Mine" })).statusCode,
    404,
  );
});

test("a letter says its mandatory parts whatever a template leaves out", async () => {
  const template = await makes(officer, "2026-03-18", "text_template", {
    name: "Review",
    text: "Tell us about {{reference}} if you are not happy.",
  });
  const plan = await world.store.as(officer, async (tx) => (await list(tx, type("answering_plan"), {})).items[0]!);
  await world.store.as(officer, (tx) => change(tx, type("answering_plan"), plan.id, "any", { review: template.id }));
  const { request, text } = await drafted();
  const letter = await world.store.as(officer, (tx) => letterOf(tx, request, text, "2026-04-01"));
  const body = bodyAsMarkdown(letter);
  assert.match(body, new RegExp(`Tell us about ${request.reference} if you are not happy`));
  assert.match(body, /internal review within 40 working days.*Information Commissioner/s);
  assert.match(body, /price of each repair under section 43\(2\).*We weighed the public interest/s);
  const pdf = await letterAsPdf(letter, null);
  assert.deepEqual(pdf, await letterAsPdf(letter, null), "the same letter is the same file");
});

test("nobody forges a signature, a fingerprint or a number, and two who ask at once get two numbers", async () => {
  const { request, text } = await drafted();
  const program = await apiClient(world, officer, ["admin"]);
  const at = `/agreed-texts/${text.reference}`;
  for (const forged of [
    {
      signatures: [{ role: "Legal", signer: legal.personId, signedBy: legal.personId, hash: text.values["wordsHash"] }],
    },
    { wordsHash: "0".repeat(64) },
    { drafter: legal.personId },
    { agreedOn: "2026-03-30" },
    { letterPdf: crypto.randomUUID() },
  ]) {
    const answer = await program.patch(at, forged, { "if-match": `"${text.version}"` });
    assert.equal(answer.statusCode, 422, `${JSON.stringify(forged)}: ${answer.body}`);
  }
  await does(officer, "2026-03-30", text, "submit");
  const signing = await apiClient(world, legal, ["admin"]);
  const forged = await signing.post(`${at}/moves/sign`, { standing: "all" }, { "if-match": `"${text.version + 1}"` });
  assert.equal(forged.statusCode, 422, forged.body);
  const both = await Promise.all([ask(request, "How many?"), ask(request, "By whom?")]);
  assert.deepEqual(both.map(({ values }) => values["number"]).sort(), [1, 2]);
});
