import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { may } from "../src/kernel/access.ts";
import type { Actor, Grant, Scope, Who } from "../src/kernel/transaction.ts";
import { mayKnow } from "../src/web/live/told.ts";
import { aTeam, personWith } from "./grants.ts";
import { addSpecimens } from "./specimen.ts";
import type { SpecimenWorld } from "./specimen.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

/**
 * The rules of access in words, written here a second time and independently: a permission with the scope “all” reaches
 * every record of its type, “team” those of the teams that the person is in, “own” those that they own, asked for or made.
 * A restricted record is hidden from whoever it is not their own, unless the permission “restricted” reaches it. Internal
 * comments are for those whom the permission “internal” reaches. To do anything to a record but read, comment, export or
 * erase is to change it.
 */
interface Held {
  readonly id: string;
  readonly owner: string | null;
  readonly requester: string | null;
  readonly maker: string | null;
  readonly team: string | null;
  readonly restricted: boolean;
}

interface Person {
  readonly id: string;
  readonly teams: readonly string[];
  readonly grants: readonly Grant[];
}

const isOwn = (person: Person, record: Held) => [record.owner, record.requester, record.maker].includes(person.id);

function reaches(person: Person, record: Held, permissions: (permission: string) => boolean): boolean {
  return person.grants.some(
    ({ type, permission, scope }) =>
      type === "specimen" &&
      permissions(permission) &&
      (scope === "all" ||
        (scope === "team" && record.team !== null && person.teams.includes(record.team)) ||
        (scope === "own" && isOwn(person, record))),
  );
}

const isHidden = (person: Person, record: Held) =>
  record.restricted && !isOwn(person, record) && !reaches(person, record, (permission) => permission === "restricted");
const sees = (person: Person, record: Held) =>
  !isHidden(person, record) && reaches(person, record, (permission) => permission === "read");
const changes = (person: Person, record: Held) =>
  !isHidden(person, record) &&
  reaches(
    person,
    record,
    (permission) => !["read", "create", "comment", "internal", "restricted", "export", "erase"].includes(permission),
  );
const hearsInside = (person: Person, record: Held) =>
  sees(person, record) && reaches(person, record, (permission) => permission === "internal");

let world: World;
let specimens: SpecimenWorld;
let me: Who;
let teams: { mine: string; other: string };
let records: Held[];

before(async () => {
  world = await createWorld();
  specimens = await addSpecimens(world);
  teams = { mine: await aTeam(world, "Mine"), other: await aTeam(world, "Other") };
  me = await personWith(world, []);
  const someone = await personWith(world, []);
  records = await everyRecord([me.personId, someone.personId, null], [teams.mine, teams.other, null]);
});
after(async () => {
  await specimens.store.close();
  await world.close();
});

/** Makes a record for each way in which owner, requester, maker, team, sensitivity and being closed can fall together. */
async function everyRecord(people: readonly (string | null)[], its: readonly (string | null)[]): Promise<Held[]> {
  const client = await world.ownerPool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<Held>(
      `
      insert into records (organisation_id, type, reference, title, state, owner_id, requester_id, created_by, team_id, sensitivity, closed_at, search)
      select $1, 'specimen', 'SPE-' || row_number() over (), 'Quartz', 'open', owner, requester, maker, team, sensitivity, closed, to_tsvector('english', 'Quartz')
      from unnest($2::uuid[]) owner, unnest($2::uuid[]) requester, unnest($2::uuid[]) maker, unnest($3::uuid[]) team, unnest(array['normal', 'restricted']) sensitivity, unnest(array[null, now()]) closed
      returning id, owner_id as owner, requester_id as requester, created_by as maker, team_id as team, sensitivity = 'restricted' as restricted`,
      [me.organisationId, people, its],
    );
    await client.query(
      "insert into specimen (organisation_id, id) select organisation_id, id from records where type = 'specimen'",
    );
    await client.query("select act_as_system($1)", [me.organisationId]);
    await client.query(
      "select append_event(id, 'commented', now(), 'everyone', '{\"text\": \"feldspar\"}', 'feldspar'), append_event(id, 'commented', now(), 'internal', '{\"text\": \"zircon\"}', 'zircon') from records where type = 'specimen'",
    );
    await client.query("commit");
    return rows;
  } finally {
    client.release();
  }
}

/** Gives the person other permissions and teams, and asks the database, as them, in every way there is. */
async function asked(grants: readonly Grant[], its: readonly string[]) {
  const owner = world.ownerPool;
  const { rows } = await owner.query<{ role: string }>("select role from person_roles where parent_id = $1", [
    me.personId,
  ]);
  const role = rows[0]!.role;
  await owner.query("delete from role_permissions where parent_id = $1", [role]);
  await owner.query(
    "insert into role_permissions (organisation_id, parent_id, position, type, permission, scope) select $1, $2, 0, * from unnest($3::text[], $4::text[], $5::text[])",
    [
      me.organisationId,
      role,
      grants.map(({ type }) => type),
      grants.map(({ permission }) => permission),
      grants.map(({ scope }) => scope),
    ],
  );
  await owner.query("delete from team_members where member = $1", [me.personId]);
  await owner.query(
    "insert into team_members (organisation_id, parent_id, position, member) select $1, unnest($2::uuid[]), 0, $3",
    [me.organisationId, its, me.personId],
  );
  const client = await world.store.pool.connect();
  try {
    await client.query("begin");
    const { rows: acting } = await client.query<{ actor: Actor }>("select act_as($1, $2) as actor", [
      me.organisationId,
      me.personId,
    ]);
    const ids = async (text: string) => (await client.query<{ id: string }>(text)).rows.map(({ id }) => id).sort();
    const all = records.map(({ id }) => `'${id}'`).join(",");
    const seen = {
      records: await ids("select id from records where type = 'specimen'"),
      table: await ids("select id from specimen"),
      view: await ids("select id from visible_specimen"),
      visible: await ids(
        `select id::text from unnest(array[${all}]::uuid[]) id where visible('${me.organisationId}', id)`,
      ),
      events: await ids("select record_id as id from events where type = 'specimen' and audience = 'everyone'"),
      bodies: await ids(
        "select record_id as id from event_bodies join events using (organisation_id, record_id, sequence) where type = 'specimen' and audience = 'everyone'",
      ),
      found: await ids("select id from matching_records('quartz', null, 10000)"),
      foundOfType: await ids("select id from matching_records('quartz feldspar', 'specimen', 10000)"),
      facts: await ids(`select id::text from unnest(array[${all}]::uuid[]) id where record_facts(id) <> '[]'`),
    };
    const inside = {
      events: await ids("select record_id as id from events where type = 'specimen' and audience = 'internal'"),
      bodies: await ids("select record_id as id from event_bodies where body ->> 'text' = 'zircon'"),
      found: await ids("select id from matching_records('zircon', null, 10000)"),
    };
    const page = (
      await client.query<{ page: { matches: number; byType: Record<string, number>; found: object[] } }>(
        "select search_records('quartz', null, 50, 0) as page",
      )
    ).rows[0]!.page;
    const changed = {
      changeable: await ids(
        `select id::text from unnest(array[${all}]::uuid[]) id where changeable('${me.organisationId}', id)`,
      ),
    };
    // PostgreSQL lets a row be updated only by who may also read it.
    const updated = await ids("update records set state = state where type = 'specimen' returning id");
    return { actor: { ...acting[0]!.actor, ...me }, seen, inside, page, changed, updated };
  } finally {
    await client.query("rollback");
    client.release();
  }
}

const heldOf = (record: Held) => ({
  id: record.id,
  ownerId: record.owner,
  teamId: record.team,
  requesterId: record.requester,
  createdBy: record.maker,
});

const toldOf = (record: Held, internal: boolean) => ({
  organisationId: me.organisationId,
  type: "specimen",
  record: { ...heldOf(record), internal, restricted: record.restricted },
});

const permission = fc.constantFrom(
  "read",
  "read",
  "change",
  "comment",
  "internal",
  "restricted",
  "handle",
  "sign",
  "create",
  "export",
  "erase",
);
const grant = fc.record(
  {
    type: fc.constantFrom("specimen", "specimen", "specimen", "ticket"),
    permission,
    scope: fc.constantFrom<Scope>("own", "team", "all"),
  },
  { noNullPrototype: true },
);

test("whatever somebody is given, policies, view, functions and search show and allow just what the rules say", async () => {
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(grant, { maxLength: 6 }),
      fc.constantFrom([], ["mine"], ["mine", "other"]),
      async (grants, its) => {
        const person: Person = { id: me.personId, teams: its.map((name) => teams[name]), grants };
        const { actor, seen, inside, page, changed, updated } = await asked(grants, person.teams);
        const ids = (which: (person: Person, record: Held) => boolean) =>
          records
            .filter((record) => which(person, record))
            .map(({ id }) => id)
            .sort();
        const wanted = ids(sees);
        shown += wanted.length;
        for (const [way, got] of Object.entries(seen)) assert.deepEqual(got, wanted, `seen by ${way}`);
        for (const [way, got] of Object.entries(inside)) assert.deepEqual(got, ids(hearsInside), `internal by ${way}`);
        const told = (internal: boolean) =>
          records
            .filter((record) => mayKnow(actor, toldOf(record, internal)))
            .map(({ id }) => id)
            .sort();
        assert.deepEqual(told(false), wanted, "told of a change");
        assert.deepEqual(told(true), ids(hearsInside), "told of what officers keep among themselves");
        assert.equal(page.matches, wanted.length);
        assert.equal(page.byType["specimen"] ?? 0, wanted.length);
        assert.equal(page.found.length, Math.min(50, wanted.length));
        assert.deepEqual(changed.changeable, ids(changes));
        assert.deepEqual(
          updated,
          ids((one, record) => changes(one, record) && sees(one, record)),
        );
        for (const record of records.filter((_record, at) => at % 17 === 0)) {
          const held = heldOf(record);
          for (const name of ["read", "change", "handle", "internal", "comment"])
            assert.equal(
              may(actor, "specimen", name, held),
              reaches(person, record, (one) => one === name),
              `may ${name}`,
            );
        }
      },
    ),
    { numRuns: 40 },
  );
  assert.equal(records.length, 3 ** 4 * 4);
  assert.ok(shown > 500, "enough was seen for the test to mean something");
});
