/** The thread that reads an export and answers what it is asked of it: see `withExport`. */
import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { Refusal } from "../../../kernel/errors.ts";
import { plainTicket } from "./export-asked.ts";
import type { ExportAnswers, ExportAsked, ExportGiven, ExportTold } from "./export-asked.ts";
import { lookedAt, parted } from "./looked.ts";
import type { MovedTicket, NotUnderstood } from "./moved.ts";
import { serviceIn } from "./naming-columns.ts";
import { readParts } from "./parts.ts";
import { sources } from "./sources.ts";

if (parentPort) await work(parentPort);

async function work(port: MessagePort): Promise<void> {
  // `withExport` starts it with this.
  const given = workerData as ExportGiven;
  const tell = (told: ExportTold) => port.postMessage(told);
  try {
    const read = await readExport(given);
    const { tickets } = parted(read);
    port.on("message", (asked: ExportAsked) => tell({ answer: answerTo(asked, read, tickets) }));
    tell({ read: true });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell({ refused: error.message });
  }
}

async function readExport({ path, called, source, unpackedMax }: ExportGiven) {
  const found = sources.find(({ name }) => name === source);
  if (!found) throw new Refusal("invalid", [{ message: "Select the tool that the file comes from" }]);
  return found.read(await readParts(path, { called, unpackedMax }));
}

function answerTo(
  asked: ExportAsked,
  read: readonly (MovedTicket | NotUnderstood)[],
  tickets: readonly MovedTicket[],
): ExportAnswers[keyof ExportAnswers] {
  if (asked.ask === "numbers") return tickets.map(({ number }) => number);
  if (asked.ask === "looked") return lookedAt(read, new Set(asked.here));
  if (asked.ask === "tickets") return tickets.slice(asked.from, asked.from + asked.many).map(plainTicket);
  const counted = Map.groupBy(tickets, (ticket) => serviceIn(ticket, asked.choice));
  return [...counted].map(([service, some]) => [service, some.length] as const);
}
