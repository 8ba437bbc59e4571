import { sql } from "kysely";
import type { Tx } from "../../../kernel/transaction.ts";
import { hypercareOf } from "../service-level.ts";
import type { MovedTicket } from "./moved.ts";

/** A column of an export that may say what a ticket is about. */
export interface NamingColumn {
  readonly name: string;
  /** What stands in it, that of most tickets first, at most 100, and of how many tickets. */
  readonly values: readonly { readonly value: string; readonly tickets: number }[];
  /** How many tickets say something else than these, or nothing. */
  readonly others: number;
}

/** Which column names services, and which service each of its values is. */
export interface ServiceChoice {
  readonly column: string;
  /** The ids of services by value. A value that is not there is of no service. */
  readonly services: Readonly<Record<string, string>>;
}

/** How many tickets are about a service, in the file and here; `id` is null for those of none. */
export interface OfService {
  readonly id: string | null;
  readonly name: string;
  readonly inFile: number;
  readonly here: number;
}

const columnsMax = 12;
const valuesMax = 100;
const valueMax = 200;
const servicesMax = 1000;

/** Columns by which tools name what a ticket is about, as they or those who set them up call them. */
const naming =
  /service|offering|config\S* item|cmdb|\bci\b|asset|application|product|system|component|categor|topic|queue|group|department/i;
/** The likeliest first. */
const likely = [/service|offering/i, /config\S* item|cmdb|\bci\b/i, /application|product|system/i, /categor|topic/i];

/** The columns of an export that may name services, the likeliest first. */
export function namingColumns(tickets: readonly MovedTicket[]): NamingColumn[] {
  const names = new Set<string>();
  for (const { columns } of tickets) for (const name of Object.keys(columns)) names.add(name);
  const rank = (name: string) => {
    const found = likely.findIndex((one) => one.test(name));
    return found === -1 ? likely.length : found;
  };
  return [...names]
    .filter((name) => naming.test(name) && clean(name) === name)
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, columnsMax)
    .map((name) => columnOf(name, tickets));
}

function columnOf(name: string, tickets: readonly MovedTicket[]): NamingColumn {
  const counted = new Map<string, number>();
  for (const ticket of tickets) {
    const value = valueIn(ticket, name);
    if (value !== null) counted.set(value, (counted.get(value) ?? 0) + 1);
  }
  const values = [...counted]
    .map(([value, many]) => ({ value, tickets: many }))
    .toSorted((one, other) => other.tickets - one.tickets)
    .slice(0, valuesMax);
  const told = values.reduce((sum, one) => sum + one.tickets, 0);
  return { name, values, others: tickets.length - told };
}

function valueIn({ columns }: MovedTicket, name: string): string | null {
  return Object.hasOwn(columns, name) ? clean(columns[name] ?? "") || null : null;
}

function clean(words: string): string {
  return words.replaceAll("\u0000", "").toWellFormed().trim().slice(0, valueMax).toWellFormed();
}

/** The service of a ticket, as the choice says; null for none. */
export function serviceIn(ticket: MovedTicket, choice: ServiceChoice | null): string | null {
  if (choice === null) return null;
  const value = valueIn(ticket, choice.column);
  return value !== null && Object.hasOwn(choice.services, value) ? (choice.services[value] ?? null) : null;
}

/** A service that tickets can be about. */
export interface ServiceName {
  readonly id: string;
  readonly name: string;
}

/** The services that tickets can be about, by name, as far as the actor sees them. */
export async function openServices(tx: Tx): Promise<ServiceName[]> {
  const { rows } = await sql<ServiceName>`select id, title as name from visible_service
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null order by lower(title), id limit ${servicesMax}`.execute(
    tx.db,
  );
  return rows;
}

/** What a ticket that is brought in is about: its service and the hypercare that watches it. */
export interface About {
  readonly service: string | null;
  readonly hypercare: string | null;
}

/** What these tickets are about, by number. A service that was withdrawn since is none. */
export async function aboutThem(
  tx: Tx,
  tickets: readonly MovedTicket[],
  choice: ServiceChoice | null,
): Promise<ReadonlyMap<string, About>> {
  if (choice === null) return new Map();
  const open = new Set((await openServices(tx)).map(({ id }) => id));
  const about = new Map<string, About>();
  for (const ticket of tickets) {
    const service = serviceIn(ticket, choice);
    if (service === null || !open.has(service)) continue;
    about.set(ticket.number, { service, hypercare: await hypercareOf(tx, service, ticket.openedAt) });
  }
  return about;
}

/** How many tickets of a file are about each service: as the choice says, and as they are here now. As the product. */
export async function countServices(
  tx: Tx,
  source: string,
  tickets: readonly MovedTicket[],
  choice: ServiceChoice,
): Promise<OfService[]> {
  const inFile = Map.groupBy(tickets, (ticket) => serviceIn(ticket, choice));
  const numbers = tickets.map(({ number }) => number);
  const { rows } = await sql<{ id: string | null; name: string | null; many: number }>`
    select s.id, s.title as name, count(*)::integer as many from ticket t
    left join records s on s.organisation_id = t.organisation_id and s.id = t.service
    where t.organisation_id = ${tx.actor.organisationId}::uuid and t.source = ${source} and t.source_reference = any (${numbers}::text[])
    group by s.id, s.title`.execute(tx.db);
  const names = new Map((await openServices(tx)).map(({ id, name }) => [id, name]));
  const ids = new Set([...inFile.keys(), ...rows.map(({ id }) => id)]);
  return [...ids].map((id) => {
    const found = rows.find((row) => row.id === id);
    const name = found?.name ?? names.get(id ?? "") ?? "";
    return { id, name, inFile: inFile.get(id)?.length ?? 0, here: found?.many ?? 0 };
  });
}
