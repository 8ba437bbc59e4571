import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { resolveLinks } from "../src/kernel/store/check-links.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { count, list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { mended, search } from "../src/kernel/store/search.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { aTeam, personWith } from "./grants.ts";
import { rawChange, rawSql } from "./raw-sql.ts";
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

describe("a restricted record", () => {
  let reader: Who;
  let secret: Stored;
  let plain: Stored;

  before(async () => {
    reader = await personWith(world, [
      ...["read", "comment", "internal", "change", "handle"].map(
        (permission) => ["ticket", permission, "all"] as const,
      ),
      ["person", "read", "all"],
      ["category", "read", "all"],
    ]);
    secret = await world.store.as(administrator, (tx) =>
      create(tx, ticket(), { summary: "Grievance about pangolins", details: "Okapi", sensitivity: "restricted" }),
    );
    plain = await world.store.as(administrator, (tx) => create(tx, ticket(), { summary: "Ordinary" }));
    await world.store.as(administrator, (tx) =>
      comment(tx, ticket(), secret.id, { text: "Tapir", audience: "everyone" }),
    );
    await world.ownerPool.query("insert into search_words values ($1, 'pangolins', 1), ($1, 'ordinary', 1)", [
      administrator.organisationId,
    ]);
    await world.ownerPool.query(
      "insert into links (organisation_id, from_id, relation, to_id) values ($1, $2, 'about', $3), ($1, $3, 'about', $2)",
      [administrator.organisationId, secret.id, plain.id],
    );
    await world.ownerPool.query(
      "insert into files (organisation_id, record_id, name, media_type, size_bytes, sha256) values ($1, $2, 'grievance.pdf', 'application/pdf', 1, '\\x01')",
      [administrator.organisationId, secret.id],
    );
  });

  test("is in no list, count, search, link, timeline, clock, file or suggestion", async () => {
    await world.store.as(reader, async (tx) => {
      assert.ok((await list(tx, ticket(), { limit: 200 })).items.every(({ id }) => id !== secret.id));
      assert.equal(await count(tx, ticket(), { where: { summary: ["grievance*"] } }), 0);
      for (const word of ["pangolins", "okapi", "tapir", secret.reference])
        assert.equal((await search(tx, word)).matches, 0, word);
      assert.equal((await list(tx, ticket(), { search: "pangolins" })).items.length, 0);
      assert.equal(await mended(tx, "pangolin"), null);
      assert.equal(await mended(tx, "ordinery"), "ordinary");
      assert.equal((await timeline(tx, secret)).length, 0);
      assert.equal((await resolveLinks(tx, ticket(), { requester: secret.reference }))["requester"], secret.reference);
    });
    await raw(reader, async (query) => {
      for (const [table, column] of [
        ["records", "id"],
        ["ticket", "id"],
        ["visible_ticket", "id"],
        ["events", "record_id"],
        ["event_bodies", "record_id"],
        ["clocks", "record_id"],
        ["links", "from_id"],
        ["links", "to_id"],
        ["files", "record_id"],
      ] as const) {
        assert.equal(
          (await query(`select 1 from ${table} where ${column} = $1`, [secret.id])).rows.length,
          0,
          `${table}.${column}`,
        );
      }
      assert.deepEqual((await query("select record_facts($1) as a", [secret.id])).rows[0]?.["a"], []);
      assert.equal((await query("update records set sensitivity = 'normal' where id = $1", [secret.id])).rowCount, 0);
    });
    await mustBeDenied(reader, ...rawChange("ticket", secret.id, { sensitivity: "normal" }));
    await mustBeDenied(
      reader,
      "insert into links (organisation_id, from_id, relation, to_id) values ($1, $2, 'seen', $3)",
      [reader.organisationId, plain.id, secret.id],
    );
  });

  test("answers exactly as a record that is not there", async () => {
    const said = async (id: string, work: (id: string) => Promise<unknown>) =>
      work(id).then(
        () => "nothing",
        (error: unknown) =>
          error instanceof Refusal ? `${error.kind}: ${JSON.stringify(error.problems)}` : `fault: ${String(error)}`,
      );
    const attempts: readonly ((id: string) => Promise<unknown>)[] = [
      (id) => world.store.as(reader, (tx) => find(tx, ticket(), id)),
      (id) => world.store.as(reader, (tx) => change(tx, ticket(), id, 1, { summary: "x" })),
      (id) => world.store.as(reader, (tx) => move(tx, ticket(), id, 1, "take", {})),
      (id) => world.store.as(reader, (tx) => comment(tx, ticket(), id, { text: "x", audience: "everyone" })),
      (id) => world.store.as(reader, (tx) => change(tx, ticket(), plain.id, plain.version, { requester: id })),
      (id) => world.store.as(reader, (tx) => change(tx, ticket(), plain.id, plain.version, { category: id })),
    ];
    for (const [at, attempt] of attempts.entries()) {
      const hidden = await said(secret.id, attempt);
      assert.equal(hidden, await said(crypto.randomUUID(), attempt), `attempt ${at}`);
      assert.doesNotMatch(hidden, /pangolin|fault|nothing/);
    }
    assert.equal(await said(secret.reference, attempts[0]!), await said("INC-99999", attempts[0]!));
  });

  test("is seen by its owner, by who asked for it, and by those with that permission", async () => {
    const trusted = await personWith(world, [
      ["ticket", "read", "all"],
      ["ticket", "restricted", "all"],
    ]);
    const teamOnly = await personWith(
      world,
      [
        ["ticket", "read", "all"],
        ["ticket", "restricted", "team"],
      ],
      { teams: [await aTeam(world, "Audit")] },
    );
    const ofItsTeam = await personWith(
      world,
      [
        ["ticket", "read", "all"],
        ["ticket", "restricted", "team"],
      ],
      { teams: [world.council.team] },
    );
    for (const [who, seen] of [
      [administrator, true],
      [trusted, true],
      [ofItsTeam, true],
      [teamOnly, false],
      [reader, false],
    ] as const) {
      const found = await world.store
        .as(who, (tx) => find(tx, ticket(), secret.id))
        .then(
          () => true,
          () => false,
        );
      assert.equal(found, seen);
    }
  });
});
