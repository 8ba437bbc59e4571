import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { createWorld } from "../../../test/world.ts";
import type { World } from "../../../test/world.ts";
import { inTransaction, plannedOnce } from "./in-transaction.ts";

let world: World;

before(async () => {
  world = await createWorld();
  await world.ownerPool.query("create table reeve.note (id serial primary key, text text not null unique)");
});
after(() => world.close());

const texts = async () =>
  (await world.ownerPool.query<{ text: string }>("select text from reeve.note order by id")).rows.map(
    ({ text }) => text,
  );

test("statements asked for together run in the order in which they were asked, however they were written", async () => {
  await inTransaction(world.ownerPool, async (db) => {
    await sql`select 1`.execute(db);
    await Promise.all(
      Array.from({ length: 40 }, (_unused, at) =>
        at % 2 === 0
          ? sql`insert into note (text) values (${`note ${at}`})`.execute(db)
          : // The tables of the product are the only ones that the query builder knows.
            db
              .insertInto("note" as "organisations")
              .values({ text: `note ${at}` } as never)
              .execute(),
      ),
    );
  });
  assert.deepEqual(
    await texts(),
    Array.from({ length: 40 }, (_unused, at) => `note ${at}`),
  );
  await world.ownerPool.query("truncate reeve.note");
});

test("a statement is planned once for a connection, and no other that is asked for beside it", async () => {
  const mode = sql`select current_setting('plan_cache_mode') as mode`;
  await inTransaction(world.ownerPool, async (db) => {
    for (const number of [1, 2, 3, 4])
      await Promise.all([
        mode.execute(db),
        sql`${plannedOnce} select id from note where id > ${number}`.execute(db),
        mode.execute(db),
      ]).then(([before, , after]) =>
        assert.deepEqual(
          [before, after].map(({ rows }) => rows),
          [[{ mode: "auto" }], [{ mode: "auto" }]],
        ),
      );
    // The first goes unprepared, since its text might never come again.
    const { rows } = await sql`select generic_plans::integer as generic, custom_plans::integer as custom
      from pg_prepared_statements where statement like '/* planned once */%'`.execute(db);
    assert.deepEqual(rows, [{ generic: 3, custom: 0 }]);
  });
});

test("of statements asked for together the first that fails is told of, and nothing is kept", async () => {
  const failing = inTransaction(world.ownerPool, (db) =>
    Promise.all([
      sql`insert into note (text) values ('kept?')`.execute(db),
      sql`insert into note (text) values ('kept?')`.execute(db),
      sql`insert into note (text) values ('after')`.execute(db),
    ]),
  );
  await assert.rejects(failing, /duplicate key/);
  assert.deepEqual(await texts(), []);
});

test("where another's answer is waited for first, the failure that all follows from is told", async () => {
  const failing = inTransaction(world.ownerPool, async (db) => {
    const first = sql`select 1 / 0`.execute(db);
    first.catch(() => {});
    await sql`select 1`.execute(db);
    await first;
  });
  await assert.rejects(failing, /division by zero/);
});

test("a failure that was passed over does not pass for a commit", async () => {
  const swallowed = inTransaction(world.ownerPool, async (db) => {
    await sql`insert into note (text) values ('lost')`.execute(db);
    await sql`select 1 / 0`.execute(db).catch(() => {});
  });
  await assert.rejects(swallowed, /nothing of it was kept/);
  assert.deepEqual(await texts(), []);
});

test("what still runs after a failure cannot write outside the transaction", async () => {
  let late: Promise<unknown> | undefined;
  const failing = inTransaction(world.ownerPool, async (db) => {
    late = new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
      sql`insert into note (text) values ('late')`.execute(db),
    );
    late.catch(() => {});
    await sql`select 1 / 0`.execute(db);
  });
  await assert.rejects(failing, /division by zero/);
  await assert.rejects(late!, /has ended/);
  assert.deepEqual(await texts(), []);
});

test("a connection that is lost on the way is not used again", async () => {
  const lost = inTransaction(world.ownerPool, async (db) => {
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(db);
  });
  await assert.rejects(lost);
  assert.equal((await world.ownerPool.query("select 1 as one")).rows.length, 1);
});
