import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hasContent } from "../../src/kernel/files/content.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { clocksOf } from "../../src/kernel/store/clocks.ts";
import { find } from "../../src/kernel/store/find.ts";
import { acknowledgeAll } from "../../src/modules/rights/acknowledge.ts";
import { periodOf, quarterNameOf } from "../../src/modules/rights/statistics/periods.ts";
import { publishStatistics } from "../../src/modules/rights/statistics/publish.ts";
import { statisticsOf } from "../../src/modules/rights/statistics/statistics.ts";
import { hidden, publicAsker } from "../public-asker.ts";
import type { Answers } from "../public-asker.ts";
import { postbox } from "../postbox.ts";
import { checkAsWorker } from "../publication-check.ts";
import { words } from "../web-world.ts";
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

let stage: AnsweringStage;

before(async () => {
  stage = await beginAnswering();
});
after(() => stage.end());

const given: Answers = {
  kind: { kind: "information" },
  subject: { subject: "Potholes in Mill Lane" },
  question: { question: "How many potholes were mended in Mill Lane, and what did each repair cost?" },
  format: { format: "" },
  name: { name: "Ifeoma Zeller" },
  reply: { email: "ifeoma@example.org", address: "12 Mill Lane, Aldermoor, AM1 2BC" },
};

const type = (name: string) => typeNamed(stage.world.registry, name);
/** The day in a sentence that says by when the answer must come, `yyyy-mm-dd`. */
const dueIn = (text: string): string => {
  const [, day = "", month = "", year = ""] = /By law we must answer by (\d+) (\w+) (\d{4})/.exec(text) ?? [];
  const names = Array.from({ length: 12 }, (_none, at) =>
    Temporal.PlainDate.from({ year: 2026, month: at + 1, day: 1 }).toLocaleString("en-GB", { month: "long" }),
  );
  return Temporal.PlainDate.from({ year: Number(year), month: names.indexOf(month) + 1, day: Number(day) }).toString();
};

/** Has a publication checked and published by its pages, as the officer and the worker do. Gives what came of it. */
async function publishes(publication: string): Promise<string> {
  const { world, folder, officer } = stage;
  await moves(officer, publication, "publish");
  return checkAsWorker(world, folder, officer.who!);
}

/** Something that was answered and published before. */
async function publishedBefore(): Promise<void> {
  const { officer } = stage;
  const publication = await sends(officer, "/publications/new", {
    kind: "answer",
    title: "Potholes mended on main roads",
    question: "How many potholes were mended on main roads, and what did the repairs cost?",
    answer: "412, for £61,000 in all.",
    decision: "granted",
    topic: "roads",
    ...dayControls("answeredOn", 90),
  });
  assert.match(await publishes(publication), /it is published/);
}

test("a request of the public is suggested an answer, clarified, extended, answered in part, published and counted", async () => {
  const { world, folder, officer, program, highways, finance, legal, director } = stage;
  const { organisationId } = world.council;
  const asker = publicAsker(world);
  const { deliver } = postbox(world);
  const person = asker.somebody();
  await publishedBefore();

  // Somebody asks without an account. What was answered before is shown first; it is not enough.
  const { suggestions: _none, ...answers } = given;
  const suggested = await asker.answerAll(person, answers);
  assert.match(words(suggested), /This may already answer you .*Potholes mended on main roads/);
  const reference = /value="open:(PUB-\d+)"/.exec(suggested.body)?.[1] ?? assert.fail("nothing is suggested");
  const opened = await person.post("/information/ask", {
    draft: hidden(suggested, "draft"),
    step: "suggestions",
    go: `open:${reference}`,
  });
  assert.match(words(opened), /412, for £61,000 in all\. .*Does this answer you\?/);
  let page = await person.post("/information/ask", { draft: hidden(opened, "draft"), step: "suggestions" });
  for (let step = hidden(page, "step"); answers[step]; step = hidden(page, "step"))
    page = await person.post("/information/ask", { draft: hidden(page, "draft"), step, ...answers[step] });
  assert.match(words(page), /Check your answers .*Potholes in Mill Lane .*Ifeoma Zeller/);
  const sent = await asker.send(person, page);
  assert.equal(sent.statusCode, 303, words(sent));

  // The confirmation says by when, on the page and by mail, with the secret address.
  const confirmed = words(await person.get(String(sent.headers.location)));
  const follow = String(sent.headers.location).replace(/\?.*/, "");
  const number = /FOI-\d{4}-\d{4}/.exec(confirmed)?.[0] ?? assert.fail(confirmed);
  const due = dueIn(confirmed);
  const seen = async () => words(await person.get(follow));
  await deliver();
  await world.system((tx) => acknowledgeAll(tx));
  const [receipt] = await deliver();
  assert.equal(receipt?.to, "ifeoma@example.org");
  assert.equal(dueIn(receipt.text), due);
  assert.match(receipt.text, new RegExp(`${world.parts.baseUrl}${follow}`));
  const request = `/information-requests/${number}`;
  const { rows } = await world.ownerPool.query<{ id: string }>("select id from records where reference = $1", [number]);
  const clock = async () =>
    world.store.as(officer.who!, async (tx) => {
      const readings = await clocksOf(
        tx,
        type("information_request"),
        await find(tx, type("information_request"), rows[0]!.id),
      );
      return readings.find(({ name }) => name === "answer") ?? assert.fail("no clock");
    });

  // The officer asks what is meant: nothing counts until they say, and a person confirms that it is what was needed.
  await moves(officer, request, "clarify", { ...dayControls("askedOn", 0), comment: "Since when?" });
  assert.match(await seen(), /We need something from you .*until then the time does not run.*Since when\?/);
  assert.equal((await clock()).dueAt, null);
  assert.match((await deliver())[0]?.text ?? "", /Since when\?/);
  const replied = await person.post(`${follow}/reply`, { text: "Since January.", website: "" });
  assert.equal(replied.statusCode, 303, words(replied));
  assert.equal((await clock()).dueAt, null);
  const told = await officer.get(request);
  assert.match(words(told), /They have written since you asked .*“Since January\.”/);
  const confirms =
    /href="([^"]*moves\/clarified[^"]*)"/.exec(told.body)?.[1]?.replaceAll("&amp;", "&") ?? assert.fail();
  await sends(officer, `${request}/moves/clarified`, dayControls("clarifiedOn", 0), confirms);
  // Section 1(3): the twenty days begin anew on the day that it came, which is today.
  assert.ok(dueIn(await seen()) >= due);

  // Two questions to two teams, who do not learn who asked.
  const questions = await asksTeams(stage, request, {
    titles: ["How many potholes were mended?", "What did each repair cost?"],
    subject: "Potholes in Mill Lane",
    asker: /Zeller|ifeoma|FOI-/,
  });
  const counted = { held: "yes", answer: "We mended 41, as Ifeoma Zeller of 12 Mill Lane says.", spent: "1h" };
  await sends(highways, `${questions[0]}/answer`, counted, questions[0]);
  await sends(
    finance,
    `${questions[1]}/answer`,
    { held: "part", answer: "In all it was £9,840.", concerns: "The price of each repair is the contractor’s" },
    questions[1],
  );

  // More time to weigh the public interest, told as section 10(3) wants.
  await moves(officer, request, "extend", {
    extendedFor: "s43",
    extendedBecause: "We ask the contractor.",
    ...dayControls("extendedOn", 0),
  });
  const extended = await seen();
  assert.match(
    extended,
    /have still to weigh the public interest\. Section 10\(3\) of the Act .*Information Commissioner/,
  );
  assert.ok(dueIn(extended) > due, `${dueIn(extended)} is no later than ${due}`);
  assert.match((await deliver())[0]?.text ?? "", /section 43\(2\).*Section 10\(3\)/s);

  // One agreed text that withholds the prices, signed by two.
  const text = await sends(officer, `${request}/agreed-text`, {}, request);
  const path = `/agreed-texts/${text.split("/").at(-1)}`;
  const etag = String((await program.get(path)).headers["etag"]);
  assert.equal((await program.patch(path, { outcome: "part" }, { "if-match": etag })).statusCode, 200);
  await withholdsPrices(stage, text);
  await moves(officer, text, "submit");
  await sends(legal, `${text}/moves/sign`, {}, text);
  await sends(director, `${text}/moves/sign`, {}, text);
  const letter = await makesLetter(stage, text);
  for (const part of [/Ifeoma Zeller ifeoma@example\.org; 12 Mill Lane/, ...partsOfRefusal])
    assert.match(letter.words, part);
  const { values } = await world.store.as(officer.who!, (tx) => find(tx, type("agreed_text"), text.split("/").at(-1)!));
  const { rows: word } = await world.ownerPool.query<{ sha256: string }>(
    "select encode(sha256, 'hex') as sha256 from files where id = $1 and name like '%.docx'",
    [values["letterWord"]],
  );
  assert.ok(await hasContent(folder, word[0]!.sha256));
  await moves(officer, request, "answer", { decision: "part" });

  // The answer is at the secret address and in the mail, with every part that a refusal must have.
  const [mail] = await deliver();
  assert.deepEqual(
    mail?.attachments?.map(({ name, content }) => [name, content.equals(letter.pdf)]),
    [[`${number}.pdf`, true]],
  );
  const answered = await seen();
  for (const part of [/Answered .*You get some of what you asked for/, /We mended 41/, ...partsOfRefusal])
    assert.match(answered, part);
  assert.doesNotMatch(answered, /We expect to answer by .*We are working on it/);

  // Into the disclosure log: the check finds who asked, and lets it out once they are taken out.
  const publication = await sends(officer, `${request}/publish`, {}, request);
  const found = await publishes(publication);
  assert.match(found, /the name of whoever asked.*an address of whoever asked/);
  assert.equal((await person.get(`/information/answers/${publication.split("/").at(-1)}`)).statusCode, 404);
  const draft = `/publications/${publication.split("/").at(-1)}`;
  const before = (await program.get(draft)).json();
  const clean = String(before.answer).replace(", as Ifeoma Zeller of 12 Mill Lane says", "");
  const changed = await program.patch(draft, { answer: clean, topic: "roads" }, { "if-match": `"${before.version}"` });
  assert.equal(changed.statusCode, 200, changed.body);
  assert.match(await publishes(publication), /Nothing personal was found, and it is published/);
  const everybody = asker.somebody();
  // What everybody reads is kept for two seconds, that nothing is there as well.
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const entry = await everybody.get(`/information/answers/${publication.split("/").at(-1)}`);
  assert.match(words(entry), /Potholes in Mill Lane Granted in part .*We mended 41\./);
  assert.doesNotMatch(entry.body, /Zeller|ifeoma|12 Mill Lane/i);
  assert.match(words(await everybody.get("/information/answers?q=mended+mill+lane")), /Potholes in Mill Lane/);
  assert.match((await everybody.get("/information/answers/feed")).body, /<title>Potholes in Mill Lane<\/title>/);
  assert.match(words(await officer.get("/public-requests")), /asked all the same after 1 suggestion/);

  // It counts, first for officers and, once its quarter is published, for everybody.
  const received = Temporal.Now.plainDateISO("Europe/London").toString();
  const quarter = quarterNameOf(received);
  assert.match(words(await officer.get(`/rights/statistics?period=${quarter}`)), /Withheld in part 1 100% resolvable/);
  assert.equal((await everybody.get(`/information/statistics/${quarter}`)).statusCode, 404);
  const over = Temporal.PlainDate.from(periodOf(quarter, received).to).add({ days: 60 });
  const now = over.toZonedDateTime({ timeZone: "Europe/London", plainTime: "10:00" }).toInstant();
  await world.store.as(
    officer.who!,
    async (tx) => publishStatistics(tx, await statisticsOf(tx, periodOf(quarter, over.toString()))),
    { now },
  );
  const figures = words(await everybody.get(`/information/of/${organisationId}/statistics/${quarter}`));
  assert.match(figures, /Withheld in part 1 100% resolvable .*s43 commercial interests under 5/);
});
