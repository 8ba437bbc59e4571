/** Why a PDF cannot be worked on, as a sentence without a full stop: for the person, not a fault of ours. */
export class NoPdf extends Error {
  override name = "NoPdf";
}

/** Said of a file that PDFium cannot read. */
export const broken =
  "This PDF is damaged, so its pages cannot be read. Open it and save it again as a PDF, and send that";
