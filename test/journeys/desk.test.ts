import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSmtpChannel } from "../../src/kernel/mail/smtp.ts";
import { gatherMail } from "../../src/kernel/mail/gather.ts";
import { sendWaiting } from "../../src/kernel/mail/send-waiting.ts";
import { tellAll } from "../../src/kernel/notifications/tell.ts";
import { typeNamed } from "../../src/kernel/registry.ts";
import { change } from "../../src/kernel/store/change.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import type { Values } from "../../src/kernel/store/values.ts";
import { chaseAll } from "../../src/modules/desk/chase-partners.ts";
import { takeIn } from "../../src/modules/desk/mail/take-in.ts";
import { desk } from "../../src/modules/desk/module.ts";
import { createImportWorld } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import { message } from "../mail-messages.ts";
import { readMail, startMailServer } from "../mail-server.ts";
import { carried, words } from "../web-world.ts";
import type { Browser } from "../web-world.ts";

let world: ImportWorld;
let lead: Browser;
let officer: Browser;
let colleague: Browser;
let staff: Browser;

before(async () => {
  world = await createImportWorld();
  [lead, officer, colleague, staff] = [
    await world.as(await world.person("Dee Osei", "leadSupport")),
    await world.as(await world.person("Leah Bennett", "supportOfficer")),
    await world.as(await world.person("Callum Reid", "supportOfficer")),
    await world.as(await world.person("Joe Price", "staff")),
  ];
});
after(() => world?.close());

const type = (name: string) => typeNamed(world.registry, name);
const where = (answer: { headers: Record<string, unknown> }) => String(answer.headers["location"]);
/** A register that a story begins with. */
const given = (name: string, values: Values) => world.system((tx) => create(tx, type(name), values));

/** Fills in the form at an address and sends it; gives where it leads. */
async function fill(who: Browser, at: string, form: Parameters<Browser["post"]>[1] = {}): Promise<string> {
  const sent = await who.post(at, form, { from: at });
  assert.equal(sent.statusCode, 303, `${at}: ${words(sent)}`);
  return where(sent).replace(/\?.*$/, "");
}

const ask = (who: Browser, summary: string, more: Record<string, string> = {}) =>
  fill(who, "/tickets/new", { summary, kind: "incident", impact: "3", urgency: "3", ...more });
/** Presses a button of the ticket's page, or fills in the form that it leads to. */
const press = (who: Browser, ticket: string, name: string, form: Parameters<Browser["post"]>[1] = {}) =>
  fill(who, `${ticket}/moves/${name}`, form);
const read = async (who: Browser, at: string) => words(await who.get(at));

test("a chief officer’s sensitive ticket goes first, and is seen by nobody but who leads the desk and who is named", async () => {
  const chief = await world.as(await world.person("Ruth Abara", "assistantDirector"));
  const personOf = ({ who }: Browser) => world.system((tx) => find(tx, type("person"), who!.personId));
  await given("priority_group", { name: "Chief officer", people: [{ person: chief.who!.personId }], priority: 2 });
  const ticket = await ask(chief, "Okapi: who read my letters?", { sensitivity: "restricted", details: "Mr Quokka" });
  const reference = ticket.split("/").at(-1) ?? "";
  assert.match(await read(lead, ticket), /Okapi: who read my letters\? INC-\d+ State: New Restricted Chief officer/);
  assert.match(await read(lead, "/tickets"), /Okapi: who read my letters\? New 2 /, "of the second priority at once");
  const nowhere = async (who: Browser) => {
    assert.equal((await who.get(ticket)).statusCode, 404);
    for (const at of ["/", "/tickets?show=all", "/tickets.csv?show=all", "/search?q=quokka", "/palette?q=okapi"])
      assert.doesNotMatch((await who.get(at)).body, new RegExp(`${reference}|who read my letters`), at);
  };
  await Promise.all([nowhere(officer), nowhere(colleague), nowhere(staff)]);

  const named = { relation: "seen_by", to: (await personOf(officer)).reference };
  await lead.post(`${ticket}/joins`, named, { from: `${ticket}?tab=connected` });
  await press(officer, ticket, "take");
  await officer.post(
    `${ticket}/comments`,
    { text: "The log names one account", audience: "internal" },
    { from: ticket },
  );
  assert.match(await read(lead, ticket), /The log names one account/);
  assert.doesNotMatch(await read(chief, ticket), /The log names one account/, "among officers");
  await nowhere(colleague);
  await press(officer, ticket, "resolve", { resolution: "A rule of the mailbox; it is gone" });
  assert.match(await read(chief, ticket), /A rule of the mailbox; it is gone/);
  await press(chief, ticket, "close");

  const passing = { relation: "seen_by", to: (await personOf(colleague)).reference };
  await lead.post(`${ticket}/joins`, passing, { from: `${ticket}?tab=connected` });
  assert.equal((await colleague.get(ticket)).statusCode, 200);
  await lead.post(`${ticket}/joins/remove`, passing, { from: `${ticket}?tab=connected` });
  await nowhere(colleague);
});

test("forty people report the same; they are put under one major incident, told together and resolved together", async () => {
  const tickets = [await ask(staff, "No e-mail comes in on floor 1", { urgency: "2" })];
  await world.store.as(staff.who!, async (tx) => {
    for (let floor = 2; floor <= 40; floor++) {
      const summary = `No e-mail comes in on floor ${floor}`;
      const { reference } = await create(tx, type("ticket"), { summary, impact: 3, urgency: 2 });
      tickets.push(`/tickets/${reference}`);
    }
  });
  const service = await given("service", { name: "E-mail", isPublic: true, publicName: "Letters by e-mail" });
  const services = service.id;
  const incident = await fill(lead, "/major-incidents/new", { title: "No e-mail comes in", services });
  const reference = incident.split("/").at(-1) ?? "";
  const offered = (await lead.get(incident)).body;
  const bulk = /href="(\/tickets\/bulk\?record[^"]*)"/.exec(offered)?.[1]?.replaceAll("&amp;", "&") ?? assert.fail();
  const together = async (at: string, what: Record<string, string>, says: RegExp) => {
    const preview = await lead.post("/tickets/bulk/preview", { ...askedIn(at), ...what }, { from: at });
    assert.match(words(preview), /40 tickets will/);
    const done = await lead.post("/tickets/bulk", carried(preview.body));
    assert.match(words(done), says);
  };
  await together(bulk, { do: "field:majorIncident", majorIncident: reference }, /40 tickets changed/);

  await fill(lead, `${incident}/edit`, {
    title: "No e-mail comes in",
    services,
    isPublic: "yes",
    publicTitle: "Writing to us",
  });
  const update = "Mail is late, not lost. Ring us if it is urgent.";
  await press(lead, incident, "update", { stage: "identified", update, nextUpdateIn: "30" });
  await world.runJobs(desk.jobs);
  for (const ticket of [tickets[0]!, tickets[39]!]) assert.match(await read(staff, ticket), /Mail is late, not lost/);
  assert.equal((await staff.get(incident)).statusCode, 404, "the incident itself is the desk’s");
  const { rows } = await world.ownerPool.query<{ told: number }>(
    "select count(distinct e.record_id)::int as told from events e join records r on r.id = e.record_id where r.type = 'ticket' and r.title like 'No e-mail%' and e.verb = 'commented'",
  );
  assert.equal(rows[0]?.told, 40, "each once");
  const status = await read(world.visitor(), "/status");
  assert.match(status, /Letters by e-mail Disrupted .*Writing to us.*Mail is late, not lost/);
  assert.match(await read(lead, `/services/${service.reference}`), /Open on this service .*No e-mail comes in/);
  assert.doesNotMatch(status, /floor/);

  await press(lead, incident, "resolve", { update: "Mail comes in again." });
  await world.runJobs(desk.jobs);
  const after = (await lead.get(incident)).body;
  assert.match(after, /Resolve the 40 that are not resolved/);
  const rest = [...after.matchAll(/href="(\/tickets\/bulk\?[^"]*)"/g)].at(-1)?.[1]?.replaceAll("&amp;", "&");
  await together(rest ?? assert.fail(), { do: "move:resolve", resolution: "The filter was emptied" }, /40 tickets/);
  assert.match(
    await read(staff, tickets[17]!),
    /Mail comes in again.*Is it solved\?|Is it solved\?.*Mail comes in again/,
  );
  await press(lead, incident, "draft_review", { rootCause: "A full disk" });
  assert.match(await read(lead, incident), /Root cause.*A full disk/);
});

test("a partner lets its promised day pass: our clock stands still, the desk is told whom to ring, and it ends in a resolution", async () => {
  await given("supplier", { name: "Northgate Print", supportPhone: "020 7946 0123" });
  const ticket = await ask(staff, "The plotter jams", { impact: "2", urgency: "2" });
  await press(officer, ticket, "take");
  const today = Temporal.Now.plainDateISO("Europe/London");
  await press(officer, ticket, "pass_on", {
    supplier: "Northgate Print",
    supplierReference: "NG-77",
    ...dayOf("supplierDueOn", today.add({ days: 1 })),
  });
  assert.match(await read(officer, ticket), /Waiting for supplier.*NG-77/);
  assert.match(await read(officer, `${ticket}/clocks/resolve`), /paused|stands still/i);
  const theirs = await read(staff, ticket);
  assert.doesNotMatch(theirs, /NG-77/, "what officers quote is not for whoever asked");
  const passed = Temporal.Now.instant().add({ hours: 72 });
  assert.equal(await world.system((tx) => chaseAll(tx), { now: passed }), 1);
  assert.match(await read(officer, ticket), /Northgate Print promised this for .*020 7946 0123.*quoting NG-77/);
  assert.doesNotMatch(await read(staff, ticket), /promised this for/);
  await press(officer, ticket, "chase", {
    ...dayOf("supplierDueOn", today.add({ days: 9 })),
    comment: "Their engineer is ill",
  });
  assert.match(await read(officer, ticket), /Their engineer is ill/);
  await press(officer, ticket, "resume");
  assert.match(await read(officer, `${ticket}/clocks/resolve`), /running|due/i);
  await press(officer, ticket, "resolve", { resolution: "A new roller" });
  assert.match(await read(staff, ticket), /Is it solved\?/);
});

/** What an address asks for, as the form of its page would send it. */
function askedIn(address: string): Record<string, string[]> {
  const { searchParams } = new URL(address, "http://localhost");
  return Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
}

function dayOf(name: string, day: Temporal.PlainDate): Record<string, string> {
  return { [`${name}-day`]: `${day.day}`, [`${name}-month`]: `${day.month}`, [`${name}-year`]: `${day.year}` };
}

test("a reply from a phone by mail takes the ticket up again, and one after the end reopens it", async () => {
  const server = await startMailServer();
  const channel = createSmtpChannel(server.settings);
  try {
    const mailbox = await world.system(async (tx) => {
      const made = await create(
        tx,
        type("mailbox"),
        {
          name: "Service desk",
          address: "desk@aldermoor.gov.uk",
          queue: world.council.queue,
          host: "imap.aldermoor.gov.uk",
          signsInAs: "desk",
          vouchedBy: "mx.aldermoor.gov.uk",
        },
        { trusted: true },
      );
      return move(tx, type("mailbox"), made.id, "any", "switch_on", {});
    });
    const sam = await world.person("Sam Hale", "staff");
    const email = "sam.hale@aldermoor.gov.uk";
    await world.system((tx) => change(tx, type("person"), sam.personId, "any", { email }));
    const asker = await world.as(sam);
    const domain = "aldermoor.gov.uk";
    /** Tells of what happened, and gives the last mail that went to whoever asked. */
    const mailed = async () => {
      await tellAll({ ...world, mail: true, domain }, { failed: (error) => assert.fail(String(error)) });
      await gatherMail(world.ownerPool, { domain });
      const baseUrl = "https://reeve.aldermoor.gov.uk";
      await sendWaiting({ ...world, channel, baseUrl, failed: (error) => assert.fail(String(error)) });
      const mail = server.taken.findLast(({ to }) => to.includes(email)) ?? assert.fail("nobody was told");
      return /^Message-ID: (<[^>]+>)/im.exec(readMail(mail).headers)?.[1] ?? assert.fail("no id");
    };
    let uid = 0;
    const answer = async (references: string, text: string) => {
      uid += 1;
      const raw = message({ from: `Sam Hale <${email}>`, references, text });
      const at = { organisationId: world.council.organisationId, mailboxId: mailbox.id };
      await takeIn({ ...world, filesFolder: world.filesFolder }, at, { raw, uid, uidValidity: 1 });
    };

    const ticket = await ask(asker, "No sound in calls");
    await press(officer, ticket, "take");
    const question = { waitingFor: "user", waitingReason: "Which headset is it?" };
    const later = Temporal.Now.plainDateISO("Europe/London").add({ days: 3 });
    await press(officer, ticket, "wait", { ...question, ...dayOf("reviewOn", later) });
    assert.match(await read(asker, ticket), /Which headset is it\?/);
    await answer(await mailed(), "The blue one, from the depot\n\nSent from my iPhone");
    const taken = await read(officer, ticket);
    assert.match(taken, /Assigned.*The blue one, from the depot/, "it is in work again, with the answer");
    assert.match(await read(asker, ticket), /The blue one, from the depot/);
    await press(officer, ticket, "resolve", { resolution: "The blue ones need the new driver" });
    await answer(await mailed(), "Silent again since lunch");
    assert.match(await read(officer, ticket), /Assigned.*Silent again since lunch|Silent again since lunch.*Assigned/);
    assert.match(await read(asker, ticket), /Leah Bennett is working on it/);
    await mailed();
    assert.match(await read(officer, "/notifications"), /No sound in calls/, "whoever has it is told");
  } finally {
    channel.close();
    await server.close();
  }
});
