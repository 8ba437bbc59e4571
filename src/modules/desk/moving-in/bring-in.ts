import { sql } from "kysely";
import { refreshStatistics } from "../../../kernel/database/statistics.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Registry } from "../../../kernel/registry.ts";
import { bringIn } from "../../../kernel/store/bring-in.ts";
import { aloneIn, organisationFor } from "../import/place.ts";
import type { ImportPlace } from "../import/place.ts";
import { asSystem } from "../../../kernel/transaction.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { countBy, parted } from "./looked.ts";
import type { MovedTicket, NotUnderstood, Source } from "./moved.ts";
import { readParts } from "./parts.ts";
import { placesFor } from "./places.ts";
import { rebuildMoved } from "./rebuild.ts";
import type { ServiceChoice } from "./naming-columns.ts";

/** What came of bringing in another tool’s tickets. */
export interface MovedIn {
  readonly source: string;
  /** Tickets in the file, those that were made now, and those that were here from a time before. */
  readonly tickets: number;
  readonly made: number;
  readonly here: number;
  /** What was said and what changed, in the history of those made now. */
  readonly comments: number;
  readonly changes: number;
  readonly byState: Readonly<Record<string, number>>;
  readonly notUnderstood: readonly NotUnderstood[];
  /** Whether the database now holds every ticket of the file that was understood. */
  readonly complete: boolean;
}

interface MovingIn extends ImportPlace {
  readonly registry: Registry;
  readonly source: Source;
  readonly file: string;
  readonly now: Temporal.Instant;
  readonly progress: (sentence: string) => void;
}

/** Tickets written in one transaction. */
export const ticketsAtOnce = 200;

/**
 * Brings the tickets of another tool’s file into an organisation, each with its history; those that are here already stay
 * as they are, so that it can be run twice, and go on where it was stopped. Refuses (invalid) a file of another shape.
 */
export async function moveIn(options: MovingIn): Promise<MovedIn> {
  options.progress("Reading the file");
  const read = options.source.read(await readParts(options.file));
  const { id, name } = await organisationFor(options, options.source.label);
  options.progress(`Bringing them into ${name}`);
  return aloneIn(options.ownerPool, id, () => writeAll(options, id, read));
}

async function writeAll(
  { ownerPool, registry, source, now, progress }: MovingIn,
  organisationId: string,
  read: readonly (MovedTicket | NotUnderstood)[],
): Promise<MovedIn> {
  const { tickets } = parted(read);
  const system = { ownerPool, registry, organisationId, now };
  const made: MovedTicket[] = [];
  for (let at = 0; at < tickets.length; at += ticketsAtOnce) {
    const batch = tickets.slice(at, at + ticketsAtOnce);
    made.push(...(await asSystem(system, (tx) => writeBatch(tx, source, batch))));
    progress(
      `${Math.min(at + ticketsAtOnce, tickets.length).toLocaleString("en-GB")} of ${tickets.length.toLocaleString("en-GB")} tickets`,
    );
  }
  if (made.length > 0) await refreshStatistics(ownerPool, ["ticket"]);
  const here = await asSystem(system, (tx) => numbersHere(tx, source, tickets));
  return cameOf(source, read, { made, here });
}

/** What was said and what changed in the history of these tickets. */
export function historyOf(tickets: readonly MovedTicket[]): Pick<MovedIn, "comments" | "changes"> {
  const entries = tickets.flatMap(({ history }) => history);
  return {
    comments: entries.filter(({ said }) => said !== undefined).length,
    changes: entries.filter(({ became }) => became !== undefined).length,
  };
}

/** What came of it: the tickets that were made, and the numbers that are here now. */
function cameOf(
  source: Source,
  read: readonly (MovedTicket | NotUnderstood)[],
  { made, here }: { readonly made: readonly MovedTicket[]; readonly here: ReadonlySet<string> },
): MovedIn {
  const { tickets, notUnderstood } = parted(read);
  return {
    source: source.name,
    tickets: tickets.length,
    made: made.length,
    here: tickets.length - made.length,
    ...historyOf(made),
    byState: countBy(tickets, ({ state }) => state),
    notUnderstood,
    complete: tickets.every(({ number }) => here.has(number)),
  };
}

/** Makes the tickets of a batch that are not here yet, each about its service where that was chosen, and gives them. */
export async function writeBatch(
  tx: Tx,
  source: Source,
  batch: readonly MovedTicket[],
  services: ServiceChoice | null = null,
): Promise<MovedTicket[]> {
  const here = await numbersHere(tx, source, batch);
  // A number that comes twice in a file is one ticket.
  const fresh = [...new Map(batch.map((ticket) => [ticket.number, ticket])).values()].filter(
    ({ number }) => !here.has(number),
  );
  const places = await placesFor(tx, source, fresh, services);
  const records = fresh.map((ticket) => rebuildMoved(ticket, source, places));
  await bringIn(tx, typeNamed(tx.registry, "ticket"), records);
  return fresh;
}

/** Which numbers of the other tool are here already. */
export async function numbersHere(
  tx: Tx,
  source: Source,
  tickets: readonly Pick<MovedTicket, "number">[],
): Promise<ReadonlySet<string>> {
  const numbers = tickets.map(({ number }) => number);
  const { rows } = await sql<{ number: string }>`select source_reference as number from ticket
    where organisation_id = ${tx.actor.organisationId}::uuid and source = ${source.name} and source_reference = any (${numbers}::text[])`.execute(
    tx.db,
  );
  return new Set(rows.map(({ number }) => number));
}

/** What came of it, for the terminal. */
export function movedInText(moved: MovedIn): string {
  const count = (many: number, one: string) => `${many.toLocaleString("en-GB")} ${one}${many === 1 ? "" : "s"}`;
  const lines = [
    `${count(moved.tickets, "ticket")} in the file: ${moved.made.toLocaleString("en-GB")} made now, ${moved.here.toLocaleString("en-GB")} here already`,
    `With them ${count(moved.comments, "comment")} and ${count(moved.changes, "change")} of their history`,
    ...Object.entries(moved.byState).map(([state, many]) => `  ${state}: ${many.toLocaleString("en-GB")}`),
    ...moved.notUnderstood.slice(0, 20).map(({ row, why }) => `Not understood: ${row}: ${why}`),
    moved.complete ? "Every ticket that was understood is here" : "Some tickets are not here; run it again",
  ];
  return `${lines.join("\n")}\n`;
}
