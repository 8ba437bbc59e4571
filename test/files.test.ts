import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { filePath } from "../src/kernel/files/disk.ts";
import { fileBytesMax } from "../src/kernel/files/files.ts";
import { eraseEvent, eraseRecord } from "../src/kernel/memory/erase.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { apiClient } from "./api-world.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let folder: string;
let staff: Browser;
let colleague: Browser;
let lead: Browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "reeve-files-"));
  world = await createWebWorld({ filesFolder: folder });
  staff = await world.as("staff");
  colleague = await world.as("staff");
  lead = await world.as("leadSupport");
});
after(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const ticket = () => typeNamed(world.registry, "ticket");
/** The smallest picture there is: one transparent point. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const screenshot = (name = "The screen.png") => new File([picture], name, { type: "text/html" });

/** Logs a ticket with a file, and gives its reference and where its file is. */
async function logWith(browser: Browser, file: File, summary = "The screen is green") {
  const made = await browser.post("/tickets/new", { summary, attachment: file }, { from: "/tickets/new" });
  assert.equal(made.statusCode, 303, words(made));
  const page = String(made.headers.location);
  const href = /href="(\/files\/[^"]+)"/.exec((await browser.get(page)).body)?.[1] ?? "";
  return { page, reference: page.split("/").at(-1)!, href };
}

test("a file sent with a form is the record's: whoever sees it reads it, under its own name, as what it is", async () => {
  const { page, href } = await logWith(staff, screenshot());
  assert.match((await staff.get(page)).body, />The screen\.png<\/a>/);
  for (const browser of [staff, lead]) {
    const file = await browser.get(href);
    assert.equal(file.statusCode, 200);
    assert.deepEqual(file.rawPayload, picture);
    assert.equal(file.headers["content-type"], "image/png", "by its content, not by what was said of it");
    assert.match(String(file.headers["content-disposition"]), /^inline; filename="The screen\.png"/);
    assert.match(String(file.headers["content-security-policy"]), /sandbox/);
  }
  assert.equal((await colleague.get(href)).statusCode, 404);
  assert.equal((await world.visitor().get(href)).statusCode, 303);
  assert.equal((await lead.get("/files/not-a-file")).statusCode, 404);
});

test("a web page is never shown as a page of ours, and a name does no harm", async () => {
  const html = new File(["<script>alert(1)</script>"], '../..\\evil"; x=\r\n<b>é.html', { type: "text/html" });
  const { href } = await logWith(staff, html);
  const file = await staff.get(href);
  assert.equal(file.headers["content-type"], "text/plain");
  assert.match(
    String(file.headers["content-disposition"]),
    /^attachment; filename="evil ; x= *b_\.html"; filename\*=UTF-8''/,
  );
  assert.equal(file.headers["x-content-type-options"], "nosniff");
});

test("a form that is refused keeps its file, and it need not be sent again", async () => {
  const refused = await staff.post("/tickets/new", { summary: "", attachment: screenshot() }, { from: "/tickets/new" });
  assert.equal(refused.statusCode, 422);
  assert.match(words(refused), /Enter a summary/);
  const id = /name="attachment" value="([^"]+)"/.exec(refused.body)?.[1] ?? "";
  assert.match(refused.body, /Now: <a class="govuk-link" href="\/files\/[^"]+">The screen\.png/);
  assert.equal((await staff.get(`/files/${id}`)).statusCode, 200, "their own until a record takes it");
  assert.equal((await lead.get(`/files/${id}`)).statusCode, 404, "nobody else's");
  const stolen = await colleague.post(
    "/tickets/new",
    { summary: "Mine now", attachment: id },
    { from: "/tickets/new" },
  );
  assert.equal(stolen.statusCode, 422);
  assert.match(words(stolen), /send the file again/);
  const made = await staff.post(
    "/tickets/new",
    { summary: "With a summary", attachment: id },
    { from: "/tickets/new" },
  );
  assert.equal(made.statusCode, 303);
  assert.match((await staff.get(String(made.headers.location))).body, />The screen\.png<\/a>/);
  const twice = await staff.post("/tickets/new", { summary: "And again", attachment: id }, { from: "/tickets/new" });
  assert.equal(twice.statusCode, 422, "a file belongs to one record");
});

test("a form with a file that is sent twice makes one record", async () => {
  const submission = crypto.randomUUID();
  const send = () =>
    staff.post("/tickets/new", { summary: "Only once", attachment: screenshot(), _submission: submission });
  const [first, second] = [await send(), await send()];
  assert.equal(first.statusCode, 303);
  assert.equal(second.headers.location, first.headers.location);
});

test("a file is changed for another, taken away, and left as it is", async () => {
  const { page, reference } = await logWith(lead, screenshot());
  const edit = `${page}/edit`;
  const held = async () =>
    (await world.store.as(lead.who!, (tx) => find(tx, ticket(), reference))).values["attachment"];
  const save = async (form: Readonly<Record<string, string | File>>) => {
    const given = {
      summary: "The screen is green",
      kind: "incident",
      impact: "2",
      urgency: "2",
      queue: world.council.queue,
    };
    assert.equal((await lead.post(edit, { ...given, ...form }, { from: edit })).statusCode, 303);
  };
  const first = await held();
  await save({ details: "More of it" });
  assert.equal(await held(), first);
  await save({ attachment: screenshot("Another.png") });
  assert.notEqual(await held(), first);
  assert.match(words(await lead.get(`${page}?tab=timeline`)), /The screen\.png .* Another\.png/);
  await save({ "attachment-remove": "yes" });
  assert.equal(await held(), null);
});

test("one that is too large is refused at its control, and nothing of it is kept", async () => {
  const large = new File([Buffer.alloc(fileBytesMax + 1)], "film.mov");
  const refused = await staff.post("/tickets/new", { summary: "Large", attachment: large }, { from: "/tickets/new" });
  assert.equal(refused.statusCode, 422);
  assert.match(words(refused), /Picture or document must be 25 MB or smaller/);
  assert.match(refused.body, /value="Large"/);
  assert.deepEqual(await readdir(join(folder, "arriving")), []);
  const most = new File([Buffer.alloc(fileBytesMax)], "film.mov");
  assert.equal(
    (await staff.post("/tickets/new", { summary: "Just so", attachment: most }, { from: "/tickets/new" })).statusCode,
    303,
  );
});

test("a form with a file needs its token and somebody who is signed in", async () => {
  const before = await readdir(folder);
  const stranger = await world.visitor().post("/tickets/new", { summary: "x", attachment: screenshot("Other.png") });
  assert.ok([401, 403].includes(stranger.statusCode));
  const without = await staff.post("/tickets/new", { _csrf: "wrong", summary: "x", attachment: screenshot() });
  assert.equal(without.statusCode, 403);
  assert.deepEqual(await readdir(folder), before);
  const { rows } = await world.ownerPool.query("select 1 from reeve.files where name = 'Other.png'");
  assert.deepEqual(rows, []);
});

test("the database hands over only what a person sent, and only to what they may change", async () => {
  const { reference } = await logWith(lead, screenshot("Theirs.png"));
  const { rows } = await world.ownerPool.query<{ id: string; record_id: string }>(
    "select id, record_id from reeve.files where name = 'Theirs.png'",
  );
  const [file] = rows;
  const mine = await world.store.as(staff.who!, (tx) => create(tx, ticket(), { summary: "Mine" }));
  const as = (statement: string) => world.store.as(staff.who!, (tx) => sql.raw(statement).execute(tx.db));
  await assert.rejects(as(`select attach_files('${mine.id}', '{${file!.id}}', false)`), /no such/);
  await assert.rejects(as(`select attach_files('${file!.record_id}', '{${file!.id}}', false)`), /no such record/);
  await assert.rejects(as(`update files set record_id = '${mine.id}'`), /permission denied/);
  await assert.rejects(as("delete from files"), /permission denied/);
  assert.equal(
    (await world.store.as(staff.who!, (tx) => sql.raw(`select 1 from files where id = '${file!.id}'`).execute(tx.db)))
      .rows.length,
    0,
    reference,
  );
});

test("an erasure by law takes the file with it", async () => {
  const administrator = await world.as("administrator");
  const { reference, href } = await logWith(staff, new File(["Passport of T Reid"], "passport.txt"));
  const erasure = await world.store.as(administrator.who!, (tx) =>
    eraseRecord(tx, ticket(), reference, { reason: "Article 17 UK GDPR" }),
  );
  assert.equal(erasure.files.length, 1);
  assert.equal((await staff.get(href)).statusCode, 404);
});

test("a program sends a file, gives it to a record and reads it; a token that reaches less far does not", async () => {
  const client = await apiClient(world, lead.who!);
  const send = (token: string, name: string, payload: Buffer, type = "application/octet-stream") =>
    world.app.inject({
      method: "POST",
      url: `/api/v1/files${name === "" ? "" : `?name=${encodeURIComponent(name)}`}`,
      headers: { authorization: `Bearer ${token}`, "content-type": type },
      payload,
    });
  const sent = await send(client.token, "The screen.png", picture);
  assert.equal(sent.statusCode, 201);
  const file = sent.json<{ id: string; mediaType: string; sizeBytes: number }>();
  assert.equal(sent.headers.location, `/api/v1/files/${file.id}`);
  assert.deepEqual([file.mediaType, file.sizeBytes], ["image/png", picture.length]);
  const made = await client.post("/tickets", { summary: "By a program", attachment: file.id });
  assert.equal(made.statusCode, 201);
  assert.equal(made.json<{ attachment: string }>().attachment, file.id);
  assert.deepEqual((await client.get(`/files/${file.id}`)).json(), file);
  assert.deepEqual((await client.get(`/files/${file.id}/content`)).rawPayload, picture);

  const colleagues = await apiClient(world, colleague.who!);
  assert.equal((await colleagues.get(`/files/${file.id}`)).statusCode, 404);
  assert.equal((await colleagues.post("/tickets", { summary: "Stolen", attachment: file.id })).statusCode, 422);
  const policies = await apiClient(world, lead.who!, ["policy:read"]);
  assert.equal((await policies.get(`/files/${file.id}/content`)).statusCode, 403);
  assert.equal((await send(policies.token, "x.png", picture)).statusCode, 403);

  assert.equal((await send(client.token, "", picture)).statusCode, 422, "it must be called something");
  assert.equal((await send(client.token, "x.json", Buffer.from("{}"), "application/json")).statusCode, 415);
  assert.equal((await send(client.token, "film.mov", Buffer.alloc(fileBytesMax + 1))).statusCode, 413);
  const elsewhere = await world.app.inject({
    method: "POST",
    url: "/api/v1/tickets",
    headers: { authorization: `Bearer ${client.token}`, "content-type": "application/octet-stream" },
    payload: picture,
  });
  assert.equal(elsewhere.statusCode, 415);
});

test("a file that was taken away goes with the lines that named it, when these are erased by law", async () => {
  const administrator = await world.as("administrator");
  const secret = new File([`Bank details ${Math.random()}`], "bank.txt");
  const { page, reference, href } = await logWith(lead, secret);
  const edit = `${page}/edit`;
  const given = {
    summary: "The screen is green",
    kind: "incident",
    impact: "2",
    urgency: "2",
    queue: world.council.queue,
  };
  assert.equal((await lead.post(edit, { ...given, "attachment-remove": "yes" }, { from: edit })).statusCode, 303);
  assert.equal((await lead.get(href)).statusCode, 200, "lines name it still");
  const erase = (sequence: number) =>
    world.store.as(administrator.who!, (tx) => eraseEvent(tx, ticket(), reference, { sequence, reason: "Article 17" }));
  assert.deepEqual((await erase(1)).files, []);
  assert.equal((await erase(2)).files.length, 1);
  assert.equal((await lead.get(href)).statusCode, 404);
});

test("verify proves each file: its name, that it was not exchanged, and its content", async () => {
  const look = () => verify({ ownerPool: world.ownerPool, registry: world.registry, filesFolder: folder });
  const { reference, href } = await logWith(lead, new File([`The contract ${Math.random()}`], "contract.txt"));
  const id = href.split("/").at(-1)!;
  // What other tests erased and left is not deleted from the disk here.
  const fine = await look();
  assert.deepEqual(fine.problems, []);
  assert.ok(fine.files > 0);
  const first = async () => (await look()).problems.find((problem) => problem.reference === reference)?.message ?? "";
  const tamper = (statement: string) => world.ownerPool.query(statement, [id]);
  const { rows } = await world.ownerPool.query<{ hex: string }>(
    "select encode(sha256, 'hex') as hex from reeve.files where id = $1",
    [id],
  );
  const { hex } = rows[0]!;
  await tamper("update reeve.files set name = 'other.txt' where id = $1");
  assert.match(await first(), /was renamed/);
  await tamper("update reeve.files set name = 'contract.txt', sha256 = sha256('x') where id = $1");
  assert.match(await first(), /was exchanged/);
  await world.ownerPool.query("update reeve.files set sha256 = decode($2, 'hex') where id = $1", [id, hex]);
  await writeFile(filePath(folder, hex), "Another contract");
  assert.match(await first(), /content of “contract.txt” is not what was sent/);
  await rm(filePath(folder, hex));
  assert.match(await first(), /content of “contract.txt” is not what was sent/);
});

test("a form that is none, and one that breaks off, are told so", async () => {
  for (const headers of [
    { "content-type": "multipart/form-data; boundary=x" },
    { "content-type": "multipart/form-data" },
  ])
    for (const browser of [world.visitor(), staff]) {
      const answer = await world.app.inject({
        method: "POST",
        url: "/tickets/new",
        headers: { ...headers, cookie: browser.cookieHeader() },
        payload: '--x\r\ncontent-disposition: form-data; name="summary"\r\n\r\nhalf',
      });
      assert.equal(answer.statusCode, 400, answer.body.slice(0, 300));
    }
});

test("whose session has ended is told to choose the file again, and nothing else that they typed is lost", async () => {
  const visitor = world.visitor();
  await visitor.get("/sign-in");
  const asked = await visitor.post(
    "/tickets/new",
    { summary: "Typed for long", attachment: screenshot() },
    { from: "/sign-in" },
  );
  assert.equal(asked.statusCode, 401);
  assert.match(words(asked), /The screen\.png: choose this file again/);
  assert.match(words(asked), /Typed for long/);
});

test("nobody fills the disk with files that no record takes", async () => {
  const client = await apiClient(world, (await world.as("staff")).who!);
  await world.ownerPool.query(
    `insert into reeve.files (organisation_id, name, media_type, size_bytes, sha256, uploaded_by)
     select $1, 'x', 'text/plain', 1, '\\xab', $2 from generate_series(1, 100)`,
    [client.who.organisationId, client.who.personId],
  );
  const sent = await world.app.inject({
    method: "POST",
    url: "/api/v1/files?name=one-more.txt",
    headers: { authorization: `Bearer ${client.token}`, "content-type": "application/octet-stream" },
    payload: Buffer.from("one more"),
  });
  assert.equal(sent.statusCode, 409);
  assert.match(sent.body, /Too many files that you sent/);
});
