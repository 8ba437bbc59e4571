import { ages } from "./numbers-read.ts";
import type { DeskNumbers, NumbersAsked } from "./numbers-read.ts";
import { Ticket } from "./ticket.record.ts";

/** What resolved tickets are narrowed by beside the days. */
interface ResolvedAs {
  readonly priority?: number;
  readonly outcome?: "met" | "met-without-pauses" | "met-through-pauses" | "missed";
  readonly reopened?: boolean;
}

/** Where the desk's figures lead: for each, the address of the list that holds just the tickets that it counts. */
export interface DeskLists {
  /** Opened in the period, or in the week that begins on a Monday. */
  readonly opened: (week?: string) => string;
  readonly resolved: (as?: ResolvedAs, week?: string) => string;
  readonly openNow: () => string;
  readonly openAtEndOf: (week: string) => string;
  /** Not resolved, by a step of `ages`. */
  readonly unresolved: (step: number) => string;
}

/** The states of a ticket that nobody has resolved or closed. */
const unresolvedStates = Object.entries(Ticket.states).flatMap(([name, { final }]) =>
  final || name === "resolved" ? [] : [name],
);

/** The addresses of the lists behind these numbers. */
export function deskLists({ queue }: NumbersAsked, { weeks, today }: DeskNumbers): DeskLists {
  const since = weeks[0]?.week ?? today;
  const address = (query: readonly (readonly [name: string, value: string])[]) => {
    const all = [...query, ...(queue ? [["queue", queue] as const] : [])];
    return `/${Ticket.path}${all.length > 0 ? `?${new URLSearchParams(all.map((pair) => [...pair])).toString()}` : ""}`;
  };
  const days = (name: string, week?: string): [string, string][] =>
    week === undefined
      ? [[`${name}-from`, since]]
      : [
          [`${name}-from`, week],
          [`${name}-to`, daysAfter(week, 6)],
        ];
  return {
    opened: (week) => address([["show", "all"], ...days("opened", week)]),
    resolved: ({ priority, outcome, reopened } = {}, week) =>
      address([
        ["show", "all"],
        ...days("resolve-stopped", week),
        ...(outcome ? [["resolve-outcome", outcome] as const] : []),
        ...(reopened ? [["resolve-after", "reopen"] as const] : []),
        ...(priority === undefined ? [] : [["priority", String(priority)] as const]),
      ]),
    openNow: () => address([]),
    openAtEndOf: (week) =>
      address([
        ["show", "all"],
        ["open-on", daysAfter(week, 6)],
      ]),
    unresolved: (step) => {
      const [from, to] = [ages[step]?.days ?? Number.POSITIVE_INFINITY, ages[step - 1]?.days ?? 0];
      return address([
        ...unresolvedStates.map((state) => ["state", state] as const),
        ...(Number.isFinite(from) ? [["opened-from", daysAfter(today, 1 - from)] as const] : []),
        ...(to > 0 ? [["opened-to", daysAfter(today, -to)] as const] : []),
      ]);
    },
  };
}

function daysAfter(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}
