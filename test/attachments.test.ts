import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import { eraseEvent } from "../src/kernel/memory/erase.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { apiClient } from "./api-world.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

let world: WebWorld;
let folder: string;
let staff: Browser;
let colleague: Browser;
let lead: Browser;
let administrator: Browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "reeve-attachments-"));
  world = await createWebWorld({ filesFolder: folder });
  staff = await world.as("staff");
  colleague = await world.as("staff");
  lead = await world.as("leadSupport");
  administrator = await world.as("administrator");
});
after(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const ticket = () => typeNamed(world.registry, "ticket");
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const pdf = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
const file = (name: string, content: string | Buffer = name) =>
  new File([typeof content === "string" ? content : Uint8Array.from(content)], name);

async function newTicket(by: Browser = staff) {
  const { id, reference } = await world.store.as(by.who!, (tx) => create(tx, ticket(), { summary: "The screen" }));
  return { id, reference, page: `/tickets/${reference}` };
}

/** Writes a comment with files through the form, and gives the answer. */
function say(browser: Browser, page: string, text: string, files: readonly File[], audience = "everyone") {
  return browser.post(`${page}/comments`, { text, audience, "files[]": files }, { from: page });
}

const idOf = (body: string, name: string) => new RegExp(`/files/([0-9a-f-]{36})">${name}`).exec(body)?.[1] ?? "";

test("a comment brings several files: they are in the conversation, and together in a list that says what each is", async () => {
  const { page } = await newTicket();
  const sent = await say(staff, page, "Here they are", [
    file("screen.png", picture),
    file("letter.pdf", pdf),
    file("notes.txt"),
  ]);
  assert.equal(sent.statusCode, 303, words(sent));
  const talk = await staff.get(`${page}?tab=conversation`);
  assert.match(words(talk), /Here they are Files: screen\.png · letter\.pdf · notes\.txt/);
  const list = await lead.get(`${page}?tab=files`);
  assert.match(words(list), /Files \(3\)/);
  for (const line of ["notes.txt Text, 9 bytes", "letter.pdf PDF,", "screen.png PNG picture,"])
    assert.ok(words(list).includes(line), `${line} in ${words(list)}`);
  assert.equal((await colleague.get(`${page}?tab=files`)).statusCode, 404);
  assert.equal((await colleague.get(`/files/${idOf(list.body, "notes.txt")}`)).statusCode, 404);
});

test("files alone need no words, and neither is refused", async () => {
  const { page } = await newTicket();
  assert.equal((await say(staff, page, "", [file("alone.txt")])).statusCode, 303);
  assert.match(words(await staff.get(`${page}?tab=timeline`)), /sent files .*Files to alone\.txt/);
  const neither = await say(staff, page, "", []);
  assert.equal(neither.statusCode, 422);
  assert.match(words(neither), /Enter a comment|Comment/);
});

test("a picture and a PDF have a page that shows them, and only the PDF's page may hold a frame", async () => {
  const { page } = await newTicket();
  await say(staff, page, "Look", [file("screen.png", picture), file("letter.pdf", pdf)]);
  const list = await staff.get(`${page}?tab=files`);
  const shown = await staff.get(`${page}/files/${idOf(list.body, "letter.pdf")}`);
  assert.match(shown.body, /<iframe class="r-pdf" src="\/files\/[^"]+" title="letter\.pdf">/);
  assert.match(String(shown.headers["content-security-policy"]), /frame-src 'self'/);
  const content = await staff.get(`/files/${idOf(list.body, "letter.pdf")}`);
  assert.equal(content.headers["x-frame-options"], "SAMEORIGIN");
  const image = await staff.get(`${page}/files/${idOf(list.body, "screen.png")}`);
  assert.match(image.body, /<img src="\/files\/[^"]+" alt="screen\.png">/);
  assert.doesNotMatch(String(image.headers["content-security-policy"]), /frame-src/);
  assert.equal((await staff.get(`/files/${idOf(list.body, "screen.png")}`)).headers["x-frame-options"], "DENY");
  assert.equal((await staff.get(`${page}/files/nonsense`)).statusCode, 404);
});

test("files of an internal comment are for officers alone", async () => {
  const { page, reference } = await newTicket();
  await say(lead, page, "Between us", [file("secret.txt")], "internal");
  const list = await lead.get(`${page}?tab=files`);
  assert.match(words(list), /secret\.txt Internal/);
  const id = idOf(list.body, "secret.txt");
  assert.equal((await staff.get(`/files/${id}`)).statusCode, 404);
  assert.doesNotMatch((await staff.get(`${page}?tab=files`)).body, /secret/);
  assert.doesNotMatch((await staff.get(`${page}?tab=timeline`)).body, /secret/);
  const client = await apiClient(world, staff.who!);
  for (const path of ["files", "comments", "events"])
    assert.doesNotMatch((await client.get(`/tickets/${reference}/${path}`)).body, /secret/, path);
  const removed = await staff.post(`${page}/files/${id}/remove`, {}, { from: page });
  assert.equal(removed.statusCode, 404);
});

test("a file is taken away by whoever sent it or may change the record, once, and the timeline says so", async () => {
  const { page } = await newTicket();
  await say(staff, page, "Both", [file("mine.txt"), file("wrong.txt")]);
  const list = await staff.get(`${page}?tab=files`);
  const remove = (by: Browser, name: string) =>
    by.post(`${page}/files/${idOf(list.body, name)}/remove`, {}, { from: `${page}?tab=files` });
  assert.equal((await remove(staff, "mine.txt")).statusCode, 303);
  assert.equal((await remove(lead, "wrong.txt")).statusCode, 303);
  await remove(lead, "wrong.txt");
  const after = await staff.get(`${page}?tab=files`);
  assert.match(words(after), /No files yet/);
  assert.match(words(await staff.get(page)), /2 files were taken away/);
  const said = words(await staff.get(`${page}?tab=timeline`));
  assert.equal(said.match(/took the file “wrong\.txt” away/g)?.length, 1);

  await say(lead, page, "Theirs", [file("theirs.txt")]);
  const id = idOf((await staff.get(`${page}?tab=files`)).body, "theirs.txt");
  const byStaff = await staff.post(`${page}/files/${id}/remove`, {}, { from: page });
  assert.ok([403, 404].includes(byStaff.statusCode), String(byStaff.statusCode));
  const { rows } = await world.ownerPool.query("select 1 from reeve.files where id = $1 and removed_at is null", [id]);
  assert.equal(rows.length, 1);
});

test("a form that is refused keeps its files, and one too many or too large is said at the control", async () => {
  const { page } = await newTicket();
  const long = await say(staff, page, "x".repeat(20_001), [file("kept.txt")]);
  assert.equal(long.statusCode, 422);
  const id = /name="files\[\]" value="([^"]+)"/.exec(long.body)?.[1] ?? "";
  assert.match(words(long), /Here already: kept\.txt/);
  const again = await staff.post(`${page}/comments`, { text: "Shorter", "files[]": id }, { from: page });
  assert.equal(again.statusCode, 303);
  const stolen = await colleague.post(`${page}/comments`, { text: "Mine", "files[]": id }, { from: "/" });
  assert.ok(stolen.statusCode >= 400);
  const twice = await staff.post(`${page}/comments`, { text: "Again", "files[]": id }, { from: page });
  assert.equal(twice.statusCode, 422);
  assert.match(words(twice), /Send the files again/);
  const eleven = await say(
    staff,
    page,
    "Many",
    Array.from({ length: 11 }, (_, at) => file(`${at}.txt`)),
  );
  assert.equal(eleven.statusCode, 422);
  assert.match(words(eleven), /10 at the most/);
  const large = await say(staff, page, "Large", [file("film.mov", Buffer.alloc(25_000_001))]);
  assert.equal(large.statusCode, 422);
  assert.match(words(large), /A file must be 25 MB or smaller/);
});

test("a comment that is erased by law takes its files with it, and verify proves what is left", async () => {
  const { page, reference } = await newTicket();
  await say(staff, page, "", [file("passport.txt", `Passport ${Math.random()}`)]);
  await say(staff, page, "Harmless", [file("harmless.txt", `Harmless ${Math.random()}`)]);
  const id = idOf((await staff.get(`${page}?tab=files`)).body, "passport.txt");
  // Taken away first, as somebody would.
  await staff.post(`${page}/files/${id}/remove`, {}, { from: `${page}?tab=files` });
  assert.equal((await staff.get(`/files/${id}`)).statusCode, 200, "the timeline tells of it still");
  const erasure = await world.store.as(administrator.who!, (tx) =>
    eraseEvent(tx, ticket(), reference, { sequence: 2, reason: "Article 17 UK GDPR" }),
  );
  assert.equal(erasure.files.length, 1);
  assert.equal((await staff.get(`/files/${id}`)).statusCode, 404);
  assert.match(words(await staff.get(`${page}?tab=files`)), /harmless\.txt/);
  const report = await verify({ ownerPool: world.ownerPool, registry: world.registry, filesFolder: folder });
  assert.deepEqual(report.problems, []);
});

test("a program sends files with a comment, lists them and takes one away", async () => {
  const { reference, id: record } = await newTicket();
  const client = await apiClient(world, staff.who!);
  const send = async (name: string) => {
    const sent = await world.app.inject({
      method: "POST",
      url: `/api/v1/files?name=${name}`,
      headers: { authorization: `Bearer ${client.token}`, "content-type": "application/octet-stream" },
      payload: name,
    });
    return sent.json<{ id: string }>().id;
  };
  const ids = [await send("one.txt"), await send("two.txt")];
  const said = await client.post(`/tickets/${reference}/comments`, { files: ids });
  assert.equal(said.statusCode, 201, said.body);
  assert.deepEqual(
    said
      .json<{ files: { name: string }[] }>()
      .files.map(({ name }) => name)
      .sort(),
    ["one.txt", "two.txt"],
  );
  const listed = await client.get(`/tickets/${reference}/files`);
  assert.equal(listed.json<{ items: unknown[] }>().items.length, 2);
  assert.equal((await client.post(`/tickets/${reference}/files/${ids[0]}/remove`, {})).statusCode, 200);
  assert.equal((await client.post(`/tickets/${reference}/files/${ids[0]}/remove`, {})).statusCode, 200);
  assert.equal((await client.get(`/tickets/${reference}/files`)).json<{ items: unknown[] }>().items.length, 1);
  for (const files of ["x", [1], [ids[1]], ["\u0000"], Array.from({ length: 11 }, () => ids[1])])
    assert.equal((await client.post(`/tickets/${reference}/comments`, { text: "x", files })).statusCode, 422);
  const stranger = await apiClient(world, colleague.who!);
  assert.equal((await stranger.get(`/tickets/${reference}/files`)).statusCode, 404);
  assert.equal((await stranger.post(`/tickets/${reference}/files/${ids[1]}/remove`, {})).statusCode, 404);

  // Two at once: one of them has it.
  const wanted = await send("wanted.txt");
  const both = await Promise.all(
    ["one", "two"].map((text) => client.post(`/tickets/${reference}/comments`, { text, files: [wanted] })),
  );
  assert.deepEqual(both.map(({ statusCode }) => statusCode).sort(), [201, 422]);

  // The database says no as well, to whoever goes round the code.
  const theirs = (await world.store.as(lead.who!, (tx) => timeline(tx, { id: record, type: "ticket" }, {}))).find(
    ({ verb }) => verb === "commented",
  );
  const as = (statement: string) => world.store.as(colleague.who!, (tx) => sql.raw(statement).execute(tx.db));
  await assert.rejects(as(`select attach_to_comment('${record}', ${theirs!.sequence}, '{}')`), /no such comment/);
  await assert.rejects(as(`select remove_file('${record}', '${ids[1]}', now())`), /no such file/);
  await assert.rejects(as(`update files set removed_at = now()`), /permission denied/);
});
