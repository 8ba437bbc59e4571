import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { typeNamed } from "../../src/kernel/registry.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { writeLetters } from "../../src/modules/rights/letter/make-letters.ts";
import { apiClient } from "../api-world.ts";
import { extract } from "../redacted-pdf.ts";
import { temporaryFolder } from "../running.ts";
import { createWebWorld, words } from "../web-world.ts";
import type { Browser, WebWorld } from "../web-world.ts";

let world: WebWorld;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let officer: Browser;
let lead: Browser;
let director: Browser;
let outsider: Browser;

before(async () => {
  folder = await temporaryFolder();
  world = await createWebWorld({ filesFolder: folder.path });
  officer = await world.as(await world.person("Nia Rowe", "policyManager"));
  lead = await world.as(await world.person("Hana Housing", "staff"));
  director = await world.as(await world.person("Di Rector", "assistantDirector"));
  outsider = await world.as(await world.person("Quinn Law", "answerApprover"));
  await world.system((tx) =>
    create(tx, typeNamed(tx.registry, "answering_plan"), {
      name: "Data",
      caseType: "data_protection_request",
      signers: [{ role: "Assistant director", person: director.who!.personId, signsWhen: "always" }],
    }),
  );
});
after(async () => {
  await world.close();
  await folder.remove();
});

/** Sends a form and gives where it leads; what is wrong is said where it is refused. */
async function sends(browser: Browser, path: string, form: Record<string, string>, from = path) {
  const answer = await browser.post(path, form, { from });
  assert.equal(answer.statusCode, 303, `${path}: ${words(answer)}`);
  return String(answer.headers.location);
}
const move = (browser: Browser, at: string, name: string, form: Record<string, string> = {}) =>
  sends(browser, `${at}/moves/${name}`, form, `${at}/moves/${name}`);
const today = Temporal.Now.plainDateISO("Europe/London");
const dayControls = (name: string, daysAgo: number) => {
  const { day, month, year } = today.subtract({ days: daysAgo });
  return { [`${name}-day`]: String(day), [`${name}-month`]: String(month), [`${name}-year`]: String(year) };
};
const answerBy = async (question: string) => {
  const reference = question.split("/").at(-1)!;
  const found = await world.system((tx) => find(tx, typeNamed(tx.registry, "case_question"), reference));
  return String(found.values["answerBy"]);
};

test("somebody’s request for their data is paused, put to a team by a question, answered in part by a signed text, and tells their rights", async () => {
  const request = await sends(officer, "/data-protection-requests/new", {
    subject: "Housing file",
    kind: "access",
    question: "Everything that you hold on my tenancy",
    receivedBy: "letter",
    applicant: "Zephyrine Mole",
    replyTo: "4 Mill Lane, Aldermoor",
    sensitivity: "restricted",
    ...dayControls("receivedOn", 12),
  });
  const reference = request.split("/").at(-1)!;
  assert.match(words(await officer.get(request)), /Where it is looked for.*Split the request into questions/);
  const title = "What is in the file of tenancy 20417 since 2019?";
  const form = `/case-questions/new?dataRequest=${reference}`;
  const question = await sends(officer, "/case-questions/new", { dataRequest: reference, title }, form);

  // The days of a question to them, from the day it was asked to the day it was answered, count neither for the team.
  const before = await answerBy(question);
  await move(officer, request, "clarify", { ...dayControls("askedOn", 11), comment: "Since when?" });
  await move(officer, request, "clarified", { ...dayControls("clarifiedOn", 1), comment: "Since 2019." });
  assert.ok((await answerBy(question)) > before, "the team has the days of the pause too");

  // Restricted from the first: it is put to one person, who sees the question, and nobody else sees that.
  const toAll = await officer.post(`${question}/moves/give`, { comment: "" }, { from: `${question}/moves/give` });
  assert.equal(toAll.statusCode, 422);
  const team = await world.system((tx) =>
    create(tx, typeNamed(tx.registry, "team"), { name: "Housing" }, { trusted: true }),
  );
  await move(officer, question, "give", { team: team.id, owner: lead.who!.personId });
  assert.match(words(await lead.get("/help")), /Questions for you to answer \(1\).*tenancy 20417/);
  const page = await lead.get(question);
  assert.doesNotMatch(page.body, /Zephyrine|DPR-|Housing file/);
  assert.equal((await lead.get(request)).statusCode, 404);
  for (const address of [request, question]) assert.equal((await outsider.get(address)).statusCode, 404);
  const answer = "Rent since 2019 was paid on time. One complaint by a neighbour is on file.";
  const concerns = "The neighbour’s name";
  await sends(lead, `${question}/answer`, { held: "yes", answer, concerns }, question);

  // One text: what is withheld is gone through by the law of personal data, and signed with the words.
  const text = await sends(officer, `${request}/agreed-text`, {}, request);
  assert.match(words(await officer.get(text)), /Rent since 2019 was paid on time/);
  assert.equal((await outsider.get(text)).statusCode, 404);
  assert.equal((await director.get(text)).statusCode, 404, "before it is their turn");
  const program = await apiClient(world, officer.who!, ["admin"]);
  const path = `/agreed-texts/${text.split("/").at(-1)}`;
  const etag = String((await program.get(path)).headers["etag"]);
  assert.equal((await program.patch(path, { outcome: "part" }, { "if-match": etag })).statusCode, 200);
  const choice = words(await officer.get(`${text}/withhold`));
  assert.match(choice, /DPA sch 2 para 16 others’ personal data/);
  assert.doesNotMatch(choice, /s43 commercial interests/);
  const bench = `${text}/withhold?section=others`;
  assert.match(words(await officer.get(bench)), /Test 1: Does it say something about somebody else/);
  const line = { section: "others", duty: "say", what: "Who complained", why: "They asked us not to tell you." };
  await sends(officer, `${text}/withhold`, line, bench);
  await move(officer, text, "submit");
  await sends(director, `${text}/moves/sign`, {}, text);
  assert.equal(await writeLetters({ ...world, filesFolder: folder.path }), 1);
  const letter = /href="(\/files\/[^"]+)"[^>]*>DPR-[\d-]+\.pdf/.exec((await officer.get(text)).body)?.[1];
  const pdf = (await officer.get(letter ?? assert.fail("no letter"))).rawPayload;
  const told = (await extract(pdf)).texts.join(" ").replaceAll(/\s+/g, " ");
  for (const part of [
    /Zephyrine Mole 4 Mill Lane/,
    /UK General Data Protection Regulation and the Data Protection Act 2018/,
    /We have withheld who complained under paragraph 16 of Schedule 2/,
    /which kinds of it we hold, who receives it, how long we keep it/,
    /complain to the Information Commissioner.*ask a court/,
  ])
    assert.match(told, part);
  assert.doesNotMatch(told, /internal review|Freedom of Information/);
  assert.match(words(await officer.get(request)), /Answer with it/);
  await move(officer, request, "answer", { decision: "part" });
  assert.match(words(await officer.get(request)), /Answered.*Done in part.*DPA sch 2 para 16.*Rent since 2019/);
  assert.match(words(await officer.get(text)), /Sent/);
});
