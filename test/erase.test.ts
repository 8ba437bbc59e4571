import assert from "node:assert/strict";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { filePath } from "../src/kernel/files/disk.ts";
import { deleteFiles } from "../src/kernel/files/delete-files.ts";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import type { TimelineFact } from "../src/kernel/clock.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { clockRow, readClocks } from "../src/kernel/store/clocks.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { withErasedFilledIn } from "../src/kernel/store/erased-facts.ts";
import { move } from "../src/kernel/store/move.ts";
import { factsFrom } from "../src/kernel/store/timeline.ts";
import type { StoredFact } from "../src/kernel/store/timeline.ts";
import type { Stored } from "../src/kernel/transaction.ts";
import { dayIn } from "./day-in.ts";
import { apiClient, problemOf } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let administrator: Browser;
let lead: Browser;
let staff: Browser;
let filesFolder: string;

before(async () => {
  filesFolder = await mkdtemp(join(tmpdir(), "reeve-erase-"));
  world = await createWebWorld({ filesFolder });
  [administrator, lead, staff] = [
    await world.as("administrator"),
    await world.as("leadSupport"),
    await world.as("staff"),
  ];
});
after(async () => {
  await world.close();
  await rm(filesFolder, { recursive: true });
});

const ticketType = () => typeNamed(world.registry, "ticket");
const newTicket = (values: Readonly<Record<string, unknown>> = {}, who = staff): Promise<Stored> =>
  world.store.as(who.who!, (tx) => create(tx, ticketType(), { summary: "The printer is jammed", ...values }));
const say = (ticket: Stored, text: string, audience: "everyone" | "internal" = "everyone") =>
  world.store.as(lead.who!, (tx) => comment(tx, ticketType(), ticket.id, { text, audience }));
const look = () => verify({ ownerPool: world.ownerPool, registry: world.registry });
const addressOf = ({ reference }: Stored) => `/tickets/${reference}`;
const eraseAddress = (ticket: Stored, line?: number) =>
  `${addressOf(ticket)}/erase${line === undefined ? "" : `?line=${line}`}`;
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Sends the form of an erasure as the page gave it. */
function send(ticket: Stored, line: number | undefined, form: Readonly<Record<string, string>>, who = administrator) {
  const page = eraseAddress(ticket, line);
  return who.post(page, form, { from: page });
}

test("each line that says something has its link, the record has its action, and nobody else sees either", async () => {
  const ticket = await newTicket();
  await say(ticket, "Ordered a part");
  for (const [tab, lines] of [
    ["timeline", [1, 2]],
    ["conversation", [2]],
    ["details", [2]],
  ] as const) {
    const seen = (await administrator.get(`${addressOf(ticket)}?tab=${tab}`)).body;
    const linked = [...seen.matchAll(/href="([^"]*)\/erase\?line=(\d+)">Erase what this says<span/g)];
    assert.deepEqual(linked.map(([, , line]) => Number(line)).toSorted(), lines, tab);
    assert.ok(seen.includes(`href="${eraseAddress(ticket)}">Erase by law</a>`), tab);
    for (const other of [lead, staff])
      assert.ok(!(await other.get(`${addressOf(ticket)}?tab=${tab}`)).body.includes("/erase"), tab);
  }
  const timeline = words(await administrator.get(`${addressOf(ticket)}?tab=timeline`));
  assert.match(timeline, /Erase what this says : line 2, Lead support officer wrote a comment/);
});

test("a line that says no more than that a state or a number changed offers no erasure", async () => {
  const ticket = await newTicket();
  const moved = await world.store.as(lead.who!, (tx) => move(tx, ticketType(), ticket.id, ticket.version, "take", {}));
  const raised = await world.store.as(lead.who!, (tx) =>
    change(tx, ticketType(), ticket.id, moved.version, { impact: 1 }),
  );
  await world.store.as(lead.who!, (tx) =>
    move(tx, ticketType(), ticket.id, raised.version, "resolve", { resolution: "Turned it off and on" }),
  );
  const page = (await administrator.get(`${addressOf(ticket)}?tab=timeline`)).body;
  const linked = [...page.matchAll(/\/erase\?line=(\d+)">/g)].map(([, line]) => Number(line));
  assert.deepEqual(linked.toSorted(), [1, 4], "what it was made with and its resolution, not the move and the number");
});

test("those without the permission for all records are refused, and what they do not see is not there for them", async () => {
  const ticket = await newTicket();
  const restricted = await newTicket({ sensitivity: "restricted" }, administrator);
  await say(ticket, "Ordered a part");
  for (const who of [lead, staff]) {
    for (const page of [eraseAddress(ticket), eraseAddress(ticket, 2)]) {
      assert.equal((await who.get(page)).statusCode, 403);
      const sent = await who.post(page, { reason: "I would like to", confirm: ticket.reference });
      assert.equal(sent.statusCode, 403);
    }
  }
  assert.equal((await staff.get(eraseAddress(restricted))).statusCode, 404);
  assert.equal((await staff.post(eraseAddress(restricted), {})).statusCode, 404);
  assert.equal((await world.visitor().get(eraseAddress(ticket))).statusCode, 303);
  for (const line of ["99", "0", "-1", "abc", "1e3", "", "9999999999999"])
    assert.equal((await administrator.get(`${addressOf(ticket)}/erase?line=${line}`)).statusCode, 404, line);
  assert.equal((await administrator.get("/tickets/INC-99999/erase")).statusCode, 404);
  const forged = await world.app.inject({
    method: "POST",
    url: eraseAddress(ticket, 2),
    headers: { cookie: administrator.cookieHeader(), "content-type": "application/x-www-form-urlencoded" },
    payload: `reason=Because&confirm=${ticket.reference}`,
  });
  assert.equal(forged.statusCode, 403, "without the form’s token");
  assert.ok(words(await staff.get(`${addressOf(ticket)}?tab=timeline`)).includes("Ordered a part"));
});

test("the page says which line it is, what goes and what stays, and not all of what it says", async () => {
  const ticket = await newTicket();
  await say(ticket, "The password of the payroll is zebra crossing", "internal");
  const page = await administrator.get(eraseAddress(ticket, 2));
  assert.equal(page.statusCode, 200);
  for (const part of [
    "Erase what this line says",
    "Lead support officer",
    "wrote an internal comment",
    "Internal comment begins",
    "The password of the…",
    "What goes",
    "What stays",
    "Nobody can undo this",
    "change it first",
    `Type ${ticket.reference} to confirm`,
    "Erase for ever",
  ])
    assert.ok(words(page).includes(part), part);
  assert.ok(!words(page).includes("zebra"));
  assert.ok(page.body.includes("govuk-button--warning"));
  const long = await newTicket();
  await say(long, "x".repeat(5000));
  const [, shown = ""] = /<dd>(x+…)<\/dd>/.exec((await administrator.get(eraseAddress(long, 2))).body) ?? [];
  assert.equal(shown.length, 80);
  const whole = words(await administrator.get(eraseAddress(ticket)));
  for (const part of ["Erase this ticket by law", "Summary, Details", "Requester", ticket.reference, "Backups"])
    assert.ok(whole.includes(part), part);
});

test("all that is wrong is told at once, at its field, with what was typed", async () => {
  const ticket = await newTicket();
  await say(ticket, "Ordered a part");
  const bad = await send(ticket, 2, { reason: " x ", confirm: "INC-99999" });
  assert.equal(bad.statusCode, 422);
  assert.ok(bad.body.includes("<title>Error: "));
  for (const name of ["reason", "confirm"]) {
    assert.match(bad.body, new RegExp(`<li><a href="#field-${name}">`));
    assert.ok(bad.body.includes(`id="field-${name}-error"`) && bad.body.includes(`id="field-${name}"`));
  }
  assert.ok(bad.body.includes('value="INC-99999"'));
  assert.equal((await send(ticket, 2, { reason: "y".repeat(1001), confirm: ticket.reference })).statusCode, 422);
  const unsure = await send(ticket, 2, { reason: "A <password>\r\nwas pasted", confirm: "" });
  assert.equal(unsure.statusCode, 422);
  assert.ok(
    unsure.body.includes("A &lt;password&gt;\nwas pasted") || unsure.body.includes("A &lt;password&gt;\r\nwas"),
  );
  assert.ok(words(await staff.get(`${addressOf(ticket)}?tab=timeline`)).includes("Ordered a part"));
});

test("a comment is erased once, is not found any more, and its record tells of it with the certificate", async () => {
  const ticket = await newTicket();
  await say(ticket, "My password is hippopotamus");
  await say(ticket, "That one is a giraffe");
  await sealAll(world.ownerPool);
  const finds = async (who: Browser, text: string) =>
    words(await who.get(`/search?q=${text}`)).includes(ticket.reference);
  assert.deepEqual([await finds(staff, "hippopotamus"), await finds(lead, "hippopotamus")], [true, true]);
  const form = { reason: "A password was pasted", confirm: ` ${ticket.reference.toLowerCase()} ` };
  const submission = { ...form, _submission: "0198c0de-0000-7000-8000-00000000e4a5" };
  const [one, two] = await Promise.all([send(ticket, 2, submission), send(ticket, 2, submission)]);
  assert.deepEqual([one.statusCode, two.statusCode], [303, 303], words(one));
  assert.equal(one.headers.location, `${addressOf(ticket)}?tab=timeline`);
  const told = words(await administrator.get(String(one.headers.location)));
  assert.match(told, /Erased\. Certificate [0-9a-f-]{36}|erased once; it was sent twice/);
  assert.equal(told.match(/erased something here by law/g)?.length, 1);
  assert.ok(told.includes("A password was pasted") && !told.includes("hippopotamus") && told.includes("giraffe"));
  assert.ok(!told.includes("line 2, ") && !told.includes("line 4, "), "neither it nor what tells of it can be erased");
  for (const who of [staff, lead, administrator]) assert.equal(await finds(who, "hippopotamus"), false);
  assert.equal(await finds(staff, "giraffe"), true);
  const report = await look();
  assert.deepEqual([report.problems, report.erased], [[], 1]);
  for (const again of [await administrator.get(eraseAddress(ticket, 2)), await send(ticket, 2, form)]) {
    assert.equal(again.statusCode, 409);
    assert.ok(words(again).includes(`${ticket.reference} has no line 2 with anything to erase`));
  }
  assert.ok(words(await send(ticket, 2, form)).includes("A password was pasted"), "what was typed is kept");
});

test("a record is erased whole: its list and page say Erased, its files are gone, and what has no words stays", async () => {
  const ticket = await newTicket({ summary: "Okonkwo cannot sign in", details: "Rings from 01632 960983" });
  await world.store.as(lead.who!, (tx) => move(tx, ticketType(), ticket.id, ticket.version, "take", {}));
  await say(ticket, "Okonkwo rang");
  const [own, shared] = ["ab".repeat(32), "cd".repeat(32)];
  for (const sha256 of [own, shared]) {
    await mkdir(dirname(filePath(filesFolder, sha256)), { recursive: true });
    await writeFile(filePath(filesFolder, sha256), "a passport");
  }
  const other = await newTicket();
  await world.ownerPool.query(
    `insert into files (organisation_id, name, media_type, size_bytes, sha256, record_id)
    select $1, 'passport.png', 'image/png', 10, decode(hex, 'hex'), id::uuid from unnest($2::text[], $3::text[]) as f (hex, id)`,
    [world.council.organisationId, [own, shared, shared], [ticket.id, ticket.id, other.id]],
  );
  const sent = await send(ticket, undefined, { reason: "Article 17 UK GDPR", confirm: ticket.reference });
  assert.equal(sent.statusCode, 303, words(sent));
  const page = await administrator.get(String(sent.headers.location));
  assert.match(words(page), /Erased\. Certificate [0-9a-f-]{36}/);
  assert.ok(page.body.includes('<h1 class="r-title">Erased</h1>'));
  assert.ok(!page.body.includes("Erase by law") && !page.body.includes("/erase?line="));
  for (const tab of ["details", "conversation", "timeline"]) {
    const seen = words(await administrator.get(`${addressOf(ticket)}?tab=${tab}`));
    assert.doesNotMatch(seen, /okonkwo|96098|passport/i, tab);
    assert.ok(seen.includes("Assigned") && seen.includes(ticket.reference), tab);
  }
  const listed = words(await administrator.get(`/tickets?q=${ticket.reference}`));
  assert.ok(listed.includes(`${ticket.reference} Erased`), listed);
  assert.ok(!words(await administrator.get("/search?q=Okonkwo")).includes(ticket.reference));
  assert.deepEqual(await Promise.all([own, shared].map((hex) => exists(filePath(filesFolder, hex)))), [false, true]);
  const report = await look();
  assert.deepEqual(report.problems, []);
  for (const again of [
    await administrator.get(eraseAddress(ticket)),
    await send(ticket, undefined, { reason: "Once more", confirm: ticket.reference }),
  ]) {
    assert.equal(again.statusCode, 409);
    assert.ok(words(again).includes(`${ticket.reference} has been erased already`));
  }
  // What was said afterwards can go as well.
  await say(ticket, "This was Okonkwo");
  assert.equal((await administrator.get(eraseAddress(ticket))).statusCode, 200);
  assert.equal((await administrator.get(eraseAddress(ticket, 5))).statusCode, 200);
});

test("what rules and rights are read from is not erased whole, and nobody erases themselves", async () => {
  const { personId } = administrator.who!;
  const self = await world.system((tx) => find(tx, typeNamed(tx.registry, "person"), personId));
  const queue = await world.system((tx) => find(tx, typeNamed(tx.registry, "queue"), world.council.queue));
  const role = await world.system((tx) =>
    find(tx, typeNamed(tx.registry, "role"), world.council.roles["administrator"]),
  );
  for (const record of [self, queue, role]) {
    const page = `/${typeNamed(world.registry, record.type).path}/${record.reference}`;
    assert.ok(!(await administrator.get(page)).body.includes("Erase by law"), record.type);
    assert.equal((await administrator.get(`${page}/erase`)).statusCode, 409, record.type);
    const sent = await administrator.post(`${page}/erase`, { reason: "Out of spite", confirm: record.reference });
    assert.equal(sent.statusCode, 409, record.type);
    assert.equal((await administrator.get(`${page}/erase?line=1`)).statusCode, 200, "a line of it can be");
  }
  const leaver = await world.as("staff");
  const { reference } = await world.system((tx) => find(tx, typeNamed(tx.registry, "person"), leaver.who!.personId));
  const page = `/people/${reference}/erase`;
  assert.ok(words(await administrator.get(page)).includes("The account that they sign in with"));
  const sent = await administrator.post(page, { reason: "Article 17", confirm: reference }, { from: page });
  assert.equal(sent.statusCode, 303, words(sent));
  assert.match(String((await leaver.get("/")).headers.location), /sign-in/);
});

test("the content of an erased file is deleted, and one that is not there is passed over", async () => {
  const sha256 = "ef".repeat(32);
  await mkdir(dirname(filePath(filesFolder, sha256)), { recursive: true });
  await writeFile(filePath(filesFolder, sha256), "x");
  await deleteFiles(filesFolder, ["01".repeat(32), sha256]);
  assert.equal(await exists(filePath(filesFolder, sha256)), false);
  const stuck = filePath(filesFolder, "23".repeat(32));
  await mkdir(stuck, { recursive: true });
  await assert.rejects(deleteFiles(filesFolder, ["23".repeat(32)]), /still on the disk: 2323/);
});

test("a program erases by the same permission, once for each key, and is told the certificate", async () => {
  const ticket = await newTicket();
  await say(ticket, "My password is rhinoceros");
  const path = `/tickets/${ticket.reference}/erasures`;
  const program = await apiClient(world, administrator.who!);
  const key = { "idempotency-key": "erase-once" };
  const given = { reason: "A password was pasted", line: 2 };
  const one = await program.post(path, given, key);
  assert.equal(one.statusCode, 201, one.body);
  const { certificate, line } = one.json();
  assert.match(certificate, /^[0-9a-f-]{36}$/);
  assert.equal(line, 2);
  const told = await program.get(String(one.headers["location"]).replace("/api/v1", ""));
  assert.deepEqual(
    told.json().items.map((event: Record<string, unknown>) => [event["verb"], event["certificate"]]),
    [["erased", certificate]],
  );
  const again = await program.post(path, given, key);
  assert.deepEqual([again.statusCode, again.json(), again.headers["idempotency-replayed"]], [201, one.json(), "true"]);
  problemOf(await program.post(path, given), 409);
  for (const [body, field] of [
    [{ reason: "A password", line: null }, "line"],
    [{ reason: "A password", line: "2" }, "line"],
    [{ reason: "A password", line: 0 }, "line"],
    [{ line: 1 }, "reason"],
    [{ reason: "x", line: 1 }, "reason"],
    [{ reason: "A password", all: true }, "all"],
  ] as const)
    assert.equal(problemOf(await program.post(path, body), 422).errors?.[0]?.field, field, JSON.stringify(body));
  problemOf(await program.post(path, { reason: "A password", line: 99 }), 404);
  problemOf(await (await apiClient(world, lead.who!)).post(path, { reason: "I would like to", line: 1 }), 403);
  problemOf(await (await apiClient(world, administrator.who!, ["read"])).post(path, given), 403);
  const restricted = await newTicket({ sensitivity: "restricted" }, administrator);
  const unseen = `/tickets/${restricted.reference}/erasures`;
  problemOf(await (await apiClient(world, staff.who!)).post(unseen, { reason: "Article 17" }), 404);
  const whole = await program.post(path, { reason: "Article 17 UK GDPR" });
  assert.deepEqual([whole.statusCode, whole.json().line], [201, null], whole.body);
  assert.equal((await program.get(`/tickets/${ticket.reference}`)).json().title, "Erased");
  problemOf(await program.post(path, { reason: "Article 17 UK GDPR" }), 409);
  problemOf(await program.post(`/queues/${world.council.queue}/erasures`, { reason: "Out of spite" }), 409);
  assert.deepEqual((await look()).problems, []);
});

test("deadlines go on when any one line of the timeline is erased, and the next move stops them as it would have", async () => {
  let ticket = await newTicket({ impact: 1, urgency: 1 });
  const step = async (name: string, values: Readonly<Record<string, unknown>> = {}) => {
    ticket = await world.store.as(lead.who!, (tx) => move(tx, ticketType(), ticket.id, ticket.version, name, values));
  };
  await step("take");
  await step("wait", { waitingFor: "supplier", waitingReason: "A part", reviewOn: dayIn(3) });
  await step("resume");
  ticket = await world.store.as(lead.who!, (tx) =>
    change(tx, ticketType(), ticket.id, ticket.version, { urgency: 3, details: "Mrs Quill’s own printer" }),
  );
  await say(ticket, "We are on it");
  await step("resolve", { resolution: "Cleaned" });
  await step("reopen");
  await world.store.as(lead.who!, async (tx) => {
    const { rows } = await sql<{ facts: StoredFact[] }>`select record_facts(${ticket.id}::uuid) as facts`.execute(
      tx.db,
    );
    const read = async (given: readonly TimelineFact[]) =>
      (await readClocks(tx, ticketType(), { facts: given, requesterId: ticket.requesterId, now: tx.now })).map(
        clockRow,
      );
    const wanted = await read(factsFrom(rows[0]!.facts));
    assert.equal(wanted.length, 2);
    for (const at of rows[0]!.facts.keys()) {
      const erased = rows[0]!.facts.map((fact, place) => (place === at ? { ...fact, body: null } : fact));
      const filled = factsFrom(withErasedFilledIn(erased, ticketType(), ticket));
      assert.deepEqual(await read(filled), wanted, `without line ${at + 1}`);
    }
  });

  const page = eraseAddress(ticket, 1);
  await administrator.post(page, { reason: "Named somebody", confirm: ticket.reference }, { from: page });
  const cards = (await lead.get(addressOf(ticket))).body;
  assert.match(cards, /<h2 class="r-card__title">Resolve<\/h2>/);
  await step("resolve", { resolution: "Cleaned again" });
  const { rows } = await world.ownerPool.query<{ name: string; state: string; outcome: string }>(
    "select name, state, outcome from reeve.clocks where record_id = $1 order by name",
    [ticket.id],
  );
  assert.deepEqual(rows, [
    { name: "resolve", state: "stopped", outcome: "met" },
    { name: "respond", state: "stopped", outcome: "met" },
  ]);
  assert.equal((await world.store.as(lead.who!, (tx) => find(tx, ticketType(), ticket.id))).dueAt, null);
  assert.deepEqual((await look()).problems, []);
});
