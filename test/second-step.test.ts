import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { generate } from "otplib";
import { sealedThings } from "../src/commands/doctor-secret.ts";
import { resetSecondStep } from "../src/commands/second-step.ts";
import { addPerson } from "../src/council/found.ts";
import type { StartingRoleName } from "../src/council/roles.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { asSignIn } from "../src/kernel/at-the-door.ts";
import { createSignIn } from "../src/web/sign-in/sign-in.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

const password = "plankton cheddar mosaic tunnel";
let world: WebWorld;
let moment = new Date();
let number = 0;

before(async () => {
  world = await createWebWorld({}, { now: () => moment });
});
after(() => world.close());

const later = (seconds: number) => {
  moment = new Date(moment.getTime() + seconds * 1000);
};
const codeOf = (key: string) => generate({ secret: key, epoch: Math.floor(moment.getTime() / 1000) });

interface Someone {
  readonly email: string;
  readonly personId: string;
}

async function someone(role: StartingRoleName = "staff"): Promise<Someone> {
  number += 1;
  const email = `steps.${number}@aldermoor.gov.uk`;
  const made = await world.parts.signIn.createAccount({ email, name: "Two Steps", password });
  assert.ok(made.ok);
  const personId = await world.system((tx) =>
    addPerson(tx, { name: "Two Steps", email, accountId: made.accountId, roles: [world.council.roles[role]] }),
  );
  return { email, personId };
}

const keyOn = (body: string) => /<strong class="r-code">([A-Z2-7 ]+)</.exec(body)?.[1]?.replaceAll(" ", "") ?? "";
const codesOn = (body: string) => [...body.matchAll(/<li class="r-code">([\w-]{11})</g)].map(([, code = ""]) => code);
const stepOn = (body: string) => /name="_step" value="([\w-]{43})"/.exec(body)?.[1] ?? "";

async function enter(email: string, browser = world.visitor(), form: Record<string, string> = {}) {
  return { browser, asked: await browser.post("/sign-in", { email, password, ...form }, { from: "/sign-in" }) };
}

/** Somebody with the second step turned on through their account page. */
async function withStep(): Promise<Someone & { key: string; codes: string[]; browser: Browser }> {
  const made = await someone();
  const { browser, asked } = await enter(made.email);
  assert.equal(asked.statusCode, 303);
  const begin = "/account/second-step/begin";
  const shown = await browser.post(begin, { password }, { from: begin });
  const key = keyOn(shown.body);
  const kept = await browser.post(
    `${begin}/code`,
    { _step: stepOn(shown.body), code: await codeOf(key) },
    { from: begin },
  );
  const codes = codesOn(kept.body);
  assert.equal(codes.length, 10);
  later(60);
  return { ...made, key, codes, browser };
}

async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.get("/account")).statusCode === 200;
}

async function post(browser: Browser, url: string, form: Record<string, string>) {
  return browser.post(url, form, { from: "/sign-in" });
}

test("with two steps the password alone lets nobody in; with the code it does, and lands where they wanted", async () => {
  const person = await withStep();
  const { browser, asked } = await enter(person.email, world.visitor(), { next: "/tickets" });
  assert.equal(asked.statusCode, 401);
  assert.match(words(asked), /Enter your code/);
  assert.equal(await isIn(browser), false);
  const wrong = await post(browser, "/sign-in/second-step", {
    _step: stepOn(asked.body),
    code: "000000",
    next: "/tickets",
  });
  assert.equal(wrong.statusCode, 422);
  assert.match(words(wrong), /That code is wrong/);
  const right = await post(browser, "/sign-in/second-step", {
    _step: stepOn(wrong.body),
    code: await codeOf(person.key),
    next: "/tickets",
  });
  assert.equal(right.statusCode, 303);
  assert.equal(right.headers.location, "/tickets");
  assert.equal(await isIn(browser), true);
  await world.ownerPool.query(
    "update sign_in_second_step s set started_at = '2026-06-30T23:30:00Z' from sign_in_user u where u.id = s.user_id and u.email = $1",
    [person.email],
  );
  assert.match(
    words(await browser.get("/account")),
    /Two-step sign-in On since 1 July 2026, with 10 recovery codes left/,
  );
});

test("a code is taken once, also within its half minute, and also by another browser at the same moment", async () => {
  const person = await withStep();
  const [one, two, three] = await Promise.all([enter(person.email), enter(person.email), enter(person.email)]);
  const code = await codeOf(person.key);
  const statuses = await Promise.all(
    [one, two].map(
      async ({ browser, asked }) =>
        (await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code })).statusCode,
    ),
  );
  assert.deepEqual(statuses.sort(), [303, 422]);
  assert.equal(
    (await post(three.browser, "/sign-in/second-step", { _step: stepOn(three.asked.body), code })).statusCode,
    422,
  );
  assert.equal(await isIn(three.browser), false);
});

test("codes of just before and just after are taken, older and later ones are not", async () => {
  for (const [seconds, status] of [
    [31, 303],
    [-29, 303],
    [120, 422],
    [-120, 422],
  ] as const) {
    const person = await withStep();
    // Ten seconds into a half minute.
    moment = new Date(moment.getTime() - (moment.getTime() % 30_000) + 40_000);
    const code = await generate({ secret: person.key, epoch: Math.floor(moment.getTime() / 1000) - seconds });
    const { browser, asked } = await enter(person.email);
    const answer = await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code });
    assert.equal(answer.statusCode, status, String(seconds));
  }
});

test("a recovery code lets in once, however it is typed, and the timeline tells of it", async () => {
  const person = await withStep();
  const [first = "", second = ""] = person.codes;
  const { browser, asked } = await enter(person.email);
  assert.equal(
    (
      await post(browser, "/sign-in/second-step", {
        _step: stepOn(asked.body),
        code: ` ${first.toUpperCase().replace("-", " ")} `,
      })
    ).statusCode,
    303,
  );
  const again = await enter(person.email);
  const used = await post(again.browser, "/sign-in/second-step", { _step: stepOn(again.asked.body), code: first });
  assert.equal(used.statusCode, 422);
  assert.equal(
    (await post(again.browser, "/sign-in/second-step", { _step: stepOn(used.body), code: second })).statusCode,
    303,
  );
  const { rows } = await world.ownerPool.query<{ verb: string }>(
    "select verb from events where record_id = $1 order by sequence",
    [person.personId],
  );
  assert.deepEqual(
    rows.map(({ verb }) => verb).filter((verb) => verb !== "created" && verb !== "signed_in"),
    ["second_step_begun", "recovery_code_used", "recovery_code_used"],
  );
  const other = await withStep();
  const theirs = await enter(other.email);
  assert.equal(
    (await post(theirs.browser, "/sign-in/second-step", { _step: stepOn(theirs.asked.body), code: person.codes[4]! }))
      .statusCode,
    422,
    "another's",
  );
});

test("guessing codes locks that out, and giving the right password again does not forget it", async () => {
  const person = await withStep();
  let { browser, asked } = await enter(person.email);
  const statuses = [];
  for (let tries = 0; tries < 6; tries++) {
    const answer = await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code: `00000${tries}` });
    statuses.push(answer.statusCode);
    ({ browser, asked } = await enter(person.email));
  }
  assert.deepEqual(statuses, [422, 422, 422, 422, 422, 429]);
  const locked = await post(browser, "/sign-in/second-step", {
    _step: stepOn(asked.body),
    code: await codeOf(person.key),
  });
  assert.equal(locked.statusCode, 429, "even the right one");
  later(120);
  ({ browser, asked } = await enter(person.email));
  assert.equal(
    (await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code: await codeOf(person.key) }))
      .statusCode,
    303,
  );
});

test("the step between is good once, for ten minutes however often it is tried, and only after a right password", async () => {
  const person = await withStep();
  const { browser, asked } = await enter(person.email);
  const wrong = await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code: "123" });
  assert.equal(
    (await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code: await codeOf(person.key) }))
      .statusCode,
    400,
    "sent before",
  );
  assert.equal(
    (await post(browser, "/sign-in/second-step", { _step: "A".repeat(43), code: await codeOf(person.key) })).statusCode,
    400,
    "made up",
  );
  later(400);
  const longer = await post(browser, "/sign-in/second-step", { _step: stepOn(wrong.body), code: "456" });
  assert.equal(longer.statusCode, 422);
  later(300);
  assert.equal(
    (await post(browser, "/sign-in/second-step", { _step: stepOn(longer.body), code: await codeOf(person.key) }))
      .statusCode,
    400,
    "too late",
  );
  const other = await withStep();
  const setup = await other.browser.post(
    "/account/second-step/begin",
    { password },
    { from: "/account/second-step/begin" },
  );
  assert.equal(
    (
      await post(world.visitor(), "/sign-in/second-step", {
        _step: stepOn(setup.body),
        code: await codeOf(keyOn(setup.body)),
      })
    ).statusCode,
    400,
    "another kind of step",
  );
});

test("a role that asks for it has its people set it up before they come in, and they cannot turn it off", async () => {
  const type = typeNamed(world.registry, "role");
  const role = world.council.roles.leadSupport;
  await world.system((tx) => change(tx, type, role, "any", { asksSecondStep: true }));
  const person = await someone("leadSupport");
  const { browser, asked } = await enter(person.email);
  assert.match(words(asked), /Set up two-step sign-in/);
  assert.equal(await isIn(browser), false);
  const wrong = await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code: "000000" });
  assert.equal(keyOn(wrong.body), keyOn(asked.body), "the app keeps the key that it was given");
  const key = keyOn(asked.body);
  const done = await post(browser, "/sign-in/second-step", { _step: stepOn(wrong.body), code: await codeOf(key) });
  assert.equal(codesOn(done.body).length, 10);
  assert.equal(await isIn(browser), true);
  assert.doesNotMatch(words(await browser.get("/account")), /Turn it off/);
  const end = "/account/second-step/end";
  assert.equal((await browser.post(end, { password }, { from: end })).statusCode, 422);
  later(60);
  assert.match(words((await enter(person.email)).asked), /Enter your code/);
});

test("a step that cannot be told of on the timeline is not taken, and no recovery code is used up", async () => {
  let tells = true;
  const web = createSignIn({
    pool: world.store.pool,
    secret: world.parts.secret,
    baseUrl: world.parts.baseUrl,
    now: () => moment,
    asProduct: (organisationId, work) =>
      tells
        ? asSignIn({ pool: world.store.pool, registry: world.registry, organisationId }, work)
        : Promise.reject(new Refusal("impossible", [{ message: "Not in this process" }])),
  });
  const client = { headers: {}, address: "192.0.2.9" };
  const enterAt = async ({ email }: Someone) => {
    tells = true;
    const held = await web.signIn({ email, password, ...client });
    tells = false;
    assert.ok(!held.ok && held.reason === "second-step");
    return held.asked;
  };
  const begins = await enterAt(await someone("leadSupport"));
  assert.ok(begins.setup);
  const first = { secret: begins.secret, code: await codeOf(begins.setup.key) };
  await assert.rejects(web.secondStep.pass({ ...first, ...client }), /Not in this process/);
  const known = await withStep();
  const code = { secret: (await enterAt(known)).secret, code: known.codes[0]! };
  await assert.rejects(web.secondStep.pass({ ...code, ...client }), /Not in this process/);
  const { asked: again, browser } = await enter(known.email);
  const back = await post(browser, "/sign-in/second-step", { _step: stepOn(again.body), code: known.codes[0]! });
  assert.equal(back.statusCode, 303, "the recovery code was not used up");
});

test("turning it off and new recovery codes take the password; old codes stop working", async () => {
  const person = await withStep();
  const codes = "/account/second-step/codes";
  assert.equal((await person.browser.post(codes, { password: "not mine at all" }, { from: codes })).statusCode, 422);
  const fresh = codesOn((await person.browser.post(codes, { password }, { from: codes })).body);
  assert.equal(fresh.length, 10);
  const { browser, asked } = await enter(person.email);
  const old = await post(browser, "/sign-in/second-step", { _step: stepOn(asked.body), code: person.codes[0]! });
  assert.equal(old.statusCode, 422);
  const end = "/account/second-step/end";
  assert.equal((await person.browser.post(end, { password }, { from: end })).statusCode, 303);
  assert.equal((await enter(person.email)).asked.statusCode, 303);
  const { rows } = await world.ownerPool.query(
    "select from sign_in_recovery_code c join sign_in_user u on u.id = c.user_id where u.email = $1",
    [person.email],
  );
  assert.equal(rows.length, 0);
});

test("the database keeps no key and no code that can be read", async () => {
  const person = await withStep();
  const { rows } = await world.ownerPool.query<{ text: string }>(
    "select encode(secret_sealed, 'escape') || encode(secret_sealed, 'hex') as text from sign_in_second_step union all select encode(code_hmac, 'escape') from sign_in_recovery_code union all select value::text from sign_in_flow where kind = 'second step'",
  );
  const all = rows.map(({ text }) => text).join("\n");
  for (const secret of [person.key, ...person.codes]) assert.ok(!all.includes(secret));
});

test("doctor says whether the second steps open with this machine’s secret, as after a restore without it they do not", async () => {
  await withStep();
  const { ownerPool } = world;
  const fine = await sealedThings({ ownerPool, secret: world.parts.secret });
  assert.deepEqual([fine.what, fine.fine], ["Secret", true]);
  const another = await sealedThings({ ownerPool, secret: `${world.parts.secret} of another machine` });
  assert.equal(another.fine, false);
  assert.match(
    another.says,
    /^(\d+) of \1 second steps of sign-in and 0 secrets of webhooks were sealed with another secret/,
  );
});

test("whoever runs Reeve ends a lost second step from the terminal: signed out, in again with the password, and the timeline says so", async () => {
  const { email, personId } = await withStep();
  const said = await resetSecondStep(world.ownerPool, ` ${email.toUpperCase()} `);
  assert.match(said, /^The two-step sign-in of Two Steps is ended, and they are signed out everywhere/);
  const { rows } = await world.ownerPool.query(
    "select verb, actor_id from events where record_id = $1 order by sequence",
    [personId],
  );
  assert.deepEqual(rows.at(-1), { verb: "second_step_reset", actor_id: null });
  const { rowCount } = await world.ownerPool.query(
    "select 1 from sign_in_session s join person p on p.account_id = s.user_id where p.id = $1",
    [personId],
  );
  assert.equal(rowCount, 0);
  assert.equal((await enter(email)).asked.headers.location, "/");
  const refused = (words: RegExp) => (error: unknown) => error instanceof Refusal && words.test(error.message);
  await assert.rejects(resetSecondStep(world.ownerPool, email), refused(/has no two-step sign-in/));
  await assert.rejects(resetSecondStep(world.ownerPool, "nobody@example.org"), refused(/Nobody signs in with nobody/));
});
