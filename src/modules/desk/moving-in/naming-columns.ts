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

const columnsMax = 12;
const valuesMax = 100;
const valueMax = 200;

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
