import {
  AlignmentType,
  Document,
  HeadingLevel,
  ImageRun,
  Packer,
  Paragraph as WordParagraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from "docx";
import { formatDay } from "../../../kernel/fields/date.ts";
import type { AnswerLetter } from "./model.ts";
import type { Paragraph, Run } from "./paragraphs.ts";
import { paragraphsIn } from "./pdf.ts";
import type { Letterhead } from "./pdf.ts";

/** Writes a letter as a Word document, to be printed on paper or changed where the law asks for another form. */
export function letterAsWord(letter: AnswerLetter, head: Letterhead | null): Promise<Buffer> {
  const lines = (words: readonly string[]) =>
    new WordParagraph({
      spacing: { after: 240 },
      children: words.map((text, at) => new TextRun({ text, ...(at > 0 ? { break: 1 } : {}) })),
    });
  const document = new Document({
    title: `${letter.reference}: ${letter.subject}`,
    creator: letter.organisation,
    lastModifiedBy: letter.organisation,
    styles: { default: { document: { run: { font: "Arial", size: 23, language: { value: "en-GB" } } } } },
    sections: [
      {
        properties: { page: { margin: { top: 1420, right: 1420, bottom: 1420, left: 1420 } } },
        children: [
          ...(head ? [picture(head, letter.organisation)] : []),
          new WordParagraph({
            spacing: { after: 240 },
            children: [new TextRun({ text: letter.organisation, bold: true, size: 30 })],
          }),
          ...(letter.to.length > 0 ? [lines(letter.to)] : []),
          lines([formatDay(letter.day), `Our reference: ${letter.reference}`]),
          new WordParagraph({ heading: HeadingLevel.HEADING_1, text: letter.subject }),
          ...[...letter.opening, ...letter.body, ...letter.closing].flatMap(paragraphsIn).map(written),
          lines([letter.organisation]),
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}

function picture({ png, width, height }: Letterhead, organisation: string): WordParagraph {
  return new WordParagraph({
    alignment: AlignmentType.LEFT,
    children: [
      new ImageRun({
        type: "png",
        data: png,
        // Pixels of 96 an inch from points of 72.
        transformation: { width: (width * 96) / 72, height: (height * 96) / 72 },
        altText: { name: "Logo", title: organisation, description: organisation },
      }),
    ],
  });
}

function written(paragraph: Paragraph): WordParagraph | Table {
  if (paragraph.kind === "table")
    return new Table({
      width: { size: 100, type: WidthType.PERCENTAGE },
      rows: paragraph.rows.map(
        (row, at) =>
          new TableRow({
            tableHeader: at === 0,
            children: row.map((text) => new TableCell({ children: [new WordParagraph({ text })] })),
          }),
      ),
    });
  if (paragraph.kind === "heading")
    return new WordParagraph({ heading: HeadingLevel.HEADING_2, children: paragraph.runs.flatMap(textRuns) });
  if (paragraph.kind === "point")
    return new WordParagraph({
      indent: { left: 400, hanging: 300 },
      spacing: { after: 80 },
      children: [new TextRun(`${paragraph.mark}\t`), ...paragraph.runs.flatMap(textRuns)],
    });
  return new WordParagraph({ spacing: { after: 180 }, children: paragraph.runs.flatMap(textRuns) });
}

function textRuns({ text, bold }: Run): TextRun[] {
  return text.split("\n").map((line, at) => new TextRun({ text: line, bold, ...(at > 0 ? { break: 1 } : {}) }));
}
