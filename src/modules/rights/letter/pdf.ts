import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import PdfMaker from "pdfkit";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { AnswerLetter, Block } from "./model.ts";
import { paragraphsOf } from "./paragraphs.ts";
import type { Paragraph, Run } from "./paragraphs.ts";

const fontOf = (name: string) =>
  createRequire(import.meta.url).resolve(`@expo-google-fonts/atkinson-hyperlegible-next/${name}`);

/** A picture at the head of a letter: PNG, and its size in points. */
export interface Letterhead {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Two and a half centimetres, in points. */
const margin = 71;
const size = 11.5;

/** Draws a letter as a tagged PDF: a reader of screens finds headings, paragraphs and lists in their order. */
export function letterAsPdf(letter: AnswerLetter, head: Letterhead | null): Promise<Buffer> {
  const pdf = new PdfMaker({
    size: "A4",
    margin,
    tagged: true,
    pdfVersion: "1.7",
    lang: "en-GB",
    displayTitle: true,
    info: {
      Title: `${letter.reference}: ${letter.subject}`,
      Author: letter.organisation,
      // The same letter is the same file.
      CreationDate: new Date(`${letter.day}T12:00:00Z`),
      ModDate: new Date(`${letter.day}T12:00:00Z`),
    },
  });
  pdf.registerFont("regular", fontOf("400Regular/AtkinsonHyperlegibleNext_400Regular.ttf"));
  pdf.registerFont("bold", fontOf("700Bold/AtkinsonHyperlegibleNext_700Bold.ttf"));
  const whole = pdf.struct("Document");
  pdf.addStructure(whole);
  const write = (tag: string, draw: () => void) => whole.add(pdf.struct(tag, {}, draw));
  const text = (words: string) => pdf.font("regular").fontSize(size).text(words, { lineGap: 3, paragraphGap: 9 });
  // The lines of an address stand close together.
  const lines = (words: readonly string[]) => {
    for (const line of words) pdf.font("regular").fontSize(size).text(line, { lineGap: 2 });
    pdf.moveDown(0.8);
  };
  if (head) {
    write("Figure", () => pdf.image(head.png, margin, margin, { width: head.width, height: head.height }));
    pdf.y = margin + head.height + 18;
  }
  write("P", () => pdf.font("bold").fontSize(15).text(letter.organisation, margin, pdf.y, { paragraphGap: 12 }));
  if (letter.to.length > 0) write("P", () => lines(letter.to));
  write("P", () => lines([formatDay(letter.day), `Our reference: ${letter.reference}`]));
  write("H1", () => pdf.font("bold").fontSize(14).text(letter.subject, { paragraphGap: 10 }));
  for (const block of [...letter.opening, ...letter.body, ...letter.closing])
    for (const paragraph of paragraphsIn(block)) draw({ pdf, whole, write }, paragraph);
  // Whoever closes a letter signs it.
  if (letter.closing.length > 0) write("P", () => text(letter.organisation));
  whole.end();
  pdf.end();
  return buffer(pdf);
}

/** The paragraphs of a part of a letter. */
export function paragraphsIn(block: Block): Paragraph[] {
  return block.kind === "heading"
    ? [{ kind: "heading", runs: [{ text: block.text, bold: true }] }]
    : paragraphsOf(block.markdown);
}

type Maker = InstanceType<typeof PdfMaker>;

interface Drawing {
  readonly pdf: Maker;
  readonly whole: PDFKit.PDFStructureElement;
  readonly write: (tag: string, draw: () => void) => void;
}

function draw({ pdf, whole, write }: Drawing, paragraph: Paragraph): void {
  if (paragraph.kind === "table") {
    pdf.font("regular").fontSize(size);
    const data = paragraph.rows.map((row, at) =>
      row.map((text) => ({ text, type: at === 0 ? ("TH" as const) : ("TD" as const) })),
    );
    // pdfkit takes the parent of the table’s tags; its types do not say so.
    const table = { data, structParent: whole };
    pdf.table(table);
    pdf.x = margin;
    pdf.moveDown(0.8);
    return;
  }
  if (paragraph.kind === "heading") {
    pdf.moveDown(0.3);
    write("H2", () =>
      runs(
        pdf,
        paragraph.runs.map(({ text }) => ({ text, bold: true })),
        { paragraphGap: 5 },
        12.5,
      ),
    );
    return;
  }
  if (paragraph.kind === "point")
    write("P", () =>
      runs(pdf, [{ text: `${paragraph.mark} `, bold: false }, ...paragraph.runs], { indent: 10, paragraphGap: 4 }),
    );
  else write("P", () => runs(pdf, paragraph.runs, {}));
}

function runs(pdf: Maker, all: readonly Run[], more: object, fontSize = size): void {
  for (const [at, { text, bold }] of all.entries())
    pdf
      .font(bold ? "bold" : "regular")
      .fontSize(fontSize)
      .text(text, { lineGap: 3, paragraphGap: 9, ...more, continued: at < all.length - 1 });
}
