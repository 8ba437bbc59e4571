import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import { sql } from "kysely";
import { sweepFiles } from "../src/kernel/files/sweep-files.ts";
import { composeMail } from "../src/kernel/mail/compose.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { insertRecord } from "../src/kernel/store/create.ts";
import { registersOf } from "../src/web/administers.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

const path = "/administration/organisation";
let world: WebWorld;
let administrator: Browser;
let filesFolder: string;

before(async () => {
  filesFolder = await mkdtemp(join(tmpdir(), "reeve-test-"));
  world = await createWebWorld({ filesFolder });
  administrator = await world.as("administrator");
});
after(async () => {
  await world.close();
  await rm(filesFolder, { recursive: true });
});

const save = (form: Record<string, string | File>, who = administrator) => who.post(path, form, { from: path });

test("an administrator renames the organisation, and every page and their own timeline say so", async () => {
  assert.match((await administrator.get("/administration")).body, new RegExp(`href="${path}"`));
  const form = (await administrator.get(path)).body;
  assert.match(form, /value="Aldermoor Borough Council"/);
  assert.match(form, /<form action="[^"]+organisation"[^>]* data-turbo="false"/, "its answer has another stylesheet");
  const saved = await save({ name: " Aldermoor & Fenbridge Council ", colour: "#2E6B4F" });
  assert.equal(saved.headers.location, "/administration");
  const page = (await administrator.get("/administration")).body;
  assert.match(page, /The organisation is saved as Aldermoor &amp; Fenbridge Council/);
  assert.match(page, /class="r-bar__home" href="\/">Aldermoor &amp; Fenbridge Council</);
  assert.match(page, /brand-2e6b4f\.css/);
  const { rows } = await world.ownerPool.query<{ reference: string }>("select reference from records where id = $1", [
    administrator.who!.personId,
  ]);
  const told = words(await administrator.get(`/people/${rows[0]!.reference}?tab=timeline`));
  assert.match(told, /renamed the organisation from “Aldermoor Borough Council” to “Aldermoor & Fenbridge Council”/);
  assert.match(told, /changed the organisation’s colour from #12436d to #2e6b4f/);
  await save({ name: "Aldermoor & Fenbridge Council", colour: "#2e6b4f" });
  assert.match((await administrator.get("/administration")).body, /Nothing was changed/);
});

test("a name or colour that cannot be is refused at its field, and what was typed is kept", async () => {
  for (const [name, colour, sentence] of [
    ["", "#12436d", "Enter the name of the organisation"],
    ["x".repeat(201), "#12436d", "Name must be 200 characters or fewer"],
    ["Bell \u0007", "#12436d", "Enter the name in ordinary characters"],
    ["Fenbridge", "red; }", "Colour must be a # and six letters"],
  ] as const) {
    const answer = await save({ name, colour });
    assert.equal(answer.statusCode, 422, sentence);
    assert.match(answer.body, new RegExp(`error-message"[^]*${sentence}`));
    assert.ok(answer.body.includes(`value="${colour}"`));
  }
});

test("nobody else changes the organisation, by the page or by the database", async () => {
  for (const role of ["leadSupport", "staff"] as const) {
    const browser = await world.as(role);
    assert.doesNotMatch((await browser.get("/administration")).body, new RegExp(path));
    assert.equal((await browser.get(path)).statusCode, 403);
    assert.equal((await save({ name: "Mine", colour: "#000000" }, browser)).statusCode, 403);
    await assert.rejects(
      world.store.as(browser.who!, async (tx) => {
        await sql`select change_organisation('Mine', '#000000', now())`.execute(tx.db);
      }),
      { code: "42501" },
    );
  }
  const { rows } = await world.ownerPool.query("select 1 from organisations where name = 'Mine'");
  assert.equal(rows.length, 0);
});

test("whoever may change one kind of register alone finds the way to it from the menu", async () => {
  const registers = world.registry.modules
    .flatMap(registersOf)
    .filter(({ name, productOnly }) => !["person", "team"].includes(name) && (!productOnly || name === "disposal"));
  assert.ok(registers.length > 8);
  for (const { name, path: list } of registers) {
    const permission = name === "disposal" ? "dispose" : "change";
    const personId = await world.system(async (tx) => {
      const role = await insertRecord(tx, typeNamed(tx.registry, "role"), {
        name: `Keeps ${name}`,
        permissions: ["read", permission].map((one) => ({ type: name, permission: one, scope: "all" })),
      });
      const values = { name: `Keeper of ${name}`, active: true, roles: [{ role: role.id }] };
      return (await insertRecord(tx, typeNamed(tx.registry, "person"), values, { trusted: true })).id;
    });
    const keeper = await world.as({ organisationId: world.council.organisationId, personId });
    assert.match((await keeper.get("/")).body, /r-nav__link" href="\/administration"/, name);
    const offered = (await keeper.get("/administration")).body;
    // Added fields stand by the type that they were added to.
    const way = name === "added_field" ? "administration/fields" : list;
    assert.ok(offered.includes(`href="/${way}"`), name);
    assert.equal(offered.includes(`href="${path}"`), name === "role", `${name}: the organisation itself`);
  }
  assert.doesNotMatch((await (await world.as("serviceManager")).get("/")).body, /href="\/administration"/);
});

/** A picture as a browser sends it: drawn of SVG, as PNG. */
function picture(inside: string, [width, height] = [600, 200]): File {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${inside}</svg>`;
  return new File([new Uint8Array(new Resvg(svg).render().asPng())], "our logo.png", { type: "image/png" });
}
const dark = picture('<circle cx="100" cy="100" r="90" fill="#301060"/>');
const named = { name: "Aldermoor & Fenbridge Council", colour: "#2e6b4f" };
const logoIn = (body: string) => /src="(\/logos\/[0-9a-f]{64}\.png)"/.exec(body)?.[1];

test("a logo stands on every page, before signing in too, until it is taken away", async () => {
  const plain = (await world.visitor().get("/sign-in")).body;
  assert.doesNotMatch(plain, /r-logo|Fenbridge/, "without a logo nothing is said of the organisation");
  assert.equal((await save({ ...named, logo: dark })).headers.location, "/administration");
  const page = (await administrator.get("/")).body;
  assert.match(page, /<span class="r-logo r-logo--light"><img src="[^"]+" alt="" width="120" height="40">/);
  for (const path of ["/sign-in", "/accessibility", "/api", "/sign-in/link"]) {
    const front = (await world.visitor().get(path)).body;
    assert.equal(logoIn(front), logoIn(page), path);
    assert.match(front, /Fenbridge Council</);
  }
  const answer = await world.visitor().get(logoIn(page)!);
  assert.equal(answer.headers["content-type"], "image/png");
  assert.match(String(answer.headers["cache-control"]), /immutable/);
  const drawn = answer.rawPayload;
  assert.deepEqual(
    [drawn.readUInt32BE(16), drawn.readUInt32BE(20)],
    [240, 80],
    "drawn anew, twice as large as it is shown",
  );
  await save({ ...named, colour: "#ffdd00" });
  assert.match((await administrator.get("/")).body, /r-logo--none/, "a dark logo needs no ground on a pale bar");
  await save({ ...named, "logo-remove": "yes" });
  assert.equal(logoIn((await administrator.get("/")).body), undefined);
  assert.equal((await world.visitor().get(logoIn(page)!)).statusCode, 404);
  assert.equal((await world.visitor().get("/sign-in")).body.includes("Fenbridge"), false);
});

test("a light logo stands on a dark ground, and one with a ground of its own on that", async () => {
  await save({ ...named, colour: "#ffdd00", logo: picture('<circle cx="100" cy="100" r="90" fill="#eee"/>') });
  assert.match((await administrator.get("/")).body, /r-logo--dark/);
  await save({
    ...named,
    logo: picture('<rect width="600" height="200" fill="#fff"/><circle cx="99" cy="99" r="90"/>'),
  });
  assert.match((await administrator.get("/")).body, /r-logo--none/);
});

test("what cannot be a logo is refused at its field, and the one that is there stays", async () => {
  const before = logoIn((await administrator.get("/")).body);
  const png = Buffer.from(await dark.arrayBuffer());
  const huge = Buffer.from(png);
  huge.writeUInt32BE(30_000, 16);
  const file = (content: Buffer | string) => new File([Buffer.from(content)], "logo.png", { type: "image/png" });
  for (const [logo, sentence] of [
    [
      file('<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'),
      "must be a PNG or JPEG picture",
    ],
    [file("<!doctype html><script>alert(1)</script>"), "must be a PNG or JPEG picture"],
    [file("%PDF-1.7 and so on"), "must be a PNG or JPEG picture"],
    [file(huge), "4096 dots wide and high at most"],
    [picture("<circle r='9'/>", [19, 40]), "at least 20 dots"],
    [picture(""), "cannot be read"],
    [file(png.subarray(0, 60)), "cannot be read"],
    [file(Buffer.concat([png, Buffer.alloc(2_000_000)])), "2 MB or smaller"],
  ] as const) {
    const answer = await save({ ...named, logo });
    assert.equal(answer.statusCode, 422, sentence);
    assert.match(answer.body, new RegExp(`error-message"[^]*${sentence}`));
  }
  for (const forged of ["019ab000-0000-7000-8000-000000000000", "../../etc/passwd", "\u0000"])
    assert.ok([404, 422].includes((await save({ ...named, logo: forged })).statusCode), forged);
  assert.equal(logoIn((await administrator.get("/")).body), before);
});

test("nothing but logos is had without signing in, and nobody else gives the organisation one", async () => {
  const secret = await world.store.as(administrator.who!, async (tx) => {
    const { rows } = await sql<{
      sha256: string;
      id: string;
    }>`insert into files (organisation_id, name, media_type, size_bytes, sha256, uploaded_by)
      values (${tx.actor.organisationId}::uuid, 'a.png', 'image/png', 1, decode(repeat('ab', 32), 'hex'), ${tx.actor.personId}::uuid)
      returning id, encode(sha256, 'hex') as sha256`.execute(tx.db);
    return rows[0]!;
  });
  for (const path of [secret.sha256, `${secret.sha256}.png`, "..%2f..%2fetc%2fpasswd", "%00.png", "x".repeat(64)])
    assert.equal((await world.visitor().get(`/logos/${path}`)).statusCode, 404, path);
  for (const role of ["leadSupport", "staff"] as const) {
    const browser = await world.as(role);
    assert.equal((await save({ ...named, logo: dark }, browser)).statusCode, 403);
    await assert.rejects(
      world.store.as(browser.who!, async (tx) => {
        await sql`select change_logo(null, null, null, null, now())`.execute(tx.db);
      }),
      { code: "42501" },
    );
  }
  const other = await world.as("administrator");
  await assert.rejects(
    world.store.as(other.who!, async (tx) => {
      await sql`select change_logo(${secret.id}::uuid, 80, 80, 'dark', now())`.execute(tx.db);
    }),
    { code: "42501" },
    "what another person sent",
  );
});

test("the sweep leaves the logo, its mail carries it, and the timeline says who gave it", async () => {
  await save({ ...named, logo: dark });
  const href = logoIn((await administrator.get("/")).body)!;
  const now = Temporal.Now.instant().add({ hours: 50 });
  assert.ok((await sweepFiles({ ownerPool: world.ownerPool, filesFolder, now })).uploads > 0);
  assert.equal((await world.visitor().get(href)).statusCode, 200);
  await world.ownerPool.query("update person set email = 'ada@aldermoor.gov.uk' where id = $1", [
    administrator.who!.personId,
  ]);
  const outbox = { ...administrator.who!, id: "1", purpose: "test", reportId: null, messageId: "<1@x>" } as const;
  const mail = await composeMail({ ...world, baseUrl: "http://localhost", filesFolder }, outbox);
  const [logo] = mail?.attachments ?? [];
  assert.match(
    mail?.html ?? "",
    new RegExp(`src="cid:${logo?.contentId}" width="120" height="40" alt="Aldermoor &amp; Fen`),
  );
  const kept = await readFile(join(filesFolder, href.slice(7, 9), href.slice(7, 71)));
  assert.deepEqual(logo?.content, kept);
  assert.equal((await composeMail({ ...world, baseUrl: "http://localhost" }, outbox))?.attachments, undefined);
  const { rows } = await world.ownerPool.query<{ reference: string }>("select reference from records where id = $1", [
    administrator.who!.personId,
  ]);
  const told = words(await administrator.get(`/people/${rows[0]!.reference}?tab=timeline`));
  assert.match(told, /gave the organisation another logo/);
  assert.match(told, /took the organisation’s logo away/);
});
