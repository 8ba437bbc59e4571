import type { WrappedPdfiumModule } from "@embedpdf/pdfium";
import type { Box } from "./geometry.ts";
import { unitsPerInch } from "./geometry.ts";
import { broken, NoPdf } from "./no-pdf.ts";
import { embeddedIn, pictureOf } from "./pdf-picture.ts";
import { signsOf } from "./pdf-signs.ts";
import { imageObject, inMemory, memoryOf, pdfium } from "./pdfium.ts";

/** The most pages of one file, and what a page may hold. */
export const pagesMax = 500;
const sideMax = 200 * unitsPerInch;
/** A sign of a page's text with the box of its ink and the box of its line; `end` where a word or line ends. */
export interface Sign {
  readonly text: string;
  readonly ink: Box;
  readonly box: Box;
}

/** A page drawn: red, green, blue and a fourth byte that says nothing, row by row from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly dots: Uint8Array;
}

/** A page's size as displayed, in tenths of a point. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** What a file holds beside its pages. */
export interface Beside {
  readonly annotations: number;
  readonly attachments: number;
  readonly scripts: number;
  readonly form: boolean;
  readonly bookmarks: boolean;
  readonly signatures: number;
}

/** An open PDF. Everything of it is read page by page; `close` gives back its memory. */
export interface Pdf {
  readonly pages: number;
  size(page: number): PageSize;
  /** The signs of a page's text in reading order; null where a word or line ends. */
  signs(page: number): (Sign | null)[];
  /** Draws a page as it is seen, annotations and filled fields included. */
  picture(page: number): Picture;
  /** The first picture on a page as it lies in the file, before anything is drawn over it; null where there is none. */
  embedded(page: number): Picture | null;
  /** How many pictures and other things a page is drawn of. */
  objects(page: number): { readonly pictures: number; readonly texts: number; readonly others: number };
  beside(): Beside;
  close(): void;
}

/** FPDF_ERR_* of PDFium's fpdfview.h. */
const reasons: Readonly<Record<number, string>> = {
  4: "This PDF is protected with a password. Save it without one, and send it again",
  5: "This PDF is protected in a way that Reeve cannot open. Save or print it as a PDF without protection, and send it again",
};
/** Opens a PDF. Throws NoPdf for one that is protected, damaged, or larger than can be worked on. */
export async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  const module = await pdfium();
  const { pdfium: runtime } = module;
  const at = runtime.wasmExports.malloc(bytes.length);
  // After malloc, which can move the memory.
  memoryOf(module).set(bytes, at);
  const file = module.FPDF_LoadMemDocument(at, bytes.length, "");
  if (file === 0) {
    const reason = reasons[module.FPDF_GetLastError()] ?? broken;
    runtime.wasmExports.free(at);
    throw new NoPdf(reason);
  }
  const close = () => {
    module.FPDF_CloseDocument(file);
    runtime.wasmExports.free(at);
  };
  try {
    const pages = module.FPDF_GetPageCount(file);
    if (pages < 1) throw new NoPdf(broken);
    if (pages > pagesMax)
      throw new NoPdf(
        `This PDF has ${pages.toLocaleString("en-GB")} pages, and at most ${pagesMax} can be redacted at once. Split it, and send the parts`,
      );
    return { pages, close, ...reader(module, file) };
  } catch (error) {
    close();
    throw error;
  }
}

function reader(module: WrappedPdfiumModule, file: number): Omit<Pdf, "pages" | "close"> {
  const size = (page: number) => sizeOf(module, file, page);
  const onPage = <Answer>(page: number, work: (handle: number) => Answer): Answer => {
    const handle = module.FPDF_LoadPage(file, page - 1);
    if (handle === 0) throw new NoPdf(`Page ${page} of this PDF is damaged. Open it and save it again as a PDF`);
    try {
      return work(handle);
    } finally {
      module.FPDF_ClosePage(handle);
    }
  };
  return {
    size,
    signs: (page) => onPage(page, (handle) => signsOf(module, handle, size(page), page)),
    picture: (page) => onPage(page, (handle) => pictureOf(module, handle, size(page))),
    embedded: (page) => onPage(page, (handle) => embeddedIn(module, handle)),
    objects: (page) => onPage(page, (handle) => objectsOf(module, handle)),
    beside: () => ({
      annotations: Array.from({ length: module.FPDF_GetPageCount(file) }, (_, at) =>
        onPage(at + 1, (handle) => module.FPDFPage_GetAnnotCount(handle)),
      ).reduce((sum, count) => sum + count, 0),
      attachments: module.FPDFDoc_GetAttachmentCount(file),
      scripts: module.FPDFDoc_GetJavaScriptActionCount(file),
      form: module.FPDF_GetFormType(file) !== 0,
      bookmarks: module.FPDFBookmark_GetFirstChild(file, 0) !== 0,
      signatures: module.FPDF_GetSignatureCount(file),
    }),
  };
}

function sizeOf(module: WrappedPdfiumModule, file: number, page: number): PageSize {
  const [width, height] = inMemory(module, 8, (at) => {
    if (!module.FPDF_GetPageSizeByIndexF(file, page - 1, at)) throw new NoPdf(broken);
    return [module.pdfium.getValue(at, "float"), module.pdfium.getValue(at + 4, "float")];
  });
  const [across, down] = [width ?? 0, height ?? 0].map((points) => Math.round(points * 10)) as [number, number];
  if (!(across >= 10 && down >= 10 && across <= sideMax && down <= sideMax))
    throw new NoPdf(
      `Page ${page} is ${across < 10 || down < 10 ? "smaller than can be seen" : "more than 200 inches long"}, so it cannot be drawn. Print it to A4 as a PDF, and send that`,
    );
  return { width: across, height: down };
}

/** FPDF_PAGEOBJ_TEXT of fpdf_edit.h. */
const textObject = 1;

function objectsOf(module: WrappedPdfiumModule, handle: number): ReturnType<Pdf["objects"]> {
  const kinds = Array.from({ length: module.FPDFPage_CountObjects(handle) }, (_, at) =>
    module.FPDFPageObj_GetType(module.FPDFPage_GetObject(handle, at)),
  );
  const count = (kind: number) => kinds.filter((one) => one === kind).length;
  const [texts, pictures] = [count(textObject), count(imageObject)];
  return { texts, pictures, others: kinds.length - texts - pictures };
}
