import assert from "node:assert/strict";
import { sql } from "kysely";
import { Refusal } from "../../src/kernel/errors.ts";
import type { RecordType } from "../../src/kernel/record.ts";
import { change } from "../../src/kernel/store/change.ts";
import { comment } from "../../src/kernel/store/comment.ts";
import { insertRecord } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move, movesFor, permissionOf } from "../../src/kernel/store/move.ts";
import { timeline } from "../../src/kernel/store/timeline.ts";
import type { Scope, Stored, Tx } from "../../src/kernel/transaction.ts";
import { aTeam, personWith } from "../grants.ts";
import { valuesFor } from "../values.ts";
import { world, types, refused, asAdministrator, made, personsOwn, ready, notForPeople } from "./stage.ts";

/** A thing that a person may do, and the permission that it needs. */
interface Deed {
  readonly permission: string;
  readonly state?: string;
  readonly try: (tx: Tx, record: Stored) => Promise<unknown>;
}

function deeds(type: RecordType, given: Readonly<Record<string, Record<string, unknown>>>): Deed[] {
  const byRoles = Object.entries(type.moves).filter(([name]) => !Object.hasOwn(personsOwn, `${type.name} ${name}`));
  const moves = byRoles.map(([name, definition]): Deed => ({
    permission: permissionOf(type, definition),
    state: definition.from[0]!,
    try: async (tx, record) => {
      assert.equal(
        movesFor(tx, type, record).some(([one]) => one === name),
        true,
        `${name} is not offered`,
      );
      await move(tx, type, record.id, record.version, name, {
        ...given[name],
        ...(definition.comment ? { comment: "Because" } : {}),
      });
    },
  }));
  return [
    { permission: "read", try: (tx, record) => find(tx, type, record.id) },
    {
      permission: type.access.change.permission,
      try: (tx, record) => change(tx, type, record.id, record.version, { [type.titleField]: "Changed" }),
    },
    {
      permission: "comment",
      try: (tx, record) => comment(tx, type, record.id, { text: "Hello", audience: "everyone" }),
    },
    {
      permission: "internal",
      try: async (tx, record) =>
        assert.ok((await timeline(tx, record)).some(({ audience }) => audience === "internal")),
    },
    {
      permission: "restricted",
      try: async (tx, record) => {
        const { rows } = await sql`select 1 from records where id = ${record.id}::uuid`.execute(tx.db);
        assert.ok(rows.length === 1);
      },
    },
    ...moves,
  ];
}

/** Tries everything with each permission alone (and leave to look), on a record of one's own, of one's team and of nobody near. */
export async function permissions(type: RecordType): Promise<void> {
  const team = await aTeam(world, `Team for ${type.name}`);
  const context = types
    .filter((other) => other !== type)
    // What is restricted from the start is looked at as well.
    .flatMap(({ name }) => [[name, "read", "all"] as const, [name, "restricted", "all"] as const]);
  const me = await personWith(world, context, { teams: [team] });
  const { rows } = await world.ownerPool.query<{ role: string }>("select role from person_roles where parent_id = $1", [
    me.personId,
  ]);
  const records = { own: await made(type), team: await made(type), all: await made(type) };
  await world.ownerPool.query(
    "update records set owner_id = null, requester_id = null, created_by = null, team_id = null where id = any ($1)",
    [Object.values(records).map(({ id }) => id)],
  );
  await world.ownerPool.query("update records set created_by = $2 where id = $1", [records.own.id, me.personId]);
  await world.ownerPool.query("update records set team_id = $2 where id = $1", [records.team.id, team]);
  await world.system(async (tx) => {
    for (const { id } of Object.values(records))
      await comment(tx, type, id, { text: "Among us", audience: "internal" });
  });
  const given = await world.system(async (tx) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(type.moves).map(
          async ([name, { asks }]) => [name, await valuesFor(tx, type, asks ?? [])] as const,
        ),
      ),
    ),
  );
  const every = deeds(type, given).filter(({ permission }) => !notForPeople(type, permission));
  for (const name of Object.keys(type.moves).filter((one) => !Object.hasOwn(personsOwn, `${type.name} ${one}`)))
    for (const record of Object.values(records)) await ready(type, name, record);

  const grant = async (grants: readonly (readonly [permission: string, scope: Scope])[]) => {
    await world.ownerPool.query("delete from role_permissions where parent_id = $1 and type = $2", [
      rows[0]!.role,
      type.name,
    ]);
    await world.ownerPool.query(
      "insert into role_permissions (organisation_id, parent_id, position, type, permission, scope) select $1, $2, 0, $3, * from unnest($4::text[], $5::text[])",
      [
        me.organisationId,
        rows[0]!.role,
        type.name,
        grants.map(([permission]) => permission),
        grants.map(([, scope]) => scope),
      ],
    );
  };
  const stored = await asAdministrator(async (tx) => {
    const [own, ofTeam, others] = [records.own, records.team, records.all].map(({ id }) => find(tx, type, id));
    return { own: await own!, team: await ofTeam!, all: await others! };
  });
  const standing: Partial<Record<keyof typeof records, string>> = {};
  /** The record as this deed needs it. Deeds leave nothing behind, so it is set only for another. */
  const standingFor = async (deed: Deed, reach: keyof typeof records): Promise<Stored> => {
    const state = deed.state ?? type.starts;
    const sensitivity = deed.permission === "restricted" && reach !== "own" ? "restricted" : "normal";
    if (standing[reach] !== `${state} ${sensitivity}`)
      await world.ownerPool.query("update records set state = $2, sensitivity = $3, closed_at = null where id = $1", [
        records[reach].id,
        state,
        sensitivity,
      ]);
    standing[reach] = `${state} ${sensitivity}`;
    return { ...stored[reach], state, sensitivity, closedAt: null };
  };
  const undone = new Error("undone");
  /** What came of each of these deeds, done with these grants and each undone before the next. */
  const outcomes = async <Tried extends { deed: Deed; reach: keyof typeof records }>(
    grants: Parameters<typeof grant>[0],
    several: readonly Tried[],
  ): Promise<(Tried & { came: string })[]> => {
    await grant(grants);
    const all: (Tried & { came: string })[] = [];
    const trying = world.store.as(me, async (tx) => {
      for (const one of several) {
        const record = await standingFor(one.deed, one.reach);
        await sql`savepoint before_it`.execute(tx.db);
        const came = await one.deed.try(tx, record).then(
          () => "allowed",
          (error: unknown) =>
            error instanceof Refusal
              ? error.kind
              : error instanceof assert.AssertionError
                ? "nothing there"
                : `fault: ${String(error)}`,
        );
        await sql`rollback to before_it`.execute(tx.db);
        tx.memo.clear();
        all.push({ ...one, came });
      }
      throw undone;
    });
    await assert.rejects(trying, (error) => error === undone);
    return all;
  };

  const scopes = ["own", "team", "all"] as const;
  const named = [...new Set(every.map((deed) => deed.permission))];
  const tell = (
    grants: string,
    { deed, reach, allowed, came }: { deed: Deed; reach: string; allowed: boolean; came: string },
  ) => {
    const what = `${grants} on a record of ${reach} for what needs ${deed.permission}: ${came}`;
    assert.equal(came === "allowed", allowed, what);
    assert.doesNotMatch(came, /fault/, what);
  };
  for (const permission of named) {
    const own = every.filter((deed) => deed.permission === permission);
    for (const scope of scopes) {
      const reached = (reach: (typeof scopes)[number]) =>
        scope === "all" || scope === reach || (permission === "restricted" && reach === "own");
      const itself = scopes.flatMap((reach) =>
        own.slice(0, scope === reach ? own.length : 1).map((deed) => ({ deed, reach, allowed: reached(reach) })),
      );
      const grants = [[permission, scope] as const, ...(permission === "read" ? [] : [["read", "all"] as const])];
      for (const one of await outcomes(grants, itself)) tell(`${permission}:${scope}`, one);
    }
    if (permission === "read" || permission === "restricted") continue;
    // What a person may do is only added to by a permission, so what all others together do not allow none of them does.
    const others = named.filter((other) => other !== permission).map((other) => [other, "all"] as const);
    const denied = own.map((deed) => ({ deed, reach: "own" as const, allowed: false }));
    for (const one of await outcomes(others, denied)) tell(`all but ${permission}`, one);
  }
  await grant([["create", "own"]]);
  const values = await world.system((tx) => valuesFor(tx, type, undefined, true));
  const making = world.store.as(me, (tx) => insertRecord(tx, type, values));
  if (type.productOnly) await assert.rejects(making, refused("forbidden"));
  else assert.ok((await making).reference);
  await grant(every.map(({ permission }) => [permission, "all"] as const));
  await assert.rejects(
    world.store.as(me, (tx) => insertRecord(tx, type, values)),
    refused("forbidden"),
  );
}
