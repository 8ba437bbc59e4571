import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { LightMyRequestResponse } from "fastify";
import pino from "pino";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { forgetDrafts } from "../src/kernel/store/drafts.ts";
import { find } from "../src/kernel/store/find.ts";
import { logSerializers } from "../src/web/log.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;
let manager: Browser;
let logged = "";

before(async () => {
  world = await createWebWorld({
    log: pino({ level: "debug", serializers: logSerializers }, { write: (line: string) => void (logged += line) }),
  });
  [lead, staff, manager] = [await world.as("leadSupport"), await world.as("staff"), await world.as("policyManager")];
});
after(() => world.close());

const ticketType = () => typeNamed(world.registry, "ticket");
const idOf = (response: LightMyRequestResponse) =>
  /name="_draft" value="([0-9a-f-]{36})"/.exec(response.body)?.[1] ?? assert.fail("the page has no draft");
const json = { accept: "application/json" } as const;
const stored = async (id: string) =>
  (await world.ownerPool.query<{ content: Record<string, unknown> }>("select content from drafts where id = $1", [id]))
    .rows[0]?.content;

/** Types into a form, as the script sends it while somebody types. */
async function type(
  browser: Browser,
  form: Readonly<Record<string, string | readonly string[]>>,
  path = "tickets",
): Promise<{ said?: string; problem?: string }> {
  const token = /name="_csrf" value="([^"]+)"/.exec((await browser.get("/account")).body)?.[1] ?? "";
  const body = new URLSearchParams({ _csrf: token });
  for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) body.append(name, one);
  const answer = await world.app.inject({
    method: "POST",
    url: `/${path}/drafts`,
    headers: { ...json, cookie: browser.cookieHeader(), "content-type": "application/x-www-form-urlencoded" },
    payload: body.toString(),
  });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

describe("drafts", () => {
  test("what is typed is kept, right or wrong, found again on the form and on My work, and gone once it is sent", async () => {
    const fresh = await lead.get("/tickets/new");
    const id = idOf(fresh);
    const submission = /name="_submission" value="([^"]+)"/.exec(fresh.body)?.[1] ?? "";
    const typed = {
      _draft: id,
      _submission: submission,
      summary: "Half a thou\u0000ght",
      impact: "9",
      "startedOn-day": "31",
    };
    assert.match((await type(lead, typed)).said ?? "", /^Saved as a draft at \d\d:\d\d$/);
    const banner = words(await lead.get("/tickets/new"));
    assert.match(banner, /You began this on \d+ \w+ \d{4} at \d\d:\d\d : “Half a thought”|“Half a thought”/);
    assert.match(words(await lead.get("/")), /Half a thought A new ticket/);
    const again = await lead.get(`/tickets/new?draft=${id}`);
    assert.match(again.body, /value="Half a thought"/);
    assert.match(again.body, /name="startedOn-day" type="text" inputmode="numeric" value="31"/);
    const sent = {
      _draft: id,
      _submission: submission,
      summary: "A whole thought",
      kind: "incident",
      impact: "2",
      urgency: "2",
    };
    const made = await lead.post("/tickets/new", sent, { from: `/tickets/new?draft=${id}` });
    assert.equal(made.statusCode, 303);
    assert.equal(await stored(id), undefined);
    assert.deepEqual(await type(lead, typed), {}, "what was still on its way does not bring it back");
    assert.equal(await stored(id), undefined);
  });

  test("what somebody began to say, alone or with a move, is found again on that form, and gone once it is said", async () => {
    const ticket = await world.store.as(lead.who!, (tx) => create(tx, ticketType(), { summary: "Much to say" }));
    const at = `/tickets/${ticket.reference}`;
    const fresh = await lead.get(`${at}?tab=conversation`);
    const [id, submission] = [
      idOf(fresh),
      /id="add-comment".*?name="_submission" value="([^"]+)"/s.exec(fresh.body)?.[1] ?? "",
    ];
    const saying = { _draft: id, _record: ticket.reference, _form: "comment", _submission: submission };
    const typed = { ...saying, text: "Half a <b>sentence", audience: "everyone", summary: "Not of this form" };
    assert.match((await type(lead, typed)).said ?? "", /^Saved as a draft/);
    assert.deepEqual(await stored(id), { text: "Half a <b>sentence", audience: "everyone" });
    for (const tab of ["conversation", "details"]) {
      const found = await lead.get(`${at}?tab=${tab}`);
      assert.match(found.body, />\s?Half a &lt;b&gt;sentence<\/textarea>/);
      assert.match(words(found), /This is a draft, saved on/);
      assert.equal(idOf(found), id, "it is the same draft on every page");
    }
    assert.match(words(await lead.get("/")), new RegExp(`A comment on ${ticket.reference}`));
    // It is no change of the record, nor anybody else's.
    assert.doesNotMatch(words(await lead.get(`${at}/edit`)), /You began this/);
    assert.doesNotMatch((await manager.get(`${at}?tab=conversation`)).body, /Half a/);
    const comment = { ...saying, text: "A whole sentence", audience: "everyone" };
    assert.equal((await lead.post(`${at}/comments`, comment, { from: `${at}?tab=conversation` })).statusCode, 303);
    assert.equal(await stored(id), undefined);
    assert.deepEqual(await type(lead, typed), {}, "what was still on its way does not bring it back");
    // Nothing is kept of nothing.
    const other = { ...saying, _draft: crypto.randomUUID(), _submission: crypto.randomUUID() };
    await type(lead, { ...other, text: "A word" });
    assert.deepEqual(await type(lead, { ...other, text: "  " }), { said: "" });
    assert.equal(await stored(other._draft), undefined);

    const move = `${at}/moves/resolve`;
    const form = await lead.get(move);
    const resolving = { _draft: idOf(form), _record: ticket.reference, _form: "move.resolve", _version: "1" };
    assert.match((await type(lead, { ...resolving, resolution: "It was the fuse", source: "x" })).said ?? "", /^Saved/);
    assert.deepEqual(await stored(resolving._draft), { _version: "1", resolution: "It was the fuse" });
    const again = await lead.get(move);
    assert.match(again.body, />\s?It was the fuse<\/textarea>/);
    assert.equal(idOf(again), resolving._draft);
    assert.match(words(await lead.get("/")), new RegExp(`“Resolve” of ${ticket.reference}`));
    for (const wrong of ["move.nothing", "move.constructor", "nonsense", "move.", `move.${"x".repeat(90)}`])
      assert.ok(
        (await type(lead, { ...resolving, _draft: crypto.randomUUID(), _form: wrong, comment: "x" })).problem,
        wrong,
      );
    assert.ok(
      (await type(staff, { ...resolving, _draft: crypto.randomUUID(), comment: "x" })).problem,
      "not theirs to make",
    );
  });

  test("without the script a button keeps it and leads back to it, and another throws it away", async () => {
    const id = idOf(await lead.get("/tickets/new"));
    const kept = await lead.post("/tickets/drafts", { _draft: id, summary: "By the button" }, { from: "/tickets/new" });
    assert.equal(kept.statusCode, 303);
    assert.equal(kept.headers.location, `/tickets/new?draft=${id}`);
    const page = await lead.get(`/tickets/new?draft=${id}`);
    assert.match(words(page), /This is a draft, saved on .* Only you see it, until/);
    const gone = await lead.post(`/tickets/drafts/${id}/remove`, {}, { from: `/tickets/new?draft=${id}` });
    assert.equal(gone.headers.location, "/tickets/new");
    assert.equal(await stored(id), undefined);
    assert.doesNotMatch((await lead.get(`/tickets/new?draft=${id}`)).body, /By the button/);
  });

  test("a long edit is kept with the version that it was made from, so that what others did meanwhile is shown", async () => {
    const ticket = await world.store.as(lead.who!, (tx) => create(tx, ticketType(), { summary: "Before" }));
    const edit = `/tickets/${ticket.reference}/edit`;
    const id = idOf(await lead.get(edit));
    await type(lead, {
      _draft: id,
      _record: ticket.reference,
      _version: String(ticket.version),
      summary: "Mine",
      kind: "incident",
    });
    await world.system((tx) => change(tx, ticketType(), ticket.id, ticket.version, { summary: "Theirs" }));
    assert.match(words(await lead.get(edit)), /You began this on/);
    assert.match(words(await lead.get("/")), new RegExp(`Mine A change to ${ticket.reference}`));
    const draft = await lead.get(`${edit}?draft=${id}`);
    assert.match(draft.body, /value="Mine"/);
    const form = { summary: "Mine", kind: "incident", impact: "2", urgency: "2", queue: world.council.queue };
    const stale = await lead.post(edit, form, { from: `${edit}?draft=${id}` });
    assert.equal(stale.statusCode, 412);
    assert.match(words(stale), /changed this while you were typing/);
    assert.doesNotMatch((await lead.get(`/tickets/new?draft=${id}`)).body, /Mine/, "it is a draft of another form");
  });

  test("it is its maker's alone: nobody else reads it, writes over it or throws it away, whatever id they give", async () => {
    const id = idOf(await lead.get("/tickets/new"));
    await type(lead, { _draft: id, summary: "Mine alone" });
    for (const other of [staff, await world.as(await world.person("Ada Min", "administrator"))]) {
      assert.doesNotMatch((await other.get(`/tickets/new?draft=${id}`)).body, /Mine alone/);
      assert.doesNotMatch((await other.get("/")).body, /Mine alone/);
      assert.equal((await type(other, { _draft: id, summary: "Theirs" })).problem, "There is no such draft");
      await other.post(`/tickets/drafts/${id}/remove`);
    }
    assert.deepEqual(await stored(id), { summary: "Mine alone" });
    const nobody = await world.app.inject({
      method: "POST",
      url: "/tickets/drafts",
      headers: { cookie: lead.cookieHeader(), "content-type": "application/x-www-form-urlencoded" },
      payload: `_draft=${id}&summary=Forged`,
    });
    assert.equal(nobody.statusCode, 403, "without the form's token");
    assert.deepEqual(await stored(id), { summary: "Mine alone" });
  });

  test("who may not make such a record keeps no draft of it, and no field that they may not give", async () => {
    const denied = await type(staff, { _draft: crypto.randomUUID(), title: "A policy" }, "policies");
    assert.match(denied.problem ?? "", /^You may not make a policy/);
    const ticket = await world.store.as(staff.who!, (tx) => create(tx, ticketType(), { summary: "Asked" }));
    const edit = await type(staff, { _draft: crypto.randomUUID(), _record: ticket.reference, summary: "Changed" });
    assert.match(edit.problem ?? "", /^You may not change this ticket/);
    const id = crypto.randomUUID();
    await type(staff, { _draft: id, summary: "Kept", resolution: "x", source: "x", __proto__x: "x", _from: "draft" });
    assert.deepEqual(await stored(id), { summary: "Kept" });
    assert.match((await type(staff, { _draft: "1 or 1=1", summary: "x" })).problem ?? "", /not whole/);
  });

  test("it is bounded in length and number: the one left alone for longest makes room", async () => {
    const long = await type(lead, { _draft: crypto.randomUUID(), details: "é".repeat(260_000) });
    assert.equal(long.problem, "This is too long to be kept as a draft. It can still be sent");
    const most = { _draft: crypto.randomUUID(), details: "\u0001".repeat(80_000), ...manyControls() };
    assert.match((await type(lead, most)).said ?? "", /^Saved/, "what is short enough fits the table");
    const other = await world.as("leadSupport");
    const ids = Array.from({ length: 20 }, () => crypto.randomUUID());
    const { organisationId, personId } = other.who!;
    await world.ownerPool.query(
      `insert into drafts (organisation_id, person_id, id, type, content, saved_at)
       select $1, $2, id, 'ticket', '{"summary": "Before"}', now() - make_interval(mins => 60 - place::int) from unnest($3::uuid[]) with ordinality as d (id, place)`,
      [organisationId, personId, ids],
    );
    await type(other, { _draft: crypto.randomUUID(), summary: "One more" });
    assert.equal(await stored(ids[0]!), undefined);
    assert.deepEqual(await stored(ids[1]!), { summary: "Before" });
  });

  test("an erasure by law of the record or of the person, and leaving, take it along; 30 days alone end it", async () => {
    const administrator = await world.as("administrator");
    const gone = await world.as("leadSupport");
    const ticket = await world.store.as(gone.who!, (tx) => create(tx, ticketType(), { summary: "A secret" }));
    const [edit, fresh, old] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await type(gone, { _draft: edit, _record: ticket.reference, summary: "The secret again" });
    await type(gone, { _draft: fresh, summary: "Something new" });
    await type(lead, { _draft: old, summary: "Long ago" });
    await world.store.as(administrator.who!, (tx) =>
      eraseRecord(tx, ticketType(), ticket.id, { reason: "The law asks" }),
    );
    assert.equal(await stored(edit), undefined);
    assert.ok(await stored(fresh));
    await world.ownerPool.query("update drafts set saved_at = now() - interval '30 days 1 minute' where id = $1", [
      old,
    ]);
    assert.doesNotMatch((await lead.get("/")).body, /Long ago/);
    await forgetDrafts(world.ownerPool);
    assert.equal(await stored(old), undefined);
    const person = typeNamed(world.registry, "person");
    await world.system(async (tx) => {
      const { version } = await find(tx, person, gone.who!.personId);
      await change(tx, person, gone.who!.personId, version, { active: false }, { trusted: true });
    });
    assert.equal(await stored(fresh), undefined);
  });

  test("what was typed is never logged", () => {
    assert.doesNotMatch(logged, /Half a thought|Mine alone|The secret again|Something new/);
  });
});

function manyControls(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`details-${at}`, "x"]));
}
