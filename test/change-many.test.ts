import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Refusal } from "../src/kernel/errors.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import type { RecordType } from "../src/kernel/record.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { readyChanges, writeReady } from "../src/kernel/store/change-many.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { aTeam, personWith } from "./grants.ts";
import { checkColumns, createImportWorld, saveRows, sendFile } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { rawChange, rawSql } from "./raw-sql.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

let world: ImportWorld;
let browser: Browser;
let administrator: Who;
let lead: Who;

before(async () => {
  world = await createImportWorld();
  administrator = await world.person("Ada Min", "administrator");
  lead = await world.person("Lee Ad", "leadSupport");
  browser = await world.as(administrator);
});
after(async () => {
  const { problems } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  await world.close();
  assert.deepEqual(problems, []);
});

const typeOf = (name: string): RecordType => typeNamed(world.registry, name);
const { raw, mustBeDenied } = rawSql(() => world);
const make = (type: string, values: Record<string, unknown>, who = administrator) =>
  world.store.as(who, (tx) => create(tx, typeOf(type), values));
const tickets = (...summaries: string[]) =>
  Promise.all(summaries.map((summary) => make("ticket", { summary, impact: 3, urgency: 3 })));
const asked = (before: Stored, given: Record<string, unknown>) => ({ before, version: before.version, given });
const row = async (text: string, values: readonly unknown[]) =>
  (await world.ownerPool.query<Record<string, unknown>>(text, [...values])).rows;

/** Works changes out in one transaction and writes them in another, as an import does, with whatever happens `between`. */
async function together(
  type: string,
  changes: ReturnType<typeof asked>[],
  who = administrator,
  between = async () => {},
) {
  const ready = await world.store.as(who, (tx) => readyChanges(tx, typeOf(type), changes));
  await between();
  return { ready, left: await world.store.as(who, (tx) => writeReady(tx, typeOf(type), ready)) };
}

/** Everything that is stored of a ticket, without what must differ from one to the next. */
async function kept(ticket: Stored) {
  const [head] = await row(
    `select state, version, title, owner_id, team_id, within_id, sensitivity, next_due_at > now() as due, closed_at, event_count, search_public,
       replace(search::text, lower($2), '') as search, added from records where id = $1`,
    [ticket.id, ticket.reference.split("-")[1]],
  );
  return {
    head,
    own: (await row("select to_jsonb(t) - 'id' as own from ticket t where id = $1", [ticket.id]))[0],
    clocks: await row(
      "select name, state, target_minutes, policy_version from clocks where record_id = $1 order by 1",
      [ticket.id],
    ),
    events: await row(
      "select verb, audience, actor_id, body - 'reference' as body from events join event_bodies using (organisation_id, record_id, sequence) where record_id = $1 order by sequence",
      [ticket.id],
    ),
    untold: (await row("select 1 from untold where record_id = $1", [ticket.id])).length,
  };
}

describe("changes that are made together", () => {
  test("come to what they come to alone: values, what follows from them, clocks, words, timeline and what is told", async () => {
    const queue = await make("queue", { name: "Lifts", team: await aTeam(world, "Lifts") });
    const [one, other, third] = await tickets("The lift hums", "The lift hums", "Not this one");
    for (const ticket of [one!, other!])
      await world.store.as(lead, (tx) =>
        comment(tx, typeOf("ticket"), ticket.id, { text: "Zebra", audience: "everyone" }),
      );
    const values = { summary: "The lift sings", impact: 1, queue: queue.id, details: "In thirds" };
    await world.store.as(administrator, (tx) => change(tx, typeOf("ticket"), one!.id, 1, values));
    // The registers are known since the change before: neither asks the database for anything of its own.
    const { ready, left } = await together("ticket", [asked(third!, { impact: 2 }), asked(other!, values)]);
    assert.deepEqual(ready.each, ["together", "together"]);
    assert.equal(left.get(other!.id)?.version, 2);
    const [first, second] = [await kept(one!), await kept(other!)];
    assert.deepEqual(second, first);
    assert.deepEqual([first.events.length, first.untold], [3, 3]);
    assert.match(String(first.head?.["search"]), /'zebra/);
  });

  test("one that is stale, forbidden, wrong or the same leaves the others to be made", async () => {
    const [stale, wrong, same, fine] = await tickets("Stale", "Wrong", "Same", "Fine");
    const team = await make("team", { name: "No category" });
    const { ready, left } = await together(
      "ticket",
      [
        asked(stale!, { summary: "Never" }),
        asked(wrong!, { category: team.id }),
        asked(same!, { summary: "Same" }),
        asked(fine!, { summary: "Better" }),
        asked(fine!, { details: "Once more" }),
      ],
      administrator,
      async () =>
        void (await world.store.as(administrator, (tx) =>
          change(tx, typeOf("ticket"), stale!.id, 1, { details: "x" }),
        )),
    );
    assert.deepEqual(
      ready.each.map((among) => (among instanceof Refusal ? among.kind : among)),
      ["together", "invalid", "same", "together", "alone"],
    );
    assert.deepEqual([...left.keys()], [fine!.id]);
    const titles = await row("select title, version from records where id = any ($1) order by title", [
      [stale, wrong, same, fine].map((one) => one!.id),
    ]);
    assert.deepEqual(titles, [
      { title: "Better", version: 2 },
      { title: "Same", version: 1 },
      { title: "Stale", version: 2 },
      { title: "Wrong", version: 1 },
    ]);
    const keeper = await personWith(world, [
      ["ticket", "read", "all"],
      ["ticket", "change", "own"],
    ]);
    const { ready: forbidden } = await together("ticket", [asked(same!, { summary: "No" })], keeper);
    assert.equal(forbidden.each[0] instanceof Refusal && forbidden.each[0].kind, "forbidden");
  });

  test("an answer that comes between working out and writing still stops the clock that it stops", async () => {
    const requester = await world.person("Ray Quest", "staff");
    const [ticket] = [await make("ticket", { summary: "Answer me" }, requester)];
    const { left } = await together("ticket", [asked(ticket, { details: "More of it" })], administrator, async () => {
      await world.store.as(lead, (tx) =>
        comment(tx, typeOf("ticket"), ticket.id, { text: "Try again", audience: "everyone" }),
      );
    });
    assert.equal(left.get(ticket.id)?.version, 2);
    const clocks = await row("select name, state from clocks where record_id = $1 order by name", [ticket.id]);
    assert.deepEqual(clocks, [
      { name: "resolve", state: "running" },
      { name: "respond", state: "stopped" },
    ]);
  });

  test("rules that ask the database see the changes before them: one administrator is left", async () => {
    // Two who can sign in; the one who brings the file in comes last.
    await world.as(await world.person("Zed Min", "administrator"));
    const people = await world.system((tx) => list(tx, typeOf("person"), { show: "all", limit: 200 }));
    const { at } = await bringIn(
      "people",
      "Reference,Active\n" +
        people.items
          .toSorted((one, two) => Number(one.id === administrator.personId) - Number(two.id === administrator.personId))
          .map(({ reference }) => `${reference},no\n`)
          .join(""),
    );
    const reasons = await row("select reason from import_rows where import_id = $1 and outcome = 'rejected'", [at]);
    assert.equal(reasons.length, 1);
    assert.match(String(reasons[0]?.["reason"]), /administrator|roles/i);
    await undo(at);
    const left = await row("select 1 from person where active is not true", []);
    assert.equal(left.length, 0);
  });
});

test("a file changes many, and taking it back gives each what it held, save what somebody changed since", async () => {
  const made = await tickets("Bring 1", "Bring 2", "Bring 3");
  const policy = await make("policy", {
    title: "Leave",
    clauses: [
      { heading: "One", text: "First" },
      { heading: "Two", text: "Second" },
    ],
  });
  const held = await Promise.all(made.map(kept));
  const { at, saved } = await bringIn(
    "tickets",
    `Reference,Summary,Impact\n${made.map(({ reference }, place) => `${reference},Brought ${place},1`).join("\n")}\n`,
  );
  assert.match(saved, /3 changed/);
  const clocks = (await kept(made[1]!)).clocks;
  assert.notDeepEqual(clocks, held[1]!.clocks, "a higher priority has other targets");
  await world.store.as(lead, (tx) => change(tx, typeOf("ticket"), made[0]!.id, 2, { details: "Mine now" }));
  await undo(at);
  const after = await Promise.all(made.map(kept));
  assert.deepEqual(
    after.map(({ head }) => head?.["title"]),
    ["Brought 0", "Bring 2", "Bring 3"],
  );
  for (const place of [1, 2]) {
    assert.deepEqual(after[place]!.own, held[place]!.own);
    assert.deepEqual(after[place]!.clocks, held[place]!.clocks);
    assert.deepEqual(after[place]!.head, { ...held[place]!.head, version: 3, event_count: 3 });
  }
  // Lines keep their ids and numbers where the file gives them, and new ones get numbers that none had.
  const { at: lines } = await bringIn(
    "policies",
    `"Reference","Clauses"\n"${policy.reference}","${JSON.stringify([{ heading: "Three", text: "Third" }]).replaceAll('"', '""')}"\n`,
  );
  const clauses = async () => {
    const { values } = await world.store.as(administrator, (tx) => find(tx, typeOf("policy"), policy.id));
    return (values["clauses"] as readonly Record<string, unknown>[]).map(
      ({ number, heading }) => `${String(number)} ${String(heading)}`,
    );
  };
  assert.deepEqual(await clauses(), ["3 Three"]);
  await undo(lines);
  assert.deepEqual(await clauses(), ["4 One", "5 Two"]);
});

test("what only the database refuses rejects its own row, when it is saved and when it is taken back", async () => {
  const queue = await make("queue", { name: "Dated", team: await aTeam(world, "Dated") });
  const level = (name: string, validFrom: string, validUntil: string | null) =>
    world.system((tx) =>
      create(
        tx,
        typeOf("service_level_policy"),
        {
          name,
          queue: queue.id,
          validFrom,
          validUntil,
          countsWhileResolved: false,
          reopenGrace: 60,
          matrix: [],
          targets: [],
        },
        { trusted: true },
      ),
    );
  const one = await level("Spring", "2099-03-01", "2099-05-31");
  const other = await level("Summer", "2099-06-01", "2099-08-31");
  const { at, saved } = await bringIn(
    "service-level-policies",
    `Reference,Holds until\n${one.reference},2099-06-15\n${other.reference},2099-07-31\n`,
  );
  assert.match(saved, /1 changed.*1 rejected.*Another one holds on some of these days/);
  await level("Autumn", "2099-08-01", "2099-10-31");
  await undo(at);
  const [row2] = await row("select state, reason from import_rows where import_id = $1 and outcome = 'update'", [at]);
  assert.equal(row2?.["state"], "kept");
  assert.match(String(row2?.["reason"]), /Another one holds|does not take it back/);
});

test("the database changes what the person may change alone, with what hangs on it and two kinds of line", async () => {
  const [ticket, other] = await tickets("Attack", "Attacked");
  const at = "2026-11-22T12:00:00Z";
  const event = { record_id: ticket!.id, verb: "changed", at, body: {} };
  const clock = {
    record_id: other!.id,
    name: "sudden",
    state: "running",
    started_at: at,
    elapsed_minutes: 0,
    paused_minutes: 0,
    met_only_by_pause: false,
    policy_version: "",
    calendar_version: "",
  };
  const member = administrator.personId;
  for (const more of [
    { events: [{ ...event, verb: "erased" }] },
    { events: [{ ...event, verb: "commented" }] },
    { rows: [{ name: "ticket", names: ["organisation_id"], rows: [{ id: ticket!.id, organisation_id: ticket!.id }] }] },
    { rows: [{ name: "ticket", names: ["nothing"], rows: [{ id: ticket!.id }] }] },
    { rows: [{ name: "records", names: ["event_count"], rows: [{ id: ticket!.id, event_count: 9 }] }] },
    { rows: [{ name: "person_roles", names: ["role"], rows: [{ id: member, role: ticket!.id }] }] },
    { lines: { person_roles: [{ parent_id: member, position: 0, role: ticket!.id }] } },
    { lines: { ticket: [{ parent_id: ticket!.id, position: 0 }] } },
    { links: [{ from_id: ticket!.id, relation: "depends_on", to_ids: [other!.id] }] },
    { links: [{ from_id: ticket!.id, relation: "relatesTo", to_ids: [crypto.randomUUID()] }] },
  ])
    await mustBeDenied(administrator, ...rawChange("ticket", ticket!.id, {}, more));
  await mustBeDenied(administrator, ...rawChange("policy", ticket!.id));
  await mustBeDenied(administrator, ...rawChange("ticket", crypto.randomUUID()));
  await mustBeDenied(null, ...rawChange("ticket", ticket!.id));
  const twice = { id: ticket!.id, version: 1, events: null, changes: {}, added: null, words: null };
  await mustBeDenied(administrator, ...rawChange("ticket", ticket!.id, {}, { records: [twice, twice] }));
  await raw(administrator, async (query) => {
    const more = {
      events: [event, { ...event, record_id: other!.id }],
      rows: [{ name: "ticket", names: ["details"], rows: [{ id: other!.id, details: "Forged" }] }],
      clocks: [clock],
      links: [{ from_id: other!.id, relation: "relatesTo", to_ids: [ticket!.id] }],
    };
    await query(...rawChange("ticket", ticket!.id, {}, more));
    const { rows } = await query(
      `select r.event_count, r.version, t.details, (select count(*) from clocks where name = 'sudden')::integer as clocks,
        (select count(*) from links where relation = 'relatesTo')::integer as links
       from records r join ticket t using (organisation_id, id) where r.id = $1`,
      [other!.id],
    );
    assert.deepEqual(rows, [{ event_count: 1, version: 1, details: null, clocks: 0, links: 0 }]);
  });
});

/** Brings a file in that changes what its references name. */
async function bringIn(path: string, content: string) {
  const place = await sendFile(world, browser, path, content);
  const checked = await checkColumns(world, browser, place, { key: "reference" });
  assert.equal(checked.statusCode, 200, words(checked));
  return { at: place.split("/").at(-1)!, place, saved: words(await saveRows(world, browser, place)) };
}

async function undo(id: string): Promise<void> {
  const [file] = await row("select type from imports where id = $1", [id]);
  const place = `/${typeOf(String(file?.["type"])).path}/import/${id}`;
  await browser.post(`${place}/undo`, {}, { from: `${place}/undo` });
  await world.runJobs();
}
