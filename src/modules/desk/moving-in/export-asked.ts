import type { Looked } from "./looked.ts";
import type { MovedTicket } from "./moved.ts";
import type { ServiceChoice } from "./naming-columns.ts";

/** What a thread that reads an export is begun with. */
export interface ExportGiven {
  readonly path: string;
  /** What the file was called where it came from. */
  readonly called: string;
  /** The tool, as the terminal names it. */
  readonly source: string;
  /** Of the file, unpacked. Bytes. */
  readonly unpackedMax: number;
}

/** What it is asked, one after another, and what it answers to each. Everything is plain: a moment is its text. */
export type ExportAsked =
  | { readonly ask: "numbers" }
  /** `here`: the numbers that were brought in before. */
  | { readonly ask: "looked"; readonly here: readonly string[] }
  | { readonly ask: "tickets"; readonly from: number; readonly many: number }
  | { readonly ask: "services"; readonly choice: ServiceChoice };

export interface ExportAnswers {
  readonly numbers: readonly string[];
  readonly looked: Looked;
  readonly tickets: readonly PlainTicket[];
  readonly services: readonly (readonly [service: string | null, tickets: number])[];
}

/** What the thread tells: that it has read the file, an answer, or what the person can put right, as a sentence. */
export type ExportTold = { readonly read: true } | { readonly answer: unknown } | { readonly refused: string };

/** A ticket with its moments as text. */
export type PlainTicket = ReturnType<typeof plainTicket>;

/** A ticket as it goes from the thread: a moment cannot. */
export function plainTicket({ openedAt, updatedAt, endedAt, history, ...ticket }: MovedTicket) {
  return {
    ...ticket,
    openedAt: openedAt.toString(),
    updatedAt: updatedAt.toString(),
    endedAt: endedAt?.toString() ?? null,
    history: history.map(({ at, ...entry }) => ({ ...entry, at: at.toString() })),
  };
}

/** The same ticket with its moments. */
export function ticketOf({ openedAt, updatedAt, endedAt, history, ...ticket }: PlainTicket): MovedTicket {
  return {
    ...ticket,
    openedAt: Temporal.Instant.from(openedAt),
    updatedAt: Temporal.Instant.from(updatedAt),
    endedAt: endedAt === null ? null : Temporal.Instant.from(endedAt),
    history: history.map(({ at, ...entry }) => ({ ...entry, at: Temporal.Instant.from(at) })),
  };
}
