import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pino from "pino";
import { eraseEvent, eraseRecord } from "../src/kernel/memory/erase.ts";
import { Refusal } from "../src/kernel/errors.ts";
import { runScheduled } from "../src/kernel/jobs/scheduled-runs.ts";
import { change as changeRecord } from "../src/kernel/store/change.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { move } from "../src/kernel/store/move.ts";
import { apiClient } from "./api-world.ts";
import { personWith } from "./grants.ts";
import { words } from "./web-world.ts";
import {
  begin,
  end,
  world,
  administrator,
  staff,
  as,
  type,
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

const forbidden = (error: unknown) => error instanceof Refusal && error.kind === "forbidden";

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
