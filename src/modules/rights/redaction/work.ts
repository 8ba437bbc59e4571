import { parentPort, workerData } from "node:worker_threads";
import { NoPdf } from "./no-pdf.ts";
import { usePdfium } from "./pdfium.ts";
import type { CompiledPdfium } from "./pdfium.ts";
import { doTask } from "./tasks.ts";
import type { Task } from "./tasks.ts";

/** Begins a thread that does one task, tells each page that is done, and ends. */
export interface Given {
  readonly bytes: Uint8Array;
  readonly asked: Task;
  readonly pdfium: CompiledPdfium;
}

/** What the thread tells. */
export type Told =
  | { readonly page: number }
  | { readonly answer: unknown }
  /** What the person can put right, as a sentence. */
  | { readonly refused: string };

const port = parentPort;
if (port) {
  // `inThread` starts it with this.
  const { bytes, asked, pdfium } = workerData as Given;
  usePdfium(pdfium);
  const tell = (told: Told) => port.postMessage(told);
  try {
    tell({ answer: await doTask(bytes, asked, (page) => tell({ page })) });
  } catch (error) {
    if (!(error instanceof NoPdf)) throw error;
    tell({ refused: error.message });
  }
}
