import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../../src/kernel/errors.ts";
import { countAudience, peopleIn } from "../../src/kernel/organisation/audience.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { completeValues, create } from "../../src/kernel/store/create.ts";
import { createMany } from "../../src/kernel/store/create-many.ts";
import { change } from "../../src/kernel/store/change.ts";
import { find } from "../../src/kernel/store/find.ts";
import { count, list } from "../../src/kernel/store/list.ts";
import { move } from "../../src/kernel/store/move.ts";
import { timeline } from "../../src/kernel/store/timeline.ts";
import type { Stored, Tx, Who } from "../../src/kernel/transaction.ts";
import { askNewcomers, chaseLate, endOver, warnOfEnd } from "../../src/modules/policy/each-day.ts";
import { policy as policyModule } from "../../src/modules/policy/module.ts";
import { publishedVersions } from "../../src/modules/policy/versions.ts";
import { createImportWorld } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import { words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";
import { dayIn } from "../day-in.ts";

let world: ImportWorld;
let manager: Browser;
let director: Browser;
let joe: Browser;
let everybody: Stored;

const type = (name: string) => typeNamed(world.registry, name);
const as = <Result>(who: Browser | Who, work: (tx: Tx) => Promise<Result>) =>
  world.store.as("get" in who ? who.who! : who, work);
const runJobs = () => world.runJobs(policyModule.jobs);
const refused =
  (kind: string, words = /./) =>
  (error: unknown) =>
    error instanceof Refusal && error.kind === kind && words.test(error.message);
const later = (days: number) => ({ now: Temporal.Now.instant().add({ hours: days * 24 }) });

before(async () => {
  world = await createImportWorld();
  [manager, director, joe] = [
    await world.as(await world.person("Priya Nair", "policyManager")),
    await world.as(await world.person("Marcus Webb", "assistantDirector")),
    await world.as(await world.person("Joe Price", "staff")),
  ];
  everybody = await as(manager, (tx) => create(tx, type("audience"), { name: "Everybody", everyone: true }));
});
after(() => world.close());

const make = (who: Browser, record: Stored, name: string, values: Record<string, unknown> = {}) =>
  as(who, (tx) => move(tx, type(record.type), record.id, "any", name, values));
const draft = (title: string, more: Record<string, unknown> = {}) =>
  as(manager, (tx) =>
    create(tx, type("policy"), {
      title,
      purpose: "To keep it safe.",
      owner: manager.who!.personId,
      clauses: [
        { heading: "Length", text: "A password has 12 characters or more." },
        { heading: "Sharing", text: "Nobody shares a password." },
      ],
      ...more,
    }),
  );
const first = { change: "material", changeReason: "The first version.", reviewOn: dayIn(300) };

/** A policy in force, approved by the director. */
async function published(title: string, more: Record<string, unknown> = {}): Promise<Stored> {
  const approved = await make(director, await draft(title, more), "approve");
  return make(manager, approved, "publish", first);
}

/** The next version of it, in which the first clause says something else. */
async function republished(record: Stored, text: string, publication: Record<string, unknown>): Promise<Stored> {
  const review = await make(manager, record, "review");
  // The lines kind gives lines.
  const [one, ...others] = review.values["clauses"] as readonly Record<string, unknown>[];
  await as(manager, (tx) => change(tx, type("policy"), record.id, "any", { clauses: [{ ...one, text }, ...others] }));
  await make(director, review, "approve");
  const after = await make(manager, review, "publish", { reviewOn: dayIn(300), ...publication });
  await runJobs();
  return after;
}
const confirmations = (policy: Stored, state?: string) =>
  as(manager, (tx) =>
    count(tx, type("attestation"), {
      where: { policy: [policy.id] },
      ...(state ? { states: [state] } : { show: "all" }),
    }),
  );

test("each version is kept as it was published, with numbers that clauses keep for life", async () => {
  const policy = await published("Passwords");
  const review = await make(manager, policy, "review");
  const [length, sharing] = review.values["clauses"] as readonly Record<string, unknown>[];
  await as(manager, (tx) =>
    change(tx, type("policy"), policy.id, "any", {
      clauses: [sharing, { heading: "Second factor", text: "Everyone has one." }],
    }),
  );
  assert.ok(length);
  await make(director, review, "approve");
  await make(manager, review, "publish", {
    change: "material",
    changeReason: "A second factor.",
    reviewOn: dayIn(99),
  });
  const versions = await as(joe, async (tx) => publishedVersions(tx, await find(tx, type("policy"), policy.id)));
  assert.deepEqual(
    versions.map(({ edition, clauses, isWhole, publishedBy }) => [
      edition,
      clauses.map(({ number }) => number),
      isWhole,
      publishedBy,
    ]),
    [
      [1, [1, 2], true, "Priya Nair"],
      [2, [2, 3], true, "Priya Nair"],
    ],
  );
  assert.notEqual(versions[0]!.hash, versions[1]!.hash);
});

test("a consultation: those consulted are asked, each comment is answered, and nobody approves before", async () => {
  const audience = await as(manager, (tx) =>
    create(tx, type("audience"), {
      name: "Joe alone",
      parts: [{ way: "in", kind: "person", person: joe.who!.personId }],
    }),
  );
  const policy = await draft("Clear desks");
  const comment = (who: Browser, clause: number | null = 1) =>
    as(who, (tx) => create(tx, type("policy_comment"), { policy: policy.id, clause, title: "Why twelve?" }));
  await assert.rejects(comment(joe), refused("invalid", /not out for consultation/));
  await assert.rejects(
    make(manager, policy, "consult", { consultUntil: dayIn(0) }),
    refused("invalid", /still to come/),
  );
  await make(manager, policy, "consult", { consulted: audience.id, consultUntil: dayIn(7) });
  await runJobs();
  await runJobs();
  const said = await as(joe, (tx) => timeline(tx, policy, { verbs: ["commented"] }));
  assert.match(said.map(({ body }) => body?.text).join(), /^You are asked what you think/, "said once");
  const watching = await world.ownerPool.query("select person_id from watchers where record_id = $1", [policy.id]);
  assert.deepEqual(watching.rows, [{ person_id: joe.who!.personId }]);
  const outsider = await world.as(await world.person("Una Asked", "staff"));
  await assert.rejects(comment(outsider), refused("invalid", /not among those/));
  await assert.rejects(comment(joe, 9), refused("invalid", /no clause 9/));
  const made = await comment(joe);
  await assert.rejects(
    as(outsider, (tx) => find(tx, type("policy_comment"), made.id)),
    refused("unseen"),
  );
  await assert.rejects(make(director, policy, "approve"), refused("impossible"));
  await make(manager, policy, "redraft");
  await assert.rejects(make(director, policy, "approve"), refused("invalid", /Answer the comment/));
  await make(manager, made, "answer", { outcome: "accepted", answer: "Fourteen it is." });
  await make(director, policy, "approve");
});

test("a material change asks 400 people, tells what rests on the clause, is confirmed and chased; an editorial change does none of it", async () => {
  const before = await as(manager, (tx) => countAudience(tx, everybody));
  await world.system(async (tx) => {
    const values = [];
    for (let at = 0; at < 400; at++)
      values.push(
        await completeValues(
          tx,
          type("person"),
          { name: `Person ${at}`, roles: [{ role: world.council.roles.staff }] },
          { trusted: true },
        ),
      );
    await createMany(tx, type("person"), values);
  });
  const size = await as(manager, (tx) => countAudience(tx, everybody));
  assert.equal(size, before + 400);
  const quiz = [
    { question: "How long?", answerA: "Eight", answerB: "Fourteen", answerC: "It does not matter", rightAnswer: "b" },
  ];
  const policy = await published("Signing in", { quiz });
  const other = await draft("Shared accounts", { cites: [{ policy: policy.id, clause: 1 }] });
  const elsewhere = await draft("Badges", { cites: [{ policy: policy.id, clause: 2 }] });
  await runJobs();
  assert.equal(await confirmations(policy), 0, "nobody was asked to confirm the first version");

  const asking = { change: "material", changeReason: "Longer.", attestedBy: everybody.id, attestBy: dayIn(14) };
  const restricted = await draft("Among us", { sensitivity: "restricted" });
  await world.system((tx) => move(tx, type("policy"), restricted.id, "any", "approve", {}));
  await assert.rejects(
    make(manager, restricted, "publish", { ...asking, reviewOn: dayIn(300) }),
    refused("invalid", /cannot read a restricted policy/),
  );
  const begun = performance.now();
  const second = await republished(policy, "A password has 14 characters or more.", asking);
  const seconds = (performance.now() - begun) / 1000;
  assert.ok(seconds < 15, `${seconds} s`);
  assert.equal(await confirmations(policy, "waiting"), size);
  await world.ownerPool.query("update jobs set state = 'waiting', next_at = now()");
  await runJobs();
  assert.equal(await confirmations(policy), size, "the job done again asks nobody twice");
  const toldOf = async (one: Stored) =>
    (await as(manager, (tx) => timeline(tx, one, { verbs: ["commented"] })))
      .map(({ body }) => body?.text ?? "")
      .join("|");
  assert.match(await toldOf(other), /^Clause 1 of this policy has changed: \[POL-\d+\][^|]*$/);
  assert.equal(await toldOf(elsewhere), "", "what rests on another clause hears nothing");

  // A member of staff confirms just what was published, with the right answer, and nobody for them.
  const [mine] = await as(joe, async (tx) => (await list(tx, type("attestation"), { show: "open" })).items);
  assert.ok(mine, "it is theirs to see");
  assert.equal(
    (await as(joe, (tx) => list(tx, type("attestation"), { show: "all" }))).items.length,
    1,
    "and theirs alone",
  );
  await assert.rejects(make(joe, mine, "confirm", { answers: "a" }), refused("invalid", /question 1 again/));
  await assert.rejects(make(manager, mine, "confirm", { answers: "b" }), refused("forbidden"));
  await make(joe, mine, "confirm", { answers: "B" });
  const kept = await as(manager, (tx) => find(tx, type("attestation"), mine.id));
  assert.deepEqual(
    [kept.state, kept.values["edition"], kept.values["wordsHash"]],
    ["confirmed", 2, second.values["wordsHash"]],
  );

  // Nobody is reminded before the day; afterwards each once, and whoever confirmed never.
  assert.equal(await world.system((tx) => chaseLate(tx), later(1)), 0);
  let chased = 0;
  for (let turn = 0; turn < 6; turn++) chased += await world.system((tx) => chaseLate(tx), later(16));
  assert.equal(chased, size - 1);

  // An editorial change leaves what is asked as it is.
  await republished(second, "A password has fourteen characters or more.", {
    change: "editorial",
    changeReason: "In words.",
  });
  assert.equal(await confirmations(policy, "waiting"), size - 1);
  assert.equal((await toldOf(other)).includes("|"), false);

  // A newcomer is asked as well, about the version that is in force.
  const third = await republished(second, "A password has sixteen characters or more.", {
    ...asking,
    changeReason: "Longer still.",
  });
  assert.equal(await confirmations(policy, "void"), size - 1);
  await world.person("Nia New", "staff");
  assert.equal(await world.system((tx) => askNewcomers(tx)), 1);
  assert.equal(await world.system((tx) => askNewcomers(tx)), 0);
  const forThird = await as(manager, (tx) =>
    count(tx, type("attestation"), { where: { policy: [third.id] }, states: ["waiting"] }),
  );
  assert.equal(forThird, size + 1);
});

test("an audience holds people by team, role, title and name, leaves out whom it says, and never who has left", async () => {
  const ann = await world.person("Ann Team", "staff", { team: world.council.team });
  const bob = await world.person("Bob Role", "councillor");
  const cat = await world.person("Cat Title", "staff");
  await world.system((tx) =>
    change(tx, type("person"), cat.personId, "any", { jobTitle: "Parking officer" }, { trusted: true }),
  );
  const parts = [
    { way: "in", kind: "team", team: world.council.team },
    { way: "in", kind: "role", role: world.council.roles.councillor },
    { way: "in", kind: "title", words: "PARKING" },
  ];
  const audience = await as(manager, (tx) => create(tx, type("audience"), { name: "Some", parts }));
  const names = async () => (await as(manager, (tx) => peopleIn(tx, audience))).map(({ name }) => name);
  assert.deepEqual(await names(), ["Ann Team", "Bob Role", "Cat Title"]);
  await as(manager, async (tx) => {
    const held = await find(tx, type("audience"), audience.id);
    // The lines kind gives lines.
    const lines = held.values["parts"] as readonly Record<string, unknown>[];
    await change(tx, type("audience"), audience.id, "any", {
      parts: [...lines, { way: "out", kind: "person", person: bob.personId }],
    });
  });
  await world.system((tx) => move(tx, type("person"), ann.personId, "any", "leave", {}));
  assert.deepEqual(await names(), ["Cat Title"]);
  const another = await world.another("Elsewhere Council");
  const outside = await world.person("Odd Person", "policyManager", { organisation: another });
  assert.deepEqual(
    await as(outside, (tx) => peopleIn(tx, audience)),
    [],
    "and nobody of another organisation learns of it",
  );
});

test("pages: a policy by its clauses, what changed word by word, reading and confirming, and who has not", async () => {
  const quiz = [{ question: "How long?", answerA: "Eight", answerB: "Fourteen", rightAnswer: "b" }];
  const policy = await published("Tablets <b>", { quiz });
  const audience = await as(manager, (tx) =>
    create(tx, type("audience"), {
      name: "Two",
      parts: [joe, director].map(({ who }) => ({ way: "in", kind: "person", person: who!.personId })),
    }),
  );
  const asking = { change: "material", changeReason: "Longer.", attestedBy: audience.id, attestBy: dayIn(14) };
  await republished(policy, "A password has 14 characters & more.", asking);
  const at = `/policies/${policy.reference}`;

  const read = await joe.get(at);
  assert.match(
    words(read),
    /In force, version 2 .*1\. Length .*14 characters & more\..*Ask for an exception from clause 1/,
  );
  assert.match(read.body, /id="clause-2"/, "each clause has an address");
  assert.doesNotMatch(read.body, /<b>/);
  const ask = await joe.get(`/policy-exceptions/new?policy=${policy.id}&clause=2`);
  assert.match(
    words(ask),
    /What do you need to do that it does not allow\?/,
    "what the address gives is not asked again",
  );
  let step = await joe.post(
    "/policy-exceptions/questions",
    { _ask: "title", title: "Use one" },
    { from: `/policy-exceptions/new?policy=${policy.id}&clause=2` },
  );
  step = await joe.post(
    "/policy-exceptions/questions",
    { _ask: "reason", reason: "Needed" },
    { from: String(step.headers.location) },
  );
  assert.match(String(step.headers.location), /ask=check/);
  assert.match(words(await joe.get(String(step.headers.location))), /Tablets .* 2 .*Use one.*Needed/);
  assert.ok([200, 303].includes(ask.statusCode), String(ask.statusCode));
  const officers = await manager.get(at);
  assert.match(
    words(officers),
    /Versions and confirmations .*What changed from version 1 to 2 .*0 of 2 have read and confirmed it/,
  );
  assert.match(officers.body, /id="clause-1"/);

  const compared = await joe.get(`${at}/compare?from=2&to=1`);
  assert.match(compared.body, /<del>.*12.*<\/del>[^]*<ins>.*14.*<\/ins>[^]*&amp;/);
  assert.match(
    words(compared),
    /One clause differs, 1 is the same\. .*A material change, published on .* by Priya Nair\. Longer\./,
  );
  for (const wrong of ["", "?from=1&to=1", "?from=9&to=x", `?from=${"9".repeat(300)}&to=%00`]) {
    const answer = await joe.get(`${at}/compare${wrong}`);
    assert.equal(answer.statusCode, 200, wrong);
    assert.match(words(answer), /Select two different versions/, wrong);
  }
  assert.match(
    words(await joe.get(`${at}/versions`)),
    /Version 2 .*Material .*Read version 2 · What changed from version 1/,
  );
  assert.match(words(await joe.get(`${at}/versions/1`)), /An earlier version .*12 characters/);
  for (const none of ["0", "3", "x", "1e0"])
    assert.equal((await joe.get(`${at}/versions/${none}`)).statusCode, 404, none);

  const [mine] = await as(
    joe,
    async (tx) => (await list(tx, type("attestation"), { show: "open", sort: "-opened" })).items,
  );
  const confirmAt = `/confirmations/${mine!.reference}`;
  assert.match(words(await joe.get("/help")), /Waiting for you .*Tablets/);
  const page = await joe.get(confirmAt);
  assert.match(
    words(page),
    /Please read this and confirm it by .*What has changed since version 1 .*1\. Length .*The other clause, which is as it was .*How long\?/,
  );
  assert.equal((await manager.get(confirmAt)).statusCode, 200, "whoever looks after it sees that it waits");
  const outsider = await world.as(await world.person("Olga Out", "staff"));
  assert.equal((await outsider.get(confirmAt)).statusCode, 404);
  assert.equal((await outsider.post(`${confirmAt}/confirm`, { "answer-1": "b" })).statusCode, 404);
  const wrong = await joe.post(`${confirmAt}/confirm`, { "answer-1": "a" }, { from: confirmAt });
  assert.equal(wrong.statusCode, 422);
  assert.match(words(wrong), /Look at question 1 again/);
  assert.equal((await manager.post(`${confirmAt}/confirm`, { "answer-1": "b" }, { from: confirmAt })).statusCode, 403);
  const right = await joe.post(`${confirmAt}/confirm`, { "answer-1": "b" }, { from: confirmAt });
  assert.deepEqual([right.statusCode, right.headers.location], [303, "/help"]);
  assert.match(words(await joe.get(confirmAt)), /You confirmed on/);

  const numbers = await manager.get(`${at}/confirmations`);
  assert.match(
    words(numbers),
    /Version 2: 1 of 2 have read and confirmed it.*50 %.*By team.*Who has not .*Marcus Webb/,
  );
  assert.equal((await joe.get(`${at}/confirmations`)).statusCode, 403);
  assert.match(
    words(await manager.get(`/audiences/${audience.reference}`)),
    /Whom it holds now .*2 people\. .*Joe Price .*Marcus Webb/,
  );
});

test("an exception: asked for from a clause, decided by another, warned of, and ended by itself", async () => {
  const policy = await published("Removable media");
  const ask = (clause: number) =>
    as(joe, (tx) =>
      create(tx, type("policy_exception"), {
        policy: policy.id,
        clause,
        title: "Use a memory stick",
        reason: "The scanner has no network.",
      }),
    );
  await assert.rejects(ask(7), refused("invalid", /no clause 7/));
  const asked = await ask(2);
  assert.equal(asked.requesterId, joe.who!.personId);
  assert.equal(asked.ownerId, director.who!.personId, "whoever approved the policy decides");
  const grant = { conditions: "Encrypted, and wiped each Friday.", expiresOn: dayIn(30) };
  await assert.rejects(make(joe, asked, "grant", grant), refused("forbidden"));
  await assert.rejects(
    make(director, asked, "grant", { ...grant, expiresOn: dayIn(500) }),
    refused("invalid", /within a year/),
  );
  const own = await as(director, (tx) =>
    create(tx, type("policy_exception"), { policy: policy.id, clause: 1, title: "Mine", reason: "For me." }),
  );
  await assert.rejects(make(director, own, "grant", grant), refused("forbidden", /asked for themselves/));
  await make(director, asked, "grant", grant);
  assert.equal(await world.system((tx) => warnOfEnd(tx)), 0, "a month before nobody is warned");
  assert.equal(await world.system((tx) => warnOfEnd(tx), later(20)), 1);
  assert.equal(await world.system((tx) => warnOfEnd(tx), later(21)), 0, "and once alone");
  assert.equal(await world.system((tx) => endOver(tx), later(30)), 0, "it holds on its last day");
  assert.equal(await world.system((tx) => endOver(tx), later(31)), 1);
  assert.equal((await as(joe, (tx) => find(tx, type("policy_exception"), asked.id))).state, "ended");
});
