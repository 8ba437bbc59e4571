import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eraseEvent, eraseRecord } from "../src/kernel/memory/erase.ts";
import { countUnread, listNotifications } from "../src/kernel/notifications/inbox.ts";
import { saveWishes } from "../src/kernel/notifications/choices.ts";
import { kindNames, notificationKinds } from "../src/kernel/notifications/kinds.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { tellDeadlines } from "../src/kernel/notifications/tell-deadlines.ts";
import { isWatching, unwatch, watch } from "../src/kernel/notifications/watch.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create, insertRecord } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { createPool } from "../src/kernel/transaction.ts";
import type { Stored, Tx, Who } from "../src/kernel/transaction.ts";
import { placeOf, sentenceOf } from "../src/kernel/notifications/sentence.ts";
import { registry } from "../src/records.ts";
import { dayIn } from "./day-in.ts";
import { valuesFor } from "./values.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let priya: Who;
let owen: Who;
let stella: Who;
let ada: Who;
let priyasBrowser: Browser;

before(async () => {
  world = await createWebWorld();
  const person = async (name: string, role: Parameters<WebWorld["person"]>[1]) => {
    const who = await world.person(name, role);
    return [who, await world.as(who)] as const;
  };
  [priya, priyasBrowser] = await person("Priya Nair", "supportOfficer");
  [owen] = await person("Owen O’Neill", "supportOfficer");
  [stella] = await person("Stella Staff", "staff");
  [ada] = await person("Ada Min", "administrator");
  await tell();
  await forget();
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const tell = (now?: Temporal.Instant) =>
  tellAll({ ...world, mail: true }, { ...(now ? { now } : {}), failed: (error) => assert.fail(String(error)) });
const forget = () => world.ownerPool.query("delete from notifications; delete from untold");
const asked = (who: Who, values: Record<string, unknown> = {}) =>
  world.store.as(who, (tx) => create(tx, ticket(), { summary: "The printer jams", ...values }));
const say = (who: Who, record: Stored, text: string, audience = "everyone") =>
  world.store.as(who, (tx) => comment(tx, ticket(), record.id, { text, audience }));
const does = (who: Who, record: Stored, name: string, values: Record<string, unknown> = {}) =>
  world.store.as(who, (tx) => move(tx, ticket(), record.id, "any", name, values));
const told = async (who: Who) =>
  (await world.store.as(who, (tx) => listNotifications(tx))).items.map(({ kind, reference }) => `${kind} ${reference}`);

/** What is kept of a person's notifications, whether or not they may see it now. */
const written = async (who: Who) =>
  (await world.ownerPool.query("select kind, record_id from notifications where person_id = $1", [who.personId])).rows;

test("telling takes no second connection: with one alone it ends, and the transaction goes on as the owner's", async () => {
  await forget();
  const ownerPool = createPool(world.ownerUrl, 1, "long work");
  try {
    const record = await asked(stella);
    await does(owen, record, "assign", { owner: priya.personId });
    await tellAll(
      { ownerPool, registry: world.registry, mail: true },
      { failed: (error) => assert.fail(String(error)) },
    );
    assert.ok((await told(priya)).includes(`assigned ${record.reference}`));
    const { rows } = await ownerPool.query("select current_user <> 'reeve_app' and current_person() is null as owners");
    assert.deepEqual(rows, [{ owners: true }]);
  } finally {
    await ownerPool.end();
  }
});

describe("who is told of what", () => {
  test("the person who asked hears of an answer and a comment, the owner of what is given to them, and nobody of their own act", async () => {
    await forget();
    const record = await asked(stella);
    await does(owen, record, "assign", { owner: priya.personId });
    await say(owen, record, "We look into it");
    await does(priya, record, "wait", { waitingFor: "user", waitingReason: "Which floor?", reviewOn: dayIn(3) });
    await say(stella, record, "The second");
    await does(priya, record, "resolve", { resolution: "Paper taken out" });
    await tell();
    const reference = record.reference;
    assert.deepEqual(await told(stella), [
      `answered ${reference}`,
      `waits ${reference}`,
      `commented ${reference}`,
      `moved ${reference}`,
    ]);
    assert.deepEqual(await told(priya), [`commented ${reference}`, `commented ${reference}`, `assigned ${reference}`]);
    assert.deepEqual(await told(owen), []);
  });

  test("a second telling, two at once and one after a crash tell nobody twice", async () => {
    await forget();
    const record = await asked(stella);
    await say(owen, record, "Hello");
    const before = await world.ownerPool.query("select * from untold");
    await Promise.all([tell(), tell()]);
    assert.deepEqual(await told(stella), [`commented ${record.reference}`]);
    for (const { organisation_id: organisation, record_id: id, sequence } of before.rows)
      await world.ownerPool.query("insert into untold values ($1, $2, $3)", [organisation, id, sequence]);
    assert.equal(await tell(), 0);
    assert.deepEqual(await told(stella), [`commented ${record.reference}`]);
  });

  test("an internal comment is told to those alone who may read it, and so is a mention in it", async () => {
    await forget();
    const record = await asked(stella);
    await world.store.as(ada, (tx) => watch(tx, record));
    await say(owen, record, "@Stella Staff is difficult, @Priya Nair", "internal");
    await tell();
    assert.deepEqual(await written(stella), []);
    assert.deepEqual(await told(priya), [`mentioned ${record.reference}`]);
    assert.deepEqual(await told(ada), [`commented ${record.reference}`]);
  });

  test("whoever may not see a restricted record is not told of it, and sees and counts no notification of one that became so", async () => {
    await forget();
    const restricted = await asked(ada, { sensitivity: "restricted" });
    await say(ada, restricted, "@Priya Nair look");
    const later = await asked(ada);
    await say(ada, later, "@Priya Nair look");
    await tell();
    assert.deepEqual(await written(priya), [{ kind: "mentioned", record_id: later.id }]);
    await world.store.as(ada, (tx) => change(tx, ticket(), later.id, "any", { sensitivity: "restricted" }));
    assert.deepEqual(await told(priya), []);
    assert.equal(await world.store.as(priya, countUnread), 0);
  });

  test("a mention is told once although its reader is the owner too, names may have either apostrophe, and the mentioned watch", async () => {
    await forget();
    const record = await asked(stella);
    await does(ada, record, "assign", { owner: priya.personId });
    await tell();
    await forget();
    await say(ada, record, "Could @priya nair and @Owen O'Neill look? Write to me@example.org. Thanks, @Nobody Here");
    await tell();
    assert.deepEqual(await told(priya), [`mentioned ${record.reference}`]);
    assert.deepEqual(await told(owen), [`mentioned ${record.reference}`]);
    assert.equal(await world.store.as(owen, (tx) => isWatching(tx, record)), true);
    await say(ada, record, "More");
    await tell();
    assert.deepEqual(await told(owen), [`commented ${record.reference}`, `mentioned ${record.reference}`]);
  });

  test("a move and the comment that belongs to it are one notification", async () => {
    await forget();
    const record = await asked(stella);
    await does(ada, record, "cancel", { comment: "Not ours" });
    await tell();
    assert.deepEqual(await told(stella), [`answered ${record.reference}`]);
  });

  test("who watches hears of every change until they stop; who may not see a record cannot watch it", async () => {
    await forget();
    const record = await asked(ada);
    await world.store.as(owen, (tx) => watch(tx, record));
    await world.store.as(ada, (tx) => change(tx, ticket(), record.id, "any", { impact: 1 }));
    await world.store.as(owen, (tx) => unwatch(tx, record));
    await tell();
    await world.store.as(ada, (tx) => change(tx, ticket(), record.id, "any", { impact: 2 }));
    await tell();
    assert.deepEqual(await told(owen), []);
    await world.store.as(owen, (tx) => watch(tx, record));
    await world.store.as(ada, (tx) => change(tx, ticket(), record.id, "any", { impact: 3 }));
    await tell();
    assert.deepEqual(await told(owen), [`moved ${record.reference}`]);
    await assert.rejects(
      world.store.as(stella, (tx) => watch(tx, record)),
      /row-level security/,
    );
  });

  test("an approval that waits is told to those who may give it, and not to the owner", async () => {
    await forget();
    const director = await world.person("Dora Director", "assistantDirector");
    await world.as(director);
    const manager = await world.person("Max Manager", "policyManager");
    await world.as(manager);
    const type = typeNamed(world.registry, "policy");
    const policy = await world.store.as(manager, async (tx) => {
      const clauses = [{ heading: "One", text: "All of it" }];
      const made = await create(tx, type, { title: "Passwords", owner: manager.personId, clauses });
      return move(tx, type, made.id, "any", "submit", {});
    });
    await tell();
    assert.deepEqual(await told(director), [`waits ${policy.reference}`]);
    await world.store.as(director, (tx) => move(tx, type, policy.id, "any", "approve", {}));
    await tell();
    assert.deepEqual(await told(manager), [`moved ${policy.reference}`]);
  });

  test("of imports, of what lies in the past and of what says it is quiet nobody is told", async () => {
    await forget();
    await world.system(
      (tx) => insertRecord(tx, ticket(), { summary: "Long ago", owner: priya.personId }, { trusted: true }),
      {
        now: Temporal.Now.instant().subtract({ hours: 30 }),
      },
    );
    assert.equal((await world.ownerPool.query("select 1 from untold")).rows.length, 0);
  });

  test("a line of which telling fails holds up no other, and is left lying after five attempts", async () => {
    await forget();
    const record = await asked(stella);
    await say(owen, record, "Hello");
    await world.ownerPool.query(
      "create function pg_temp_fail() returns trigger language plpgsql as $$ begin if new.kind = 'mentioned' then raise exception 'no'; end if; return new; end $$; create trigger failing before insert on notifications for each row execute function pg_temp_fail()",
    );
    await say(owen, record, "@Priya Nair too");
    let failures = 0;
    for (let round = 0; round < 6; round++) await tellAll({ ...world, mail: true }, { failed: () => void failures++ });
    await world.ownerPool.query("drop trigger failing on notifications; drop function pg_temp_fail");
    assert.ok(failures > 0);
    assert.deepEqual(await told(stella), [`commented ${record.reference}`]);
    assert.deepEqual((await world.ownerPool.query("select attempts from untold")).rows, [{ attempts: 5 }]);
    await forget();
  });
});

describe("every type", () => {
  for (const type of registry.types.values())
    test(`${type.label.many}: a watcher who may see it is told of a comment and of a change, and reads in a sentence what it was`, async () => {
      await forget();
      const other = await world.person("Wanda Watcher", "administrator");
      await world.as(other);
      const record = await world.system(async (tx) => create(tx, type, await valuesFor(tx, type), { trusted: true }));
      for (const who of [other, stella])
        await world.ownerPool.query("insert into watchers values ($1, $2, $3)", [
          who.organisationId,
          record.id,
          who.personId,
        ]);
      await forget();
      await world.store.as(ada, async (tx) => {
        await comment(tx, type, record.id, { text: "Said", audience: "internal" });
      });
      const another = (tx: Tx) =>
        change(tx, type, record.id, "any", { [type.titleField]: "Another title" }, { trusted: true });
      await (type.productOnly ? world.system(another) : world.store.as(ada, another));
      await tell();
      assert.deepEqual(await told(other), [`moved ${record.reference}`, `commented ${record.reference}`]);
      assert.ok(!(await told(stella)).includes(`commented ${record.reference}`));
      const { items } = await world.store.as(other, (tx) => listNotifications(tx));
      assert.deepEqual(
        items.map((item) => sentenceOf(type, item)),
        [`${type.productOnly ? "Reeve" : "Ada Min"} changed it.`, "Ada Min wrote an internal comment."],
      );
      for (const item of items)
        assert.match(placeOf(type, item), new RegExp(`^/${type.path}/.+#(comment|event)-\\d+$`));
    });
});

describe("deadlines", () => {
  test("an owner is told once when the end of a day is near and once when it has passed", async () => {
    await forget();
    const type = typeNamed(world.registry, "policy");
    const reviewOn = dayIn(30);
    const record = await world.system((tx) =>
      create(tx, type, { title: "Passwords", owner: priya.personId, reviewOn }, { trusted: true, state: "published" }),
    );
    await forget();
    const end = Temporal.PlainDate.from(reviewOn).add({ days: 1 }).toZonedDateTime("Europe/London").toInstant();
    const at = async (hours: number) => {
      await tellDeadlines({ ...world, mail: true }, end.add({ hours }));
      return (await told(priya)).filter((line) => line.endsWith(record.reference)).toSorted();
    };
    const [due, late] = [`due ${record.reference}`, `late ${record.reference}`];
    assert.deepEqual(await at(-8 * 24), []);
    assert.deepEqual(await at(-6 * 24), [due]);
    assert.deepEqual(await at(-5 * 24), [due]);
    assert.deepEqual(await at(1), [due, late]);
    assert.deepEqual(await at(2), [due, late]);
  });
});

describe("wishes", () => {
  test("what a person does not wish to hear stands nowhere", async () => {
    await forget();
    const wishes = { digestAt: "08:00", quietFrom: "", quietUntil: "" };
    const kinds = (product: boolean) =>
      kindNames.map((kind) => ({
        kind,
        product: kind === "commented" ? product : true,
        mail: notificationKinds[kind].mail,
      }));
    await world.store.as(priya, (tx) => saveWishes(tx, { ...wishes, kinds: kinds(false) }));
    const record = await asked(priya);
    await say(owen, record, "Hello");
    await say(owen, record, "Hello @Priya Nair");
    await tell();
    assert.deepEqual(await told(priya), [`mentioned ${record.reference}`]);
    await world.store.as(priya, (tx) => saveWishes(tx, { ...wishes, kinds: kinds(true) }));
  });
});

describe("erasure by law", () => {
  test("of a line takes what was told of it, of a record all that was told of it, of a person all that they were told", async () => {
    await forget();
    const record = await asked(stella);
    const { sequence } = await say(ada, record, "@Priya Nair: the password is plum");
    await tell();
    await say(ada, record, "And so on");
    const second = await asked(stella);
    await say(ada, second, "@Priya Nair");
    await tell();
    assert.deepEqual((await told(priya)).length, 3);
    await world.store.as(ada, (tx) => eraseEvent(tx, ticket(), record.id, { sequence, reason: "A password" }));
    assert.deepEqual(await told(priya), [`mentioned ${second.reference}`, `commented ${record.reference}`]);
    await world.store.as(ada, (tx) => eraseRecord(tx, ticket(), record.id, { reason: "By law" }));
    assert.deepEqual(await told(priya), [`mentioned ${second.reference}`]);
    await say(ada, record, "After it");
    await tell();
    assert.deepEqual(await told(priya), [`mentioned ${second.reference}`]);
    const gone = await world.person("Gone Soon", "supportOfficer");
    await world.as(gone);
    await world.store.as(ada, (tx) => comment(tx, ticket(), second.id, { text: "@Gone Soon", audience: "" }));
    await tell();
    assert.deepEqual(await told(gone), [`mentioned ${second.reference}`]);
    await world.store.as(ada, (tx) =>
      eraseRecord(tx, typeNamed(world.registry, "person"), gone.personId, { reason: "Asked for it" }),
    );
    for (const table of ["notifications", "watchers"])
      assert.equal(
        (await world.ownerPool.query(`select 1 from ${table} where person_id = $1`, [gone.personId])).rows.length,
        0,
      );
  });
});

describe("the pages", () => {
  test("the bell counts to 9+, the page has unread ones first, and a notification leads to its line and is read", async () => {
    await forget();
    const record = await asked(priya);
    await say(owen, record, "First");
    await tell();
    const page = await priyasBrowser.get("/notifications");
    assert.match(words(page), /Notifications 1 unread/);
    assert.match(
      words(page),
      new RegExp(`Not read yet .*Comment ${record.reference} The printer jams Owen O’Neill wrote a comment\\.`),
    );
    const link = /href="(\/notifications\/[0-9a-f-]{36})"/.exec(page.body)?.[1] ?? "";
    const opened = await priyasBrowser.get(link);
    assert.equal(opened.statusCode, 303);
    assert.equal(opened.headers.location, `/tickets/${record.reference}?tab=conversation#comment-2`);
    assert.match(words(await priyasBrowser.get("/notifications")), /Read Comment/);
    for (let line = 0; line < 11; line++) await say(owen, record, `Line ${line}`);
    await tell();
    assert.match(words(await priyasBrowser.get("/")), /Notifications 9\+ unread/);
    const read = await priyasBrowser.post("/notifications/read", {}, { from: "/notifications" });
    assert.equal(read.headers.location, "/notifications");
    assert.doesNotMatch(words(await priyasBrowser.get("/")), /unread/);
  });

  test("nobody opens, reads or marks a notification of somebody else", async () => {
    await forget();
    const record = await asked(priya);
    await say(owen, record, "First");
    await tell();
    const { items } = await world.store.as(priya, (tx) => listNotifications(tx));
    const owens = await world.as(owen);
    assert.equal((await owens.get(`/notifications/${items[0]?.id}`)).statusCode, 404);
    await owens.post(`/notifications/${items[0]?.id}/read`);
    assert.equal(await world.store.as(priya, countUnread), 1);
    for (const id of ["nonsense", "00000000-0000-0000-0000-000000000000"])
      assert.equal((await owens.get(`/notifications/${id}`)).statusCode, 404);
    assert.equal((await owens.get("/notifications?before=nonsense")).statusCode, 200);
  });

  test("a record of any type can be watched and left from its page", async () => {
    const queue = typeNamed(world.registry, "queue");
    const record = await world.store.as(ada, (tx) => find(tx, queue, world.council.queue));
    const address = `/queues/${record.reference}`;
    assert.match(words(await priyasBrowser.get(address)), / Watch /);
    await priyasBrowser.post(`${address}/watch`, {}, { from: address });
    assert.match(words(await priyasBrowser.get(address)), / Stop watching /);
    await priyasBrowser.post(`${address}/unwatch`, {}, { from: address });
    assert.match(words(await priyasBrowser.get(address)), / Watch /);
  });
});
