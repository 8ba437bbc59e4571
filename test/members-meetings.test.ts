import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { acknowledgeAll } from "../src/modules/rights/acknowledge.ts";
import { rawSql } from "./raw-sql.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let officer: Who;
let member: Who;

before(async () => {
  world = await createWebWorld();
  officer = await world.person("Nia Rowe", "policyManager");
  member = await world.person("Cllr Mo Finch", "councillor");
  const local = { questionDays: 3, answerDays: 10 };
  await world.system((tx) =>
    change(tx, typeNamed(tx.registry, "calendar"), world.council.calendar, "any", local, { trusted: true }),
  );
});
after(() => world.close());

const type = () => typeNamed(world.registry, "members_question");
const noon = (day: string) => ({ now: Temporal.Instant.from(`${day}T11:00:00Z`) });
/** A question to the meeting of Wednesday 15 July 2026, before which it is answered by Friday 10 July. */
const question = { subject: "Parks", question: "When do they open?", kind: "council", meeting: "Full council" };
const ask = (day: string, who: Who, more: Readonly<Record<string, unknown>> = {}) =>
  world.store.as(
    who,
    (tx) => create(tx, type(), { ...question, meetingOn: "2026-07-15", receivedOn: day, ...more }),
    noon(day),
  );
const asMember = (day: string) =>
  world.store.as(member, (tx) => create(tx, type(), { ...question, meetingOn: "2026-07-15" }), noon(day));
const acknowledge = (day: string) => world.system((tx) => acknowledgeAll(tx), noon(day));
const said = (record: Stored) =>
  world.store.as(officer, async (tx) =>
    (await timeline(tx, record)).flatMap(({ verb, body }) => (verb === "commented" ? [body?.text ?? ""] : [])),
  );

test("a question that came too late is told of the next meeting that still takes questions, as others ask at it", async () => {
  const committee = { kind: "committee", meeting: "Planning committee" };
  const other = (meetingOn: string, more: Readonly<Record<string, unknown>> = {}) =>
    ask("2026-03-02", officer, { subject: "Nobody else’s business", meetingOn, ...more });
  const late = async (more: Readonly<Record<string, unknown>> = {}, who = member) => {
    const asking = world.store.as(
      who,
      (tx) => create(tx, type(), { ...question, meetingOn: "2026-04-15", ...more }),
      noon("2026-04-14"),
    );
    const refusal = await asking.then(
      () => assert.fail("it was taken"),
      (error: unknown) => error,
    );
    assert.ok(refusal instanceof Refusal);
    return refusal.message;
  };
  const none = /is answered by 10 April 2026, which is past\. (Give the day|Say why)/;
  assert.match(await late(), none);
  // This one is as late; of another committee; restricted; withdrawn.
  await other("2026-04-16");
  await other("2026-05-01", { ...committee, meeting: "Licensing committee" });
  await other("2026-05-02", { ...committee, sensitivity: "restricted" });
  const withdrawn = await other("2026-05-05", committee);
  await world.store.as(officer, (tx) => move(tx, type(), withdrawn.id, "any", "withdraw", { comment: "No" }));
  assert.match(await late(), none);
  assert.match(await late(committee), none);
  await other("2026-06-10");
  await other("2026-05-20");
  await other("2026-05-13", { ...committee, meeting: " planning COMMITTEE" });
  const council =
    /which is past\. The next meeting of the council that we know of and that still takes questions is on 20 May 2026: it takes them until 15 May 2026\. /;
  assert.match(await late(), council);
  assert.match(await late({}, officer), council);
  assert.match(
    await late(committee),
    /The next meeting “Planning committee” that we know of and that still takes questions is on 13 May 2026: it takes them until 8 May 2026\. Give the day of a later meeting/,
  );
  // What it is told is true.
  const asked = await world.store.as(
    member,
    (tx) => create(tx, type(), { ...question, meetingOn: "2026-05-20" }),
    noon("2026-05-15"),
  );
  assert.equal(asked.values["meetingOn"], "2026-05-20");
  // Days go to those who may ask such questions, and to no other organisation.
  const elsewhere = await world.another("Brackenshire County Council");
  const staff = await world.person("Sam Staff", "staff");
  const stranger = await world.person("Stan Ger", "administrator", { organisation: elsewhere });
  const { raw } = rawSql(() => world);
  for (const [who, days] of [
    [member, 3],
    [staff, 0],
    [stranger, 0],
    [null, 0],
  ] as const) {
    const { rows } = await raw(who, (query) => query("select * from later_meetings('council', null, '2026-01-01')"));
    assert.equal(rows.length, days);
  }
});

test("a question that came too late for its meeting is not taken from a member, who is told what to do", async () => {
  await assert.rejects(
    asMember("2026-07-13"),
    /answered by 10 July 2026, which is past\. Give the day of a later meeting, or go back and ask it as a member’s enquiry/,
  );
  assert.equal((await asMember("2026-07-10")).values["meetingOn"], "2026-07-15", "on the last day it is in time");
});

test("whoever handles questions takes one that came too late, and says why; its member is promised no day that has been", async () => {
  const late = { requester: member.personId };
  await assert.rejects(ask("2026-07-13", officer, late), /Say why it is taken, or give the day of a later meeting/);
  const taken = await ask("2026-07-13", officer, { ...late, takenBecause: "The mayor allowed it as urgent" });
  await acknowledge("2026-07-13");
  const [told = ""] = await said(taken);
  assert.match(told, /It should have been answered by 10 July 2026\. We will answer it as soon as we can/);
  assert.doesNotMatch(told, /You will have an answer by/);
  // What was taken may be changed in all else without being asked again.
  await world.store.as(
    officer,
    (tx) => change(tx, type(), taken.id, "any", { meeting: "Council" }),
    noon("2026-07-14"),
  );
});

test("when the meeting moves the member is told the new day once, and by when they have an answer", async () => {
  const asked = await ask("2026-07-01", officer, { requester: member.personId });
  await acknowledge("2026-07-01");
  await acknowledge("2026-07-01");
  const first = await said(asked);
  assert.equal(first.length, 1);
  assert.match(first[0]!, /You will have an answer by 10 July 2026/);
  await world.store.as(
    officer,
    (tx) => change(tx, type(), asked.id, "any", { meetingOn: "2026-09-16" }),
    noon("2026-07-02"),
  );
  await acknowledge("2026-07-02");
  await acknowledge("2026-07-02");
  const after = await said(asked);
  assert.equal(after.length, 2);
  const again = after.find((text) => !first.includes(text)) ?? "";
  assert.match(again, /is now on 16 September 2026\. You will have an answer by 11 September 2026/);
});

test("a member is offered what a member asks, in words of their own; those who only ask are not offered files to bring in", async () => {
  const page = await world.as(member);
  const kinds = words(await page.get("/members-questions/new"));
  assert.match(kinds, /Written question to council/);
  assert.doesNotMatch(kinds, /Letter of a Member of Parliament/);
  assert.match(
    words(await (await world.as(officer)).get("/members-questions/new")),
    /Letter of a Member of Parliament/,
  );
  const staff = await world.as("staff");
  for (const [browser, path] of [
    [page, "/members-questions"],
    [staff, "/information-requests"],
    [staff, "/data-protection-requests"],
  ] as const) {
    const list = await browser.get(path);
    assert.equal(list.statusCode, 200, path);
    assert.doesNotMatch(list.body, /\/import"/, path);
  }
  assert.match((await (await world.as(officer)).get("/information-requests")).body, /\/information-requests\/import"/);
  const asked = await staff.get("/information-requests/new?ask=question");
  assert.match(words(asked), /In your own words/);
});
