import assert from "node:assert/strict";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pino from "pino";
import { filePath } from "../src/kernel/files/disk.ts";
import { eraseEvent, eraseRecord } from "../src/kernel/memory/erase.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { runScheduled } from "../src/kernel/jobs/scheduled-runs.ts";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { disposeApproved } from "../src/kernel/retention/dispose.ts";
import { findDue } from "../src/kernel/retention/find-due.ts";
import { change as changeRecord } from "../src/kernel/store/change.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { search } from "../src/kernel/store/search.ts";
import type { Stored, Tx } from "../src/kernel/transaction.ts";
import { apiClient } from "./api-world.ts";
import { personWith } from "./grants.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: Browser;
let staff: Browser;
let filesFolder: string;

before(async () => {
  filesFolder = await mkdtemp(join(tmpdir(), "reeve-retention-"));
  world = await createWebWorld({ filesFolder });
  [administrator, staff] = [await world.as("administrator"), await world.as("staff")];
});
after(async () => {
  await world.close();
  await rm(filesFolder, { recursive: true });
});

const as = <Result>(who: Browser, work: (tx: Tx) => Promise<Result>) => world.store.as(who.who!, work);
const type = (tx: Pick<Tx, "registry">, name: string) => typeNamed(tx.registry, name);
const look = () => verify({ ownerPool: world.ownerPool, registry: world.registry });
const later = Temporal.Instant.from("2031-06-01T09:00:00Z");
const due = () => findDue({ ownerPool: world.ownerPool, registry: world.registry, now: later });
const dispose = () => disposeApproved({ ownerPool: world.ownerPool, registry: world.registry, filesFolder });
const forbidden = (error: unknown) => error instanceof Refusal && error.kind === "forbidden";
const impossible = (error: unknown) => error instanceof Refusal && error.kind === "impossible";

/** A ticket that was closed long ago, with words, a comment and a file in it. */
async function closedTicket(summary: string, values: Readonly<Record<string, unknown>> = {}): Promise<Stored> {
  const made = await as(administrator, async (tx) => {
    const ticket = await create(tx, type(tx, "ticket"), { summary, details: "All about the **walrus**", ...values });
    await comment(tx, type(tx, "ticket"), ticket.id, { text: "The narwhal too", audience: "internal" });
    return move(tx, type(tx, "ticket"), ticket.id, "any", "cancel", { comment: "Because" });
  });
  assert.notEqual(made.closedAt, null);
  return made;
}

const schedule = (values: Readonly<Record<string, unknown>> = {}) =>
  as(administrator, (tx) =>
    create(tx, type(tx, "retention_schedule"), {
      name: "Closed tickets",
      recordType: "ticket",
      countsFrom: "closed",
      years: 3,
      action: "destroy",
      authority: "Limitation Act 1980",
      ...values,
    }),
  );
const hold = (values: Readonly<Record<string, unknown>>) =>
  as(administrator, (tx) => create(tx, type(tx, "legal_hold"), { name: "A claim", reason: "Court asks", ...values }));
const change = (name: string, record: Stored, how: string, more = {}) =>
  as(administrator, (tx) => move(tx, type(tx, name), record.id, "any", how, more));
/** The disposal that was listed last. */
const listed = () =>
  as(administrator, async (tx) => (await list(tx, type(tx, "disposal"), { sort: "-reference", limit: 1 })).items[0]!);
const outcomesOf = async ({ id }: Stored) =>
  Object.fromEntries(
    (
      await world.ownerPool.query<{ reference: string; outcome: string }>(
        "select reference, outcome from disposal_items where disposal_id = $1",
        [id],
      )
    ).rows.map(({ reference, outcome }) => [reference, outcome]),
  );
const stillSays = async ({ id }: Stored) =>
  (
    await world.ownerPool.query(
      "select 1 from event_bodies where record_id = $1 and body ->> 'reference' is not null",
      [id],
    )
  ).rows.length > 0;

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

test("a record that is held is not listed; held after it was listed, or after the approval, it stays", async () => {
  const rule = await schedule({ name: "Again" });
  const [before, between, late, byList, gone] = [
    await closedTicket("Held before"),
    await closedTicket("Held between listing and approval"),
    await closedTicket("Held between approval and execution"),
    await closedTicket("Held by a list", { kind: "request" }),
    await closedTicket("Nobody holds it"),
  ];
  await hold({ records: [{ reference: before.reference }] });
  assert.equal(await due(), 1);
  const disposal = await listed();
  assert.equal((await outcomesOf(disposal))[before.reference], undefined);
  const second = await hold({ records: [{ reference: between.reference.toLowerCase() }] });
  await change("disposal", disposal, "approve");
  await hold({ records: [{ reference: late.reference }] });
  await hold({ list: "/tickets?kind=request&show=closed" });
  await dispose();
  assert.deepEqual(await outcomesOf(disposal), {
    [between.reference]: "held",
    [late.reference]: "held",
    [byList.reference]: "held",
    [gone.reference]: "destroyed",
  });
  for (const ticket of [before, between, late, byList]) assert.ok(await stillSays(ticket), ticket.title);
  const page = words(await administrator.get(`/disposals/${disposal.reference}/records`));
  assert.match(page, /Records destroyed 1 Records kept 3/);
  assert.match(page, new RegExp(`Held Under the legal hold ${second.reference}`));

  assert.equal(await due(), 0, "what is held is not due");
  await change("legal_hold", second, "release", { comment: "The claim was settled" });
  assert.equal(await due(), 1, "what is released is");
  assert.deepEqual(await outcomesOf(await listed()), { [between.reference]: "listed" });
  await change("disposal", await listed(), "decline", { comment: "The auditors are coming" });
  await world.ownerPool.query("update records set closed_at = '2031-05-01' where state = 'declined'");
  assert.equal(await due(), 0, "what was declined is left alone for a year");
  await change("retention_schedule", rule, "withdraw");
});

test("a hold and a disposal at the same moment wait for each other, so that one of them is told", async () => {
  const rule = await schedule({ name: "At once" });
  const ticket = await closedTicket("Contested");
  assert.equal(await due(), 1);
  const disposal = await listed();
  await change("disposal", disposal, "approve");
  let disposing: Promise<number> | undefined;
  await as(administrator, async (tx) => {
    await create(tx, type(tx, "legal_hold"), {
      name: "Just in time",
      reason: "Court asks",
      records: [{ reference: ticket.reference }],
    });
    // The hold is not committed yet: the disposal must wait for it.
    disposing = dispose();
    await new Promise((resolve) => setTimeout(resolve, 300));
  });
  assert.equal(await disposing, 0);
  assert.ok(await stillSays(ticket));
  assert.equal((await outcomesOf(disposal))[ticket.reference], "held");
  await change("retention_schedule", rule, "withdraw");
});

test("a hold by a list that is not understood any more holds all of its type", async () => {
  const rule = await schedule({ name: "Not understood" });
  await as(administrator, (tx) =>
    create(tx, type(tx, "added_field"), { label: "Claim", recordType: "ticket", kind: "text" }),
  );
  const ticket = await closedTicket("Whose claim");
  const claim = await hold({ list: "/tickets?ourClaim=none-of-these" });
  const [field] = await as(administrator, async (tx) => (await list(tx, type(tx, "added_field"), {})).items);
  assert.equal(await due(), 1, "as long as it is understood, it does not mean this record");
  const disposal = await listed();
  await change("disposal", disposal, "approve");
  await change("added_field", field!, "retire");
  assert.equal(await dispose(), 0);
  assert.ok(await stillSays(ticket));
  // So that it does not come due again in what follows.
  await hold({ records: [{ reference: ticket.reference }] });
  await change("legal_hold", claim, "release", { comment: "Settled" });
  await change("retention_schedule", rule, "withdraw");
});

test("what is held is not erased by law either, by the page or by the database", async () => {
  const ticket = await closedTicket("Evidence");
  const other = await closedTicket("Evidence by a list", { kind: "request" });
  await hold({ records: [{ reference: ticket.reference }] });
  for (const { id } of [ticket, other])
    await assert.rejects(
      as(administrator, (tx) => eraseRecord(tx, type(tx, "ticket"), id, { reason: "Asked for by the person" })),
      impossible,
    );
  assert.match(words(await administrator.get(`/tickets/${ticket.reference}/erase`)), /under the legal hold HOLD-/);
  // Nor line by line, which would come to the same.
  for (const { id } of [ticket, other])
    await assert.rejects(
      as(administrator, (tx) => eraseEvent(tx, type(tx, "ticket"), id, { sequence: 2, reason: "One at a time" })),
      impossible,
    );
  assert.match(words(await administrator.get(`/tickets/${ticket.reference}/erase?line=2`)), /under the legal hold/);
  await assert.rejects(
    as(administrator, (tx) => sql`select erase(${ticket.id}::uuid, 2, 'Asked for')`.execute(tx.db)),
    { code: "55006" },
  );
  await assert.rejects(
    as(administrator, (tx) => sql`select erase(${ticket.id}::uuid, null, 'Asked for')`.execute(tx.db)),
    { code: "55006" },
  );
  assert.ok(await stillSays(ticket));
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

test("one record is kept from a disposal, with a reason, until it is approved", async () => {
  const rule = await schedule({ name: "Kept" });
  const [one, two] = [await closedTicket("To be kept"), await closedTicket("To go")];
  await due();
  const disposal = await listed();
  const at = `/disposals/${disposal.reference}/records`;
  const keep = (form: Record<string, string>, who = administrator) => who.post(`${at}/keep`, form, { from: at });
  for (const [form, sentence] of [
    [{ keep: one.reference, why: "" }, /Enter why it is kept/],
    [{ keep: "INC-99999", why: "Because" }, /not listed here/],
    [{ keep: "x\0", why: "Because" }, /./],
  ] as const) {
    const answer = await keep(form);
    assert.equal(answer.statusCode, 422);
    assert.match(words(answer), sentence);
  }
  assert.equal((await keep({ keep: one.reference.toLowerCase(), why: "The press asks" })).statusCode, 303);
  await change("disposal", disposal, "approve");
  assert.equal((await keep({ keep: two.reference, why: "Too late" })).statusCode, 422);
  const rewrite = () =>
    as(administrator, (tx) => changeRecord(tx, type(tx, "disposal"), disposal.id, "any", { authority: "Another law" }));
  await assert.rejects(rewrite(), forbidden, "what was approved stays as it was approved");
  const noDisk = Object.assign(new Error("To go"), { code: "ENOSPC" });
  const round = (work: () => Promise<unknown>) =>
    runScheduled({ ownerPool: world.ownerPool, log: pino({ level: "silent" }) }, "dispose", work);
  await assert.rejects(
    round(() => Promise.reject(noDisk)),
    noDisk,
  );
  assert.match(words(await administrator.get(at)), /Last failure of disposals .*: A fault with the code ENOSPC\./);
  await round(dispose);
  assert.doesNotMatch(words(await administrator.get(at)), /Last failure/);
  await assert.rejects(rewrite(), forbidden, "the certificate says what it said");
  assert.deepEqual(await outcomesOf(disposal), { [one.reference]: "kept", [two.reference]: "destroyed" });
  await change("retention_schedule", rule, "withdraw");
});

test("nobody disposes without the permission, and no approval is forged: neither by the page nor by the database", async () => {
  await schedule({ name: "Forged" });
  const ticket = await closedTicket("Precious");
  await due();
  const disposal = await listed();
  const reader = await personWith(world, [
    ["disposal", "read", "all"],
    ["disposal", "comment", "all"],
    ["ticket", "read", "all"],
  ]);
  const browser = await world.as(reader);
  assert.equal((await browser.get(`/disposals/${disposal.reference}/records`)).statusCode, 200);
  assert.equal((await staff.get(`/disposals/${disposal.reference}/records`)).statusCode, 404);
  await assert.rejects(as(browser, (tx) => move(tx, type(tx, "disposal"), disposal.id, "any", "approve", {})));
  const attacks = [
    `select dispose_record('${disposal.id}', '${ticket.id}', 'destroyed', null)`,
    `select keep_listed('${disposal.id}', '${ticket.reference}', 'Mine')`,
    `insert into disposal_items (organisation_id, disposal_id, record_id, reference, due_on) values ('${world.council.organisationId}', '${disposal.id}', '${disposal.id}', 'X', now())`,
    `update disposal_items set outcome = 'destroyed'`,
  ];
  for (const attack of attacks)
    await assert.rejects(
      as(browser, (tx) => sql.raw(attack).execute(tx.db)),
      { code: "42501" },
      attack,
    );
  // Not even the product itself destroys what nobody approved.
  await assert.rejects(
    world.system((tx) => sql.raw(attacks[0]!).execute(tx.db)),
    { code: "42501" },
  );
  assert.ok(await stillSays(ticket));
  const other = await world.another("Brackenshire County Council");
  const stranger = await world.person("Stran Ger", "administrator", { organisation: other });
  await assert.rejects(world.store.as(stranger, (tx) => find(tx, type(tx, "disposal"), disposal.id)));
  const { rows } = await world.store.as(stranger, (tx) => sql`select 1 from disposal_items`.execute(tx.db));
  assert.equal(rows.length, 0);
});

test("only the product makes, changes and finishes disposals, whichever way a person tries, and an empty one is not approved", async () => {
  const client = await apiClient(world, administrator.who!);
  const answer = await client.post("/disposals", { title: "Nothing at all" });
  assert.equal(answer.statusCode, 403, answer.body);
  assert.match(answer.body, /Only Reeve itself/);
  for (const path of ["new", "import"])
    assert.equal((await administrator.get(`/disposals/${path}`)).statusCode, 403, path);
  assert.doesNotMatch((await administrator.get("/disposals")).body, /disposals\/(new|import)"/);
  const rule = await schedule({ name: "Only the product" });
  const ticket = await closedTicket("By hand");
  await due();
  const real = await listed();
  for (const values of [
    { title: "Other words" },
    { authority: "Another law" },
    { schedule: null },
    { recordType: "x" },
  ])
    await assert.rejects(
      as(administrator, (tx) => changeRecord(tx, type(tx, "disposal"), real.id, "any", values)),
      forbidden,
    );
  const at = `/disposals/${real.reference}`;
  assert.equal((await administrator.get(`${at}/edit`)).statusCode, 403);
  const { organisationId, personId } = administrator.who!;
  const record = `insert into records (organisation_id, id, type, reference, title, state, created_by)
    values ('${organisationId}', uuidv7(), 'disposal', 'DSP-9999', 'Forged', 'done', '${personId}')`;
  const attacks = [
    record,
    `update records set title = 'Other words' where id = '${real.id}'`,
    `update records set state = 'done', closed_at = now() where id = '${real.id}'`,
    `update disposal set authority = 'Another law' where id = '${real.id}'`,
    `update disposal set destroyed = 9 where id = '${real.id}'`,
    `update disposal set approved_by = '${real.id}' where id = '${real.id}'`,
  ];
  for (const attack of attacks)
    await assert.rejects(
      as(administrator, (tx) => sql.raw(attack).execute(tx.db)),
      { code: "42501" },
      attack,
    );
  // In the state alone, without whose name it is, it destroys nothing.
  await as(administrator, (tx) =>
    sql`update records set state = 'approved' where id = ${real.id}::uuid`.execute(tx.db),
  );
  await assert.rejects(dispose());
  assert.ok(await stillSays(ticket));
  await world.ownerPool.query("update records set state = 'listed' where id = $1", [real.id]);
  await administrator.post(
    `${at}/records/keep`,
    { keep: ticket.reference, why: "The press" },
    { from: `${at}/records` },
  );
  await assert.rejects(change("disposal", real, "approve"), impossible, "nothing is left of its list");
  await assert.rejects(
    as(administrator, (tx) => sql`update records set state = 'approved' where id = ${real.id}::uuid`.execute(tx.db)),
    { code: "42501" },
  );
  await assert.rejects(change("disposal", real, "finish"), forbidden);
  await change("disposal", real, "decline", { comment: "Nothing to destroy" });
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

test("schedules and holds that cannot be are refused in a sentence", async () => {
  for (const [values, field] of [
    [{ recordType: "moon" }, "recordType"],
    [{ recordType: "person" }, "recordType"],
    [{ countsFrom: "birth" }, "countsFrom"],
    [{ years: 0 }, "years"],
    [{ list: "/policies" }, "list"],
    [{ list: "/tickets?colour=red" }, "list"],
    [{ list: "https://elsewhere.example/tickets?owner=me" }, "list"],
    [{ list: "/tickets?q=walrus" }, "list"],
    [{ list: "///" }, "list"],
  ] as const)
    await assert.rejects(
      schedule(values),
      (error) => error instanceof Refusal && error.problems.some((problem) => problem.field === field),
      JSON.stringify(values),
    );
  await assert.rejects(hold({ records: [{ reference: "INC-99999" }] }), /no record INC-99999/);
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
