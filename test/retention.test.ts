import assert from "node:assert/strict";
import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { filePath } from "../src/kernel/files/disk.ts";
import { eraseRecord } from "../src/kernel/memory/erase.ts";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { findDue } from "../src/kernel/retention/find-due.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { move } from "../src/kernel/store/move.ts";
import { search } from "../src/kernel/store/search.ts";
import { words } from "./web-world.ts";
import {
  begin,
  end,
  world,
  administrator,
  staff,
  filesFolder,
  as,
  type,
  later,
  due,
  dispose,
  impossible,
  closedTicket,
  schedule,
  hold,
  change,
  listed,
  outcomesOf,
  stillSays,
} from "./retention/stage.ts";

before(begin);
after(end);

const look = () => verify({ ownerPool: world.ownerPool, registry: world.registry });

test("what is due is listed once, approved by a person, destroyed whole, and certified; the memory still proves", async () => {
  const rule = await schedule();
  const ticket = await closedTicket("The walrus is stuck", { sensitivity: "restricted" });
  const open = await as(administrator, (tx) => create(tx, type(tx, "ticket"), { summary: "Still open" }));
  const path = filePath(filesFolder, "ab".repeat(32));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "walrus");
  await world.ownerPool.query(
    "insert into files (organisation_id, record_id, name, media_type, size_bytes, sha256) values ($1, $2, 'walrus.txt', 'text/plain', 6, decode($3, 'hex'))",
    [world.council.organisationId, ticket.id, "ab".repeat(32)],
  );
  assert.equal(
    await findDue({ ownerPool: world.ownerPool, registry: world.registry }),
    0,
    "three years have not passed",
  );
  assert.equal(await due(), 1);
  assert.equal(await due(), 0, "one that waits for approval is enough");
  const disposal = await listed();
  assert.equal(disposal.state, "listed");
  assert.deepEqual(await outcomesOf(disposal), { [ticket.reference]: "listed" });
  assert.equal(await dispose(), 0, "nothing goes without approval");

  const page = words(await administrator.get(`/disposals/${disposal.reference}/records`));
  assert.match(page, /Records to be disposed of Waiting for approval/);
  assert.match(page, /The walrus is stuck/);
  await change("disposal", disposal, "approve");
  assert.equal(await dispose(), 1);
  assert.equal(await dispose(), 0);

  const { rows } = await world.ownerPool.query<{ text: string }>(
    "select to_jsonb(r) || to_jsonb(t) as row, (to_jsonb(r) || to_jsonb(t))::text as text from records r join ticket t using (organisation_id, id) where r.id = $1",
    [ticket.id],
  );
  assert.doesNotMatch(rows[0]!.text, /walrus|narwhal/);
  const own = await world.ownerPool.query("select * from ticket where id = $1", [ticket.id]);
  const left = Object.entries(own.rows[0] as object).filter(
    ([name, value]) => value !== null && !["organisation_id", "id"].includes(name),
  );
  assert.deepEqual(left, [], "no value of its own stays, not even a choice");
  assert.equal(await stillSays(ticket), false);
  await assert.rejects(access(path), "the content of its file is gone");
  await as(administrator, async (tx) => assert.equal((await search(tx, "walrus")).found.length, 0));

  const certificate = words(await administrator.get(`/disposals/${disposal.reference}/records`));
  assert.match(certificate, /Certificate of disposal Done/);
  assert.match(certificate, /Approved by Administrator/i);
  assert.match(certificate, /Records destroyed 1/);
  assert.match(certificate, /Limitation Act 1980/);
  assert.match(certificate, new RegExp(`${ticket.reference} Destroyed`));
  const file = (await administrator.get(`/disposals/${disposal.reference}/records.csv`)).body;
  assert.match(file, new RegExp(`${ticket.reference},.*,Destroyed,Certificate `));
  const timeline = words(await administrator.get(`/tickets/${ticket.reference}?tab=timeline`));
  assert.match(timeline, new RegExp(`Disposed of under ${disposal.reference}`));
  assert.equal((await as(administrator, (tx) => find(tx, type(tx, "ticket"), open.id))).title, "Still open");
  await sealAll(world.ownerPool);
  assert.deepEqual((await look()).problems, []);
  assert.equal(await due(), 0, "what is destroyed is not due again");
  await change("retention_schedule", rule, "withdraw");
});

test("what is called “Erased”, or was written on since it was erased, goes as whole as any other", async () => {
  const rule = await schedule({ name: "Called so" });
  const [called, writtenOn] = [await closedTicket("Erased"), await closedTicket("To be erased")];
  await as(administrator, (tx) => eraseRecord(tx, type(tx, "ticket"), writtenOn.id, { reason: "Asked for by law" }));
  await as(administrator, (tx) =>
    comment(tx, type(tx, "ticket"), writtenOn.id, { text: "It was about Noor", audience: "everyone" }),
  );
  await due();
  const disposal = await listed();
  await change("disposal", disposal, "approve");
  assert.equal(await dispose(), 2);
  for (const { id } of [called, writtenOn]) {
    const { rows } = await world.ownerPool.query(
      "select 1 from events e join event_bodies b using (organisation_id, record_id, sequence) where record_id = $1 and verb <> 'erased' and body is not null",
      [id],
    );
    assert.equal(rows.length, 0);
  }
  await change("retention_schedule", rule, "withdraw");
});

test("one record that cannot be disposed of keeps no other from it, and is tried again", async () => {
  const rule = await schedule({ name: "One is faulty" });
  const [faulty, sound] = [await closedTicket("Of a type that is gone"), await closedTicket("Sound")];
  await due();
  const disposal = await listed();
  await change("disposal", disposal, "approve");
  await world.ownerPool.query("insert into record_types (name) values ('gone')");
  await world.ownerPool.query("update records set type = 'gone' where id = $1", [faulty.id]);
  await assert.rejects(dispose(), AggregateError);
  assert.equal((await outcomesOf(disposal))[sound.reference], "destroyed");
  await world.ownerPool.query("update records set type = 'ticket' where id = $1", [faulty.id]);
  await world.ownerPool.query("delete from record_types where name = 'gone'");
  assert.equal(await dispose(), 1);
  assert.equal((await outcomesOf(disposal))[faulty.reference], "destroyed");
  await change("retention_schedule", rule, "withdraw");
});

test("what was opened and closed again since it was listed is kept: its time begins anew", async () => {
  const rule = await schedule({ name: "Reopened", recordType: "webhook" });
  const [again, gone] = await as(administrator, async (tx) =>
    Promise.all(
      ["Opened again", "Left alone"].map(async (name) => {
        const values = { name, address: "https://example.gov.uk/reeve", sends: "address" };
        const { id } = await create(tx, type(tx, "webhook"), values);
        return move(tx, type(tx, "webhook"), id, "any", "withdraw", {});
      }),
    ),
  );
  await due();
  const disposal = await listed();
  for (const name of ["restore", "withdraw"])
    await world.store.as(administrator.who!, (tx) => move(tx, type(tx, "webhook"), again!.id, "any", name, {}), {
      now: later.add({ hours: 24 }),
    });
  await change("disposal", disposal, "approve");
  await dispose();
  assert.deepEqual(await outcomesOf(disposal), { [again!.reference]: "kept", [gone!.reference]: "destroyed" });
  assert.ok(await stillSays(again!));
  await change("retention_schedule", rule, "withdraw");
});

test("by a schedule that says review, only what somebody decided to destroy goes, once each is decided", async () => {
  const rule = await schedule({ name: "Looked at first", action: "review", list: "/tickets?impact=3" });
  const [goes, stays, left] = [
    await closedTicket("May go", { impact: 3 }),
    await closedTicket("Of historical interest", { impact: 3 }),
    await closedTicket("Nobody looked at it", { impact: 3 }),
  ];
  await due();
  const disposal = await listed();
  const at = `/disposals/${disposal.reference}/records`;
  assert.match(words(await administrator.get(at)), /May go .* To be decided/);
  const decide = (form: Record<string, string | string[]>, who = administrator) =>
    who.post(`${at}/decide`, form, { from: at });
  await assert.rejects(change("disposal", disposal, "approve"), impossible);
  assert.equal((await decide({ records: goes.reference, decision: "destroy" })).statusCode, 303);
  for (const [form, sentence] of [
    [{ decision: "destroy" }, /Select the records/],
    [{ records: stays.reference }, /Select whether/],
    [{ records: stays.reference, decision: "keep", why: "" }, /Enter why/],
    [{ records: goes.reference, decision: "keep", why: "Too late" }, /decided already/],
    [{ records: "x\0", decision: "destroy" }, /./],
  ] as const) {
    const answer = await decide(form);
    assert.equal(answer.statusCode, 422, JSON.stringify(form));
    assert.match(words(answer), sentence);
  }
  assert.equal(
    (await decide({ records: [stays.reference], decision: "keep", why: "For the archive" })).statusCode,
    303,
  );
  await assert.rejects(change("disposal", disposal, "approve"), /decided/);
  await assert.rejects(
    as(administrator, (tx) =>
      sql`update records set state = 'approved' where id = ${disposal.id}::uuid`.execute(tx.db),
    ),
    { code: "42501" },
  );
  assert.equal((await decide({ records: left.reference, decision: "destroy" }, staff)).statusCode, 404);
  assert.equal((await decide({ records: left.reference, decision: "keep", why: "Not sure" })).statusCode, 303);
  await change("disposal", disposal, "approve");
  await dispose();
  assert.deepEqual(await outcomesOf(disposal), {
    [goes.reference]: "destroyed",
    [stays.reference]: "kept",
    [left.reference]: "kept",
  });
  assert.ok(await stillSays(stays));
  assert.match(words(await administrator.get(`/disposals/${disposal.reference}?tab=timeline`)), /decided/);
  await change("retention_schedule", rule, "withdraw");
});

test("types and dates are offered by the names that people read, and taken by them in any case", async () => {
  const rule = await schedule({ name: "By its label", recordType: " TICKETS ", countsFrom: "Closed" });
  assert.deepEqual([rule.values["recordType"], rule.values["countsFrom"]], ["ticket", "closed"]);
  assert.match(words(await administrator.get(`/retention-schedules/${rule.reference}`)), /Tickets .* Closed/);
  const form = (await administrator.get("/retention-schedules/new")).body;
  assert.match(form, /<option value="ticket"[^>]*>Tickets/);
  assert.match(form, /<option value="closed"[^>]*>Closed/);
  assert.doesNotMatch(form, /<option value="person"/);
  await change("retention_schedule", rule, "withdraw");
  await as(administrator, async (tx) => {
    const template = await create(tx, type(tx, "text_template"), { name: "A", recordType: "Ticket", text: "Hello" });
    assert.equal(template.values["recordType"], "ticket");
    const webhook = { name: "B", address: "https://example.gov.uk/x", types: "Legal holds, ticket", sends: "address" };
    const made = await create(tx, type(tx, "webhook"), webhook);
    assert.equal(made.values["types"], "legal_hold, ticket");
  });
  assert.match((await administrator.get("/webhooks/new")).body, /type="checkbox"[^>]*value="ticket"/);
  const ticket = await closedTicket("Held by a line");
  const held = await hold({ records: [{ reference: ticket.reference }] });
  const page = (await administrator.get(`/legal-holds/${held.reference}/edit`)).body;
  assert.doesNotMatch(page, /Its id/);
  // What nobody is asked for is sent back, so that whoever may not see the record leaves it held.
  assert.match(page, new RegExp(`type="hidden" name="records-[^"]*-recordId" value="${ticket.id}"`));
  assert.doesNotMatch((await administrator.get(`/legal-holds/${held.reference}`)).body, /Its id/);
  await change("legal_hold", held, "release", { comment: "Settled" });
});

test("a schedule for a few of many is not kept from them by the many", async () => {
  const request = await closedTicket("The one that it means", { impact: 1 });
  await world.ownerPool.query(
    `with made as (
       insert into records (organisation_id, type, reference, title, state, opened_at, closed_at)
       select organisation_id, 'ticket', 'INC-8' || lpad(n::text, 5, '0'), 'Of the many', 'closed', '2020-01-01', '2020-01-02'
       from records, generate_series(1, 2100) n where id = $1 returning organisation_id, id)
     insert into ticket (organisation_id, id, kind) select organisation_id, id, 'incident' from made`,
    [request.id],
  );
  const rule = await schedule({ name: "Requests", list: "/tickets?impact=1" });
  assert.equal(await due(), 1);
  assert.equal((await outcomesOf(await listed()))[request.reference], "listed");
  await change("disposal", await listed(), "decline", { comment: "Only looking" });
  await change("retention_schedule", rule, "withdraw");
});
