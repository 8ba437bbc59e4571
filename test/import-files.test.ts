import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { checkColumns, saveRows, sendFile } from "./import-world.ts";
import { words } from "./web-world.ts";
import { begin, end, world, administrator, called, bringIn } from "./import/stage.ts";

before(begin);
after(end);

describe("files as councils have them", () => {
  const text = "Name;Job title\r\nZoë Müller’s £5;Head\r\n";
  const files: readonly (readonly [how: string, content: Buffer, told: RegExp])[] = [
    ["UTF-8", Buffer.from(text), /read as UTF-8, with semicolons/],
    ["UTF-8 with its mark", Buffer.from(`\uFEFF${text}`), /read as UTF-8/],
    ["UTF-16 little-endian with its mark", Buffer.from(`\uFEFF${text}`, "utf16le"), /read as UTF-16/],
    ["UTF-16 big-endian with its mark", Buffer.from(`\uFEFF${text}`, "utf16le").swap16(), /read as UTF-16/],
    ["UTF-16 without a mark", Buffer.from(text, "utf16le"), /read as UTF-16/],
    [
      "Windows-1252",
      Buffer.from(text.replace("ë", "\u00eb").replace("’", "\u0092"), "latin1"),
      /read as Windows-1252, with semicolons/,
    ],
    ["tabs", Buffer.from(text.replaceAll(";", "\t")), /with tabs/],
    ["commas and quotes", Buffer.from('Name,Job title\n"Zoë Müller’s £5","Head"\n'), /with commas/],
    ["a first line that says the delimiter", Buffer.from(`sep=;\r\n${text}`), /with semicolons/],
    ["empty rows about it", Buffer.from(`;\r\n\r\n${text};\r\n`), /1 row,/],
  ];
  for (const [how, content, told] of files)
    test(how, async () => {
      const at = await sendFile(world, administrator, "people", content);
      const page = await administrator.get(`${at}/columns`);
      assert.match(words(page), told);
      assert.ok(page.body.includes("Zoë Müller’s £5"), words(page));
    });

  test("an Excel workbook, with days, numbers, yes and no", async () => {
    const { saved } = await bringIn(
      "people",
      await readFile(new URL("people.xlsx", import.meta.url)),
      {},
      "people.xlsx",
    );
    assert.match(saved, /2 made/);
    const person = await called("person", "Xenia Xu");
    assert.deepEqual([person?.values["jobTitle"], person?.values["active"]], ["42", true]);
  });

  for (const [what, content, why] of [
    ["a workbook with too much in it", workbookThatSays(151_000_000), /too large unpacked.*as CSV/],
    ["a broken workbook", Buffer.from("PK\u0003\u0004rubbish"), /no Excel workbook that can be read/],
    ["binary rubbish", Buffer.from([1, 2, 3, 4, 0, 7, 8, 255]), /no CSV file/],
    ["nothing but headings", Buffer.from("Name,Job title\n"), /no rows below its headings/],
  ] as const)
    test(`${what} is refused in a sentence`, async () => {
      const at = await sendFile(world, administrator, "people", content);
      assert.match(words(await administrator.get(at)), why);
    });

  test("a form without a file is refused", async () => {
    const answer = await administrator.post("/people/import", {}, { from: "/people/import" });
    assert.equal(answer.statusCode, 422);
    assert.match(words(answer), /Select a file/);
  });
});

test("what an export puts before a formula an import takes off again", async () => {
  const formulas = ["=1+1", "'=1", "+44 20 7946 0123", "-minus", "@home", "'tis"];
  const csv = formulas.map((name) => `"${name.replaceAll('"', '""')}"`).join("\n");
  await bringIn("teams", `Name of team\n${csv}\n`, { "column-0": "name" });
  const exported = (await administrator.get("/teams.csv?columns=name,reference&show=all")).body;
  assert.match(exported, /^'=1\+1,/m);
  const { checked } = await bringIn("teams", exported, {
    key: "reference",
    "column-0": "name",
    "column-1": "reference",
  });
  assert.match(checked, /0 new teams to make.*0 teams to change/);
  assert.match(checked, /0 rejected/);
});

test("a day that is none is quoted where it is refused", async () => {
  const { checked } = await bringIn("tickets", "Summary,Started on\nWrong,31/02/2026\n");
  assert.match(checked, /must be a real date.*The cell has “31\/02\/2026”/);
});

test("cells beyond the headings reject their row, until the person says what their column is", async () => {
  const content = "Name,What it does\nPrinters broken, again,Please fix it\nWhole,Works\n";
  const at = await sendFile(world, administrator, "teams", content);
  assert.match(words(await administrator.get(`${at}/columns`)), /Column C.*no heading/);
  const checked = words(await checkColumns(world, administrator, at));
  assert.match(checked, /1 new teams to make.*1 rejected/);
  assert.match(checked, /more cells than there are headings: “Printers broken”, “again”, “Please fix it”/);
  const rejected = await administrator.get(`${at}/rejected.csv`);
  assert.match(rejected.body, /Name,What it does,Column C,Row of the file/);
  const left = words(await checkColumns(world, administrator, at, { "column-2": "-" }));
  assert.match(left, /2 new teams to make.*0 rejected/);
  const mapped = words(await checkColumns(world, administrator, at, { "column-1": "", "column-2": "purpose" }));
  assert.match(mapped, /2 new teams to make.*What it does Please fix it/);
});

test("a title above the headings is told from them, and the person says which row holds them", async () => {
  const content = "Teams of Aldermoor\n\nName;What it does;E-mail address\nTitled;Roads;a@b.test\nTitled too;Trees;\n";
  const at = await sendFile(world, administrator, "teams", content);
  const page = words(await administrator.get(`${at}/columns`));
  assert.match(page, /2 rows, read as UTF-8, with semicolons.*row 3/i, page);
  assert.match(words(await checkColumns(world, administrator, at)), /2 new teams to make.*Titled.*Roads/);
  const other = await administrator.post(`${at}/headings`, { row: "4" }, { from: `${at}/columns` });
  assert.equal(other.headers.location, `${at}/columns`);
  assert.match(words(await administrator.get(`${at}/columns`)), /1 row,.*Roads/);
  const forged = await administrator.post(`${at}/headings`, { row: "4000" }, { from: `${at}/columns` });
  assert.equal(forged.statusCode, 422);
  await administrator.post(`${at}/headings`, { row: "1" }, { from: `${at}/columns` });
  assert.match(words(await checkColumns(world, administrator, at, { "column-0": "name" })), /3 rejected/);
  await administrator.post(`${at}/headings`, { row: "3" }, { from: `${at}/columns` });
  assert.match(words(await checkColumns(world, administrator, at)), /2 new teams to make.*All rows \(2\)/);
  assert.match(words(await saveRows(world, administrator, at)), /2 made/);
  assert.equal((await administrator.post(`${at}/headings`, { row: "1" }, { from: at })).headers.location, at);
});

test("what is no table is refused at once, and no refused file stands among what failed", async () => {
  const send = (content: string | Buffer) =>
    administrator.post(
      "/people/import",
      { file: new File([new Uint8Array(Buffer.from(content))], "people.csv") },
      { from: "/people/import" },
    );
  for (const [content, why] of [
    ["%PDF-1.4\n1 0 obj\nendobj\n", /This is a PDF.*Send a CSV file or an Excel workbook/],
    [Buffer.from("89504e470d0a1a0a0000000d49484452000000", "hex"), /This is a PNG picture.*Send/i],
    [Buffer.from("d0cf11e0a1b11ae1", "hex"), /an old Excel.*Save it as \.xlsx or as CSV/],
  ] as const) {
    const answer = await send(content);
    assert.equal(answer.statusCode, 422);
    assert.match(words(answer), why);
  }
  const at = await sendFile(world, administrator, "people", "BMI,Name\n");
  assert.match(words(await administrator.get(at)), /no rows below its headings/);
  assert.doesNotMatch(words(await administrator.get(at)), /Try again/);
  assert.match(words(await administrator.get("/people/import")), /people\.csv Could not be read/);
  const { rows } = await world.ownerPool.query(
    "select failure from jobs where kind = 'read-file' and state = 'failed'",
  );
  assert.deepEqual(rows, []);
});

/** A workbook whose directory says that the first part of it unpacks to so many bytes. */
function workbookThatSays(bytes: number): Buffer {
  const content = readFileSync(new URL("people.xlsx", import.meta.url));
  content.writeUInt32LE(bytes, content.indexOf("PK\u0001\u0002") + 24);
  return content;
}
