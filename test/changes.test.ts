import assert from "node:assert/strict";
import { setTimeout as rest } from "node:timers/promises";
import { after, before, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { apiClient, problemOf } from "./api-world.ts";
import type { ApiClient } from "./api-world.ts";
import { personWith } from "./grants.ts";
import { createWebWorld } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

interface Page {
  readonly items: readonly { recordId: string; reference: string; sequence: number; verb: string; type: string }[];
  readonly nextCursor: string;
  readonly more: boolean;
}

let world: WebWorld;
let administrator: Who;
let reader: ApiClient;

before(async () => {
  world = await createWebWorld({ apiRequestsPerMinute: 100_000 });
  administrator = await world.person("Kim Adler", "administrator");
  reader = await apiClient(world, administrator, ["read"]);
});
after(() => world.close());

const ticket = (who: Who, summary: string, more: Record<string, unknown> = {}) =>
  world.store.as(who, (tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary, details: "Details", requester: who.personId, ...more }),
  );

/** Waits for the transactions of every test on this server that began before: the feed goes no further than they do. */
async function othersEnd(): Promise<void> {
  const { rows } = await world.ownerPool.query<{ mine: string }>("select pg_current_xact_id()::text as mine");
  for (let tries = 0; tries < 1500; tries++) {
    const { rowCount } = await world.ownerPool.query(
      "select 1 where pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8",
      [rows[0]!.mine],
    );
    if (rowCount === 1) return;
    await rest(20);
  }
  assert.fail("A transaction of another test went on for half a minute");
}

/** The feed from a cursor to its end. */
async function readAll(client: ApiClient, from: string, more = ""): Promise<{ page: Page; items: Page["items"] }> {
  const items: Page["items"][number][] = [];
  for (let after = from; ;) {
    const answer = await client.get(`/changes?limit=50&after=${after}${more}`);
    assert.equal(answer.statusCode, 200, answer.body);
    const page: Page = answer.json();
    items.push(...page.items);
    if (!page.more) return { page, items };
    after = page.nextCursor;
  }
}

/** The feed's end, once all that happened before this moment is behind it. */
async function now(client = reader): Promise<string> {
  await othersEnd();
  return ((await client.get("/changes?after=now")).json() as Page).nextCursor;
}

test("whoever polls while eight write sees each event once, those kept late included", async () => {
  const from = await now();
  const made: Stored[] = [];
  let writing = true;
  const seen: string[] = [];
  const polling = (async () => {
    for (let after = from, last = false; ;) {
      const { page, items } = await readAll(reader, after);
      seen.push(...items.map(({ recordId, sequence }) => `${recordId} ${sequence}`));
      after = page.nextCursor;
      if (last) return;
      last = !writing;
    }
  })();
  // Transactions that overlap: the first to begin is the last to be kept.
  const writer = async (number: number) => {
    for (let round = 0; round < 5; round++)
      await world.store.as(administrator, async (tx) => {
        const type = typeNamed(tx.registry, "ticket");
        const record = await create(tx, type, { summary: `Ticket ${number}`, requester: administrator.personId });
        await rest((number * 7 + round * 5) % 23);
        await comment(tx, type, record.id, { text: "Said", audience: "internal" });
        made.push(record);
      });
  };
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(writer));
  await othersEnd();
  writing = false;
  await polling;
  const expected = made.flatMap(({ id }) => [`${id} 1`, `${id} 2`]);
  assert.equal(expected.length, 80);
  assert.deepEqual([...seen].sort(), expected.sort());
});

test("an event that is kept after later ones is not skipped: nothing passes a transaction that still runs", async () => {
  const from = await now();
  let keep = () => {};
  const held = new Promise<void>((resolve) => (keep = resolve));
  let begun = () => {};
  const early = new Promise<void>((resolve) => (begun = resolve));
  const slow = world.store.as(administrator, async (tx) => {
    const record = await create(tx, typeNamed(tx.registry, "ticket"), {
      summary: "Early",
      requester: administrator.personId,
    });
    begun();
    await held;
    return record;
  });
  await early;
  const quick = await ticket(administrator, "Quick");
  const meanwhile = await readAll(reader, from);
  keep();
  assert.deepEqual(meanwhile.items, []);
  const late = await slow;
  await othersEnd();
  const { items } = await readAll(reader, meanwhile.page.nextCursor);
  assert.deepEqual(
    items.map(({ recordId, verb }) => [recordId, verb]),
    [
      [late.id, "created"],
      [quick.id, "created"],
    ],
  );
});

test("the feed tells each person what they may see and no more: not others' records, notes among officers or another council's", async () => {
  const caller = await personWith(world, [["ticket", "read", "own"]]);
  const theirs = await apiClient(world, caller, ["read"]);
  const from = await now(theirs);
  const own = await world.system((tx) =>
    create(tx, typeNamed(tx.registry, "ticket"), { summary: "Mine", requester: caller.personId }, { trusted: true }),
  );
  await ticket(administrator, "Somebody else's", { sensitivity: "restricted" });
  await world.store.as(administrator, (tx) =>
    comment(tx, typeNamed(tx.registry, "ticket"), own.id, { text: "Among us", audience: "internal" }),
  );
  const elsewhere = await world.another("Brackenford");
  const stranger = await world.person("Sam Else", "administrator", { organisation: elsewhere });
  await ticket(stranger, "Another council's");
  await othersEnd();
  const { items } = await readAll(theirs, from);
  assert.deepEqual(
    items.map(({ reference, verb }) => [reference, verb]),
    [[own.reference, "created"]],
  );
  const other = await apiClient(world, stranger, ["read"]);
  assert.ok((await readAll(other, "")).items.every(({ recordId }) => recordId !== own.id));
});

test("types narrow it, a token of few types is told of these alone, and each item leads to its record", async () => {
  const from = await now();
  const made = await ticket(administrator, "To be narrowed");
  await world.store.as(administrator, (tx) =>
    create(tx, typeNamed(tx.registry, "team"), { name: "A team of the feed" }),
  );
  await othersEnd();
  const typesIn = async (more: string, client = reader) =>
    (await readAll(client, from, more)).items.map(({ type }) => type);
  assert.deepEqual(await typesIn(""), ["ticket", "team"]);
  assert.deepEqual(await typesIn("&types=team"), ["team"]);
  assert.deepEqual(await typesIn("&types=team,ticket"), ["ticket", "team"]);
  const tickets = await apiClient(world, administrator, ["ticket:read"]);
  assert.deepEqual(await typesIn("", tickets), ["ticket"]);
  problemOf(await tickets.get("/changes?types=team"), 403);
  const [item] = (await readAll(reader, from)).items as unknown as { href: string }[];
  assert.equal(
    (await world.app.inject({ url: item!.href, headers: { authorization: `Bearer ${reader.token}` } })).json().id,
    made.id,
  );
});

test("a cursor that is none, or is of a database before it was restored, is refused in a sentence", async () => {
  const [epoch, ...place] = (await now()).split(".");
  for (const after of [
    "x",
    "%00",
    "0.0.0",
    `${epoch}.zzzzzzzzzzz.zzzzzzzzzzz`,
    `${epoch}.zzzzzzzzz.0`,
    `${epoch}.-1.0`,
    "9".repeat(90),
  ])
    assert.match(problemOf(await reader.get(`/changes?after=${after}`), 422).detail, /place in the feed|ordinary text/);
  const before = ["00000000", ...place].join(".");
  assert.match(problemOf(await reader.get(`/changes?after=${before}`), 422).detail, /before the database was restored/);
  problemOf(await reader.get("/changes?types=nothing"), 422);
  problemOf(await reader.get("/changes?limit=201"), 422);
});

test("a page looks at no more than 2,000 events, so that whoever sees little of much waits no longer", async () => {
  const record = await ticket(administrator, "Much happened here");
  await world.ownerPool.query(
    `insert into events (organisation_id, record_id, sequence, at, verb, type, body_hash, hash)
     select organisation_id, id, n, now(), 'changed', 'ticket', '\\x00', '\\x00' from records, generate_series(2, 5001) n where id = $1`,
    [record.id],
  );
  await othersEnd();
  const nobody = await apiClient(world, await personWith(world, [["ticket", "read", "own"]]), ["read"]);
  const first: Page = (await nobody.get("/changes")).json();
  assert.deepEqual([first.items, first.more], [[], true]);
  const { page, items } = await readAll(nobody, first.nextCursor);
  assert.deepEqual([items, page.more], [[], false]);
});
