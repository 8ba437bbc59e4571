import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Values } from "../src/kernel/store/values.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { bodyAsMarkdown, letterOf } from "../src/modules/rights/letter/model.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;
let legal: Who;
let browser: Browser;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
  legal = await world.person("Quinn Law", "answerApprover");
  browser = await world.as(officer);
  const signers = [{ role: "Legal", person: legal.personId, signsWhen: "always" }];
  for (const [name, caseType] of [
    ["Requests", "information_request"],
    ["Data", "data_protection_request"],
  ])
    await world.system((tx) =>
      create(tx, type("answering_plan"), { name, caseType, signers, reviewAddress: "foi@aldermoor.gov.uk" }),
    );
});
after(() => world.close());

const type = (name: string) => typeNamed(world.registry, name);
const on = { now: Temporal.ZonedDateTime.from("2026-03-24T10:00[Europe/London]").toInstant() };
const makes = (name: string, values: Values) => world.store.as(officer, (tx) => create(tx, type(name), values), on);
const does = (record: Stored, name: string, values: Values = {}, who = officer) =>
  world.store.as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values), on);
const changes = (record: Stored, values: Values) =>
  world.store.as(officer, (tx) => change(tx, type(record.type), record.id, "any", values), on);
const sees = (record: Stored, who = officer) => world.store.as(who, (tx) => find(tx, type(record.type), record.id));

/** A request with a text that withholds this, ready but for its tests. */
async function drafted(
  withheld: Values,
  more: Values = {},
  text: Values = {},
): Promise<{ request: Stored; text: Stored }> {
  const request = await makes("information_request", {
    subject: "Cameras in Mill Lane",
    question: "Where are they?",
    receivedOn: "2026-03-16",
    applicant: "Zephyrine Mole",
    ...more,
  });
  return {
    request,
    text: await makes("agreed_text", {
      request: request.id,
      title: "Cameras in Mill Lane",
      outcome: "refused",
      sections: [{ heading: "What we looked at", text: "We looked at the plans." }],
      withheld: [withheld],
      ...text,
    }),
  };
}
const letter = async ({ request, text }: { request: Stored; text: Stored }) =>
  bodyAsMarkdown(await world.store.as(officer, (tx) => letterOf(tx, request, text, "2026-03-30")));

const weighing = {
  favour: "People should know where they are filmed.",
  against: "Whoever knows goes elsewhere.",
  balance: "How many there are is given.",
};
const crime: Values = {
  section: "s31",
  limb: "s31_1_a",
  duty: "say",
  what: "The places of the cameras",
  why: "Whoever knows them dumps waste elsewhere.",
  likelihood: "likely",
  harm: "More waste would be dumped.",
  ...weighing,
};

test("a refusal by a section that has parts cannot go without one, by no way, and the letter cites it", async () => {
  const bare = await drafted({ ...crime, limb: null });
  const gap = /s31 law enforcement: “Which part of it” is still to be said/;
  await assert.rejects(does(bare.text, "submit"), gap);
  const at = `/agreed-texts/${bare.text.reference}`;
  const form = await browser.post(`${at}/moves/submit`, {}, { from: `${at}/moves/submit` });
  assert.deepEqual([form.statusCode, gap.test(words(form))], [422, true], words(form));
  const program = await apiClient(world, officer, ["admin"]);
  const sent = await program.post(`${at}/moves/submit`, {}, { "if-match": `"${bare.text.version}"` });
  assert.deepEqual([sent.statusCode, gap.test(sent.body)], [422, true], sent.body);
  assert.match(
    await letter(await drafted(crime)),
    /withheld the places of the cameras under section 31\(1\)\(a\) of the Freedom/,
  );
  // Of functions for a purpose the purpose is said; of section 36 the opinion; of another section no part counts.
  const functions = { ...crime, limb: "s31_1_g" };
  await assert.rejects(does((await drafted(functions)).text, "submit"), /“For which purpose” is still to be said/);
  assert.match(
    await letter(await drafted({ ...functions, purpose: "c" })),
    /section 31\(1\)\(g\).*The purpose for which it is protected is that of section 31\(2\)\(c\): whether there is/s,
  );
  const conduct = {
    ...crime,
    section: "s36",
    limb: "s36_2_b_i",
    opinionBy: "The monitoring officer, Di Rector",
    opinionOn: "2026-03-20",
  };
  await assert.rejects(
    does((await drafted(conduct)).text, "submit"),
    /“What the opinion is, and why it is a reasonable one”/,
  );
  assert.match(
    await letter(await drafted({ ...conduct, opinion: "That advice would not be frank: they read the three papers." })),
    /section 36\(2\)\(b\)\(i\).*the monitoring officer, Di Rector, gave the opinion.*on 20 March 2026\. That advice/s,
  );
  await assert.rejects(does((await drafted({ ...crime, limb: "s43_2" })).text, "submit"), /one of another section/);
  // A part that is absolute has no balance, one of the same section that is qualified has.
  const royal = { section: "s37", limb: "s37_1_a", what: "Letters", why: "They are to the Sovereign." };
  assert.equal((await does((await drafted(royal)).text, "submit")).state, "signing");
  await assert.rejects(
    does((await drafted({ ...royal, limb: "s37_1_ad" })).text, "submit"),
    /“For withholding it” is still/,
  );
});

test("neither confirm nor deny is offered where a provision says so, cites it, and weighs whether to say", async () => {
  const { request, text } = await drafted({ ...crime, duty: "neither", favour: null });
  const bench = `/agreed-texts/${text.reference}/withhold`;
  const choice = words(await browser.get(`${bench}?section=s31`));
  assert.match(
    choice,
    /Which part of it do you rely on\?.*s31\(1\)\(a\).*Do we say whether we hold it\?.*cites section 31\(3\) of the/,
  );
  // Section 21 has no such provision, and of an exception of the Regulations only 12(5)(a).
  assert.doesNotMatch(words(await browser.get(`${bench}?section=s21`)), /Do we say|neither confirm/i);
  const eir = await drafted({ section: "r12_4e" }, { regime: "eir" });
  const other = `/agreed-texts/${eir.text.reference}/withhold`;
  assert.doesNotMatch(words(await browser.get(`${other}?section=r12_4e`)), /Do we say|neither confirm/i);
  assert.match(words(await browser.get(`${other}?section=r12_5a`)), /cites regulation 12\(6\) of the Environmental/);
  // What is chosen without a part, or where there is none, is said, and leads to no tests.
  assert.match(words(await browser.get(`${bench}?section=s31&duty=neither`)), /There is a problem.*Select which part/);
  const secret = words(await browser.get(`${bench}?section=s43&limb=s43_1&duty=neither`));
  assert.match(secret, /There is a problem.*No provision lets us neither confirm nor deny under this/);
  const posted = await browser.post(bench, { section: "s31", duty: "neither" }, { from: `${bench}?section=s31` });
  assert.deepEqual([posted.statusCode, /Select which part/.test(words(posted))], [422, true]);
  // The tests and the balance are those of saying it.
  const tests = words(await browser.get(`${bench}?section=s31&limb=s31_1_a&duty=neither`));
  assert.match(tests, /The letter cites section 31\(3\).*public interest in not saying whether we hold it outweighs/);
  assert.match(
    tests,
    /how saying whether we hold it would cause it.*For saying whether we hold it.*For not saying whether/,
  );
  assert.doesNotMatch(tests, /For giving it out|For withholding it/);
  await assert.rejects(does(text, "submit"), /“For saying whether we hold it” is still to be said/);
  await changes(text, { outcome: "neither", withheld: [{ ...crime, duty: "neither" }] });
  const said = await letter({ request, text: await sees(text) });
  assert.match(
    said,
    /neither confirm nor deny that we hold this, under section 31\(3\) of the Freedom of Information Act 2000: The places/,
  );
  assert.match(
    said,
    /Saying whether we hold it would be likely to do this harm.*For saying whether we hold it: People/s,
  );
  assert.match(
    said,
    /interest in maintaining the exclusion of the duty to confirm or deny outweighs the public interest in disclosing whether we hold/,
  );
  assert.doesNotMatch(said, /maintaining the exemption|have withheld|giving it out/);
  assert.equal((await does(text, "submit")).state, "signing");
  // By a section without one it is refused, whatever a program has stored.
  const found = { section: "s21", duty: "neither", what: "All", why: "It is there.", elsewhere: "On our pages." };
  await assert.rejects(
    does((await drafted(found)).text, "submit"),
    /s21 .*no provision lets us neither confirm nor deny/,
  );
  const draft = await drafted(
    { section: "r12_4e", duty: "neither", what: "All", why: "So.", ...weighing },
    { regime: "eir" },
    { outcome: "neither" },
  );
  await assert.rejects(
    does(draft.text, "submit"),
    /at least one section that we neither.*reg 12\(4\)\(e\).*no provision lets us/,
  );
});

test("under the Regulations harm that is only likely is not enough, and the letter says that it would be done", async () => {
  const justice = {
    section: "r12_5b",
    what: "Notes",
    why: "A trial is on.",
    harm: "The jury would read them.",
    ...weighing,
  };
  const { request, text } = await drafted({ ...justice, likelihood: "likely" }, { regime: "eir" });
  await assert.rejects(does(text, "submit"), /That it is likely is not enough/);
  await changes(text, { withheld: [justice] });
  assert.match(
    await letter({ request, text: await sees(text) }),
    /Giving it out would adversely affect what this regulation protects: The jury/,
  );
  assert.equal((await does(text, "submit")).state, "signing");
});

test("section 12(2) wants the cost of finding out alone over the limit", async () => {
  const cost = { section: "s12", duty: "neither", what: "All of it", why: "400 files.", advice: "One month." };
  const costs = (determining: number) => [
    { activity: "determining", what: "Searching 400 files", minutes: determining },
    { activity: "extracting", what: "Copying", minutes: 1200 },
  ];
  const { request, text } = await drafted(cost, {}, { costs: costs(600) });
  await assert.rejects(does(text, "submit"), /finding out whether we hold it would alone have to cost more\. 10h/);
  await changes(text, { costs: costs(1200) });
  const said = await letter({ request, text: await sees(text) });
  assert.match(
    said,
    /finding that out would alone cost more.*\(section 12\(2\) of the Freedom.*takes 20h at £25 an hour is £500, which is over/s,
  );
  assert.equal((await does(text, "submit")).state, "signing");
});

test("what several requests would cost together is signed as it was worked out, whatever the other sheets become", async () => {
  const costs = (minutes: number) => [{ activity: "locating", what: "Searching", minutes }];
  const cost = { section: "s12", what: "All of it", why: "400 files.", advice: "One month." };
  const other = await drafted(crime, { sensitivity: "restricted" }, { costs: costs(600) });
  const together = { addedTogether: [other.request.id], actingTogether: "The same person" };
  const { request, text } = await drafted(cost, {}, { costs: costs(600), ...together });
  await does(text, "submit");
  await changes(other.text, { costs: costs(6000) });
  const sum = /takes 20h at £25 an hour is £500, which is over/;
  assert.match(await letter({ request, text: await sees(text) }), sum);
  // Whoever signs does not see the other sheet, and reads what goes out.
  assert.match(words(await (await world.as(legal)).get(`/agreed-texts/${text.reference}/read`)), sum);
  await does(text, "sign", {}, legal);
  assert.match(await letter({ request, text: await sees(text) }), sum);
});

test("what was withheld before parts were asked for is still read, and waits for its part", async () => {
  const old = {
    section: "s40",
    duty: "say",
    what: "Names of junior staff",
    whose: "other",
    why: "They did not expect it.",
  };
  const { request, text } = await drafted(old);
  const page = words(await browser.get(`/agreed-texts/${text.reference}?tab=details`));
  assert.match(page, /Whose personal data is it\? Somebody else’s/);
  assert.match(await letter({ request, text }), /under section 40 of the Freedom of Information Act 2000/);
  const line = (await sees(text)).values["withheld"] as { id: string }[];
  const bench = `/agreed-texts/${text.reference}/withhold`;
  assert.match(words(await browser.get(`${bench}?line=${line[0]!.id}`)), /Which part of it do you rely on\?/);
  const form = { line: line[0]!.id, limb: "s40_2_3a_a", duty: "say", what: "Names", why: "So.", version: "1" };
  assert.equal((await browser.post(bench, form, { from: `${bench}?line=${line[0]!.id}` })).statusCode, 303);
  assert.match(
    await letter({ request, text: await sees(text) }),
    /section 40\(2\) by virtue of section 40\(3A\)\(a\) of the/,
  );
});

test("what is withheld stands on the page of a text in words, each with its name", async () => {
  const { text } = await drafted({ ...crime, limb: "s31_1_g", purpose: "c" });
  const page = words(await browser.get(`/agreed-texts/${text.reference}?tab=details`));
  assert.match(
    page,
    /Withheld 1: s31 law enforcement Which part of it s31\(1\)\(g\): functions for a purpose of section 31\(2\) For which purpose 31\(2\)\(c\) .*What is withheld under it The places of the cameras Do we say whether we hold it\? We say that we hold it Why it applies Whoever.*How likely is the harm\? It would be likely.*Where the balance lies, and why How many/,
  );
});

test("what is read before it is signed is the letter whole, and it goes out as it was signed", async () => {
  const opening = await makes("text_template", {
    name: "Opening",
    text: "Thank you for {{reference}}, dear {{applicant}}.",
  });
  const [plan] = await world.system(async (tx) => {
    const { items } = await list(tx, type("answering_plan"), { limit: 10 });
    return items.filter(({ values }) => values["caseType"] === "information_request");
  });
  await world.system((tx) => change(tx, type("answering_plan"), plan!.id, "any", { opening: opening.id }));
  const { request, text } = await drafted(crime, { sensitivity: "restricted" });
  const at = `/agreed-texts/${text.reference}/read`;
  const whole = [
    /How the letter begins Thank you for FOI-\d{4}-\d{4}, dear Zephyrine Mole\./,
    /We have decided not to give you what you asked for/,
    /What we looked at We looked at the plans\./,
    /What we have not given you, and why.*under section 31\(1\)\(a\)/,
    /If you are not content with this answer.*internal review.*foi@aldermoor\.gov\.uk.*Information Commissioner/,
    /How it ends Yours faithfully/,
  ];
  for (const part of whole) assert.match(words(await browser.get(at)), part);
  await does(text, "submit");
  // Whoever signs does not see the case, and reads the same.
  const signer = await world.as(legal);
  assert.equal((await signer.get(`/information-requests/${request.reference}`)).statusCode, 404);
  for (const part of whole) assert.match(words(await signer.get(at)), part);
  // Each letter says who the Commissioner is: nobody looks for texts by that.
  assert.match(words(await browser.get("/search?q=cameras")), new RegExp(text.reference));
  assert.doesNotMatch(words(await browser.get("/search?q=Wycliffe")), new RegExp(text.reference));
  // What the plan says afterwards is for the next letter.
  await world.system((tx) => change(tx, type("text_template"), opening.id, "any", { text: "Dear nobody." }));
  await does(text, "sign", {}, legal);
  const signed = await sees(text);
  const sent = await world.store.as(officer, (tx) => letterOf(tx, request, signed, "2026-03-30"));
  assert.deepEqual(sent.opening, [
    { kind: "text", markdown: `Thank you for ${request.reference}, dear Zephyrine Mole.` },
  ]);
  // The signature is for what stands around the text as well.
  await world.ownerPool.query(
    "update agreed_text_letter_parts set words = 'Other.' where parent_id = $1 and place = 'closing'",
    [text.id],
  );
  await assert.rejects(does(request, "answer", { decision: "refused" }), /not signed as it stands/);
  const back = await does(text, "revise");
  assert.deepEqual(back.values["letterParts"], []);
  assert.match(words(await browser.get(at)), /Dear nobody\./);
  assert.match(words(await browser.get(`/agreed-texts/${text.reference}/versions`)), /There is one version/);
});

test("a refusal of re-use says why, who holds the rights, and how to complain under its own Regulations", async () => {
  const rights = { section: "reuse_5", limb: "reuse_5_1_b", what: "The drawings", why: "A contractor drew them." };
  const { request, text } = await drafted(rights, { regime: "reuse" });
  await assert.rejects(does(text, "submit"), /“Who owns the rights, or whom we have it from” is still to be said/);
  await changes(text, { withheld: [{ ...rights, holder: "Green Maps Ltd" }] });
  const said = await letter({ request, text: await sees(text) });
  for (const part of [
    /We do not permit the re-use that you asked for/,
    /do not permit the re-use of the drawings, under regulation 5\(1\)\(b\) of the Re-use of Public Sector Information Regulations 2015\. A contractor/,
    /Who owns the rights in it, or from whom we have it: Green Maps Ltd\./,
    /complain to us.*regulation 17.*foi@aldermoor\.gov\.uk.*in writing what we decide and why/s,
    /Information Commissioner under section 50.*regulation 18 of the Re-use/s,
  ])
    assert.match(said, part);
  assert.doesNotMatch(said, /internal review|give you/);
  const parts = words(await browser.get(`/agreed-texts/${text.reference}/withhold?section=reuse_5`));
  assert.match(parts, /Which part of it do you rely on\?/);
  assert.doesNotMatch(parts, /Do we say|neither confirm/i);
  assert.equal((await does(text, "submit")).state, "signing");
});

test("answering several at once offers what fits their laws, and no section of another", async () => {
  const receive = (regime: string) =>
    makes("information_request", { subject: "Printers", question: "How many?", receivedOn: "2026-03-16", regime });
  const [foi, eir] = [await receive("foi"), await receive("eir")];
  const bulk = (...records: Stored[]) =>
    browser.get(
      `/information-requests/bulk?do=move:answer&${records.map((one) => `record=${one.reference}`).join("&")}`,
    );
  const offeredIn = (body: string, name: string) =>
    [...body.matchAll(new RegExp(`name="${name}"[^>]*value="(\\w+)"`, "g"))].map(([, key]) => key);
  const both = await bulk(foi, eir);
  assert.equal(both.statusCode, 200, words(both));
  assert.deepEqual(offeredIn(both.body, "exemptions"), ["r12_4a"]);
  assert.ok(both.body.length < 100_000, `${both.body.length} bytes`);
  assert.deepEqual(offeredIn((await bulk(foi)).body, "exemptions"), []);
  assert.doesNotMatch(words(both), /Review: upheld/);
  // What is answered already asks for nothing, whatever it named.
  const done = await receive("eir");
  await does(done, "answer", { decision: "granted", answer: "Nine." });
  assert.deepEqual(offeredIn((await bulk(foi, done)).body, "exemptions"), []);
  // The form of a text has no list of sections at all: they are gone through one by one.
  const { text } = await drafted(crime);
  const form = await browser.get(`/agreed-texts/${text.reference}/edit`);
  assert.ok(form.body.length < 100_000, `${form.body.length} bytes`);
  assert.doesNotMatch(words(form), /s43 commercial|reg 12\(4\)|DPA sch/);
  // On the bench stand those of its own law.
  const bench = words(await browser.get(`/agreed-texts/${text.reference}/withhold`));
  assert.match(bench, /s43 commercial interests/);
  assert.doesNotMatch(bench, /reg 12|DPA sch|re-use/);
});

test("the form that answers more than 200 at once says that it asks what the first 200 need; that of 200 looks at all", async () => {
  const receive = (many: number) =>
    world.store.as(
      officer,
      async (tx) => {
        for (let at = 0; at < many; at += 1)
          await create(tx, type("information_request"), {
            subject: "Lanterns",
            question: "How many?",
            receivedOn: "2026-03-16",
          });
      },
      on,
    );
  const form = async (deed: string) => {
    const query = new URLSearchParams({ all: "yes", view: "q=lanterns", do: deed });
    return words(await browser.get(`/information-requests/bulk?${query.toString()}`));
  };
  await receive(200);
  assert.match(await form("move:answer"), /Answer: 200 information requests/);
  assert.doesNotMatch(await form("move:answer"), /what the first 200/);
  await receive(1);
  assert.match(
    await form("move:answer"),
    /Answer: 201 information requests .*asks what the first 200 of these information requests need, by their references\. If others need something else, the next page says why they cannot be changed/,
  );
  // What asks the same of all says nothing of it.
  const other = await form("field:area");
  assert.match(other, /201 information requests/);
  assert.doesNotMatch(other, /what the first 200/);
});
