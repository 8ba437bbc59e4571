import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ukWorkingDays } from "../../src/kernel/clocks/calendars.ts";
import { workingDateAfter } from "../../src/kernel/clocks/working-days.ts";
import { composeMail } from "../../src/kernel/mail/compose.ts";
import type { OutboxMail } from "../../src/kernel/mail/compose.ts";
import { tellAll } from "../../src/kernel/notifications/tell.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { chaseAll } from "../../src/modules/rights/answering/chase.ts";
import { hashOfText } from "../../src/modules/rights/answering/words-hash.ts";
import { giveSentLetters } from "../../src/modules/rights/letter/give-letters.ts";
import { writeLetters } from "../../src/modules/rights/letter/make-letters.ts";
import { apiClient } from "../api-world.ts";
import type { ApiClient } from "../api-world.ts";
import { extract } from "../redacted-pdf.ts";
import { temporaryFolder } from "../running.ts";
import { createWebWorld, words } from "../web-world.ts";
import type { Browser, WebWorld } from "../web-world.ts";

let world: WebWorld;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let councillor: Browser;
let officer: Browser;
let program: ApiClient;
/** Who answers for each team, and the head of the service that the question is about. */
let leads: readonly Browser[];
let head: Browser;
let manager: Browser;
let teams: readonly string[];

const names = ["Waste", "Fleet", "Contracts"] as const;

before(async () => {
  folder = await temporaryFolder();
  world = await createWebWorld({ filesFolder: folder.path });
  councillor = await world.as(await world.person("Cllr Mo Finch", "councillor"));
  officer = await world.as(await world.person("Nia Rowe", "policyManager"));
  program = await apiClient(world, officer.who!, ["admin"]);
  head = await world.as(await world.person("Hedda Streets", "answerApprover"));
  manager = await world.as(await world.person("Mo Nager", "staff"));
  const browsers: Browser[] = [];
  for (const name of ["Wanda Waste", "Flo Fleet", "Con Tract"])
    browsers.push(await world.as(await world.person(name, "staff")));
  leads = browsers;
  teams = await world.system(async (tx) => {
    const made: string[] = [];
    for (const [at, name] of names.entries()) {
      const members = [{ member: leads[at]!.who!.personId, lead: true }];
      const values = { name, members, manager: (at === 0 ? head : manager).who!.personId };
      made.push((await create(tx, typeNamed(tx.registry, "team"), values, { trusted: true })).id);
    }
    await create(tx, typeNamed(tx.registry, "answering_plan"), {
      name: "Members",
      caseType: "members_question",
      signers: [{ role: "Head of service", signsWhen: "always" }],
    });
    return made;
  });
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
const stored = (type: string, path: string) =>
  world.system((tx) => find(tx, typeNamed(tx.registry, type), path.split("/").at(-1)!));
const tell = () =>
  tellAll({ ...world, mail: true, domain: "reeve.test" }, { failed: (error) => assert.fail(String(error)) });

test("a member’s enquiry is split for three teams, put together in one text, signed by the head of the service, and read by the member", async () => {
  // The member signs in and asks; what they asked stands in their place.
  const given = { subject: "Missed bins in Eastgate", question: "How many rounds were missed, why, and what now?" };
  const asked = await (await apiClient(world, councillor.who!, ["read", "write"])).post("/members-questions", given);
  assert.equal(asked.statusCode, 201, asked.body);
  const { reference } = asked.json() as { reference: string };
  const enquiry = `/members-questions/${reference}`;
  assert.match(words(await councillor.get(enquiry)), /Missed bins in Eastgate.*Open/);

  // The officer gives it to the service and splits it, by the days of its own clock.
  const etag = String((await program.get(enquiry)).headers["etag"]);
  const owned = { team: teams[0], owner: officer.who!.personId };
  assert.equal((await program.patch(enquiry, owned, { "if-match": etag })).statusCode, 200);
  assert.match(words(await officer.get(enquiry)), /Split the question into questions/);
  const questions: string[] = [];
  for (const [at, title] of [
    "How many rounds were missed?",
    "How many lorries were out?",
    "What does the contract say?",
  ].entries()) {
    const form = `/case-questions/new?enquiry=${reference}`;
    questions.push(await sends(officer, "/case-questions/new", { enquiry: reference, title }, form));
    await move(officer, questions[at]!, "give", { team: teams[at]! });
  }
  assert.match(words(await officer.get(enquiry)), /3 of 3 still open/);

  // Each team sees its own question, on its first page, and neither the case nor who asked.
  for (const [at, lead] of leads.entries()) {
    assert.match(words(await lead.get("/help")), /Questions for you to answer \(1\)/);
    const page = await lead.get(questions[at]!);
    assert.match(words(page), /our own rules give us a day.*Send the answer/);
    assert.doesNotMatch(page.body, /Finch|MQ-/);
    assert.equal((await lead.get(enquiry)).statusCode, 404);
    assert.equal((await lead.get(questions[(at + 1) % 3]!)).statusCode, 404);
  }
  for (const [at, answer] of ["Eleven of 640.", "Nine of twelve."].entries())
    await sends(leads[at]!, `${questions[at]}/answer`, { held: "yes", answer }, questions[at]!);
  assert.doesNotMatch(words(await leads[0]!.get("/help")), /Questions for you to answer/);

  // The third is late: reminded, then its manager is told, and sees that question alone.
  const late = await stored("case_question", questions[2]!);
  const due = String(late.values["answerBy"]);
  const after = (days: number) => {
    const date = workingDateAfter(ukWorkingDays(), due, days);
    return Temporal.ZonedDateTime.from(`${date}T10:00[Europe/London]`).toInstant();
  };
  assert.equal(await chaseAll(world, after(1)), 1);
  assert.equal((await manager.get(questions[2]!)).statusCode, 404);
  assert.equal(await chaseAll(world, after(2)), 1);
  assert.equal((await manager.get(questions[2]!)).statusCode, 200);
  assert.equal((await manager.get(enquiry)).statusCode, 404);
  assert.match(words(await manager.get(`${questions[2]}?tab=conversation`)), /@?Mo Nager: this was to be answered by/);

  // What two have answered is put into one draft; the third is taken in when it comes.
  const text = await sends(officer, `${enquiry}/agreed-text`, {}, enquiry);
  const draft = words(await officer.get(text));
  assert.match(draft, /Eleven of 640\..*Nine of twelve\./);
  await sends(leads[2]!, `${questions[2]}/answer`, { held: "yes", answer: "A penalty of £40 each." }, questions[2]!);
  await move(officer, text, "assemble");
  assert.match(words(await officer.get(text)), /A penalty of £40 each\./);

  // A remark, a version that settles it, and the signature of the head, bound to the words.
  await move(head, text, "remark", { remarkSection: "2", remarkPassage: "Nine of twelve", remark: "Say why." });
  const early = await officer.post(`${text}/moves/submit`, {}, { from: `${text}/moves/submit` });
  assert.match(words(early), /One comment is still to be settled/);
  const path = `/agreed-texts/${text.split("/").at(-1)}`;
  const before = (await program.get(path)).json() as { version: number; sections: Record<string, unknown>[] };
  const sections = before.sections.map((line) =>
    line["text"] === "Nine of twelve." ? { ...line, text: "Nine of twelve: three were mended." } : line,
  );
  const changed = await program.patch(path, { sections }, { "if-match": `"${before.version}"` });
  assert.equal(changed.statusCode, 200, changed.body);
  await move(officer, text, "settle", { remarkNumber: "1", remarkReply: "It says so now." });
  assert.match(words(await officer.get(`${text}/versions`)), /\[added: ?: three were mended|three were mended/);
  await move(officer, text, "submit");
  assert.match(
    words(await head.get(text)),
    /It waits for Hedda Streets \(Head of service\).*Sign it as Head of service/,
  );
  await sends(head, `${text}/moves/sign`, {}, text);
  const agreed = await stored("agreed_text", text);
  const [signature] = agreed.values["signatures"] as Record<string, unknown>[];
  assert.deepEqual([signature?.["signedBy"], signature?.["hash"]], [head.who!.personId, hashOfText(agreed.values)]);

  // The letter is to the member and has no word of exemptions; the member is told, and reads the answer.
  assert.equal(await writeLetters({ ...world, filesFolder: folder.path }), 1);
  const letter = /href="(\/files\/[^"]+)"[^>]*>MQ-[\d-]+\.pdf/.exec((await officer.get(text)).body)?.[1];
  const pdf = (await officer.get(letter ?? assert.fail("no letter"))).rawPayload;
  const told = (await extract(pdf)).texts.join(" ").replaceAll(/\s+/g, " ");
  assert.match(told, /Cllr Mo Finch.*Thank you for your question.*three were mended.*answer this letter/);
  assert.doesNotMatch(told, /review|Commissioner|Freedom of Information/);
  await move(officer, enquiry, "answer");
  await tell();
  assert.match(words(await councillor.get("/notifications")), /Missed bins in Eastgate/);
  assert.match(words(await councillor.get(enquiry)), /Answered.*Eleven of 640\..*three were mended.*penalty of £40/);
  assert.match(words(await officer.get(text)), /Sent/);

  // The letter itself stands with the question, once, for the member who cannot see the text; nobody else gets it.
  assert.equal((await councillor.get(text)).statusCode, 404);
  assert.doesNotMatch((await councillor.get(enquiry)).body, /MQ-[\d-]+\.pdf/);
  assert.equal(await giveSentLetters(world), 1);
  assert.equal(await giveSentLetters(world), 0);
  const link = /href="(\/files\/[^"]+)"[^>]*>MQ-[\d-]+\.pdf/.exec((await councillor.get(enquiry)).body)?.[1];
  const own = link ?? assert.fail("no letter");
  assert.deepEqual((await councillor.get(own)).rawPayload, pdf);
  const other = await world.as(await world.person("Cllr Una Sharp", "councillor"));
  assert.equal((await other.get(own)).statusCode, 404);
});

test("whoever writes for a member of parliament has no account, so the letter goes with the mail", async () => {
  const asker = await world.system((tx) =>
    create(
      tx,
      typeNamed(tx.registry, "person"),
      { name: "Office of the Member", email: "office@mp.example", active: true },
      { trusted: true },
    ),
  );
  const today = Temporal.Now.plainDateISO("Europe/London").toString();
  const enquiry = await world.store.as(officer.who!, (tx) =>
    create(tx, typeNamed(tx.registry, "members_question"), {
      subject: "A blue badge",
      question: "When is it decided?",
      kind: "mp",
      receivedOn: today,
      requester: asker.id,
      team: teams[0],
    }),
  );
  const address = `/members-questions/${enquiry.reference}`;
  const text = await sends(officer, `${address}/agreed-text`, {}, address);
  const path = `/agreed-texts/${text.split("/").at(-1)}`;
  const etag = String((await program.get(path)).headers["etag"]);
  const sections = [{ heading: "Your question", text: "It is decided this week." }];
  assert.equal((await program.patch(path, { sections }, { "if-match": etag })).statusCode, 200);
  await move(officer, text, "submit");
  await sends(head, `${text}/moves/sign`, {}, text);
  await move(officer, address, "answer");
  await world.ownerPool.query("update organisations set demo = false");
  await tell();
  const { rows } = await world.ownerPool.query<OutboxMail>(
    `select organisation_id as "organisationId", id, person_id as "personId", purpose, report_id as "reportId", message_id as "messageId",
       record_id as "recordId", sequence from mail_outbox where purpose = 'letter' and person_id = $1 order by sequence desc limit 1`,
    [asker.id],
  );
  const mail = await composeMail({ ...world, baseUrl: "http://localhost", filesFolder: folder.path }, rows[0]!);
  assert.match(mail?.text ?? "", /This is the answer to your question MQ-.*It is decided this week\./s);
  assert.deepEqual(
    mail?.attachments?.map(({ name }) => name),
    [`${enquiry.reference}.pdf`],
  );
});

test("of a restricted enquiry nobody else learns, not by its questions or its text either", async () => {
  const member = await apiClient(world, councillor.who!, ["read", "write"]);
  const asked = await member.post("/members-questions", { subject: "Zephyrine matter", question: "Why Zephyrine?" });
  const { reference } = asked.json() as { reference: string };
  const enquiry = `/members-questions/${reference}`;
  const etag = String((await program.get(enquiry)).headers["etag"]);
  const restricted = await program.patch(enquiry, { sensitivity: "restricted" }, { "if-match": etag });
  assert.equal(restricted.statusCode, 200, restricted.body);
  const form = `/case-questions/new?enquiry=${reference}`;
  const question = await sends(
    officer,
    "/case-questions/new",
    { enquiry: reference, title: "Was Zephyrine told?" },
    form,
  );
  const open = await officer.post(`${question}/moves/give`, { team: teams[0]! }, { from: `${question}/moves/give` });
  assert.match(words(open), /Select the person who answers/);
  await move(officer, question, "give", { team: teams[0]!, owner: leads[0]!.who!.personId });
  const text = await sends(officer, `${enquiry}/agreed-text`, {}, enquiry);
  const page = await leads[0]!.get(question);
  assert.match(words(page), /Was Zephyrine told\?/);
  assert.doesNotMatch(page.body, /MQ-|Finch|Why Zephyrine/);
  for (const other of [head, manager, leads[1]!, await world.as("assistantDirector")]) {
    for (const address of [enquiry, question, text]) assert.equal((await other.get(address)).statusCode, 404, address);
    for (const address of ["/search?q=Zephyrine", "/palette?q=Zephyrine", "/case-questions?show=all", "/help", "/"])
      assert.doesNotMatch((await other.get(address)).body, /Zephyrine (matter|told)|Was Zephyrine/, address);
  }
});
