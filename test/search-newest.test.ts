import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { search } from "../src/kernel/store/search.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});
after(() => world.close());

const many = 6000;
const days = 300;

/** Rows of tickets of which each says “stapler”, and the first “heliograph” too, opened evenly over the days before now. */
async function makeTickets(): Promise<void> {
  await world.ownerPool.query(
    `insert into records (organisation_id, type, reference, title, state, opened_at, search)
     select $1, 'ticket', 'INC-' || place, title, 'new', now() - make_interval(secs => 86400.0 * $2 * (1 - place / $3::float8)),
       to_tsvector('english', title)
     from generate_series(1, $3::integer) place,
       lateral (select case when place = 1 then 'The stapler by the heliograph jams' else 'The stapler jams' end as title) said`,
    [world.council.organisationId, days, many],
  );
  await world.ownerPool.query("analyze records");
}

test("of a word that very many records hold, the newest are found, and of another all of them", async () => {
  await makeTickets();
  const opened = async (ids: readonly string[]) => {
    const { rows } = await world.ownerPool.query<{ days: number }>(
      "select extract(epoch from now() - opened_at) / 86400 as days from records where id = any ($1)",
      [ids],
    );
    return rows.map((row) => Number(row.days));
  };
  await world.system(async (tx) => {
    const found = await search(tx, "stapler", { limit: 200 });
    assert.equal(found.newestOnly, true);
    assert.equal(found.found.length, 200);
    assert.ok(found.matches >= 800 && found.matches <= 1000, `${found.matches} were ranked`);
    const oldestDay = Math.max(...(await opened(found.found.map(({ id }) => id))));
    assert.ok(oldestDay < days * 0.22, `one of them is ${oldestDay} days old`);
    const rare = await search(tx, "heliograph");
    assert.deepEqual([rare.matches, rare.newestOnly], [1, false]);
  });
});

test("a record that says that it was opened after today is among the newest", async () => {
  await world.ownerPool.query(
    "update records set opened_at = now() + interval '40 days' where title like '%heliograph%'",
  );
  await world.system(async (tx) => {
    const found = await search(tx, "stapler");
    assert.equal(found.newestOnly, true);
    assert.match(found.found[0]?.title ?? "", /heliograph/);
  });
});
