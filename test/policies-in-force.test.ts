import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Tx } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let manager: Browser;
let director: Browser;
let joe: Browser;
let passwords: Stored;
let printing: Stored;
let drafted: Stored;

const policyType = () => typeNamed(world.registry, "policy");
const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);
const inDays = (days: number) => Temporal.Now.plainDateISO("Europe/London").add({ days }).toString();
const write = (title: string) =>
  as(manager, (tx) =>
    create(tx, policyType(), {
      title,
      purpose: "To keep it safe.",
      owner: manager.who!.personId,
      clauses: [
        { heading: "Length", text: "Twelve characters." },
        { heading: "Sharing", text: "Nobody shares one." },
      ],
      quiz: [{ question: "How long?", answerA: "Eight", answerB: "Twelve", rightAnswer: "b" }],
    }),
  );
const go = (who: Browser, record: Stored, name: string, values: Record<string, unknown> = {}) =>
  as(who, (tx) => move(tx, policyType(), record.id, "any", name, values));
const publish = async (record: Stored) =>
  go(manager, await go(director, record, "approve"), "publish", {
    change: "material",
    changeReason: "The first.",
    reviewOn: inDays(300),
  });

before(async () => {
  world = await createWebWorld();
  [manager, director, joe] = [
    await world.as(await world.person("Priya Nair", "policyManager")),
    await world.as(await world.person("Marcus Webb", "assistantDirector")),
    await world.as(await world.person("Joe Price", "staff")),
  ];
  passwords = await publish(await write("Passwords"));
  printing = await publish(await write("Printing"));
  drafted = await write("Not yet");
});
after(() => world.close());

test("while the next version is written its officers see what is in force apart from the draft", async () => {
  const page = async () => words(await manager.get(`/policies/${passwords.reference}`));
  assert.doesNotMatch(await page(), /In force now/);
  const written = await go(manager, await go(manager, passwords, "review"), "redraft");
  const [one, two] = written.values["clauses"] as Record<string, unknown>[]; // the field is one of lines
  await as(manager, (tx) =>
    change(tx, policyType(), passwords.id, "any", {
      clauses: [{ ...one, text: "Fourteen characters." }, two, { heading: "Phones", text: "A phone has six digits." }],
    }),
  );
  const said = await page();
  assert.match(said, /In force now: version 1/);
  assert.match(said, /These clauses hold\. .*is the draft\. New there: clause 3\./);
  assert.match(
    said,
    /Clause 1: Length \(changed in the draft\) Twelve characters\. Clause 2: Sharing Nobody shares one\./,
  );
  assert.match(said, /Fourteen characters/);
});

test("a comment or an exception that is begun without a link chooses only among policies where it is possible", async () => {
  const offered = async (path: string) => {
    const page = await joe.get(path);
    assert.equal(page.statusCode, 200, words(page));
    return ["Passwords", "Printing", "Not yet"].filter((title) => words(page).includes(title));
  };
  assert.deepEqual(await offered("/policy-exceptions/new"), ["Passwords", "Printing"]);
  assert.deepEqual(await offered("/consultation-comments/new"), []);
  await go(manager, drafted, "consult", { consultUntil: inDays(10) });
  assert.deepEqual(await offered("/consultation-comments/new"), ["Not yet"]);
  await go(director, printing, "withdraw", { comment: "Nobody prints" });
  assert.deepEqual(await offered("/policy-exceptions/new"), ["Passwords"]);
  await assert.rejects(
    as(joe, (tx) =>
      create(tx, typeNamed(world.registry, "policy_exception"), {
        title: "x",
        policy: printing.id,
        clause: 1,
        reason: "y",
      }),
    ),
    (error: unknown) => error instanceof Refusal && /no longer in force/.test(error.message),
  );
});

test("a program of whoever may read a policy does not learn which answers are right; one of its officers does", async () => {
  const asked = `/policies/${passwords.reference}`;
  const [officer, reader] = [await apiClient(world, manager.who!), await apiClient(world, joe.who!)];
  assert.match((await officer.get(asked)).body, /rightAnswer/);
  for (const path of [asked, `${asked}/events`, `${asked}/timeline`, "/policies?limit=10"]) {
    const said = (await reader.get(path)).body;
    assert.doesNotMatch(said, /rightAnswer|"quiz"/, path);
  }
  assert.match((await reader.get(asked)).body, /Passwords/);
  assert.doesNotMatch((await joe.get(`/policies/${passwords.reference}?tab=timeline`)).body, /How long/);
});
