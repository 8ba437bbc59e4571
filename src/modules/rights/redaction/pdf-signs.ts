import type { WrappedPdfiumModule } from "@embedpdf/pdfium";
import type { PageSize, Sign } from "./pdf.ts";
import { NoPdf } from "./no-pdf.ts";
import { inMemory } from "./pdfium.ts";

const characterCountMax = 100_000;

/** The signs of a page’s text in reading order; null where a word or line ends. Throws NoPdf for too many. */
export function signsOf(module: WrappedPdfiumModule, handle: number, size: PageSize, page: number): (Sign | null)[] {
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
