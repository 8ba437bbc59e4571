import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { extract, makePdf } from "../../../../test/redacted-pdf.ts";
import { nameFinder } from "./names.ts";
import type { Mark } from "./marks.ts";
import { NoPdf } from "./no-pdf.ts";
import { openPdf } from "./pdf.ts";
import { prove } from "./prove.ts";
import { dotsIn } from "./picture.ts";
import { rebuild, writable } from "./rebuild.ts";
import type { Rebuilt } from "./rebuild.ts";
import { suggestionsOn, wordsTyped } from "./suggest.ts";
import { doTask } from "./tasks.ts";
import type { Redacted, SeenPage } from "./tasks.ts";
import { inThread } from "./thread.ts";
import { wordsOf } from "./words.ts";

const secret = "Jane Smithson of 14 Quarry Lane called on 07700 900123";
const stays = "The council mended the road in March.";
const secrets = /smithson|quarry|900123|hush/i;

/** A PDF that says a secret in every place that a PDF has for saying things. */
async function talkative(): Promise<Buffer> {
  const drawn = await sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text y="30">Hush</text></svg>`),
  )
    .png()
    .toBuffer();
  const made = await makePdf(
    [`${stays} ${secret}.`, "A second page that says nothing of anybody."],
    (pdf) => {
      pdf.image(drawn, 72, 300);
      pdf.fillColor("white").text("Hush in white ink", 72, 400).fillColor("black");
      pdf.note(10, 10, 50, 50, "Hush in a note");
      pdf.file(Buffer.from("Hush in a file"), { name: "hush.txt" });
      pdf.initForm();
      pdf.formText("field", 10, 500, 200, 40, { value: "Hush in a field" });
      pdf.outline.addItem("Hush in a bookmark");
    },
    { info: { Title: "Hush in the title", Author: "Jane Smithson" } },
  );
  // As an earlier version of itself and beyond its end, in the clear and packed.
  return Buffer.concat([made, Buffer.from("\n99 0 obj (Hush after the end) endobj\n"), deflateSync("Hush packed")]);
}

async function marksFor(bytes: Uint8Array, typed: readonly string[]): Promise<Mark[]> {
  const pdf = await openPdf(bytes);
  try {
    return Array.from({ length: pdf.pages }, (_, at) => at + 1).flatMap((page) =>
      typed
        .flatMap((words) => wordsTyped(page, pdf.size(page), wordsOf(pdf.signs(page)), words))
        .flatMap(({ boxes }) => boxes.map((box): Mark => ({ ...box, page, section: "s40_2", kind: "name" }))),
    );
  } finally {
    pdf.close();
  }
}

async function redact(bytes: Uint8Array, marks: readonly Mark[]): Promise<Redacted> {
  // The answer to this task is of this shape.
  return (await doTask(bytes, { task: "redact", marks, title: "A letter (redacted)" }, () => undefined)) as Redacted;
}

test("what is marked is in the copy in no way: another reader finds it in no text, note, file, field, title or picture", async () => {
  const bytes = await talkative();
  const before = await extract(bytes);
  assert.match(before.texts.join(" "), secrets);
  for (const place of ["a note", "hush.txt", "a field", "a bookmark", "the title"])
    assert.match(before.beside + bytes.toString("latin1"), new RegExp(place), `the original holds ${place}`);
  const marks = await marksFor(bytes, [secret]);
  assert.ok(marks.length > 0);
  const drawn = { page: 2, left: 700, top: 2950, width: 2200, height: 500, section: "s38", kind: "area" } as const;
  const made = await redact(bytes, [...marks, drawn]);
  assert.deepEqual(made.faults, []);
  const copy = await extract(made.bytes);
  assert.doesNotMatch(JSON.stringify([copy.texts, copy.beside]), secrets);
  assert.doesNotMatch(Buffer.from(made.bytes).toString("latin1"), secrets);
  assert.match(copy.texts[0]!.replaceAll(/\s+/g, " "), /The council mended the road in March/);
  assert.match(copy.texts[0]!, /s40\(2\)/);
  assert.match(copy.texts[1]!, /s38/);
  assert.equal(made.unseen, 4, "the words in white ink");
});

test("the picture of a page is black under each mark, and there is no other picture", async () => {
  const bytes = await talkative();
  const marks = await marksFor(bytes, ["Jane Smithson"]);
  const { bytes: made } = await redact(bytes, marks);
  const { pictures } = await extract(made);
  assert.deepEqual(
    pictures.map(({ length }) => length),
    [1, 1],
  );
  const [[picture]] = [pictures[0]!];
  assert.ok(picture);
  const size = { width: 5953, height: 8419 };
  const dots = new Uint8Array();
  for (const mark of marks) {
    const { left, right, top, bottom } = dotsIn({ width: picture.width, height: picture.height, dots }, size, mark);
    for (let y = top + 2; y < bottom - 2; y++)
      for (let x = left + 2; x < right - 2; x++)
        assert.ok(picture.data[(y * picture.width + x) * 3]! < 60, `${x}, ${y} is black`);
  }
});

test("a page that is turned is marked where its words are seen", async () => {
  for (const turn of [90, 180, 270]) {
    const bytes = await makePdf([`${stays} ${secret}.`], (made) => {
      // What PDFKit keeps of a page, as it will write it.
      (made.page as unknown as { dictionary: { data: Record<string, unknown> } }).dictionary.data["Rotate"] = turn;
    });
    const seen = (await doTask(bytes, { task: "page", page: 1, names: [] }, () => undefined)) as SeenPage;
    assert.deepEqual([seen.unseen, seen.words.length], [0, 17], `all words have ink at ${turn}`);
    const made = await redact(bytes, await marksFor(bytes, ["Jane Smithson of 14 Quarry Lane", "900123"]));
    assert.deepEqual(made.faults, [], String(turn));
    const { texts } = await extract(made.bytes);
    assert.doesNotMatch(texts[0]!, secrets);
    assert.match(texts[0]!.replaceAll(/\s+/g, " "), /mended the road/);
  }
});

test("close lines, short numbers and dates under marks are no reason to refuse a good copy", async () => {
  const line = "gypsy 11/03/1980 of 22 jumpy AB 12 34 56 C quay 2026 (fi) ";
  const bytes = await makePdf([line.repeat(60)], undefined, {});
  const marks = await marksFor(bytes, ["11/03/1980", "22", "AB 12 34 56 C", "2026", "fi"]);
  const made = await redact(bytes, marks);
  assert.deepEqual(made.faults, []);
  const { texts } = await extract(made.bytes);
  assert.doesNotMatch(texts[0]!, /1980|2026|34/);
  assert.match(texts[0]!, /gypsy.*jumpy.*quay/);
  const titled = (await doTask(bytes, { task: "redact", marks, title: "Letter of 1980" }, () => undefined)) as Redacted;
  assert.match(titled.faults[0] ?? "", /What the document is called holds words that are marked/);
});

test("the proof finds words, pictures and things beside the pages that were left", async () => {
  const bytes = await makePdf([`${stays} ${secret}.`]);
  const marks = await marksFor(bytes, ["Smithson"]);
  const pdf = await openPdf(bytes);
  const good = await rebuild(pdf, marks, "A letter", () => undefined);
  const of = (made: Rebuilt) => prove(made, { marks, title: "A letter", pages: 1 });
  assert.deepEqual(await of(good), []);
  const without = async (changed: Buffer) => (await of({ ...good, bytes: changed })).join("; ");
  assert.match(await without(bytes), /words that were under a mark can be read.*a mark is not black/);
  assert.match(await without(Buffer.concat([good.bytes, good.bytes])), /more than one version/);
  assert.match(
    await without(Buffer.concat([good.bytes, Buffer.from("\n9 0 obj (Mrs SMITHSON) endobj\n")])),
    /Words that were under a mark are in its bytes/,
  );
  const packed = deflateSync("BT (Smithson) Tj ET");
  const stream = [
    `\n9 0 obj << /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`,
    packed,
    "\nendstream endobj\n",
  ];
  assert.match(
    await without(Buffer.concat([good.bytes, ...stream.map((part) => Buffer.from(part as string))])),
    /Words that were under a mark are in its bytes/,
  );
  const two = Buffer.from(Buffer.from("Smithson", "utf16le").swap16()).toString("hex");
  assert.match(
    await without(Buffer.concat([good.bytes, Buffer.from(`\n9 0 obj <feff${two}> endobj\n`)])),
    /Words that were under a mark are in its bytes/,
  );
  const withNote = await makePdf(["Page"], (made) => made.note(1, 1, 9, 9, "x"));
  assert.match(await without(withNote), /It holds annotations/);
  // A mark that was drawn over the picture, and not into it, hides nothing.
  const unmarked = await rebuild(pdf, [], "A letter", () => undefined);
  assert.match(await without(unmarked.bytes), /a mark is not black in the picture/);
  pdf.close();
});

test("what cannot be worked on is refused in a sentence that says what to do", async () => {
  const refusedBy = (bytes: Uint8Array) =>
    openPdf(bytes).then(
      () => assert.fail("it was opened"),
      (error: unknown) => (error instanceof NoPdf ? error.message : assert.fail(String(error))),
    );
  assert.match(
    await refusedBy(await makePdf(["Shut"], undefined, { userPassword: "key" })),
    /protected with a password/,
  );
  assert.match(await refusedBy(Buffer.from("%PDF-1.7 and nothing else")), /damaged/);
  assert.match(await refusedBy(new Uint8Array()), /damaged/);
  assert.match(await refusedBy((await talkative()).subarray(0, 400)), /damaged/);
  const many = await makePdf(Array.from({ length: 501 }, () => "x"));
  assert.match(await refusedBy(many), /501 pages, and at most 500/);
  const huge = await openPdf(await makePdf(["x"], undefined, { size: [100_000, 100_000] }));
  assert.throws(() => huge.picture(1), /more than 200 inches/);
  huge.close();
});

test("work on a PDF that takes too long is ended, and the next goes on", async () => {
  const bytes = await makePdf(Array.from({ length: 20 }, () => secret.repeat(40)));
  await assert.rejects(
    inThread(bytes, { task: "survey", names: [], marks: [] }, { timeoutMs: 1 }),
    /takes too long to read/,
  );
  const pages = await inThread(bytes, { task: "survey", names: [], marks: [] }, { timeoutMs: 60_000 });
  assert.equal(pages.length, 20);
  await assert.rejects(inThread(Buffer.from("no"), { task: "picture", page: 1 }, { timeoutMs: 60_000 }), /damaged/);
});

test("names are found whole, reversed, with an initial, after a title, and by parts once they stood whole", async () => {
  const text = "Okafor, Tunde wrote to Mrs Eleri Pugh. T. Okafor said that Tunde’s park is green. J Green agreed.";
  const bytes = await makePdf([text]);
  const pdf = await openPdf(bytes);
  const finder = nameFinder([
    { name: "Tunde Okafor", why: "It is the name of somebody in Reeve" },
    { name: "Jo Green", why: "It is the name of somebody in Reeve" },
  ]);
  const found = suggestionsOn(1, pdf.size(1), wordsOf(pdf.signs(1)), finder).map((one) => one.text);
  assert.deepEqual(found, ["Okafor, Tunde", "Mrs Eleri Pugh.", "T. Okafor", "Tunde’s", "J Green"]);
  pdf.close();
});

test("a word is kept in letters that the copy can hold", () => {
  assert.equal(writable("ŵyneb"), "ŵyneb");
  assert.equal(writable("ﬁre"), "fire");
  assert.equal(writable("ĉielo"), "cielo");
  assert.equal(writable("日本"), "");
});
