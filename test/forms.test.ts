import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { LightMyRequestResponse } from "fastify";
import pino from "pino";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { fieldSchema } from "../src/web/api/openapi/field-schema.ts";
import { createApp } from "../src/web/app.ts";
import { logSerializers } from "../src/web/log.ts";
import { apiClient, problemOf } from "./api-world.ts";
import type { ApiClient } from "./api-world.ts";
import { personWith } from "./grants.ts";
import { addSpecimens, Specimen } from "./specimen.ts";
import { browserOnOther, createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let lead: Browser;
let staff: Browser;
let manager: Browser;
let api: ApiClient;
let logged = "";

before(async () => {
  world = await createWebWorld({
    log: pino({ level: "debug", serializers: logSerializers }, { write: (line: string) => void (logged += line) }),
  });
  [lead, staff, manager] = [await world.as("leadSupport"), await world.as("staff"), await world.as("policyManager")];
  api = await apiClient(world, lead.who!);
});
after(() => world.close());

const ticketType = () => typeNamed(world.registry, "ticket");
const json = { accept: "application/json" } as const;

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

describe("fields that another's answer asks for", () => {
  test("the API takes a value where it is asked for, refuses it where it is not, and needs neither", async () => {
    assert.equal((await api.post("/tickets", { summary: "Alone" })).statusCode, 201);
    const asked = await api.post("/tickets", { summary: "A laptop", kind: "request", neededBy: "2027-01-08" });
    assert.equal(asked.json().neededBy, "2027-01-08");
    const unasked = problemOf(await api.post("/tickets", { summary: "Broken", neededBy: "2027-01-08" }), 422);
    assert.deepEqual(unasked.errors, [
      { field: "neededBy", message: "Needed by is asked for only where “Kind” is “Request”. Leave it out" },
    ]);
    assert.equal((await api.post("/tickets", { summary: "Empty", neededBy: null })).statusCode, 201);
    const text = (await api.get("/openapi.json")).body;
    assert.match(text, /Only where `kind` is \\"request\\": otherwise it is refused/);
  });

  test("a required field is required where it is asked for", async () => {
    const policies = await apiClient(world, manager.who!);
    const missing = problemOf(await policies.post("/policies", { title: "Records", requiredByLaw: true }), 422);
    assert.match(missing.detail, /Which law/);
    assert.equal((await policies.post("/policies", { title: "Records", requiredByLaw: false })).statusCode, 201);
    const form = { title: "Records", requiredByLaw: "yes", "clauses-rows": [] };
    const refused = await manager.post("/policies/new", form, { from: "/policies/new" });
    assert.equal(refused.statusCode, 422);
    assert.match(refused.body, /<a href="#field-law">Enter an answer to “Which law”<\/a>/);
    const made = await manager.post("/policies/new", { ...form, requiredByLaw: "no" }, { from: "/policies/new" });
    assert.equal(made.statusCode, 303);
  });

  test("a change by which it is asked for no longer empties it, and the timeline keeps what it was", async () => {
    const made = (await api.post("/tickets", { summary: "Slow", startedOn: "2026-11-01" })).json();
    const version = { "if-match": `"${made.version}"` };
    const both = await api.patch(`/tickets/${made.id}`, { kind: "request", startedOn: "2026-11-02" }, version);
    assert.match(problemOf(both, 422).detail, /Started on is asked for only where “Kind” is “Incident”/);
    const changed = (
      await api.patch(`/tickets/${made.id}`, { kind: "request", neededBy: "2027-01-08" }, version)
    ).json();
    assert.deepEqual([changed.startedOn, changed.neededBy], [null, "2027-01-08"]);
    const lines = await world.store.as(lead.who!, async (tx) => timeline(tx, await find(tx, ticketType(), made.id)));
    assert.deepEqual(lines.at(-1)?.body?.changes?.["startedOn"], { from: "2026-11-01", to: null });
  });

  test("what was there before it depended on anything stays while something else is changed", async () => {
    const old = await world.system((tx) =>
      create(tx, ticketType(), { summary: "History", kind: "request", startedOn: "2020-01-01" }, { trusted: true }),
    );
    const changed = await world.store.as(lead.who!, (tx) =>
      change(tx, ticketType(), old.id, old.version, { summary: "History, told again", startedOn: "2020-01-01" }),
    );
    assert.equal(changed.values["startedOn"], "2020-01-01");
  });

  test("a form says when each is asked for, and leaves out what it held for another answer", async () => {
    const page = (await lead.get("/tickets/new")).body;
    assert.match(page, /r-asked" data-when="kind" data-when-is="incident">/);
    assert.match(page, /r-asked" data-when="kind" data-when-is="request" data-unasked>/);
    assert.ok(words(await lead.get("/tickets/new")).includes("Only where “Kind” is “Request”"));
    const day = { "neededBy-day": "8", "neededBy-month": "1", "neededBy-year": "2027" };
    const began = { "startedOn-day": "never", "startedOn-month": "", "startedOn-year": "" };
    const form = { summary: "A monitor", kind: "request", impact: "3", urgency: "3", ...day, ...began };
    const made = await lead.post("/tickets/new", form, { from: "/tickets/new" });
    assert.equal(made.statusCode, 303, "the day that is none is not asked for");
    const seen = words(await lead.get(String(made.headers.location)));
    assert.ok(seen.includes("8 January 2027"));
  });
});

test("a row of lines asks for what its own answers say, and leaves out what it held for another", async () => {
  const specimens = await addSpecimens(world);
  const app = await createApp({ ...world.parts, store: specimens.store, registry: specimens.registry });
  try {
    const grants = ["read", "create", "change"].map((permission) => ["specimen", permission, "all"] as const);
    const keeper = await world.as(await personWith(world, grants, { registry: specimens.registry }));
    const browser = browserOnOther(app, keeper);
    const row = (id: string, values: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`lines-${id}-${name}`, value]));
    const form = {
      text: "Letters",
      "lines-rows": ["new-1", "new-2"],
      ...row("new-1", { heading: "By post", how: "post", address: "", signed: "yes" }),
      ...row("new-2", { heading: "By hand", how: "hand", address: "Typed before", signed: "no" }),
    };
    const refused = await browser.post("/specimens/new", form, { from: "/specimens/new" });
    assert.equal(refused.statusCode, 422);
    assert.match(refused.body, /<a href="#field-lines-new-1-address">New line: Enter address<\/a>/);
    assert.doesNotMatch(refused.body, /href="#field-lines-new-2/);
    assert.match(refused.body, /data-when="lines-new-1-how" data-when-is="post">/);
    assert.match(refused.body, /data-when="lines-new-2-how" data-when-is="post" data-unasked>/);
    assert.match(refused.body, /<span class="r-lines__hint r-asked-note">Only where “How” is “By post”<\/span><\/th>/);
    const sent = { ...form, ...row("new-1", { address: "1 High Street" }) };
    const made = await browser.post("/specimens/new", sent, { from: "/specimens/new" });
    assert.equal(made.statusCode, 303, words(made));
    const page = words(await browser.get(String(made.headers.location)));
    assert.match(page, /1 High Street/);
    assert.doesNotMatch(page, /Typed before/);
    const schema = fieldSchema(Specimen.fields["lines"]!, "given") as unknown as {
      items: { required: string[]; properties: Record<string, { description?: string }> };
    };
    assert.deepEqual(schema.items.required, ["heading"]);
    assert.equal(
      schema.items.properties["address"]?.description,
      'Only where `how` is "post": otherwise it is refused',
    );
    const edit = `${String(made.headers.location)}/edit`;
    assert.equal((await browser.get(edit)).body.match(/data-when="lines-[0-9a-f-]{36}-how"/g)?.length, 4);
  } finally {
    await app.close();
    await specimens.store.close();
  }
});

describe("a question a page", () => {
  /** Answers a question as its page gives the form, and reads the page that comes. */
  async function answer(browser: Browser, at: string, form: Readonly<Record<string, string | readonly string[]>>) {
    const path = at.split("?")[0]!.replace("/new", "/questions");
    const sent = await browser.post(path, form, { from: at });
    return { status: sent.statusCode, at: String(sent.headers.location ?? ""), page: sent };
  }
  const headings = (page: LightMyRequestResponse) =>
    [...page.body.matchAll(/<h1[^>]*>(.*?)<\/h1>/gs)].map(([, text]) => text!.replaceAll(/<[^>]+>/g, "").trim());

  test("whoever only asks is asked one at a time, checked page by page, may change an answer, and sends them together", async () => {
    const asker = await world.as("staff");
    const first = await asker.get("/tickets/new");
    assert.deepEqual(headings(first), ["Is something broken, or do you need something?"]);
    assert.doesNotMatch(first.body, /name="summary"|class="r-nav"/);
    let next = await answer(asker, "/tickets/new", { kind: "request" });
    assert.match(next.at, /^\/tickets\/new\?draft=[0-9a-f-]{36}&ask=summary$/);
    const wrong = await answer(asker, next.at, { summary: "" });
    assert.equal(wrong.status, 422);
    assert.match(wrong.page.body, /<title>Error: What is it, in a few words\?/);
    assert.match(wrong.page.body, /<a href="#field-summary">Enter a summary<\/a>/);
    next = await answer(asker, next.at, { summary: "A second screen" });
    next = await answer(asker, next.at, { details: "For the **long** spreadsheets" });
    assert.match(next.at, /ask=neededBy$/, "and not when it started");
    assert.match(
      (await answer(asker, next.at, { "neededBy-day": "31", "neededBy-month": "2", "neededBy-year": "2027" })).page
        .body,
      /error-message">.*Needed by must be a real date/s,
    );
    next = await answer(asker, next.at, { "neededBy-day": "8", "neededBy-month": "1", "neededBy-year": "2027" });
    for (const [name, value] of [
      ["attachment", ""],
      ["impact", "3"],
      ["urgency", "3"],
      ["sensitivity", "normal"],
    ] as const) {
      assert.match(next.at, new RegExp(`ask=${name}$`));
      next = await answer(asker, next.at, { [name]: value });
    }
    assert.match(next.at, /ask=check$/);
    const check = await asker.get(next.at);
    assert.deepEqual(headings(check), ["Check your answers before you send them"]);
    assert.match(words(check), /A second screen Change .* 8 January 2027/);
    const changed = await answer(asker, next.at.replace("ask=check", "ask=kind&then=check"), { kind: "incident" });
    assert.match(changed.at, /ask=startedOn&then=check$/, "only what the other answer asks for besides");
    next = await answer(asker, changed.at, {});
    assert.match(next.at, /ask=check$/);
    assert.doesNotMatch(words(await asker.get(next.at)), /8 January 2027/);
    const send = () => asker.post("/tickets/new", {}, { from: next.at });
    const sent = await send();
    assert.equal(sent.statusCode, 303);
    const seen = words(await asker.get(String(sent.headers.location)));
    assert.match(seen, /A second screen/);
    assert.doesNotMatch(seen, /8 January 2027/);
    const token = { _draft: /draft=([0-9a-f-]{36})/.exec(next.at)![1]!, _from: "draft" };
    assert.equal((await asker.post("/tickets/new", token)).statusCode, 404, "the draft was sent");
  });

  test("what nobody answered is asked before it can be checked, and what is no question is refused", async () => {
    const asker = await world.as("councillor");
    const { at } = await answer(asker, "/tickets/new?summary=From+a+link", { kind: "incident" });
    const draft = /draft=([0-9a-f-]{36})/.exec(at)![1]!;
    assert.match(headings(await asker.get(`/tickets/new?draft=${draft}&ask=check`))[0]!, /in a few words/);
    assert.match((await asker.get(at)).body, /value="From a link"/);
    assert.match(headings(await asker.get(`/tickets/new?draft=${draft}&ask=queue`))[0]!, /in a few words/);
    for (const _ask of ["queue", "source", "__proto__", "neededBy"])
      assert.equal(
        (await asker.post("/tickets/questions", { _ask, _draft: draft, [_ask]: "x" })).statusCode,
        404,
        _ask,
      );
    const early = await asker.post("/tickets/new", { _draft: draft, _from: "draft", _submission: crypto.randomUUID() });
    assert.equal(early.statusCode, 303, "what is not asked for need not be said");
    const empty = crypto.randomUUID();
    await type(asker, { _draft: empty, _ask: "details", details: "Nothing else" });
    const refused = await asker.post("/tickets/new", { _draft: empty, _from: "draft" });
    assert.equal(refused.statusCode, 422);
    assert.match(refused.body, /<a href="#answer-summary">Enter a summary<\/a>/);
    assert.match(
      (await staff.get(`/tickets/new?draft=${draft}&ask=summary`)).body,
      /name="summary" type="text"(?! value)/,
    );
  });

  test("whoever works on such records has all on one page, and the permission decides for every type", async () => {
    assert.match((await lead.get("/tickets/new")).body, /name="summary"[^]*name="requester"/);
    const writer = await world.as(
      await personWith(world, [
        ["policy", "create", "all"],
        ["policy", "read", "own"],
      ]),
    );
    let next = await answer(writer, "/policies/new", { title: "Records" });
    next = await answer(writer, next.at, { purpose: "To keep them" });
    next = await answer(writer, next.at, { audience: "Everyone" });
    next = await answer(writer, next.at, { requiredByLaw: "yes" });
    assert.match(next.at, /ask=law$/);
    assert.match((await answer(writer, next.at, { law: "" })).page.body, /Enter an answer to “Which law”/);
    next = await answer(writer, next.at, { law: "Local Government Act 1972, section 224" });
    for (let left = 10; left > 0 && !next.at.endsWith("clauses"); left -= 1) next = await answer(writer, next.at, {});
    const rows = await answer(writer, next.at, { _rows: "add:clauses" });
    assert.match(rows.page.body, /name="clauses-new-1-heading"/);
    const clause = { "clauses-rows": "new-1", "clauses-new-1-heading": "Keep", "clauses-new-1-text": "Keep them" };
    const gap = await answer(writer, next.at, { ...clause, "clauses-new-1-text": "" });
    assert.match(gap.page.body, /href="#field-clauses-new-1-text"/);
    next = await answer(writer, next.at, clause);
    for (let left = 5; left > 0 && !next.at.endsWith("sensitivity"); left -= 1)
      next = await answer(writer, next.at, {});
    next = await answer(writer, next.at, { sensitivity: "normal" });
    assert.match(words(await writer.get(next.at)), /Keep, Keep them/);
    const sent = await writer.post("/policies/new", {}, { from: next.at });
    assert.equal(sent.statusCode, 303, words(sent));
    assert.match(words(await writer.get(String(sent.headers.location))), /Local Government Act 1972, section 224/);
  });
});
