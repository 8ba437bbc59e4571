import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import type { MailChannel } from "../src/kernel/mail/channel.ts";
import { sendWaiting } from "../src/kernel/mail/send-waiting.ts";
import { createSmtpChannel } from "../src/kernel/mail/smtp.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { gatherReports } from "../src/kernel/reports/send.ts";
import { change } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { sayReport } from "../src/web/measures/report-mail.ts";
import { startMailServer } from "./mail-server.ts";
import type { MailServer } from "./mail-server.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let server: MailServer;
let channel: MailChannel;
let lead: Browser;
let colleague: Browser;
let systems: Browser;
let asker: Who;
let team: string;
const baseUrl = "https://reeve.aldermoor.gov.uk";
const domain = "aldermoor.gov.uk";

before(async () => {
  server = await startMailServer();
  channel = createSmtpChannel(server.settings);
  world = await createWebWorld({ mail: channel });
  const administrator = await world.person("Ada Min", "administrator");
  const [one, other] = [
    await world.person("Priya Nair", "leadSupport"),
    await world.person("Col League", "supportOfficer"),
  ];

  asker = await world.person("Ask Er", "staff");
  for (const { personId } of [one, other, asker])
    await world.ownerPool.query("update reeve.person set email = id || '@aldermoor.gov.uk' where id = $1", [personId]);
  team = await world.store.as(administrator, async (tx) => {
    const members = [{ member: one.personId }, { member: other.personId }];
    return (await create(tx, typeNamed(tx.registry, "team"), { name: "The desk", members })).id;
  });
  [lead, colleague, systems] = [await world.as(one), await world.as(other), await world.as("systemsOfficer")];
  for (const summary of ["One", "Two", "Three"])
    await world.store.as(one, (tx) => create(tx, typeNamed(tx.registry, "ticket"), { summary }));
  const hidden = await world.store.as(one, (tx) => create(tx, typeNamed(tx.registry, "ticket"), { summary: "Hidden" }));
  await world.store.as(administrator, (tx) =>
    change(tx, typeNamed(tx.registry, "ticket"), hidden.id, "any", { sensitivity: "restricted" }),
  );
});
after(async () => {
  channel.close();
  await server.close();
  await world.close();
});

const form = {
  name: "The desk's week",
  period: "last-4-weeks",
  measure: ["tickets-opened", "tickets-unresolved", "targets-met-share"],
  "by-tickets-opened": "time",
  "by-tickets-unresolved": "age",
  "by-targets-met-share": "priority",
};

/** Makes a report of the lead's and gives its address. */
async function made(given: Record<string, string | readonly string[]> = {}): Promise<string> {
  const answer = await lead.post(
    "/reports",
    { ...form, name: `R ${crypto.randomUUID()}`, ...given },
    { from: "/reports/new" },
  );
  assert.equal(answer.statusCode, 303, words(answer).replace(/^.*There is a problem/, ""));
  return String(answer.headers.location);
}

const idOf = (address: string) => address.split("/").at(-1)!;
const send = () => sendWaiting({ ...world, channel, baseUrl, sayReport });
const due = (address: string, at = "2026-11-16T08:00:00Z") =>
  world.ownerPool.query("update reeve.reports set send_next = $2 where id = $1", [idOf(address), at]);

describe("a report", () => {
  test("is saved with its measures, period and filters, found again, changed and removed", async () => {
    const address = await made({ name: "Mine", "tickets.priority": ["1", "2", "3"] });
    const said = words(await lead.get(address));
    assert.match(said, /Tickets opened: 4 tickets/);
    assert.match(said, /Tickets that wait to be resolved: 4 tickets/);
    assert.match((await lead.get("/reports")).body, new RegExp(`href="${address}">Mine<`));
    const again = await lead.get(`${address}/change`);
    assert.match(again.body, /value="tickets-opened" checked/);
    assert.match(again.body, /name="tickets\.priority" value="2" checked/);
    const changed = await lead.post(
      `${address}/change`,
      { ...form, name: "Mine", period: "days", from: "2020-01-01", to: "2020-12-31" },
      { from: `${address}/change` },
    );
    assert.equal(changed.statusCode, 303);
    assert.match(
      words(await lead.get(address)),
      /From 1 January 2020 to 31 December 2020\..*Tickets opened: 0 tickets/,
    );
    assert.match((await lead.get(`${address}/csv`)).body, /Tickets opened,All,,2020-01-01,2020-12-31,0,tickets,0/);
    assert.equal((await lead.get(`${address}/excel`)).rawPayload.subarray(0, 2).toString(), "PK");
    assert.equal((await lead.post(`${address}/remove`, {}, { from: address })).statusCode, 303);
    assert.equal((await lead.get(address)).statusCode, 404);
  });

  test("says what is wrong with it, and keeps what was chosen", async () => {
    for (const [wrong, sentence] of [
      [{ name: "" }, "Enter a name for the report"],
      [{ name: "x".repeat(61) }, "at most 60 characters"],
      [{ name: "N", measure: [] }, "Select at least one measure"],
      [{ name: "N", measure: ["nothing"] }, "Select at least one measure"],
      [{ name: "N", period: "days", from: "soon", to: "" }, "give a day as yyyy-mm-dd"],
      [{ name: "N", team: crypto.randomUUID() }, "Select one of the teams that you are in"],
      [{ name: "N", "tickets.queue": "nobody" }, "there is no queue called"],
    ] as const) {
      const answer = await lead.post("/reports", { ...form, ...wrong }, { from: "/reports/new" });
      assert.equal(answer.statusCode, 422, sentence);
      assert.ok(words(answer).includes(sentence), sentence);
    }
    const twice = await made({ name: "Twice" });
    const answer = await lead.post("/reports", { ...form, name: "Twice" }, { from: "/reports/new" });
    assert.ok(words(answer).includes("You have a report of this name"));
    assert.match(answer.body, /value="tickets-unresolved" checked/);
    await lead.post(`${twice}/remove`, {}, { from: twice });
  });

  test("that is shared is counted as each sees it, and changed by its owner alone", async () => {
    const [own, shared] = [await made(), await made({ team })];
    assert.match(words(await colleague.get(shared)), /Tickets opened: 3 tickets/);
    assert.match((await colleague.get("/reports")).body, new RegExp(`href="${shared}"`));
    for (const [browser, address] of [
      [colleague, own],
      [systems, own],
      [systems, shared],
    ] as const)
      for (const ending of ["", "/csv", "/excel", "/change"])
        assert.equal((await browser.get(address + ending)).statusCode, 404, ending);
    assert.equal((await colleague.get(`${shared}/change`)).statusCode, 404);
    for (const [ending, given] of [
      ["change", { ...form, name: "Theirs now" }],
      ["sending", { when: "week-1", hour: "8" }],
      ["recipients", { person: "Col League" }],
    ] as const)
      assert.equal((await colleague.post(`${shared}/${ending}`, given, { from: shared })).statusCode, 404, ending);
    await colleague.post(`${shared}/remove`, {}, { from: shared });
    assert.equal((await lead.get(shared)).statusCode, 200, "it is still there");
  });
});

describe("the database", () => {
  test("lets nobody read, change or send another's report, whatever the code forgets", async () => {
    const address = await made();
    const id = idOf(address);
    const [owner, forger] = [lead.who!, colleague.who!];
    const asForger = <Row>(statement: ReturnType<typeof sql<Row>>) =>
      world.store.as(forger, (tx) => statement.execute(tx.db).then(({ rows }) => rows));
    const recipient = (person: string, addedBy: string) =>
      asForger(sql`insert into report_recipients (organisation_id, report_id, person_id, added_by)
        values (${owner.organisationId}::uuid, ${id}::uuid, ${person}::uuid, ${addedBy}::uuid)`);
    assert.deepEqual(await asForger(sql`select 1 from reports where id = ${id}::uuid`), []);
    assert.deepEqual(await asForger(sql`update reports set name = 'Mine' where id = ${id}::uuid returning 1`), []);
    assert.deepEqual(await asForger(sql`delete from reports where id = ${id}::uuid returning 1`), []);
    await assert.rejects(recipient(forger.personId, forger.personId), /report_recipients_organisation_id_report_id/);
    await assert.rejects(recipient(forger.personId, owner.personId), /row-level security/);
    await assert.rejects(asForger(sql`update reports set person_id = ${forger.personId}::uuid`), /permission denied/);
    await assert.rejects(
      asForger(sql`insert into reports (organisation_id, person_id, name, query, team_id)
        values (${owner.organisationId}::uuid, ${forger.personId}::uuid, 'N', '', ${world.council.team}::uuid)`),
      /row-level security/,
    );
    await assert.rejects(
      asForger(sql`insert into mail_outbox (organisation_id, person_id, purpose, message_id) values
        (${owner.organisationId}::uuid, ${forger.personId}::uuid, 'report', '<a@b>')`),
      /row-level security/,
    );
  });
});

describe("a report by mail", () => {
  test("reaches each as they may see it, with the pictures and the figures, once, and whoever sees nothing of it not", async () => {
    const address = await made({ name: "Weekly" });
    for (const person of ["Priya Nair", "Col League", "Ask Er"])
      assert.equal((await lead.post(`${address}/recipients`, { person }, { from: address })).statusCode, 303, person);
    assert.equal(
      (await lead.post(`${address}/sending`, { when: "week-1", hour: "8" }, { from: address })).statusCode,
      303,
    );
    assert.match(words(await lead.get(address)), /The next goes out on \d+ \w+ \d{4} at 08:00/);
    assert.equal(await gatherReports(world.ownerPool, { domain }), 0, "it is not due yet");
    await due(address);
    const [one, two] = await Promise.all([
      gatherReports(world.ownerPool, { domain }),
      gatherReports(world.ownerPool, { domain }),
    ]);
    assert.equal(one + two, 3, "two workers at once make each mail once");
    const before = server.taken.length;
    assert.deepEqual(await send(), { sent: 2, refused: 0, later: 0, stopped: null });
    assert.deepEqual(await send(), { sent: 0, refused: 0, later: 0, stopped: null });
    const mails = server.taken.slice(before);
    const opened = mails.map(({ raw }) => /Tickets opened: (\d)/.exec(raw)?.[1]).toSorted();
    assert.deepEqual(opened, ["3", "4"], "the hidden one counts for its owner alone");
    for (const mail of mails) {
      assert.match(mail.raw, /^Subject: Weekly: \d+ \w+ \d{4} to \d+ \w+ \d{4}/m);
      assert.match(mail.raw, /Content-Type: text\/csv; charset=utf-8; name=weekly-\d{4}-\d\d-\d\d\.csv/);
      const png = /Content-Type: image\/png[^]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(mail.raw)?.[1] ?? "";
      assert.equal(Buffer.from(png, "base64").subarray(1, 4).toString(), "PNG");
      assert.equal([...mail.raw.matchAll(/^Content-Id: <picture-\d@/gim)].length, 3);
    }
    const { rows } = await world.ownerPool.query<{ next: string }>(
      "select send_next::text as next from reeve.reports where id = $1 and send_next > now()",
      [idOf(address)],
    );
    assert.equal(rows.length, 1, "it is due again");
    await lead.post(`${address}/remove`, {}, { from: address });
  });

  test("is not sent any more to whoever left it, was taken off, is gone, or when its owner is", async () => {
    const address = await made({ name: "Monthly", team });
    await lead.post(`${address}/recipients`, { person: "Col League" }, { from: address });
    await lead.post(`${address}/sending`, { when: "month-31", hour: "0" }, { from: address });
    const page = await colleague.get(address);
    assert.match(words(page), /A report of Priya Nair, counted as you may see it/);
    assert.equal((await systems.get(address)).statusCode, 404);

    await due(address);
    assert.equal(await gatherReports(world.ownerPool, { domain }), 1);
    assert.equal((await colleague.post(`${address}/leave`, {}, { from: address })).statusCode, 303);
    assert.equal((await colleague.get(address)).statusCode, 200, "their team still sees it");
    const before = server.taken.length;
    await send();
    assert.equal(server.taken.length, before, "it waited while they left");

    await lead.post(`${address}/recipients`, { person: "Col League" }, { from: address });
    await due(address);
    await world.ownerPool.query("update reeve.person set active = false where id = $1", [lead.who!.personId]);
    assert.equal(await gatherReports(world.ownerPool, { domain }), 0, "its owner is not here");
    await world.ownerPool.query("update reeve.person set active = true where id = $1", [lead.who!.personId]);
    assert.equal(await gatherReports(world.ownerPool, { domain }), 1);
    const administrator = await world.person("Era Ser", "administrator");
    await world.store.as(administrator, (tx) =>
      eraseRecord(tx, typeNamed(tx.registry, "person"), colleague.who!.personId, { reason: "By law" }),
    );
    await send();
    assert.equal(server.taken.length, before);
    const { rows } = await world.ownerPool.query("select 1 from reeve.report_recipients where person_id = $1", [
      colleague.who!.personId,
    ]);
    assert.equal(rows.length, 0);
  });

  test("waits until the quiet hours of each of its readers are over", async () => {
    const address = await made({ name: "Nightly" });
    for (const person of ["Priya Nair", "Ask Er"])
      await lead.post(`${address}/recipients`, { person }, { from: address });
    await lead.post(`${address}/sending`, { when: "week-7", hour: "23" }, { from: address });
    const { organisationId, personId } = lead.who!;
    await world.ownerPool.query(
      "insert into reeve.notification_times (organisation_id, person_id, digest_at, quiet_from, quiet_until) values ($1, $2, '08:00', '22:00', '07:30')",
      [organisationId, personId],
    );
    await due(address);
    const now = Temporal.Instant.from("2096-11-22T23:00:00Z");
    assert.equal(await gatherReports(world.ownerPool, { domain, now }), 2);
    const { rows } = await world.ownerPool.query<{ at: string }>(
      "select concat_ws(' ', next_attempt_at at time zone 'UTC', waits_since at time zone 'UTC') as at from reeve.mail_outbox where report_id = $1 order by person_id = $2",
      [idOf(address), personId],
    );
    assert.deepEqual(
      rows.map(({ at }) => at),
      ["2096-11-22 23:00:00 2096-11-22 23:00:00", "2096-11-23 07:30:00 2096-11-23 07:30:00"],
      "who has none has it at once; the days of trying begin with the first try",
    );
    await lead.post(`${address}/remove`, {}, { from: address });
    await world.ownerPool.query("delete from reeve.notification_times where person_id = $1", [personId]);
  });

  test("that cannot be put together keeps no other waiting, and says so", async () => {
    const address = await made({ name: "Broken" });
    await lead.post(`${address}/recipients`, { person: "Priya Nair" }, { from: address });
    await lead.post(`${address}/sending`, { when: "week-7", hour: "23" }, { from: address });
    await due(address);
    await gatherReports(world.ownerPool, { domain });
    const told: unknown[] = [];
    const report = await sendWaiting({
      ...world,
      channel,
      baseUrl,
      sayReport: () => Promise.reject(new Error("no such font")),
      failed: (error) => told.push(error),
    });
    assert.deepEqual(report, { sent: 0, refused: 0, later: 1, stopped: null });
    assert.match(String(told[0]), /no such font/);
  });

  test("takes no time, hour or person that there is not", async () => {
    const address = await made({ name: "Wrong" });
    for (const [ending, given] of [
      ["sending", { when: "week-8", hour: "8" }],
      ["sending", { when: "month-30", hour: "8" }],
      ["sending", { when: "week-1", hour: "24" }],
      ["recipients", { person: "" }],
      ["recipients", { person: "Nobody At All" }],
      ["recipients", { person: "x\u0000" }],
      ["recipients", { person: world.council.queue }],
    ] as const) {
      const answer = await lead.post(`${address}/${ending}`, given, { from: address });
      assert.equal(answer.statusCode, 422, JSON.stringify(given));
      assert.match(answer.body, /govuk-error-summary/);
    }
  });
});
