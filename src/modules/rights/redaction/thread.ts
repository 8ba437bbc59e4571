import { Worker } from "node:worker_threads";
import { Refusal } from "../../../kernel/errors.ts";
import { compiledPdfium } from "./pdfium.ts";
import type { Answers, Task } from "./tasks.ts";
import type { Given, Told } from "./work.ts";

interface Options {
  /** How long it may take from when it begins, in milliseconds. */
  readonly timeoutMs: number;
  /** Told of each page that is done. */
  readonly tell?: (page: number) => void;
}

/** Two at once leave a processor for pages; what waits longer than this list is told to come again. */
const atOnceMax = 2;
const waitingMax = 40;
/** Of one thread, in megabytes: what JavaScript holds. PDFium's own memory ends at 2 GB. */
const heapMegabytes = 1024;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Does a task on a PDF in a thread of its own, so that no file can hold up the product or leave anything behind. Refuses
 * (impossible) a file that cannot be worked on, one that takes longer than it may, and anything while too much waits.
 */
export async function inThread<Asked extends Task>(
  bytes: Uint8Array,
  asked: Asked,
  options: Options,
): Promise<Answers[Asked["task"]]> {
  if (running >= atOnceMax) {
    if (waiting.length >= waitingMax)
      throw impossible("Too many documents are being read just now. Try again in a minute");
    await new Promise<void>((begin) => waiting.push(begin));
  } else running += 1;
  try {
    // A thread answers with what its task gives.
    return (await startThread({ bytes, asked, pdfium: await compiledPdfium() }, options)) as Answers[Asked["task"]];
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

async function startThread(given: Given, options: Options): Promise<unknown> {
  const thread = new Worker(new URL("work.ts", import.meta.url), {
    workerData: given,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  try {
    return await answerOf(thread, options);
  } finally {
    await thread.terminate();
  }
}

function answerOf(thread: Worker, { timeoutMs, tell }: Options): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const slow = setTimeout(
      () => reject(impossible("This PDF takes too long to read. Print it to a new PDF, or split it, and send that")),
      timeoutMs,
    );
    const end = (settle: () => void) => {
      clearTimeout(slow);
      settle();
    };
    thread.on("message", (told: Told) => {
      if ("page" in told) tell?.(told.page);
      else if ("refused" in told) end(() => reject(impossible(told.refused)));
      else end(() => resolve(told.answer));
    });
    // What a damaged file does to PDFium ends its thread, and nothing else.
    thread.on("error", (error) => end(() => reject(isOfFile(error) ? impossible(damaged) : error)));
    thread.on("exit", () => end(() => reject(impossible(damaged))));
  });
}

const damaged = "This PDF is damaged, or needs more memory than it may have. Print it to a new PDF, and send that";

/** Faults of WebAssembly and of memory come from the file; any other is ours. */
function isOfFile(error: unknown): boolean {
  return (
    error instanceof Error &&
    (["RuntimeError", "RangeError"].includes(error.name) || /Aborted|memory/i.test(error.message))
  );
}

function impossible(message: string): Refusal {
  return new Refusal("impossible", [{ message }]);
}
