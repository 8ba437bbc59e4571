import { Worker } from "node:worker_threads";
import { Refusal } from "../../../kernel/errors.ts";
import { ticketOf } from "./export-asked.ts";
import type { ExportAnswers, ExportAsked, ExportGiven, ExportTold } from "./export-asked.ts";
import type { Looked } from "./looked.ts";
import type { MovedTicket } from "./moved.ts";
import type { ServiceChoice } from "./naming-columns.ts";

/** An export that was read, in another thread: here is only what is asked for. */
export interface ReadExport {
  /** The number of each ticket in it, in their order. */
  numbers(): Promise<readonly string[]>;
  /** What it would come to. `here` says which numbers were brought in before. */
  looked(here: ReadonlySet<string>): Promise<Looked>;
  tickets(from: number, many: number): Promise<readonly MovedTicket[]>;
  /** How many tickets are about each service by a choice, by the id of the service. */
  services(choice: ServiceChoice): Promise<ReadonlyMap<string | null, number>>;
}

/** Of the thread, in megabytes: 100 MB of JSON take some 500. The product itself has 256, so it could not read them. */
const heapMegabytesMax = 1024;
/** How long reading or an answer may take, in milliseconds. */
const timeoutMs = 300_000;

/**
 * Reads an export in a thread of its own, so that the product answers people meanwhile and no file takes its memory, and works with
 * it until that is done. Refuses (invalid) a file of another shape, and one that needs more memory than it may have.
 */
export async function withExport<Answer>(
  given: ExportGiven,
  work: (read: ReadExport) => Promise<Answer>,
  heapMegabytes = heapMegabytesMax,
): Promise<Answer> {
  const worker = new Worker(new URL("export-work.ts", import.meta.url), {
    workerData: given,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  try {
    await toldBy(worker);
    const ask = async <Asked extends ExportAsked>(asked: Asked) => {
      const told = toldBy(worker);
      worker.postMessage(asked, []);
      // It answers each with what belongs to it.
      return (await told) as ExportAnswers[Asked["ask"]];
    };
    return await work({
      numbers: () => ask({ ask: "numbers" }),
      looked: (here) => ask({ ask: "looked", here: [...here] }),
      tickets: async (from, many) => (await ask({ ask: "tickets", from, many })).map(ticketOf),
      services: async (choice) => new Map(await ask({ ask: "services", choice })),
    });
  } finally {
    await worker.terminate();
  }
}

/** The next that the thread tells. */
function toldBy(worker: Worker): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const slow = setTimeout(() => reject(invalid("It takes too long to read. Give it in parts")), timeoutMs);
  const heard = (told: ExportTold) => {
    if ("refused" in told) reject(invalid(told.refused));
    else resolve("answer" in told ? told.answer : null);
  };
  const failed = (error: unknown) => reject(isOfMemory(error) ? invalid(tooMuch) : error);
  const ended = () => reject(invalid(tooMuch));
  worker.on("message", heard).on("error", failed).on("exit", ended);
  return promise.finally(() => {
    clearTimeout(slow);
    worker.off("message", heard).off("error", failed).off("exit", ended);
  });
}

const tooMuch = "Reading it needs more memory than it may have. Give it in parts, such as a year each";

function isOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function invalid(message: string): Refusal {
  return new Refusal("invalid", [{ message }]);
}
