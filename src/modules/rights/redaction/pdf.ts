import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { WrappedPdfiumModule } from "@embedpdf/pdfium";
import type { Box } from "./geometry.ts";
import { unitsPerInch } from "./geometry.ts";

/** Why a PDF cannot be worked on, as a sentence without a full stop: for the person, not a fault of ours. */
export class NoPdf extends Error {
  override name = "NoPdf";
}

/** The most pages of one file, and what a page may hold. */
export const pagesMax = 500;
const sideMax = 200 * unitsPerInch;
const characterCountMax = 100_000;
/** Dots of a page's picture: A4 at 150 to the inch is 2.2 million, A3 4.4. */
const dotsMax = 5_000_000;
const dotsPerInch = 150;

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

/** PDFium as WebAssembly, compiled: nothing can be asked of it but to run. */
export interface CompiledPdfium {
  readonly compiledPdfium?: never;
}

// TypeScript knows WebAssembly of browsers alone; Node has the same.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<CompiledPdfium>;
    instantiate(module: CompiledPdfium, imports: object): Promise<object>;
  };
};

let compiled: Promise<CompiledPdfium> | undefined;
let loaded: Promise<WrappedPdfiumModule> | undefined;

/** PDFium compiled, once for a process: threads are given it. */
export async function compiledPdfium(): Promise<CompiledPdfium> {
  compiled ??= readFile(createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm")).then((wasm) =>
    WebAssembly.compile(new Uint8Array(wasm)),
  );
  return compiled;
}

/** Lets this thread use what another compiled. */
export function usePdfium(module: CompiledPdfium): void {
  compiled = Promise.resolve(module);
}

async function pdfium(): Promise<WrappedPdfiumModule> {
  loaded ??= (async () => {
    // Read where a PDF is, not when the product starts.
    const [{ init }, code] = await Promise.all([import("@embedpdf/pdfium"), compiledPdfium()]);
    const module = await init({
      // Emscripten asks for this in place of the bytes, where they are compiled already.
      instantiateWasm: (imports: object, receive: (instance: object) => void) => {
        void WebAssembly.instantiate(code, imports).then(receive);
        return {};
      },
      // What it says of broken files would go to the log of the product.
      print: () => undefined,
      printErr: () => undefined,
    });
    module.PDFiumExt_Init();
    return module;
  })();
  return loaded;
}

/** The memory of PDFium, which its types leave out. Anything that takes memory can put another in its place. */
function memoryOf({ pdfium: runtime }: WrappedPdfiumModule): Uint8Array {
  return (runtime as unknown as { readonly HEAPU8: Uint8Array }).HEAPU8;
}

/** FPDF_ERR_* of PDFium's fpdfview.h. */
const reasons: Readonly<Record<number, string>> = {
  4: "This PDF is protected with a password. Save it without one, and send it again",
  5: "This PDF is protected in a way that Reeve cannot open. Save or print it as a PDF without protection, and send it again",
};
const broken = "This PDF is damaged, so its pages cannot be read. Open it and save it again as a PDF, and send that";

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

function inMemory<Answer>(module: WrappedPdfiumModule, bytes: number, work: (at: number) => Answer): Answer {
  const at = module.pdfium.wasmExports.malloc(bytes);
  try {
    return work(at);
  } finally {
    module.pdfium.wasmExports.free(at);
  }
}

function signsOf(module: WrappedPdfiumModule, handle: number, size: PageSize, page: number): (Sign | null)[] {
  const text = module.FPDFText_LoadPage(handle);
  if (text === 0) return [];
  try {
    const count = module.FPDFText_CountChars(text);
    if (count > characterCountMax)
      throw new NoPdf(
        `Page ${page} holds more than ${characterCountMax.toLocaleString("en-GB")} characters. Print it over several pages, and send that`,
      );
    return inMemory(module, 48, (at) =>
      Array.from({ length: Math.max(0, count) }, (_, index) => signAt(module, { handle, text, index, at, size })),
    );
  } finally {
    module.FPDFText_ClosePage(text);
  }
}

interface SignAt {
  readonly handle: number;
  readonly text: number;
  readonly index: number;
  /** 48 bytes to work in. */
  readonly at: number;
  readonly size: PageSize;
}

function signAt(module: WrappedPdfiumModule, { handle, text, index, at, size }: SignAt): Sign | null {
  const code = module.FPDFText_GetUnicode(text, index);
  // PDFium gives 2 for the hyphen at which a word is broken over two lines.
  const sign = code === 2 || code === 0xfffe ? "-" : code < 0x20 || code > 0x10ffff ? "" : String.fromCodePoint(code);
  if (sign.trim() === "" || !sign.isWellFormed()) return null;
  const number = (offset: number, type: "double" | "float") => module.pdfium.getValue(at + offset, type);
  const placed = (left: number, right: number, bottom: number, top: number) => {
    const corners = [
      [left, bottom],
      [right, top],
    ].map(([x = 0, y = 0]) => {
      module.FPDF_PageToDevice(handle, 0, 0, size.width, size.height, 0, x, y, at + 32, at + 36);
      return [module.pdfium.getValue(at + 32, "i32"), module.pdfium.getValue(at + 36, "i32")] as const;
    });
    const [one = [0, 0], other = [0, 0]] = corners;
    const [x, y] = [Math.min(one[0], other[0]), Math.min(one[1], other[1])];
    return { left: x, top: y, width: Math.abs(one[0] - other[0]), height: Math.abs(one[1] - other[1]) };
  };
  module.FPDFText_GetCharBox(text, index, at, at + 8, at + 16, at + 24);
  const tight = placed(number(0, "double"), number(8, "double"), number(16, "double"), number(24, "double"));
  // FS_RECTF: left, top, right, bottom.
  const isLoose = module.FPDFText_GetLooseCharBox(text, index, at);
  const loose = isLoose
    ? placed(number(0, "float"), number(8, "float"), number(12, "float"), number(4, "float"))
    : tight;
  return { text: sign, ink: tight.width > 0 && tight.height > 0 ? tight : loose, box: loose };
}

/** FPDF_ANNOT and FPDF_REVERSE_BYTE_ORDER of fpdfview.h, and FPDFBitmap_BGRx. */
const drawFlags = 0x01 | 0x10;
const fourBytes = 3;
const white = 0xff_ff_ff_ff;

function pictureOf(module: WrappedPdfiumModule, handle: number, size: PageSize): Picture {
  const inches = (size.width / unitsPerInch) * (size.height / unitsPerInch);
  const scale = Math.min(dotsPerInch, Math.sqrt(dotsMax / inches)) / unitsPerInch;
  const [width, height] = [size.width, size.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  const bitmap = module.FPDFBitmap_CreateEx(width, height, fourBytes, 0, 0);
  if (bitmap === 0) throw new NoPdf(broken);
  try {
    module.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, white);
    module.FPDF_RenderPageBitmap(bitmap, handle, 0, 0, width, height, 0, drawFlags);
    return dotsOf(module, bitmap);
  } finally {
    module.FPDFBitmap_Destroy(bitmap);
  }
}

/** FPDF_PAGEOBJ_TEXT and FPDF_PAGEOBJ_IMAGE of fpdf_edit.h. */
const textObject = 1;
const imageObject = 3;

function objectsOf(module: WrappedPdfiumModule, handle: number): ReturnType<Pdf["objects"]> {
  const kinds = Array.from({ length: module.FPDFPage_CountObjects(handle) }, (_, at) =>
    module.FPDFPageObj_GetType(module.FPDFPage_GetObject(handle, at)),
  );
  const count = (kind: number) => kinds.filter((one) => one === kind).length;
  const [texts, pictures] = [count(textObject), count(imageObject)];
  return { texts, pictures, others: kinds.length - texts - pictures };
}

/** The dots of a bitmap, whatever its format: 1 is grey, 2 three bytes, 3 and 4 four. */
function dotsOf(module: WrappedPdfiumModule, bitmap: number): Picture {
  const [width, height] = [module.FPDFBitmap_GetWidth(bitmap), module.FPDFBitmap_GetHeight(bitmap)];
  const [from, stride] = [module.FPDFBitmap_GetBuffer(bitmap), module.FPDFBitmap_GetStride(bitmap)];
  const format = module.FPDFBitmap_GetFormat(bitmap);
  const bytes = format <= 2 ? [1, 1, 3][format]! : 4;
  const memory = memoryOf(module);
  const dots = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    const begins = from + row * stride;
    if (bytes === 4) {
      dots.set(memory.subarray(begins, begins + width * 4), row * width * 4);
      continue;
    }
    for (let column = 0; column < width; column++) {
      const [at, to] = [begins + column * bytes, (row * width + column) * 4];
      dots[to] = memory[at] ?? 0;
      dots[to + 1] = memory[at + Math.min(1, bytes - 1)] ?? 0;
      dots[to + 2] = memory[at + bytes - 1] ?? 0;
      dots[to + 3] = 255;
    }
  }
  return { width, height, dots };
}

function embeddedIn(module: WrappedPdfiumModule, handle: number): Picture | null {
  for (let at = 0; at < module.FPDFPage_CountObjects(handle); at++) {
    const object = module.FPDFPage_GetObject(handle, at);
    if (module.FPDFPageObj_GetType(object) !== imageObject) continue;
    const bitmap = module.FPDFImageObj_GetBitmap(object);
    if (bitmap === 0) return null;
    try {
      return dotsOf(module, bitmap);
    } finally {
      module.FPDFBitmap_Destroy(bitmap);
    }
  }
  return null;
}
