import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import PdfMaker from "pdfkit";
import { edge, grown, overlap } from "./geometry.ts";
import { markLabel } from "./marks.ts";
import type { Mark } from "./marks.ts";
import { NoPdf } from "./no-pdf.ts";
import type { PageSize, Pdf } from "./pdf.ts";
import { blacken, jpegOf } from "./picture.ts";
import { isSeen, wordsOf } from "./words.ts";
import type { Word } from "./words.ts";

/** A document made anew. */
export interface Rebuilt {
  readonly bytes: Buffer;
  /** The words under marks, by page: for the proof alone, never to be kept. */
  readonly under: ReadonlyMap<number, readonly Word[]>;
  /** The words that stayed, by page. */
  readonly kept: ReadonlyMap<number, readonly Word[]>;
  /** How many words that nobody sees were left out. */
  readonly unseen: number;
}

/** The most bytes of what is made, so that it can be kept as a file. */
const madeBytesMax = 24_000_000;

const fontFile = createRequire(import.meta.url).resolve(
  "@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf",
);

/**
 * Makes a document of which each page is a picture with the marks blacked out, under it the words that stay, so that they
 * can be found and read out. Nothing of the bytes of the original goes into it. Tells of each page that is done.
 */
export async function rebuild(
  pdf: Pdf,
  marks: readonly Mark[],
  title: string,
  tell: (page: number) => void,
): Promise<Rebuilt> {
  const made = new PdfMaker({
    autoFirstPage: false,
    pdfVersion: "1.7",
    lang: "en-GB",
    displayTitle: true,
    tagged: true,
    info: { Title: title, Producer: "Reeve", Creator: "Reeve" },
  });
  made.registerFont("words", await readFile(fontFile));
  const bytes = buffer(made);
  const under = new Map<number, readonly Word[]>();
  const kept = new Map<number, readonly Word[]>();
  let [unseen, written] = [0, 0];
  for (let page = 1; page <= pdf.pages; page++) {
    const size = pdf.size(page);
    const own = marks.filter((mark) => mark.page === page);
    const picture = pdf.picture(page);
    const words = wordsOf(pdf.signs(page));
    // Looked at before the marks are drawn, so that what is under a mark counts as such.
    const seen = words.filter((word) => isSeen(word, size, picture));
    const isUnder = ({ ink }: Word) => own.some((mark) => overlap(grown(mark, -edge), ink));
    under.set(page, words.filter(isUnder));
    kept.set(
      page,
      seen.filter((word) => !isUnder(word)),
    );
    unseen += words.filter((word) => !isUnder(word)).length - kept.get(page)!.length;
    for (const mark of own) blacken(picture, size, mark);
    const jpeg = await jpegOf(picture);
    written += jpeg.length;
    if (written > madeBytesMax)
      throw new NoPdf("The redacted document would be larger than 24 MB. Split the PDF, and redact the parts");
    addPage(made, { size, jpeg, words: kept.get(page)!, marks: own });
    tell(page);
  }
  made.end();
  return { bytes: await bytes, under, kept, unseen };
}

interface NewPage {
  readonly size: PageSize;
  readonly jpeg: Buffer;
  readonly words: readonly Word[];
  readonly marks: readonly Mark[];
}

/** Points of a page from tenths of them. */
const points = (tenths: number) => tenths / 10;

function addPage(made: PDFKit.PDFDocument, { size, jpeg, words, marks }: NewPage): void {
  const [width, height] = [points(size.width), points(size.height)];
  made.addPage({ size: [width, height], margin: 0 });
  made.font("words");
  made.markContent("Artifact", { type: "Layout" });
  made.image(jpeg, 0, 0, { width, height });
  made.endMarkedContent();
  const text = made.struct("P", {}, () => {
    // Text rendering mode 3 (ISO 32000-1, 9.3.6): neither filled nor stroked, so the picture alone is seen.
    made.save().addContent("3 Tr");
    for (const word of words) writeWord(made, word);
    made.restore();
  });
  made.addStructure(text).addStructure(
    made.struct("P", {}, () => {
      for (const mark of marks) writeLabel(made, mark);
    }),
  );
  text.end();
}

function writeWord(made: PDFKit.PDFDocument, { text, ink }: Word): void {
  const plain = writable(text);
  if (plain === "") return;
  // Smaller than it is drawn, so that not even the tail of a letter reaches under a mark on the line below.
  made.fontSize(Math.min(200, Math.max(1, points(ink.height) * 0.7)));
  const natural = made.widthOfString(plain);
  if (!(natural > 0)) return;
  // As wide as it is drawn, so that what is selected with the mouse is what is seen.
  const horizontalScaling = Math.min(1000, Math.max(1, (points(ink.width) / natural) * 100));
  // PDFKit takes it; its types, which others write, do not know it yet.
  const options: PDFKit.Mixins.TextOptions & { horizontalScaling: number } = { lineBreak: false, horizontalScaling };
  made.text(`${plain} `, points(ink.left), points(ink.top + ink.height * 0.08), options);
}

function writeLabel(made: PDFKit.PDFDocument, mark: Mark): void {
  const label = markLabel(mark);
  made.fontSize(10);
  const size = Math.min(10, points(mark.height) * 0.75, ((points(mark.width) - 2) / made.widthOfString(label)) * 10);
  if (size < 3) return;
  made.fontSize(size).fillColor("white");
  const left = points(mark.left) + (points(mark.width) - made.widthOfString(label)) / 2;
  made.text(`${label} `, left, points(mark.top) + (points(mark.height) - size * 1.2) / 2, { lineBreak: false });
  made.fillColor("black");
}

/** Signs that the font has: Latin with its accents, figures and what stands between them. */
const inFont = /[\u0021-\u007e\u00a1-\u00ac\u00ae-\u00b4\u00b6-\u00ff‘’“”–—…•€™]|\p{Script=Latin}/u;
/** Letters of Esperanto, Sami and old spellings that it has not (Atkinson Hyperlegible Next 4.1). */
const notInFont = /[ĈĉĔĕĜĝĤĥĨĩĬĭĴĵĸĿŀŉŊŋŌōŎŏŖŗŜŝŦŧŨũŬŭſ]|[^\u0000-\u017f\u2000-\u2fff]/u;

/** A word in signs that the font has: accents that it lacks are left out, and signs of other scripts. */
export function writable(text: string): string {
  return Array.from(text.normalize("NFKC"))
    .map((sign) => (notInFont.test(sign) ? sign.normalize("NFD").replaceAll(/\p{M}/gu, "") : sign))
    .filter((sign) => inFont.test(sign) && !notInFont.test(sign))
    .join("");
}
