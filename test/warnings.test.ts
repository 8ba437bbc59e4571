import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { listNotifications } from "../src/kernel/notifications/inbox.ts";
import { sentenceOf } from "../src/kernel/notifications/sentence.ts";
import { warnAll } from "../src/kernel/notifications/warn.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { usualServiceLevels } from "../src/modules/desk/usual-service-levels.ts";
import { dayIn } from "./day-in.ts";
import { rawSql } from "./raw-sql.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

let world: WebWorld;
let queue: string;
let [officer, lead, manager]: (Who | undefined)[] = [];

/** A Monday at ten; the queue is open all hours, so that a target of 100 minutes has one percent each minute. */
const start = Temporal.ZonedDateTime.from("2026-11-09T10:00[Europe/London]").toInstant();
const after100 = (percent: number) => start.add({ minutes: percent });

before(async () => {
  world = await createWebWorld();
  [officer, lead, manager] = await Promise.all([
    world.person("Zainab Hussain", "supportOfficer"),
    world.person("Dee Osei", "leadSupport"),
    world.person("Tom Reid", "leadSupport"),
  ]);
  for (const who of [officer, lead, manager]) await world.as(who);
  queue = await world.system(
    async (tx) => {
      const team = await create(
        tx,
        typeNamed(tx.registry, "team"),
        {
          name: "Night desk",
          manager: manager!.personId,
          members: [{ member: lead!.personId, lead: true }, { member: officer!.personId }],
        },
        { trusted: true },
      );
      const made = await create(tx, typeNamed(tx.registry, "queue"), { name: "Night desk", team: team.id });
      const targets = [1, 2, 3, 4, 5].map((priority) => ({ priority, respond: null, resolve: priority * 100 }));
      const policy = { ...usualServiceLevels(tx, made.id, "Night"), targets };
      await create(tx, typeNamed(tx.registry, "service_level_policy"), policy, { trusted: true });
      return made.id;
    },
    { now: start.subtract({ hours: 24 }) },
  );
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const raise = async (values: Record<string, unknown> = {}): Promise<Stored> => {
  const made = await world.store.as(
    officer!,
    (tx) => create(tx, ticket(), { summary: "The lights are out", impact: 1, urgency: 1, queue, ...values }),
    { now: start },
  );
  return made;
};
const taken = async (values: Record<string, unknown> = {}) => {
  const record = await raise(values);
  return world.store.as(officer!, (tx) => move(tx, ticket(), record.id, "any", "take", {}), { now: start });
};
const warn = (now: Temporal.Instant) => warnAll({ ...world, mail: true }, now);
/** What each was told of a record: `owner due 50`. */
const told = async (record: Stored) => {
  const lines: string[] = [];
  for (const [name, who] of Object.entries({ owner: officer!, lead: lead!, manager: manager! })) {
    const { items } = await world.store.as(who, (tx) => listNotifications(tx));
    for (const { recordId, kind, clock } of items)
      if (recordId === record.id && clock) lines.push(`${name} ${kind} ${clock.percent}`);
  }
  return lines.toSorted();
};

test("the owner is warned at half of the time, the lead at three quarters, the manager at nine tenths, all of them when it is missed", async () => {
  const record = await taken();
  const upTo: string[] = [];
  for (const [percent, lines] of [
    [49, []],
    [50, ["owner due 50"]],
    [60, []],
    [75, ["lead team 75"]],
    [89, []],
    [90, ["manager team 90"]],
    [100, ["owner late 100", "lead team 100", "manager team 100"]],
    [130, []],
  ] as const) {
    await warn(after100(percent));
    upTo.push(...lines);
    assert.deepEqual(await told(record), upTo.toSorted(), `at ${percent} %`);
  }
  const { items } = await world.store.as(lead!, (tx) => listNotifications(tx));
  assert.deepEqual(
    items
      .filter(({ recordId }) => recordId === record.id)
      .map((item) => sentenceOf(ticket(), item))
      .toSorted(),
    [
      "75% of the time for its deadline “Resolve” has gone: it is due 9 November 2026, 11:40.",
      "Its deadline “Resolve” has passed: 9 November 2026, 11:40.",
    ],
  );
});

test("two that look at once warn once, and whoever comes back after a stop is told of the most that was reached", async () => {
  const record = await taken();
  await Promise.all([1, 2, 3].map(() => warn(after100(55))));
  assert.deepEqual(await told(record), ["owner due 50"]);
  // Down until it was missed.
  await warn(after100(101));
  assert.deepEqual(await told(record), ["lead team 100", "manager team 100", "owner due 50", "owner late 100"]);
  await warn(after100(102));
  assert.equal((await told(record)).length, 4);
});

test("a deadline that moves later warns again only of a part that was not warned of, and a pause of none", async () => {
  const record = await taken();
  await warn(after100(80));
  assert.deepEqual(await told(record), ["lead team 75", "owner due 50"]);
  await world.store.as(officer!, (tx) => change(tx, ticket(), record.id, "any", { urgency: 3 }), { now: after100(85) });
  await warn(after100(160));
  await warn(after100(235));
  assert.equal((await told(record)).length, 2, "half and three quarters of 300 minutes were warned of before");
  const pause = { waitingReason: "A lamp", reviewOn: dayIn(3, start) };
  await world.store.as(officer!, (tx) => move(tx, ticket(), record.id, "any", "wait", pause), { now: after100(240) });
  await warn(after100(400));
  assert.equal((await told(record)).length, 2);
  await world.store.as(officer!, (tx) => move(tx, ticket(), record.id, "any", "resume", {}), { now: after100(400) });
  await warn(after100(429));
  assert.equal((await told(record)).length, 2);
  await warn(after100(430));
  assert.ok((await told(record)).includes("manager team 90"));
});

test("where nobody has it the lead hears first, where a policy says other parts they hold, and what lies long back is nobody’s news", async () => {
  const [nobodys, old] = [await raise(), await raise()];
  await warn(after100(50));
  assert.deepEqual(await told(nobodys), ["lead team 50"]);
  await world.ownerPool.query("delete from clock_warnings where record_id = $1", [old.id]);
  await world.ownerPool.query("delete from notifications where record_id = $1", [old.id]);
  await world.ownerPool.query("update clocks set next_warning_at = '-infinity' where record_id = $1", [old.id]);
  await warn(start.add({ hours: 24 * 30 }));
  assert.deepEqual(await told(old), []);
  await world.system(async (tx) => {
    const type = typeNamed(tx.registry, "service_level_policy");
    const { rows } = await sql<{
      id: string;
    }>`select id from service_level_policy where queue = ${queue}::uuid`.execute(tx.db);
    await change(tx, type, rows[0]!.id, "any", { warnings: [{ percent: 20 }, { percent: 40 }] }, { trusted: true });
  });
  const record = await taken();
  for (const percent of [19, 20, 40, 60, 99]) await warn(after100(percent));
  assert.deepEqual(await told(record), ["lead team 40", "owner due 20"]);
});

test("the look each minute reads an index of what is to be warned of, and nobody but the product notes a warning", async () => {
  const plan = await inPlan(
    `select record_id from reeve.clocks where organisation_id = '${world.council.organisationId}' and state = 'running'
     and next_warning_at <= now() and next_warning_at < 'infinity' order by next_warning_at limit 200`,
  );
  assert.match(plan, /Index.* clocks_to_warn/);
  const record = await taken();
  const { raw, mustBeDenied } = rawSql(() => world);
  const values = `('${world.council.organisationId}', '${record.id}', 'resolve', 50, now())`;
  await mustBeDenied(
    lead!,
    `insert into clock_warnings (organisation_id, record_id, clock, percent, reached_at) values ${values}`,
  );
  await mustBeDenied(lead!, "delete from clock_warnings");
  await mustBeDenied(
    lead!,
    `insert into pause_chases (organisation_id, record_id, review_on, step) values ('${world.council.organisationId}', '${record.id}', '2026-11-09', 1)`,
  );
  const staff = await world.person("Joe Price", "staff");
  const seen = await raw(staff, (query) => query("select 1 from clock_warnings"));
  assert.equal(seen.rows.length, 0);
});

async function inPlan(text: string): Promise<string> {
  const client = await world.ownerPool.connect();
  try {
    await client.query("begin; set local enable_seqscan = off; set local enable_sort = off");
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`explain ${text}`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  } finally {
    await client.query("rollback");
    client.release();
  }
}
