import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { clocksOf } from "../src/kernel/store/clocks.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { listNotifications } from "../src/kernel/notifications/inbox.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { chasePauses } from "../src/modules/desk/chase-pauses.ts";
import { usualServiceLevels } from "../src/modules/desk/usual-service-levels.ts";
import { refused } from "./raw-sql.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let dee: Who;
let joe: Who;

before(async () => {
  world = await createWebWorld();
  dee = await world.person("Dee Osei", "leadSupport");
  joe = await world.person("Joe Price", "staff");
  await world.as(dee);
  await world.as(joe);
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const london = (text: string) => Temporal.ZonedDateTime.from(`${text}[Europe/London]`).toInstant();
const monday = london("2026-11-09T10:00");
const at = (now: Temporal.Instant) => ({ now });
const raise = (now = monday) =>
  world.store.as(
    joe,
    (tx) => create(tx, ticket(), { summary: "The laptop is slow", queue: world.council.queue }),
    at(now),
  );
const does = (record: Stored, name: string, values: Record<string, unknown>, now = monday) =>
  world.store.as(dee, (tx) => move(tx, ticket(), record.id, "any", name, values), at(now));
const wait = (record: Stored, reviewOn: string, more: Record<string, unknown> = {}, now = monday) =>
  does(record, "wait", { waitingFor: "user", waitingReason: "Which room", reviewOn, ...more }, now);
const clock = async (record: Stored, now: Temporal.Instant) =>
  world.store.as(
    dee,
    async (tx) => {
      const clocks = await clocksOf(tx, ticket(), await find(tx, ticket(), record.id));
      return clocks.find(({ name }) => name === "resolve") ?? assert.fail();
    },
    at(now),
  );
const comments = (record: Stored) =>
  world.store.as(dee, async (tx) =>
    (await timeline(tx, record)).flatMap(({ verb, body, audience }) =>
      verb === "commented" ? [`${audience}: ${body?.text}`] : [],
    ),
  );

test("a pause needs a reason, whom it waits for and a day to look at it again, neither past nor further off than the policy allows", async () => {
  const record = await raise();
  const gaps = [{ waitingReason: "" }, { reviewOn: null }, { waitingFor: null }];
  for (const gap of gaps) await assert.rejects(wait(record, "2026-11-12", gap), refused("invalid"));
  await assert.rejects(wait(record, "2026-11-08"), /Day to ask again: give today or a day to come/);
  await assert.rejects(wait(record, "2026-11-24"), /no later than 23 November 2026/);
  assert.equal((await wait(record, "2026-11-23")).state, "waiting_user");
});

test("a pause survives changes of priority, of impact and of queue, and what was left before it is left after it", async () => {
  const record = await raise();
  await wait(record, "2026-11-12", {}, london("2026-11-09T11:00"));
  const other = await world.system(async (tx) => {
    const queue = await create(tx, typeNamed(tx.registry, "queue"), {
      name: "Field support",
      team: world.council.team,
      calendar: world.council.calendar,
    });
    await create(tx, typeNamed(tx.registry, "service_level_policy"), usualServiceLevels(tx, queue.id, "Field"), {
      trusted: true,
    });
    return queue;
  });
  const changes = [{ impact: 1 }, { urgency: 3 }, { queue: other.id }];
  for (const [place, values] of changes.entries()) {
    const now = london(`2026-11-09T1${2 + place}:00`);
    await world.store.as(dee, (tx) => change(tx, ticket(), record.id, "any", values), at(now));
    const reading = await clock(record, now);
    assert.equal(reading.state, "paused");
    assert.equal(reading.elapsedMinutes, 60);
    assert.equal(reading.pausedMinutes, 60 * (1 + place));
  }
  await does(record, "resume", {}, london("2026-11-10T11:00"));
  const reading = await clock(record, london("2026-11-10T12:00"));
  assert.deepEqual([reading.state, reading.elapsedMinutes, reading.pausedMinutes], ["running", 120, 600]);
  assert.deepEqual((await verify(world)).problems, []);
});

test("on its day a pause tells whoever has the ticket, on the next working day the person waited for, each once however often it is looked at", async () => {
  const record = await raise();
  await does(record, "take", {});
  await wait(record, "2026-11-13");
  const look = (moment: string) => chasePauses(world, london(moment));
  assert.equal(await look("2026-11-12T12:00"), 0);
  assert.equal(await look("2026-11-13T07:59"), 0);
  // Several that have all found the same pause, and then write.
  const held = await world.ownerPool.connect();
  await held.query("begin; lock table pause_chases in share row exclusive mode");
  const several = Promise.all([1, 2, 3].map(() => look("2026-11-13T08:00")));
  await sleep(150);
  await held.query("commit");
  held.release();
  assert.equal(
    (await several).reduce((sum, asked) => sum + asked, 0),
    1,
  );
  const toOwner =
    "internal: Today is the day to look at this pause again. It waits for the person who asked: Which room. Ask again and say until when, or carry on.";
  assert.deepEqual(await comments(record), [toOwner]);
  // The rest of that day, a Friday, and the weekend, on which nobody works.
  for (const moment of ["2026-11-13T17:00", "2026-11-14T09:00", "2026-11-15T09:00"])
    assert.equal(await look(moment), 0);
  assert.equal(await look("2026-11-16T08:00"), 1);
  assert.equal(await look("2026-11-16T08:01"), 0);
  assert.equal(await look("2026-11-17T09:00"), 0);
  const toRequester =
    "everyone: We are still waiting to hear from you: Which room. Please answer here, so that we can carry on.";
  assert.deepEqual((await comments(record)).toSorted(), [toOwner, toRequester].toSorted());
  assert.equal((await clock(record, london("2026-11-16T09:00"))).state, "paused");
  await world.ownerPool.query(
    "insert into untold select organisation_id, record_id, sequence from events where record_id = $1 and verb = 'commented'",
    [record.id],
  );
  await tellAll({ ...world, mail: true });
  for (const who of [dee, joe]) {
    const { items } = await world.store.as(who, (tx) => listNotifications(tx));
    assert.ok(items.some(({ kind, recordId }) => kind === "commented" && recordId === record.id));
  }
});

test("a pause that is asked about anew is asked after on its new day, and one that is over on none", async () => {
  const [again, over] = [await raise(), await raise()];
  for (const record of [again, over])
    await wait(record, "2026-11-13", { waitingFor: "supplier", waitingReason: "A part" });
  await chasePauses(world, london("2026-11-13T09:00"));
  await wait(
    again,
    "2026-11-18",
    { waitingFor: "supplier", waitingReason: "The part again" },
    london("2026-11-13T10:00"),
  );
  await does(over, "resume", {}, london("2026-11-13T10:00"));
  assert.equal(await chasePauses(world, london("2026-11-16T09:00")), 0);
  assert.equal(await chasePauses(world, london("2026-11-18T09:00")), 1);
  assert.equal(await chasePauses(world, london("2026-11-19T09:00")), 1);
  const said = await comments(again);
  assert.equal(said.length, 3);
  assert.ok(
    said.some((text) =>
      text.includes("It waits for a supplier: The part again. It was to be looked at again on 18 November 2026"),
    ),
  );
  assert.equal((await comments(over)).length, 1);
});

test("a pause that is looked at after its day says which day it was", async () => {
  const record = await wait(await raise(), "2026-11-12");
  await chasePauses(world, london("2026-11-13T09:00"));
  assert.match((await comments(record)).join(), /internal: 12 November 2026 was the day to look at this pause again/);
});

test("whoever lets wait what nobody has, has it from then on; what somebody has stays theirs", async () => {
  const record = await wait(await raise(), "2026-11-12");
  assert.equal(record.ownerId, dee.personId);
  const callum = await world.person("Callum Fraser", "supportOfficer");
  const again = await world.store.as(
    callum,
    (tx) =>
      move(tx, ticket(), record.id, "any", "wait", {
        waitingFor: "evidence",
        waitingReason: "A log of the network",
        reviewOn: "2026-11-12",
      }),
    at(monday),
  );
  assert.equal(again.ownerId, dee.personId);
});
