import type { WrappedPdfiumModule } from "@embedpdf/pdfium";
import { unitsPerInch } from "./geometry.ts";
import { broken, NoPdf } from "./no-pdf.ts";
import type { PageSize, Picture } from "./pdf.ts";
import { imageObject, memoryOf } from "./pdfium.ts";

/** Dots of a page's picture: A4 at 150 to the inch is 2.2 million, A3 4.4. */
const dotsMax = 5_000_000;
const dotsPerInch = 150;

/** FPDF_ANNOT and FPDF_REVERSE_BYTE_ORDER of fpdfview.h, and FPDFBitmap_BGRx. */
const drawFlags = 0x01 | 0x10;
const fourBytes = 3;
const white = 0xff_ff_ff_ff;

/** Draws a page as it is seen, annotations and filled fields included. */
export function pictureOf(module: WrappedPdfiumModule, handle: number, size: PageSize): Picture {
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

/** The first picture of a page as it lies in the file; null where there is none. */
export function embeddedIn(module: WrappedPdfiumModule, handle: number): Picture | null {
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
