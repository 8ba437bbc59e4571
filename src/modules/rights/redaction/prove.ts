import { inflateSync } from "node:zlib";
import { edge, grown, overlap } from "./geometry.ts";
import { markLabel } from "./marks.ts";
import type { Mark } from "./marks.ts";
import { openPdf } from "./pdf.ts";
import type { Pdf } from "./pdf.ts";
import { dotsIn } from "./picture.ts";
import type { Rebuilt } from "./rebuild.ts";
import { wordsOf } from "./words.ts";
import type { Word } from "./words.ts";

/**
 * Looks whether anything under a mark is left in a document that was made anew: in its text, its pictures, what is beside
 * its pages, and the bytes themselves, unpacked. Gives what is wrong as sentences that hold no words of the original; none
 * when it may go out.
 */
export async function prove(
  { bytes, under, kept }: Rebuilt,
  { marks, title, pages }: { readonly marks: readonly Mark[]; readonly title: string; readonly pages: number },
): Promise<string[]> {
  const made = await openPdf(bytes);
  try {
    const allowed = new Set([
      ...[...kept.values()].flat().flatMap(({ text }) => tokensOf(text)),
      ...marks.flatMap((mark) => tokensOf(markLabel(mark))),
      "reeve",
      "redacted",
    ]);
    const forbidden = new Set(
      [...under.values()]
        .flat()
        .flatMap(({ text }) => tokensOf(text))
        .filter((token) => token.length >= 2 && !allowed.has(token)),
    );
    return [
      ...(tokensOf(title).some((token) => forbidden.has(token))
        ? ["What the document is called holds words that are marked: edit that first"]
        : []),
      ...(made.pages === pages ? [] : [`It has ${made.pages} pages in place of ${pages}`]),
      ...besideFaults(made),
      ...pageFaults(made, marks, forbidden),
      ...byteFaults(bytes, forbidden),
    ];
  } finally {
    made.close();
  }
}

/** The words of a text as they are compared: letters and figures in small letters. */
function tokensOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function besideFaults(made: Pdf): string[] {
  const { annotations, attachments, scripts, form, bookmarks, signatures } = made.beside();
  const present = { annotations, attachments, scripts, "form fields": form, bookmarks, signatures };
  return Object.entries(present)
    .filter(([, there]) => there !== 0 && there !== false)
    .map(([what]) => `It holds ${what}`);
}

function pageFaults(made: Pdf, marks: readonly Mark[], forbidden: ReadonlySet<string>): string[] {
  return Array.from({ length: made.pages }, (_, at) => at + 1).flatMap((page) => {
    const own = marks.filter((mark) => mark.page === page);
    const words = wordsOf(made.signs(page));
    const { pictures, others } = made.objects(page);
    const faults = [
      ...(pictures === 1 && others === 0 ? [] : ["more than one picture is drawn"]),
      ...(words.some(({ text }) => tokensOf(text).some((token) => forbidden.has(token)))
        ? ["words that were under a mark can be read"]
        : []),
      ...(own.some((mark) => words.some((word) => isLeft(word, mark, own))) ? ["words stand under a mark"] : []),
      ...(isBlack(made, page, own) ? [] : ["a mark is not black in the picture"]),
    ];
    return faults.map((fault) => `Page ${page}: ${fault}`);
  });
}

/** Whether a word stands under a mark and is not the code that was written on one. */
function isLeft(word: Word, mark: Mark, marks: readonly Mark[]): boolean {
  if (!overlap(grown(mark, -edge), word.ink)) return false;
  const labels = new Set(marks.flatMap((one) => tokensOf(markLabel(one))));
  return !tokensOf(word.text).every((token) => labels.has(token));
}

/** Of 255: what JPEG makes of black beside white. */
const darkMax = 90;

/** Looks at the picture as it lies in the file: what is drawn over it could hide that something is left. */
function isBlack(made: Pdf, page: number, marks: readonly Mark[]): boolean {
  if (marks.length === 0) return true;
  const picture = made.embedded(page);
  if (!picture) return false;
  const size = made.size(page);
  return marks.every((mark) => {
    const { left, right, top, bottom } = dotsIn(picture, size, mark);
    const rim = right - left > 6 && bottom - top > 6 ? 2 : 0;
    for (let y = top + rim; y < bottom - rim; y++)
      for (let x = left + rim; x < right - rim; x++) {
        const at = (y * picture.width + x) * 4;
        if (Math.max(picture.dots[at]!, picture.dots[at + 1]!, picture.dots[at + 2]!) > darkMax) return false;
      }
    return true;
  });
}

/** What has no business in a document that was made anew (names of ISO 32000-1). */
const strangers =
  /\/(?:EmbeddedFiles?|Filespec|JavaScript|JS|AcroForm|XFA|Annots|AA|OpenAction|PieceInfo|RichMedia|Launch|Thumb|Outlines|OCProperties|Encrypt|Prev)\b/;

function byteFaults(bytes: Buffer, forbidden: ReadonlySet<string>): string[] {
  const { plain, streams } = partsOf(bytes);
  const texts = [plain, ...streams];
  const count = (what: string) => bytes.toString("latin1").split(what).length - 1;
  return [
    ...(count("%%EOF") === 1 && count("startxref") === 1 ? [] : ["It holds more than one version of itself"]),
    ...(texts.some((text) => strangers.test(text)) ? ["It holds more than pages"] : []),
    ...(texts.some((text) =>
      stringsIn(text).some((said) => tokensOf(said).some((token) => token.length >= 3 && forbidden.has(token))),
    )
      ? ["Words that were under a mark are in its bytes"]
      : []),
  ];
}

/** The bytes outside streams, and each stream unpacked but for pictures and fonts, as one character a byte. */
function partsOf(bytes: Buffer): { readonly plain: string; readonly streams: readonly string[] } {
  const all = bytes.toString("latin1");
  const streams: string[] = [];
  let plain = "";
  let from = 0;
  for (const match of all.matchAll(/stream\r?\n/g)) {
    const begins = match.index + match[0].length;
    if (match.index < from || all.slice(match.index - 3, match.index) === "end") continue;
    const ends = all.indexOf("endstream", begins);
    if (ends < 0) break;
    const before = all.slice(Math.max(from, all.lastIndexOf("obj", match.index)), match.index);
    plain += all.slice(from, match.index);
    from = ends;
    if (/\/Subtype\s*\/(?:Image|CIDFontType0C|OpenType)|\/Length1\b/.test(before)) continue;
    const packed = bytes.subarray(begins, ends);
    streams.push((before.includes("/FlateDecode") ? inflateSync(packed) : packed).toString("latin1"));
  }
  return { plain: plain + all.slice(from), streams };
}

/**
 * What a stretch of a PDF says: its strings, in brackets or as figures, each read as one byte and as two bytes a character; of
 * what it tells of itself as XML, the texts of the elements.
 */
function stringsIn(text: string): string[] {
  if (text.includes("<?xpacket"))
    return Buffer.from(text, "latin1")
      .toString("utf8")
      .replaceAll(momentInXml, "")
      .split(/<[^>]*>/);
  const said = text.replaceAll(identity, "").replaceAll(shownByGlyph, "");
  const literal = [...said.matchAll(/\(((?:[^()\\]|\\[^])*)\)/g)].map(([, one = ""]) =>
    one.replaceAll(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  );
  const figures = [...said.matchAll(/<([0-9a-fA-F\s]+)>/g)].map(([, hex = ""]) =>
    Buffer.from(hex.replaceAll(/\s/g, ""), "hex").toString("latin1"),
  );
  return [...literal, ...figures].flatMap((one) => [one, inTwoBytes(one)]);
}

// When the copy was made, and by which number, is of the copy; what is shown by numbers of glyphs is read as text above.
const momentInXml = /\d{4}-\d\d-\d\dT[\d:.]+Z?/g;
const identity = /\/ID\s*\[[^\]]*\]/g;
const shownByGlyph = /\[(?:<[0-9a-fA-F]*>|[\s\d.+-])*\]\s*TJ/g;

/** Bytes, one a character, read as UTF-16 with the greater byte first, as PDF writes what is not Latin. */
function inTwoBytes(said: string): string {
  const bytes = Buffer.from(said.replace(/^\u00fe\u00ff/, ""), "latin1");
  return bytes.length % 2 === 0 ? bytes.swap16().toString("utf16le") : "";
}
