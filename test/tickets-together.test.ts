import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { restrictWithTickets } from "../src/modules/desk/restricted.ts";
import { apiClient } from "./api-world.ts";
import { createImportWorld } from "./import-world.ts";
import type { ImportWorld } from "./import-world.ts";
import { desk } from "../src/modules/desk/module.ts";
import { words } from "./web-world.ts";
import type { Browser } from "./web-world.ts";

type Values = Readonly<Record<string, unknown>>;

let world: ImportWorld;
let lead: Browser;
let officer: Browser;
let staff: Browser;

before(async () => {
  world = await createImportWorld();
  [lead, officer, staff] = [await world.as("leadSupport"), await world.as("supportOfficer"), await world.as("staff")];
});
after(() => world.close());

const type = (name = "ticket") => typeNamed(world.registry, name);
const make = (name: string, values: Values, who: Who = lead.who!) =>
  world.store.as(who, (tx) => create(tx, type(name), values));
const log = (summary: string, more: Values = {}, who: Who = officer.who!) => make("ticket", { summary, ...more }, who);
const look = (record: Stored, who: Who = lead.who!) =>
  world.store.as(who, (tx) => find(tx, type(record.type), record.id));
const go = async (record: Stored, name: string, given: Values = {}, who: Who = officer.who!) => {
  const { version } = await look(record);
  return world.store.as(who, (tx) => move(tx, type(record.type), record.id, version, name, given));
};
const said = async (record: Stored, who: Who = lead.who!) =>
  (await world.store.as(who, (tx) => timeline(tx, record))).flatMap(({ verb, body }) =>
    verb === "commented" ? [String(body?.text)] : [],
  );

describe("tickets that belong together", () => {
  test("a duplicate closes, tells whoever asked, is read from the other, and is told when that is resolved", async () => {
    const [first, second] = [await log("Wi-fi is down"), await log("No wi-fi", { requester: staff.who!.personId })];
    await world.store.as(staff.who!, (tx) =>
      comment(tx, type(), second.id, { text: "Floor 3 as well", audience: "everyone" }),
    );
    const form = words(await officer.get(`/tickets/${second.reference}/moves/merge`));
    assert.match(form, /Whoever asked is told so now, and again when the other is resolved/);
    await assert.rejects(go(first, "merge", { duplicateOf: first.id }), /leads back to/);
    const merged = await go(second, "merge", { duplicateOf: first.id });
    assert.equal(merged.state, "closed");
    assert.match((await said(second, staff.who!)).join(), new RegExp(`carry on with it in ${first.reference}`));
    assert.equal((await staff.get(`/tickets/${first.reference}`)).statusCode, 404, "the other is not theirs to read");
    assert.match(words(await officer.get(`/tickets/${first.reference}`)), /Said on its duplicates .*Floor 3 as well/);
    await assert.rejects(go(first, "merge", { duplicateOf: second.id }), /leads back to|is closed/);
    await go(first, "resolve", { resolution: "A new access point" });
    await world.runJobs(desk.jobs);
    assert.match((await said(second, staff.who!)).at(-1) ?? "", /is resolved: A new access point/);
  });

  test("what is part of a ticket is resolved with it, also what its owner may not see, and a preview says so", async () => {
    const parent = await log("The mail server is down");
    const children = [await log("No mail"), await log("Outlook hangs")];
    const hidden = await log("Mail of the chief executive", { sensitivity: "restricted" }, lead.who!);
    for (const child of children) await go(child, "join", { parent: parent.id });
    await go(hidden, "join", { parent: parent.id }, lead.who!);
    await assert.rejects(go(parent, "join", { parent: children[0]!.id }), /leads back|Take them out/);
    const form = words(await officer.get(`/tickets/${parent.reference}/moves/resolve`));
    assert.match(form, /2 tickets that are part of it will be resolved/);
    await go(parent, "resolve", { resolution: "Restarted" });
    await world.runJobs(desk.jobs);
    for (const child of [...children, hidden]) {
      const now = await look(child);
      assert.equal(now.state, "resolved");
      assert.match(String(now.values["resolution"]), new RegExp(`With ${parent.reference}: Restarted`));
    }
  });

  test("how a restricted ticket was solved is not said on others that more people read", async () => {
    const hidden = await log("Signs that somebody read another’s mail", { sensitivity: "restricted" }, lead.who!);
    const [duplicate, child] = [await log("My mail looks read"), await log("My rules changed")];
    await go(duplicate, "merge", { duplicateOf: hidden.id }, lead.who!);
    await go(child, "join", { parent: hidden.id }, lead.who!);
    await go(hidden, "resolve", { resolution: "Ann Other was let go" }, lead.who!);
    await world.runJobs(desk.jobs);
    assert.equal((await said(duplicate)).at(-1), "What we carried on with elsewhere is resolved: It is solved.");
    assert.equal((await look(child)).values["resolution"], "It is solved.");
  });

  test("nothing of a restricted ticket reaches whoever asked for what was merged into it, nor other officers", async () => {
    const secret = "Okapi grievance";
    const asked = { requester: staff.who!.personId };
    const hidden = await log(secret, { sensitivity: "restricted", details: secret }, lead.who!);
    // Two that are restricted have readers of their own, so neither says anything of the other.
    const merged = [
      await log("My mail is odd", asked),
      await log("My mail too", { ...asked, sensitivity: "restricted" }, lead.who!),
    ];
    const child = await log("My rules are odd", asked);
    for (const one of merged) await go(one, "merge", { duplicateOf: hidden.id }, lead.who!);
    await go(child, "join", { parent: hidden.id }, lead.who!);
    await go(hidden, "resolve", { resolution: secret }, lead.who!);
    await world.runJobs(desk.jobs);
    await tellAll({ ownerPool: world.ownerPool, registry: world.registry, mail: true, domain: "desk.gov.uk" });
    const leaks = new RegExp(`${hidden.reference}|${secret}`);
    const paths = [
      ...[...merged, child].flatMap(({ reference }) =>
        ["", "?tab=timeline", "?tab=connected"].map((tab) => `/tickets/${reference}${tab}`),
      ),
      ..."/ /tickets /tickets?show=all /tickets.csv?show=all /notifications /help/tickets /jobs /search?q=okapi /status".split(
        " ",
      ),
    ];
    for (const [name, browser] of Object.entries({ staff, officer })) {
      for (const path of paths) {
        const { body } = await browser.get(path);
        // What was looked for stands in the box of the search.
        assert.doesNotMatch(body.replaceAll(/value="[^"]*"|“[^”]*”/g, ""), leaks, `${name} at ${path}`);
      }
      const client = await apiClient(world, browser.who!);
      for (const { reference } of [merged[0]!, child])
        for (const path of [`/tickets/${reference}`, `/tickets/${reference}/events`])
          assert.doesNotMatch((await client.get(path)).body, leaks, `${name} at ${path}`);
    }
    const { rows } = await world.ownerPool.query(
      "select * from notifications n join mail_outbox o using (organisation_id) where n.person_id = $1",
      [staff.who!.personId],
    );
    assert.doesNotMatch(JSON.stringify(rows), leaks);
  });

  test("what hangs on a restricted ticket is restricted as it is, from the first or once the ticket is", async () => {
    const site = await make("site", { name: "Town hall" });
    const [hidden, later] = [
      await log("Who reads my mail?", { sensitivity: "restricted" }, lead.who!),
      await log("Odd mail"),
    ];
    const besides = (ticket: Stored) =>
      Promise.all([
        make("advice", { question: "Whose mail was it?", ticket: ticket.id }),
        make("visit", {
          purpose: "Who reads my mail?",
          ticket: ticket.id,
          site: site.id,
          startsAt: "2040-03-05T10:00:00Z",
        }),
      ]);
    const first = await besides(hidden);
    const second = await besides(later);
    assert.deepEqual(
      [...first, ...second].map(({ sensitivity }) => sensitivity),
      ["restricted", "restricted", "normal", "normal"],
    );
    await world.store.as(lead.who!, (tx) => change(tx, type(), later.id, "any", { sensitivity: "restricted" }));
    await restrictWithTickets(world);
    for (const one of [...first, ...second]) {
      assert.equal((await look(one)).sensitivity, "restricted");
      await assert.rejects(look(one, officer.who!), /no such/);
    }
    const page = (await lead.get(`/tickets/${hidden.reference}`)).body;
    assert.match(
      page,
      /splitFrom=[^"]+sensitivity=restricted/,
      "so is what is split off it, unless somebody says otherwise",
    );
  });

  test("a new ticket is split off with what is known already", async () => {
    const ticket = await log("Two things at once", { requester: staff.who!.personId });
    const page = await officer.get(`/tickets/${ticket.reference}`);
    const [, href = ""] = /href="([^"]+)">Split off a new ticket/.exec(page.body) ?? [];
    const form = await officer.get(href.replaceAll("&amp;", "&"));
    assert.match(form.body, new RegExp(`selected>${ticket.title}|value="${ticket.reference}`));
    assert.match(form.body, />Staff<\/option>/);
  });
});
