import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import { createWorld } from "../../../../test/world.ts";
import type { World } from "../../../../test/world.ts";
import { Refusal } from "../../../kernel/errors.ts";
import { sealAll } from "../../../kernel/memory/seal.ts";
import { verify } from "../../../kernel/memory/verify.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { clockRow, clocksOf, nextDue } from "../../../kernel/store/clocks.ts";
import { find } from "../../../kernel/store/find.ts";
import { search } from "../../../kernel/store/search.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { importServiceNowLog } from "./servicenow-log.ts";
import type { LogImport } from "./servicenow-log.ts";
import { reconciliationText } from "./reconciliation.ts";
import type { Reconciliation } from "./reconciliation.ts";
import { csvOf, slice, sliceFigures, zipOf } from "./slice.fixture.ts";
import { linesOf } from "./write.ts";

let world: World;
let folder: string;
const now = Temporal.Instant.from("2026-03-02T10:00:00Z");

before(async () => {
  world = await createWorld();
  folder = await mkdtemp(join(tmpdir(), "reeve-import-"));
});
after(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const bring = (file: string, more: Partial<LogImport> = {}): Promise<Reconciliation> =>
  importServiceNowLog({
    ownerPool: world.ownerPool,
    registry: world.registry,
    organisationId: world.council.organisationId,
    found: (name) => world.another(name),
    file,
    progress: () => {},
    now,
    ...more,
  });

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const ticket = () => typeNamed(world.registry, "ticket");

async function incident(number: string, organisationId = world.council.organisationId): Promise<Stored> {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from ticket where organisation_id = $1 and source_reference = $2",
    [organisationId, number],
  );
  assert.equal(rows.length, 1, `${number} is there once`);
  return world.system((tx) => find(tx, ticket(), rows[0]!.id), { organisationId });
}

const eventsOf = (record: Stored, organisationId?: string) =>
  world.system((tx) => timeline(tx, record, { limit: 2000 }), organisationId ? { organisationId } : {});

function figuresOnly({
  incidents,
  events,
  byPriority,
  reassigned,
  reopened,
  levelMade,
  levelMissed,
  notUnderstood,
}: Reconciliation) {
  return { incidents, events, byPriority, reassigned, reopened, levelMade, levelMissed, notUnderstood };
}

async function rowsOf(sql: string): Promise<unknown> {
  return (await world.ownerPool.query(sql)).rows;
}

describe("a small log", () => {
  let first: Reconciliation;
  before(async () => {
    first = await bring(await fileOf("log.csv", csvOf(slice)), { linesAtOnce: 5 });
  });

  test("comes in whole, and the database agrees with the file", () => {
    assert.deepEqual(figuresOnly(first), sliceFigures);
    assert.equal(first.agrees, true);
    assert.match(reconciliationText(first), /Incidents +12 +12 +agree/);
    assert.match(reconciliationText(first), /line 22: the state “-100” is not one that is known/);
  });

  test("our service levels stand beside the source's own, each incident in one group", async () => {
    const { agree, differ, untold, groups } = first.levels;
    const groupOf = async (number: string) => {
      const { id } = await incident(number);
      const group = groups.find(({ examples }) => examples.includes(id))!;
      return [group.ours, group.theirs, group.shows.join()];
    };
    // Both missed it; and one that was reopened was missed here and made there.
    assert.deepEqual(await groupOf("INC0000001"), ["missed", false, ""]);
    assert.deepEqual(await groupOf("INC0000010"), ["missed", true, "reopened"]);
    assert.deepEqual(
      [agree + differ + untold, groups.reduce((sum, group) => sum + group.incidents, 0)],
      [first.incidents, first.incidents],
    );
    assert.match(reconciliationText(first), /Missed here, made there: it was reopened +1/);
    const kept = await world.system((tx) => sql`select comparison from level_comparisons`.execute(tx.db));
    assert.equal(kept.rows.length, 1);
  });

  test("every state of the source has its own here", async () => {
    const states = await Promise.all(
      ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"].map(
        async (number) => (await incident(`INC000${number}`)).state,
      ),
    );
    assert.deepEqual(states, [
      "closed",
      "new",
      "assigned",
      "waiting_user",
      "waiting_supplier",
      "waiting_evidence",
      "waiting_problem",
      "resolved",
    ]);
  });

  test("a history is told at its own times, with who did it and what changed", async () => {
    const record = await incident("INC0000001");
    assert.equal(record.title, "Category 26, Subcategory 174");
    assert.equal(record.openedAt, "2016-02-29T01:16:00.000Z");
    assert.equal(record.closedAt, "2016-07-05T11:00:00.000Z");
    assert.equal(record.values["priority"], 2);
    assert.equal(record.values["impact"], 1);
    const events = await eventsOf(record);
    assert.deepEqual(
      events.map(({ at, verb, body }) => [at, verb, body?.state ?? null, body?.by ?? null]),
      [
        ["2016-02-29T01:16:00.000Z", "created", "new", "Opened by 8"],
        ["2016-02-29T01:23:00.000Z", "noted", null, "Updated by 21"],
        ["2016-02-29T08:53:00.000Z", "moved", "assigned", "Updated by 642"],
        ["2016-02-29T08:53:00.000Z", "changed", null, "Updated by 642"],
        // June is British Summer Time.
        ["2016-06-30T10:00:00.000Z", "moved", "resolved", "Updated by 804"],
        ["2016-07-05T11:00:00.000Z", "moved", "closed", "Updated by 908"],
      ],
    );
    const changes = events[3]?.body?.changes ?? {};
    assert.deepEqual(Object.keys(changes).toSorted(), ["owner", "queue", "queueChanges"]);
    const names = await rowsOf(
      `select title from records where id in ('${String(changes["queue"]?.to)}', '${String(changes["owner"]?.to)}') order by title`,
    );
    assert.deepEqual(names, [{ title: "Group 70" }, { title: "Resolver 12" }]);
  });

  test("callers and resolvers are contacts who cannot sign in", async () => {
    const record = await incident("INC0000001");
    const { rows } = await world.ownerPool.query(
      "select title, active, account_id, source_reference from person join records using (organisation_id, id) where id = any ($1) order by title",
      [[record.requesterId, record.ownerId]],
    );
    assert.deepEqual(rows, [
      { title: "Caller 2403", active: false, account_id: null, source_reference: "servicenow:Caller 2403" },
      { title: "Resolver 12", active: false, account_id: null, source_reference: "servicenow:Resolver 12" },
    ]);
    const who = { organisationId: world.council.organisationId, personId: record.requesterId! };
    await assert.rejects(
      world.store.as(who, () => Promise.resolve()),
      (error) => error instanceof Refusal && error.kind === "unseen",
    );
  });

  test("a subcategory lies under its category", async () => {
    const record = await incident("INC0000001");
    const { rows } = await world.ownerPool.query(
      "select r.title, p.title as parent from category c join records r using (organisation_id, id) join records p on p.organisation_id = c.organisation_id and p.id = c.parent where c.id = $1",
      [record.values["category"]],
    );
    assert.deepEqual(rows, [{ title: "Subcategory 174", parent: "Category 26" }]);
  });

  test("a state that is not known stays a line of the timeline and changes nothing", async () => {
    const record = await incident("INC0000009");
    assert.equal(record.state, "resolved");
    const odd = (await eventsOf(record)).filter(({ body }) => body?.note !== undefined);
    assert.deepEqual(
      odd.map(({ verb, body }) => [verb, body?.note, body?.columns?.["incident_state"]]),
      [["noted", "Not understood: the state “-100” is not one that is known", "-100"]],
    );
  });

  test("a reopened incident goes on and is closed again", async () => {
    const events = await eventsOf(await incident("INC0000010"));
    assert.deepEqual(
      events.map(({ body }) => body?.move ?? null),
      [null, null, "resolve", "reopen", "resolve", "close"],
    );
  });

  test("an hour that comes twice is the first, and an hour that never was lies after the jump", async () => {
    const events = await eventsOf(await incident("INC0000011"));
    assert.deepEqual(
      events.map(({ at }) => at),
      ["2016-03-27T01:30:00.000Z", "2016-03-27T01:30:00.000Z", "2016-10-30T00:30:00.000Z", "2016-10-30T02:30:00.000Z"],
    );
  });

  test("what the source left empty is empty here", async () => {
    const record = await incident("INC0000012");
    assert.equal(record.title, "Incident INC0000012");
    assert.deepEqual([record.requesterId, record.ownerId, record.values["category"]], [null, null, null]);
    assert.deepEqual(await rowsOf(`select title from records where id = '${String(record.values["queue"])}'`), [
      { title: "No group" },
    ]);
    assert.doesNotMatch(String(record.values["sourceColumns"]), /caller_id/);
  });

  test("the source's lines can be read back from the timelines, column for column", async () => {
    for (const number of new Set(slice.map((line) => line["number"]!))) {
      const kept = linesOf(await eventsOf(await incident(number)));
      const given = slice.filter((line) => line["number"] === number);
      assert.equal(kept.length, given.length);
      for (const line of given)
        assert.ok(
          kept.some(
            (one) => JSON.stringify(Object.entries(one).toSorted()) === JSON.stringify(Object.entries(line).toSorted()),
          ),
          number,
        );
    }
  });

  test("every clock that was stored is what the timeline says later", async () => {
    let clocks = 0;
    await world.system(
      async (tx: Tx) => {
        const { rows } = await world.ownerPool.query<{ id: string }>(
          "select id from ticket where source = 'servicenow-log' and organisation_id = $1",
          [world.council.organisationId],
        );
        for (const { id } of rows) {
          const record = await find(tx, ticket(), id);
          const readings = await clocksOf(tx, ticket(), record);
          const stored = await world.ownerPool.query<{ clock: object }>(
            "select to_jsonb(c) - 'next_warning_at' as clock from clocks c where record_id = $1 order by name",
            [id],
          );
          const again = readings.map((reading) => ({
            organisation_id: tx.actor.organisationId,
            record_id: id,
            ...clockRow(reading),
          }));
          assert.deepEqual(
            stored.rows.map(({ clock }) => momentsAlike(clock)),
            again.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(momentsAlike),
          );
          assert.equal(record.dueAt, nextDue(readings)?.toString({ smallestUnit: "millisecond" }) ?? null);
          clocks += readings.length;
        }
      },
      { now: Temporal.Instant.from("2027-01-05T12:00:00Z") },
    );
    assert.equal(clocks, 24);
  });

  test("an incident is found by its number there and by its words, as any other record", async () => {
    const lead = await world.person("Dee Osei", "leadSupport");
    const found = await world.store.as(lead, (tx) => search(tx, "INC0000004"));
    assert.deepEqual(
      found.found.map(({ title }) => title),
      ["Category 42, Subcategory 9"],
    );
    await assert.doesNotReject(
      world.store.as(lead, async (tx) => find(tx, ticket(), (await incident("INC0000004")).id)),
    );
  });

  test("each chain holds, and each record is what its timeline says", async () => {
    const { rows } = await world.ownerPool.query<{ broken: number; checked: number }>(`
      select count(*) as checked, count(*) filter (where e.body_hash <> sha256(b.salt || convert_to(b.body::text, 'UTF8'))
        or e.hash <> event_digest(coalesce(p.hash, '\\x'), e.record_id, e.sequence, e.at, e.actor_id, e.verb, e.audience, e.body_hash)
        or (e.sequence = r.event_count) <> (e.hash = r.event_hash)) as broken
      from events e join event_bodies b using (organisation_id, record_id, sequence) join records r on r.organisation_id = e.organisation_id and r.id = e.record_id
      left join events p on p.organisation_id = e.organisation_id and p.record_id = e.record_id and p.sequence = e.sequence - 1`);
    assert.equal(rows[0]?.broken, 0);
    assert.ok((rows[0]?.checked ?? 0) > slice.length);
    await sealAll(world.ownerPool);
    const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
    assert.deepEqual(problems, []);
  });

  test("brought in a second time, from a zip, nothing is doubled", async () => {
    const counts = "select (select count(*) from records) as records, (select count(*) from events) as events";
    const was = await rowsOf(counts);
    const second = await bring(await fileOf("log.zip", zipOf("incident_event_log.csv", csvOf(slice))));
    assert.deepEqual(figuresOnly(second), sliceFigures);
    assert.deepEqual(second.run, { made: 0, continued: 0, unchanged: 12 });
    assert.deepEqual(await rowsOf(counts), was);
  });
});

/** A row with its moments in one spelling: the driver and Temporal write milliseconds differently. */
function momentsAlike(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name,
      name.endsWith("_at") && typeof value === "string" ? Temporal.Instant.from(value).epochMilliseconds : value,
    ]),
  );
}
