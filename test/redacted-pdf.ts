import { buffer } from "node:stream/consumers";
import PdfMaker from "pdfkit";
import { getDocument, OPS, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";

/** A PDF for tests: a page for each text, and whatever `more` adds on the last one. */
export async function makePdf(
  texts: readonly string[],
  more: (made: PDFKit.PDFDocument) => void = () => undefined,
  options: PDFKit.PDFDocumentOptions = {},
): Promise<Buffer> {
  const made = new PdfMaker({ size: "A4", autoFirstPage: false, ...options });
  for (const text of texts) made.addPage().fontSize(11).text(text);
  more(made);
  made.end();
  return buffer(made);
}

/** What a reader that is not ours finds in a PDF. */
export interface Extracted {
  /** The text of each page. */
  readonly texts: readonly string[];
  /** All that it tells beside its pages, as one text. */
  readonly beside: string;
  /** Each picture, of each page: its size and its dots, three bytes each. */
  readonly pictures: readonly (readonly DrawnPicture[])[];
}

interface DrawnPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Reads a PDF with PDF.js, which Reeve itself does not use. */
export async function extract(bytes: Uint8Array): Promise<Extracted> {
  const loading = getDocument({ data: new Uint8Array(bytes), verbosity: VerbosityLevel.ERRORS });
  const pdf = await loading.promise;
  const texts: string[] = [];
  const pictures: DrawnPicture[][] = [];
  const attachments: unknown = await pdf.getAttachments();
  const beside: unknown[] = [
    await pdf.getMetadata().then(({ info, metadata }) => [info, metadata?.getRaw()]),
    attachments instanceof Map ? [...attachments] : attachments,
    await pdf.getJSActions(),
    await pdf.getFieldObjects(),
    await pdf.getOutline(),
  ];
  for (let at = 1; at <= pdf.numPages; at++) {
    const page = await pdf.getPage(at);
    const { items } = await page.getTextContent();
    texts.push(items.map((item) => ("str" in item ? item.str : "")).join(" "));
    beside.push(await page.getAnnotations(), await page.getJSActions());
    const { fnArray, argsArray } = await page.getOperatorList();
    const names = fnArray.flatMap((call, place) =>
      call === OPS.paintImageXObject ? [String(argsArray[place][0])] : [],
    );
    // PDF.js keeps under this name a picture of this shape, once it has read it.
    const read = names.map((name) => new Promise((resolve) => page.objs.get(name, resolve)) as Promise<DrawnPicture>);
    pictures.push(await Promise.all(read));
  }
  await loading.destroy();
  return { texts, beside: JSON.stringify(beside), pictures };
}
