import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asFollower } from "../src/kernel/at-the-door.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { sendWaiting } from "../src/kernel/mail/send-waiting.ts";
import type { Mail } from "../src/kernel/mail/channel.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { acknowledgeAll } from "../src/modules/rights/acknowledge.ts";
import { openDraft, sealDraft } from "../src/modules/rights/public/draft.ts";
import type { Draft } from "../src/modules/rights/public/draft.ts";
import { refused } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
});
after(() => world.close());

const type = () => typeNamed(world.registry, "information_request");
const answers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kind: { kind: "information" },
  subject: { subject: "School crossing patrols" },
  question: { question: "What was spent on them in each year since 2020?\n\nA table will do." },
  format: { format: "" },
  name: { name: "Ifeoma Zeller" },
  reply: { email: "ifeoma@example.org", address: "" },
};

/** A place from which somebody writes: each test has its own, for what is sent from one is bounded. */
let places = 0;
const somebody = () => {
  places += 1;
  const remoteAddress = `198.51.100.${places}`;
  const post = (path: string, form: Readonly<Record<string, string>>) =>
    world.app.inject({
      method: "POST",
      url: path,
      remoteAddress,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams(form).toString(),
    });
  const get = (url: string) => world.app.inject({ url, remoteAddress });
  return { post, get };
};
type Person = ReturnType<typeof somebody>;
type Answer = Awaited<ReturnType<Person["get"]>>;

const hidden = (page: Answer, name: string) =>
  new RegExp(`<input type="hidden" name="${name}" value="([^"]*)">`).exec(page.body)?.[1] ?? "";

/** Answers the questions that the form asks, until it shows all answers or one is not given here. */
async function answerAll(person: Person, given = answers): Promise<Answer> {
  let page = await person.get("/information/ask");
  for (let at = 0; at < 12; at++) {
    const step = hidden(page, "step");
    const answer = given[step];
    if (answer === undefined) return page;
    page = await person.post("/information/ask", { draft: hidden(page, "draft"), step, ...answer });
  }
  return page;
}

/** The draft of a page as if it had been begun some time ago, since a test is quicker than a person. */
function older(page: Answer, change: Partial<Draft> = {}): string {
  const { secret } = world.parts;
  const { organisationId } = world.council;
  const draft = openDraft(secret, organisationId, hidden(page, "draft")) ?? assert.fail("there is no draft");
  return sealDraft(secret, organisationId, { ...draft, begunAt: draft.begunAt - 60_000, ...change });
}

const send = (person: Person, page: Answer, more: Readonly<Record<string, string>> = {}) =>
  person.post("/information/ask", { draft: older(page), step: "check", ...more });

/** Asks for something and gives where it is followed, and its key. */
async function asked(person = somebody(), given = answers) {
  const sent = await send(person, await answerAll(person, given));
  assert.equal(sent.statusCode, 303, words(sent));
  const location = String(sent.headers.location);
  return { person, page: location.replace(/\?.*$/, ""), key: /requests\/([\w-]+)/.exec(location)?.[1] ?? "" };
}

const requests = () =>
  world.store.as(officer, async (tx) => (await list(tx, type(), { limit: 100, closed: true } as never)).items);
const newest = async (): Promise<Stored> => {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from records where type = 'information_request' order by id desc limit 1",
  );
  return world.store.as(officer, (tx) => find(tx, type(), rows[0]!.id));
};

test("anybody asks a question a page, without cookie or account, and follows it by a secret address", async () => {
  const person = somebody();
  const check = await answerAll(person);
  assert.match(words(check), /Check your answers .*School crossing patrols .*Ifeoma Zeller .*ifeoma@example.org/);
  const sent = await send(person, check);
  assert.equal(sent.statusCode, 303, words(sent));
  assert.equal(sent.headers["set-cookie"], undefined);
  const record = await newest();
  const { regime, applicant, replyTo, receivedBy } = record.values;
  assert.deepEqual([regime, applicant, replyTo, receivedBy], ["foi", "Ifeoma Zeller", "ifeoma@example.org", "form"]);
  assert.deepEqual([record.title, record.createdBy, record.requesterId], ["School crossing patrols", null, null]);
  const followed = await person.get(String(sent.headers.location));
  assert.match(words(followed), new RegExp(`Request sent .*${record.reference}.*By law we must answer by`));
  assert.equal(followed.headers["referrer-policy"], "no-referrer");
  assert.match(String(followed.headers["x-robots-tag"]), /noindex/);
  assert.equal(followed.headers["cache-control"], "no-store");
  assert.equal(followed.headers["set-cookie"], undefined);
});

test("what is missing is said beside its question, and nothing typed is lost", async () => {
  const person = somebody();
  const first = await person.get("/information/ask");
  const none = await person.post("/information/ask", { draft: hidden(first, "draft"), step: "kind" });
  assert.equal(none.statusCode, 422);
  assert.match(words(none), /There is a problem Select what you want to ask for/);
  const nobody = await answerAll(person, { ...answers, name: { name: "J" } });
  assert.match(words(nobody), /Enter your full name/);
  const nowhere = await answerAll(somebody(), { ...answers, reply: { email: "", address: "" } });
  assert.match(words(nowhere), /Enter an e-mail address or a postal address/);
  const wrong = await answerAll(somebody(), { ...answers, reply: { email: "not an address", address: "" } });
  assert.match(wrong.body, /value="not an address"/);
  assert.match(words(wrong), /must be an e-mail address/);
  const environment = { ...answers, kind: { kind: "environment" }, name: { name: "" } };
  assert.match(words(await answerAll(somebody(), environment)), /Check your answers/);
});

test("who asks can go back and change an answer, and asks for their own data in another way", async () => {
  const person = somebody();
  const check = await answerAll(person);
  const back = await person.post("/information/ask", { draft: hidden(check, "draft"), step: "check", go: "to:subject" });
  assert.match(back.body, /value="School crossing patrols"/);
  const changed = await person.post("/information/ask", {
    draft: hidden(back, "draft"),
    step: "subject",
    subject: "Lollipop patrols",
  });
  assert.match(words(changed), /Check your answers .*Lollipop patrols/);
  const own = await answerAll(somebody(), { ...answers, kind: { kind: "own" } });
  assert.match(words(own), /Ask what the council holds about you/);
});

test("a form that is sent again makes nothing more, and one that was changed is none of ours", async () => {
  const person = somebody();
  const check = await answerAll(person);
  const [one, two] = await Promise.all([send(person, check), send(person, check)]);
  assert.equal(one.headers.location, two.headers.location);
  const count = async () => (await world.ownerPool.query("select 1 from outside_requesters")).rows.length;
  const before = await count();
  assert.equal((await send(person, check)).headers.location, one.headers.location);
  assert.equal(await count(), before);
  const draft = hidden(check, "draft");
  for (const forged of ["", "x", `${draft.slice(0, -4)}AAAA`, "A".repeat(200_000)]) {
    const answer = await person.post("/information/ask", { draft: forged, step: "check" });
    assert.equal(answer.statusCode, 422);
    assert.match(words(answer), /came incomplete/);
  }
});
