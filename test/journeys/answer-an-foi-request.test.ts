import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hasContent } from "../../src/kernel/files/content.ts";
import { composeMail } from "../../src/kernel/mail/compose.ts";
import type { OutboxMail } from "../../src/kernel/mail/compose.ts";
import { tellAll } from "../../src/kernel/notifications/tell.ts";
import { makeAbsence } from "../../src/kernel/organisation/absences.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";
import {
  asksTeams,
  beginAnswering,
  dayControls,
  makesLetter,
  moves,
  partsOfRefusal,
  sends,
  withholdsPrices,
} from "./answering-stage.ts";
import type { AnsweringStage } from "./answering-stage.ts";
import { dayIn } from "../day-in.ts";

let stage: AnsweringStage;
let deputy: Browser;

before(async () => {
  stage = await beginAnswering();
  const { world, director } = stage;
  deputy = await world.as(await world.person("Dee Puty", "staff"));
  await world.store.as(director.who!, (tx) =>
    makeAbsence(tx, { delegate: deputy.who!.personId, from: dayIn(0), until: dayIn(0), kinds: ["decisions"] }),
  );
});
after(() => stage.end());

test("a request is answered in part: clarified, put to two teams, extended, signed by two and sent as a letter", async () => {
  const { world, folder, officer, program, highways, finance, legal, director } = stage;
  const asker = await world.system((tx) =>
    create(
      tx,
      typeNamed(tx.registry, "person"),
      { name: "J. Hartley", email: "hartley@example.org", active: true },
      { trusted: true },
    ),
  );
  // Received by hand, clarified and extended.
  const request = await sends(officer, "/information-requests/new", {
    subject: "Potholes in Mill Lane",
    question: "How many were mended, and what did each cost?",
    regime: "foi",
    receivedBy: "letter",
    applicant: "J. Hartley",
    replyTo: "12 Mill Lane, Aldermoor",
    requester: asker.id,
    ...dayControls("receivedOn", 12),
  });
  const reference = request.split("/").at(-1)!;
  const move = (name: string, form: Record<string, string> = {}, at = request, browser = officer) =>
    moves(browser, at, name, form);
  await move("clarify", { ...dayControls("askedOn", 9), comment: "Since when?" });
  await move("clarified", { ...dayControls("clarifiedOn", 7), comment: "Since January." });

  // Two questions to two teams, who do not learn who asked.
  const titles = ["How many potholes were mended?", "What did each repair cost?"];
  const questions = await asksTeams(stage, request, {
    titles,
    subject: "Potholes in Mill Lane",
    asker: /Hartley|FOI-/,
  });
  assert.match(words(await officer.get(request)), /2 of 2 still open.*1\. How many potholes.*2\. What did each repair/);
  const wrong = await highways.post(`${questions[0]}/answer`, { held: "yes" }, { from: questions[0]! });
  assert.equal(wrong.statusCode, 422);
  assert.match(words(wrong), /There is a problem Write the answer/);
  const list = new File(["street;holes\nMill Lane;41\n"], "holes.csv", { type: "text/csv" });
  await sends(
    highways,
    `${questions[0]}/answer`,
    { held: "yes", answer: "We mended 41.", spent: "1h 30m", "files[]": list },
    questions[0],
  );
  assert.match(words(await highways.get(questions[0]!)), /Answered.*We mended 41\..*holes\.csv/);
  await sends(
    finance,
    `${questions[1]}/answer`,
    { held: "part", answer: "In all it was £9,840.", concerns: "The price of each repair is the contractor’s" },
    questions[1],
  );

  // More time, told as the law wants.
  const extension = { extendedFor: "s43", extendedBecause: "We ask the contractor.", ...dayControls("extendedOn", 0) };
  await move("extend", extension);
  assert.match(
    words(await officer.get(`${request}?tab=conversation`)),
    /Section 10\(3\) of the Act .* Information Commissioner/,
  );

  // One text of what they answered, and what is withheld gone through.
  const text = await sends(officer, `${request}/agreed-text`, {}, request);
  const drafted = words(await officer.get(text));
  assert.match(drafted, /We mended 41\..*In all it was £9,840\./);
  const path = `/agreed-texts/${text.split("/").at(-1)}`;
  const etag = String((await program.get(path)).headers["etag"]);
  assert.equal((await program.patch(path, { outcome: "part" }, { "if-match": etag })).statusCode, 200);
  const early = await officer.post(`${text}/moves/submit`, {}, { from: `${text}/moves/submit` });
  assert.match(words(early), /Name the exemption or exception/);
  await withholdsPrices(stage, text);
  await move("submit", {}, text);

  // Legal comments, asks for a change and signs; the deputy signs for the director, who is away.
  assert.match(words(await legal.get(text)), /It waits for Quinn Law \(Legal\).*Sign it as Legal/);
  await move(
    "remark",
    { remarkSection: "2", remarkPassage: "£9,840", remark: "Say that it is without VAT." },
    text,
    legal,
  );
  await move("send_back", { comment: "See my comment." }, text, legal);
  const before = (await program.get(path)).json();
  const sections = before.sections.map((line: Record<string, unknown>) =>
    String(line["text"]).includes("9,840") ? { ...line, text: "In all it was £9,840 without VAT." } : line,
  );
  const changed = await program.patch(path, { sections }, { "if-match": `"${before.version}"` });
  assert.equal(changed.statusCode, 200, changed.body);
  await move("settle", { remarkNumber: "1", remarkReply: "It says so now." }, text);
  assert.match(
    words(await officer.get(`${text}/versions`)),
    /What did each repair cost\? Changed .*\[added: ?without VAT/,
  );
  await move("submit", {}, text);
  await sends(legal, `${text}/moves/sign`, {}, text);
  assert.equal((await deputy.get(text)).statusCode, 404);
  await sends(deputy, "/stand-in", { person: director.who!.personId }, "/");
  await sends(deputy, `${text}/moves/sign`, {}, text);
  assert.match(
    words(await officer.get(`${text}/read`)),
    /Agreed.*Quinn Law, Legal Signed.*Signed by Dee Puty, who stood in/,
  );

  // The letter, and the answer that takes it along.
  const { pdf, words: told } = await makesLetter(stage, text);
  for (const part of [/Aldermoor Borough Council J\. Hartley 12 Mill Lane/, /without VAT/, ...partsOfRefusal])
    assert.match(told, part);
  assert.match(pdf.toString("latin1"), /\/StructTreeRoot.*\/Marked true|\/Marked true.*\/StructTreeRoot/s);
  const answered = await program.get(`/information-requests/${reference}`);
  const refusedAnswer = await program.post(
    `/information-requests/${reference}/moves/answer`,
    { decision: "granted", answer: "All of it." },
    { "if-match": String(answered.headers["etag"]) },
  );
  assert.equal(refusedAnswer.statusCode, 422, refusedAnswer.body);
  await move("answer", { decision: "part" });
  assert.match(words(await officer.get(request)), /Answered.*Granted in part.*s43 commercial interests.*We mended 41/);
  assert.match(words(await officer.get(text)), /Sent/);

  await world.ownerPool.query("update organisations set demo = false");
  await tellAll({ ...world, mail: true, domain: "reeve.test" }, { failed: (error) => assert.fail(String(error)) });
  const { rows } = await world.ownerPool.query<OutboxMail>(
    `select organisation_id as "organisationId", id, person_id as "personId", purpose, report_id as "reportId", message_id as "messageId",
       record_id as "recordId", sequence from mail_outbox where purpose = 'letter' and person_id = $1 order by sequence desc limit 1`,
    [asker.id],
  );
  const mail = await composeMail({ ...world, baseUrl: "http://localhost", filesFolder: folder }, rows[0]!);
  assert.match(mail?.text ?? "", /This is the answer to your request FOI-/);
  assert.deepEqual(
    mail?.attachments?.map(({ name, content }) => [name, content.equals(pdf)]),
    [[`${reference}.pdf`, true]],
  );
  const word = await world.system(async (tx) => {
    const stored = await find(tx, typeNamed(tx.registry, "agreed_text"), text.split("/").at(-1)!);
    const { rows: files } = await world.ownerPool.query<{ sha256: string }>(
      "select encode(sha256, 'hex') as sha256 from files where id = $1",
      [stored.values["letterWord"]],
    );
    return files[0]!.sha256;
  });
  assert.ok(await hasContent(folder, word));
});
