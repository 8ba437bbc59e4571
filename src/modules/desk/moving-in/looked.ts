import type { MovedTicket, NotUnderstood } from "./moved.ts";
import { namingColumns } from "./naming-columns.ts";
import type { NamingColumn } from "./naming-columns.ts";

const namedMax = 100;

/** What a file of another tool would come to. Days are `yyyy-mm-dd`. */
export interface Looked {
  readonly tickets: number;
  /** Of these, those that were brought in before. */
  readonly here: number;
  readonly comments: number;
  readonly changes: number;
  readonly people: number;
  readonly byState: Readonly<Record<string, number>>;
  /** The queues that it names, those with most tickets first, at most 100. */
  readonly queues: readonly { readonly name: string; readonly tickets: number }[];
  /** The columns that may name services; absent where it was looked at by an earlier version. */
  readonly named?: readonly NamingColumn[];
  readonly from: string | null;
  readonly until: string | null;
  /** The first 100 rows of which no ticket can be made, and how many there are. */
  readonly notUnderstood: readonly NotUnderstood[];
  readonly notUnderstoodMany: number;
}

/** Tells tickets from what was not understood; a number that comes twice is one ticket, its last. */
export function parted(read: readonly (MovedTicket | NotUnderstood)[]): {
  readonly tickets: readonly MovedTicket[];
  readonly notUnderstood: readonly NotUnderstood[];
} {
  const tickets = read.filter((one): one is MovedTicket => "number" in one);
  return {
    tickets: [...new Map(tickets.map((ticket) => [ticket.number, ticket])).values()],
    notUnderstood: read.filter((one): one is NotUnderstood => "why" in one),
  };
}

/** Counts what is in a file. `here` says which numbers were brought in before. */
export function lookedAt(read: readonly (MovedTicket | NotUnderstood)[], here: ReadonlySet<string>): Looked {
  const { tickets, notUnderstood } = parted(read);
  const entries = tickets.flatMap(({ history }) => history);
  const people = [
    ...tickets.flatMap(({ owner, requester }) => [owner, requester]),
    ...entries.flatMap(({ by, became }) => [by, became?.owner ?? null]),
  ];
  const opened = tickets.map(({ openedAt }) => openedAt.toString()).toSorted();
  const day = (moment: string | undefined) => (moment === undefined ? null : moment.slice(0, 10));
  return {
    tickets: tickets.length,
    here: tickets.filter(({ number }) => here.has(number)).length,
    comments: entries.filter(({ said }) => said !== undefined).length,
    changes: entries.filter(({ became }) => became !== undefined).length,
    people: new Set(people.flatMap((person) => person?.key ?? [])).size,
    byState: countBy(tickets, ({ state }) => state),
    queues: Object.entries(countBy(tickets, ({ queue }) => queue ?? ""))
      .map(([name, many]) => ({ name: name.slice(0, 120), tickets: many }))
      .toSorted((one, other) => other.tickets - one.tickets)
      .slice(0, namedMax),
    named: namingColumns(tickets),
    from: day(opened[0]),
    until: day(opened.at(-1)),
    notUnderstood: notUnderstood.slice(0, namedMax).map(({ row, why }) => ({ row: tame(row), why: tame(why) })),
    notUnderstoodMany: notUnderstood.length,
  };
}

/** How many there are of each. */
export function countBy<One>(all: readonly One[], name: (one: One) => string): Record<string, number> {
  return Object.fromEntries(
    Map.groupBy(all, name)
      .entries()
      .map(([key, group]) => [tame(key), group.length]),
  );
}

/** Words of a file as the database can keep them. */
function tame(words: string): string {
  return words.slice(0, 300).replaceAll("\u0000", "").toWellFormed();
}
