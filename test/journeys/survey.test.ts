import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { Refusal } from "../../src/kernel/errors.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { change } from "../../src/kernel/store/change.ts";
import { completeValues, create } from "../../src/kernel/store/create.ts";
import { createMany } from "../../src/kernel/store/create-many.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import { timeline } from "../../src/kernel/store/timeline.ts";
import type { Stored, Tx, Who } from "../../src/kernel/transaction.ts";
import { keepOpenSurveys, messages } from "../../src/modules/messages/module.ts";
import { createImportWorld } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import { rawSql } from "../raw-sql.ts";
import { words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";

let world: ImportWorld;
let manager: Browser;
let joe: Browser;
let people: readonly string[];
let everybody: Stored;

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(who: Browser | Who, work: (tx: Tx) => Promise<Result>) =>
  world.store.as("get" in who ? who.who! : who, work);
const refused =
  (kind: string, said = /./) =>
  (error: unknown) =>
    error instanceof Refusal && error.kind === kind && said.test(error.message);
const { raw, mustBeDenied } = rawSql(() => world);
const today = Temporal.Now.zonedDateTimeISO("Europe/London").toPlainDate();
const inDays = (days: number) => today.add({ days }).toString();
const make = (who: Browser, record: Stored, name: string, values: Record<string, unknown> = {}) =>
  as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values));
const staff = (personId: string): Who => ({ organisationId: world.council.organisationId, personId });
const answer = (survey: Stored, personId: string, answers: object) =>
  as(staff(personId), async (tx) => {
    const { rows } = await sql<{ taken: boolean }>`
      select answer_survey(${survey.id}::uuid, ${JSON.stringify(answers)}::jsonb) as taken`.execute(tx.db);
    return rows[0]?.taken;
  });
const questions = [
  { text: "Where do you work?", kind: "one", options: "Town hall\nDepot\nLibrary", required: true },
  { text: "My laptop lets me do my work.", kind: "scale" },
  { text: "What do you use each day?", kind: "many", options: "Teams\nOutlook\nA paper diary" },
  { text: "What one thing should we mend?", kind: "words" },
];
const draft = (more: Record<string, unknown> = {}) =>
  as(manager, (tx) =>
    create(tx, type("survey"), {
      title: "Your laptop and you",
      purpose: "To buy what helps you.",
      audience: everybody.id,
      closesOn: inDays(14),
      questions,
      breakdown: "question",
      breakdownQuestion: 1,
      ...more,
    }),
  );
async function opened(more: Record<string, unknown> = {}): Promise<Stored> {
  const survey = await make(manager, await draft(more), "open");
  await world.runJobs(messages.jobs);
  return survey;
}

before(async () => {
  world = await createImportWorld();
  manager = await world.as(await world.person("Priya Nair", "policyManager"));
  joe = await world.as(await world.person("Joe Price", "staff"));
  await world.system(async (tx) => {
    const values = [];
    for (let at = 0; at < 60; at++)
      values.push(
        await completeValues(
          tx,
          type("person"),
          {
            name: `Person ${at}`,
            roles: [{ role: world.council.roles.staff }],
            ...(at < 12 ? { team: world.council.team } : {}),
          },
          { trusted: true },
        ),
      );
    await createMany(tx, type("person"), values);
  });
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from records where type = 'person' and title like 'Person %' order by length(title), title",
  );
  people = rows.map(({ id }) => id);
  everybody = await as(manager, (tx) => create(tx, type("audience"), { name: "Everybody", everyone: true }));
});
after(() => world.close());

test("an anonymous survey: asked, answered once, reminded, published once, and a group of 9 is never shown", async () => {
  const survey = await opened();
  assert.equal(survey.sensitivity, "normal");
  const said = await as(joe, (tx) => timeline(tx, survey, { verbs: ["commented"] }));
  assert.match(said.map(({ body }) => body?.text).join("|"), /^You are asked what you think, without your name[^|]*$/);

  // By the page: what is wrong is said beside it and nothing typed is lost; a second time changes nothing.
  const at = `/surveys/${survey.reference}/answer`;
  assert.match(
    words(await joe.get("/help")),
    /Waiting for you .*Your laptop and you Survey, without your name\. Until/,
  );
  const page = await joe.get(at);
  assert.match(
    words(page),
    /Please answer by .*nobody can tell what you said.*Where do you work\?.*Town hall.*strongly|Strongly disagree/,
  );
  const wrong = await joe.post(at, { "question-2": "9", "question-4": "The <b>hinge</b>" }, { from: at });
  assert.equal(wrong.statusCode, 422);
  assert.match(words(wrong), /Answer “Where do you work\?”.*Select one of the answers to “My laptop/);
  assert.match(wrong.body, /The &lt;b&gt;hinge/);
  const right = { "question-1": "1", "question-2": "4", "question-3": ["1", "2"], "question-4": "The <b>hinge</b>" };
  assert.equal((await joe.post(at, right, { from: at })).statusCode, 303);
  assert.equal((await joe.post(at, { ...right, "question-2": "1" }, { from: at })).statusCode, 303);
  assert.match(words(await joe.get(at)), /You have answered/);
  assert.doesNotMatch(words(await joe.get("/help")), /Your laptop and you/);
  const stranger = await world.as(await world.person("Nia New", "staff"));
  assert.match(words(await stranger.get(at)), /You are not among those who are asked/);
  assert.equal((await stranger.post(at, right)).statusCode, 403);

  // 29 more of the town hall, 9 of the depot, 12 of the library.
  const place = (nth: number) => (nth < 29 ? 1 : nth < 38 ? 2 : 3);
  for (let nth = 0; nth < 50; nth++)
    assert.equal(await answer(survey, people[nth]!, { "1": place(nth), "2": 1 + (nth % 5), "3": [1] }), true);
  assert.equal(await answer(survey, people[0]!, { "1": 2 }), false, "nobody answers twice");
  assert.match(words(await manager.get(`/surveys/${survey.reference}`)), /51 of 62\. Nobody can see who/);
  assert.equal(
    (await joe.get(`/surveys/${survey.reference}/results`)).statusCode,
    404,
    "nothing is shown before it is over",
  );

  // Only those who have not answered are reminded.
  const watching = async () =>
    (
      await world.ownerPool.query<{ id: string }>("select person_id as id from watchers where record_id = $1", [
        survey.id,
      ])
    ).rows.map(({ id }) => id);
  assert.deepEqual((await watching()).toSorted(), [...people.slice(50), manager.who!.personId].toSorted());
  const reminders = { now: Temporal.Now.instant().add({ hours: 24 * 13 }) };
  assert.equal(await world.system((tx) => keepOpenSurveys(tx), reminders), 1);
  assert.equal(await world.system((tx) => keepOpenSurveys(tx), reminders), 0, "once");
  await assert.rejects(make(manager, survey, "publish"), refused("impossible"));
  const over = { now: Temporal.Now.instant().add({ hours: 24 * 15 }) };
  assert.equal(await world.system((tx) => keepOpenSurveys(tx), over), 1);
  assert.equal(await answer(survey, people[59]!, { "1": 2 }), false, "it takes no answers after its end");
  await make(manager, survey, "publish");

  const results = words(await joe.get(`/surveys/${survey.reference}/results`));
  assert.match(results, /51 of 62 people answered\./);
  assert.match(
    results,
    /Who answered .*Town hall 30 Depot Not shown Library Not shown/,
    "with 12 shown, 9 could be told from the rest",
  );
  assert.match(results, /By group: My laptop lets me do my work\. .*Depot Not shown Not shown/);
  assert.match(results, /Questions that fewer than 10 people answered .*What one thing should we mend\?/);
  assert.doesNotMatch(results, /hinge|Depot 9|Library 12|By group: Where/, "nor by the answers to the question itself");
  const left = await world.ownerPool.query(
    "select (select count(*) from survey_answers)::integer as answers, (select count(*) from survey_people where survey_id = $1)::integer as people",
    [survey.id],
  );
  assert.deepEqual(left.rows, [{ answers: 0, people: 0 }], "what each said is destroyed");
  await assert.rejects(
    as(manager, (tx) => sql`select publish_survey(${survey.id}::uuid)`.execute(tx.db)),
    /not allowed/,
  );

  // You said, we did; and nothing else of it changes any more.
  const did = [{ said: "Hinges break.", done: "We buy others.", kind: "other" }];
  await as(manager, (tx) => change(tx, type("survey"), survey.id, "any", { did }));
  assert.match(
    words(await joe.get(`/surveys/${survey.reference}/results`)),
    /You said, we did .*Hinges break\. We buy others\./,
  );
  await assert.rejects(
    as(manager, (tx) => change(tx, type("survey"), survey.id, "any", { breakdown: "none" })),
    refused("invalid", /only what was done/),
  );
});

test("who has answered and what was said lie apart: no role of the app reads either, and no row tells of the other", async () => {
  const survey = await opened({ breakdown: "team", breakdownQuestion: null });
  for (let nth = 0; nth < 15; nth++) await answer(survey, people[nth]!, { "1": 1 + (nth % 3) });
  for (const table of ["survey_people", "survey_answers"])
    for (const statement of [`select * from ${table}`, `delete from ${table}`])
      for (const who of [manager.who!, joe.who!]) await mustBeDenied(who, statement);
  await mustBeDenied(joe.who!, "insert into survey_results values ($1, $2, '{}')", [
    joe.who!.organisationId,
    survey.id,
  ]);
  await mustBeDenied(manager.who!, "select invite_to_survey($1, $2, $3)", [survey.id, [joe.who!.personId], [null]]);
  await mustBeDenied(manager.who!, "select survey_counts($1, 1, 3, null)", [survey.id]);
  await mustBeDenied(joe.who!, "select publish_survey($1)", [survey.id]);
  await mustBeDenied(joe.who!, "select discard_survey($1)", [survey.id]);

  const columns = await world.ownerPool.query(
    "select attname as name, format_type(atttypid, null) as type from pg_attribute where attrelid = 'reeve.survey_answers'::regclass and attnum > 0 order by 1",
  );
  assert.deepEqual(
    columns.rows.map(({ name }) => name),
    ["answers", "id", "organisation_id", "part", "survey_id"],
    "no person and no moment",
  );
  const kept = await world.ownerPool.query<{ id: string; xmin: string; part: string; place: number }>(
    "select id, xmin::text, part, (answers ->> '1')::integer as place from survey_answers where survey_id = $1 order by ctid",
    [survey.id],
  );
  assert.equal(kept.rows.length, 15);
  assert.equal(
    new Set(kept.rows.map(({ xmin }) => xmin)).size,
    1,
    "each answer that comes has all the others written anew",
  );
  assert.ok(
    kept.rows.every(({ id }) => id[14] === "4"),
    "ids hold no time",
  );
  const parts = Map.groupBy(kept.rows, ({ part }) => part);
  assert.deepEqual(
    [...parts.values()].map(({ length }) => length).toSorted(),
    [12, 3],
    "a team that is large enough, and the others",
  );
  const events = await as(manager, (tx) => timeline(tx, survey, { limit: 100 }));
  assert.ok(
    events.every(({ actorId }) => actorId === null || actorId === manager.who!.personId),
    "no event says who answered",
  );

  const elsewhere = await world.another("Elsewhere Council");
  const odd = await world.person("Odd Person", "administrator", { organisation: elsewhere });
  await mustBeDenied(odd, "select * from survey_turnout($1)", [survey.id]);
  await raw(odd, async (query) => {
    assert.deepEqual((await query("select own_survey($1) as own", [survey.id])).rows, [{ own: null }]);
    assert.deepEqual((await query("select answer_survey($1, '{}') as taken", [survey.id])).rows, [{ taken: false }]);
  });
  await make(manager, survey, "cancel", { comment: "Asked too early." });
  const left = await world.ownerPool.query("select 1 from survey_answers union all select 1 from survey_people");
  assert.equal(left.rows.length, 0, "a cancelled survey leaves nothing");
});

test("a survey of fewer than 10, or that fewer than 10 answer, says nothing", async () => {
  const small = await as(manager, (tx) =>
    create(tx, type("audience"), { name: "Joe", parts: [{ way: "in", kind: "person", person: joe.who!.personId }] }),
  );
  await assert.rejects(
    make(manager, await draft({ audience: small.id }), "open"),
    refused("invalid", /it holds one person/),
  );
  await assert.rejects(
    make(manager, await draft({ questions: [{ text: "Which?", kind: "one", options: "Only this" }] }), "open"),
    refused("invalid", /2 to 20 different answers/),
  );
  await assert.rejects(
    make(manager, await draft({ breakdownQuestion: 2 }), "open"),
    refused("invalid", /Which question/),
  );
  const survey = await opened();
  for (let nth = 0; nth < 9; nth++) await answer(survey, people[nth]!, { "1": 1 });
  await make(manager, survey, "close");
  await make(manager, survey, "publish");
  const results = words(await joe.get(`/surveys/${survey.reference}/results`));
  assert.match(results, /Fewer than 10 of 6\d people answered, so nothing is shown/);
  assert.doesNotMatch(results, /Town hall/);
  await as(joe, (tx) => find(tx, type("survey"), survey.id));
  const hidden = await draft();
  await assert.rejects(
    as(joe, (tx) => find(tx, type("survey"), hidden.id)),
    refused("unseen"),
  );
});

test("whatever the parts, none of fewer than 10 is shown, nor others where the rest would be fewer than 10", async () => {
  const samples = fc.sample(
    fc.array(fc.oneof(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 3000 })), { maxLength: 12 }),
    1500,
  );
  const { rows } = await world.ownerPool.query<{ counts: number[]; shown: boolean[] }>(
    "select c as counts, shown_parts(c, null) as shown from (select array(select jsonb_array_elements_text(j)::integer) as c from jsonb_array_elements($1::jsonb) as j) s",
    [JSON.stringify(samples)],
  );
  assert.equal(rows.length, samples.length);
  let some = 0;
  for (const { counts, shown } of rows) {
    assert.equal(shown.length, counts.length);
    const rest = counts.reduce((sum, count, at) => (shown[at] ? sum : sum + count), 0);
    for (const [at, count] of counts.entries()) assert.ok(!shown[at] || count >= 10, JSON.stringify({ counts, shown }));
    if (shown.includes(true)) assert.ok(rest === 0 || rest >= 10, JSON.stringify({ counts, shown }));
    if (counts.every((count) => count >= 10)) assert.ok(shown.every(Boolean), "nothing is left out without need");
    if (shown.includes(true) && shown.includes(false)) some += 1;
  }
  assert.ok(some > 200, `${some}`);
});
