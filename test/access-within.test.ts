import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type pg from "pg";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { count, list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { aTeam, personWith } from "./grants.ts";
import { denied, rawChange, rawSql, refused } from "./raw-sql.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let administrator: Who;

before(async () => {
  world = await createWorld();
  administrator = await world.person("Ada Min", "administrator");
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const { raw, mustBeDenied } = rawSql(() => world);

test("someone with their own only sees and touches no one else's, whatever SQL they run", async () => {
  const staff = await world.person("Sam Own", "staff");
  const colleague = await world.person("Col League", "staff");
  const hers = await world.store.as(colleague, (tx) =>
    create(tx, ticket(), { summary: "Cassowary in the lift", sensitivity: "normal" }),
  );
  await raw(staff, async (query) => {
    for (const table of ["records", "ticket", "visible_ticket"])
      assert.equal((await query(`select 1 from ${table} where id = $1`, [hers.id])).rows.length, 0, table);
    for (const table of ["events", "event_bodies", "clocks"])
      assert.equal((await query(`select 1 from ${table} where record_id = $1`, [hers.id])).rows.length, 0, table);
    assert.equal((await query("update records set title = 'x' where id = $1", [hers.id])).rowCount, 0);
    assert.equal((await query("update ticket set details = 'x' where id = $1", [hers.id])).rowCount, 0);
    assert.equal(
      (await query("select search_records('cassowary', null, 20, 0) ->> 'matches' as n")).rows[0]?.["n"],
      "0",
    );
  });
  const clock = { record_id: hers.id, name: "respond", state: "stopped", started_at: "2026-11-22T12:00:00Z" };
  await mustBeDenied(staff, "select store_clocks($1)", [JSON.stringify([clock])]);
  await mustBeDenied(staff, "update clocks set state = 'stopped' where record_id = $1", [hers.id]);
  await mustBeDenied(
    staff,
    "insert into records (organisation_id, type, reference, title, state, created_by) values ($1, 'ticket', 'INC-X', 'x', 'new', $2)",
    [staff.organisationId, colleague.personId],
  );
  await mustBeDenied(
    staff,
    "insert into records (organisation_id, type, reference, title, state, created_by) values ($1, 'role', 'ROLE-X', 'x', 'current', $2)",
    [staff.organisationId, staff.personId],
  );
  await mustBeDenied(
    staff,
    "insert into records (organisation_id, type, reference, title, state, created_by, event_count) values ($1, 'ticket', 'INC-X', 'x', 'new', $2, 3)",
    [staff.organisationId, staff.personId],
  );
  await mustBeDenied(
    staff,
    "insert into person_roles (organisation_id, parent_id, position, role) values ($1, $2, 0, $3)",
    [staff.organisationId, staff.personId, world.council.roles.administrator],
  );
});

test("who may comment but not change changes nothing, not even in the transaction of a comment", async () => {
  const commenter = await personWith(world, [
    ["ticket", "read", "all"],
    ["ticket", "comment", "all"],
  ]);
  const made = await world.store.as(administrator, (tx) => create(tx, ticket(), { summary: "Slow map" }));
  await raw(commenter, async (query) => {
    await query("select append_event($1, 'commented', now(), 'everyone', '{\"text\": \"hello\"}', 'hello')", [made.id]);
    assert.equal(
      (
        await query("update records set title = 'x', sensitivity = 'restricted', owner_id = $2 where id = $1", [
          made.id,
          commenter.personId,
        ])
      ).rowCount,
      0,
    );
    assert.equal((await query("update ticket set details = 'x' where id = $1", [made.id])).rowCount, 0);
    assert.equal((await query("delete from links where from_id = $1", [made.id])).rowCount, 0);
  });
  for (const [text, values] of [
    rawChange("ticket", made.id),
    ["select index_record($1, 'a', '', '')", [made.id]],
    ["select append_event($1, 'moved', now(), 'everyone', '{}')", [made.id]],
    ["select append_event($1, 'commented', now(), 'internal', '{}')", [made.id]],
    ["select erase($1, null, 'because')", [made.id]],
    ["update events set verb = 'x'", []],
    ["update event_bodies set body = null", []],
    ["delete from events", []],
    ["delete from records", []],
    ["update records set event_count = 0", []],
    ["update records set event_hash = ''", []],
    ["update records set search = ''", []],
    ["update records set created_by = null", []],
  ] as const)
    await mustBeDenied(commenter, text, values);
  await assert.rejects(
    world.store.as(commenter, (tx) => change(tx, ticket(), made.id, made.version, { summary: "x" })),
    refused("forbidden"),
  );
  await assert.rejects(
    world.store.as(commenter, (tx) => comment(tx, ticket(), made.id, { text: "x", audience: "internal" })),
    refused("forbidden"),
  );
});

test("an answer from someone who may not change the record stops its clock and takes it off the list of what is due", async () => {
  const commenter = await personWith(world, [
    ["ticket", "read", "all"],
    ["ticket", "comment", "all"],
  ]);
  const made = await world.store.as(administrator, (tx) => create(tx, ticket(), { summary: "When do you open?" }));
  const due = (
    await world.store.as(commenter, async (tx) => {
      await comment(tx, ticket(), made.id, { text: "At nine", audience: "everyone" });
      return find(tx, ticket(), made.id);
    })
  ).dueAt;
  const { rows } = await world.ownerPool.query<{ name: string; state: string; due_at: Date }>(
    "select name, state, due_at from clocks where record_id = $1 order by name",
    [made.id],
  );
  assert.deepEqual(
    rows.map(({ name, state }) => [name, state]),
    [
      ["resolve", "running"],
      ["respond", "stopped"],
    ],
  );
  assert.notEqual(due, made.dueAt);
  assert.equal(due, new Date(rows[0]!.due_at).toISOString());
});

test("a requester can neither take a ticket, nor hide it afterwards, nor write what only the product writes", async () => {
  const staff = await world.person("Re Quester", "staff");
  const made = await world.store.as(staff, (tx) => create(tx, ticket(), { summary: "Chair", sensitivity: "normal" }));
  await assert.rejects(
    world.store.as(staff, (tx) => change(tx, ticket(), made.id, made.version, { sensitivity: "restricted" })),
    refused("forbidden"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => change(tx, ticket(), made.id, made.version, { owner: staff.personId })),
    refused("forbidden"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) =>
      move(tx, ticket(), made.id, made.version, "cancel", { comment: "x", owner: staff.personId }),
    ),
    refused("invalid"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => create(tx, ticket(), { summary: "x", owner: staff.personId })),
    refused("invalid"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => create(tx, ticket(), { summary: "x", priority: 1 })),
    refused("invalid"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => create(tx, ticket(), { summary: "x", resolution: "done" })),
    refused("invalid"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) =>
      create(
        tx,
        ticket(),
        JSON.parse('{"summary": "x", "__proto__": 1, "constructor": 2, "toString": 3}') as Record<string, unknown>,
      ),
    ),
    refused("invalid"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => move(tx, ticket(), made.id, made.version, "constructor", {})),
    refused("unseen"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => list(tx, ticket(), { sort: "constructor" })),
    refused("invalid"),
  );
  await assert.rejects(
    world.store.as(staff, (tx) => list(tx, ticket(), { where: { constructor: ["x"] } })),
    refused("invalid"),
  );
});

test("whoever may change people cannot make themselves an administrator", async () => {
  const lead = await world.person("Lee Dsupport", "leadSupport");
  const person = typeNamed(world.registry, "person");
  const self = await world.store.as(lead, (tx) => find(tx, person, lead.personId));
  const more = [...(self.values["roles"] as object[]), { role: world.council.roles.administrator }];
  const seesRoles = await personWith(world, [
    ["person", "read", "all"],
    ["person", "change", "all"],
    ["person", "create", "all"],
    ["role", "read", "all"],
  ]);
  for (const [who, kind] of [
    [lead, "invalid"],
    [seesRoles, "forbidden"],
  ] as const) {
    await assert.rejects(
      world.store.as(who, (tx) => change(tx, person, self.id, self.version, { roles: more })),
      refused(kind),
    );
    await assert.rejects(
      world.store.as(who, (tx) => change(tx, person, self.id, self.version, { roles: [] })),
      refused("forbidden"),
    );
    await assert.rejects(
      world.store.as(who, (tx) =>
        create(tx, person, { name: "Puppet", roles: [{ role: world.council.roles.administrator }] }),
      ),
      refused("forbidden"),
    );
  }
  const changed = await world.store.as(lead, (tx) =>
    change(tx, person, self.id, self.version, { jobTitle: "Lead", roles: self.values["roles"] }),
  );
  assert.equal(changed.values["jobTitle"], "Lead");
  await world.store.as(administrator, (tx) => change(tx, person, self.id, changed.version, { roles: more }));
});

test("a role that is withdrawn gives nothing any more", async () => {
  const someone = await personWith(world, [["ticket", "read", "all"]]);
  const role = typeNamed(world.registry, "role");
  const seen = () => world.store.as(someone, (tx) => count(tx, ticket(), {}));
  assert.ok((await seen()) > 0);
  const { rows } = await world.ownerPool.query<{ role: string }>("select role from person_roles where parent_id = $1", [
    someone.personId,
  ]);
  await world.store.as(administrator, async (tx) =>
    move(tx, role, rows[0]!.role, (await find(tx, role, rows[0]!.role)).version, "withdraw", {}),
  );
  assert.equal(await seen(), 0);
});

test("who hands a ticket to another team's queue succeeds, and sees it no longer", async () => {
  const elsewhere = await aTeam(world, "Networks");
  const queue = await world.system((tx) =>
    create(tx, typeNamed(tx.registry, "queue"), { name: "Networks", team: elsewhere }, { trusted: true }),
  );
  const officer = await personWith(
    world,
    [
      ...["read", "handle", "change", "internal", "comment"].map(
        (permission) => ["ticket", permission, "team"] as const,
      ),
      ["queue", "read", "all"],
    ],
    { teams: [world.council.team] },
  );
  const made = await world.store.as(administrator, (tx) =>
    create(tx, ticket(), { summary: "Switch down", details: "Rack 4" }),
  );
  const handed = await world.store.as(officer, (tx) =>
    move(tx, ticket(), made.id, made.version, "assign", { queue: queue.id }),
  );
  assert.equal(handed.teamId, elsewhere);
  await assert.rejects(
    world.store.as(officer, (tx) => find(tx, ticket(), made.id)),
    refused("unseen"),
  );
  const after = await world.store.as(administrator, async (tx) => ({
    record: await find(tx, ticket(), made.id),
    events: await timeline(tx, made),
  }));
  assert.deepEqual({ ...after.record, updatedAt: "" }, { ...handed, updatedAt: "" });
  assert.deepEqual(
    after.events.map(({ verb }) => verb),
    ["created", "moved"],
  );
  assert.deepEqual(after.events[1]?.body?.changes?.["team"], { from: made.teamId, to: elsewhere });
});

test("two first records of a type at once both get a number", async () => {
  const third = await world.another("Cawdor Town Council");
  const [one, two] = await Promise.all(["a", "b"].map((name) => world.person(name, "staff", { organisation: third })));
  const clients = await Promise.all([world.store.pool.connect(), world.store.pool.connect()]);
  try {
    for (const [at, who] of [one!, two!].entries()) {
      await clients[at]!.query("begin");
      await clients[at]!.query("select act_as($1, $2)", [who.organisationId, who.personId]);
    }
    const next = (client: pg.PoolClient) =>
      client.query<{ number: number }>("select next_number('policy', '2031') as number");
    const first = await next(clients[0]);
    const second = next(clients[1]);
    await clients[0].query("commit");
    assert.deepEqual([first.rows[0]?.number, (await second).rows[0]?.number], [1, 2]);
    await assert.rejects(clients[1].query("select next_number('policy', 'x; drop')"), denied);
  } finally {
    for (const client of clients) {
      await client.query("rollback");
      client.release();
    }
  }
});
