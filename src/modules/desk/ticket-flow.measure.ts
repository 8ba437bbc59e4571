import { defineMeasure } from "../../kernel/measures/measure.ts";
import { Ticket } from "./ticket.record.ts";

const owner = "Service desk manager";
const unit = { one: "ticket", many: "tickets" } as const;

export const TicketsOpened = defineMeasure(Ticket, {
  name: "tickets-opened",
  label: "Tickets opened",
  meaning: "How many calls for help came in, however they came and whatever became of them.",
  owner,
  unit,
  over: { happened: "opened" },
  works: "count",
});

export const TicketsResolved = defineMeasure(Ticket, {
  name: "tickets-resolved",
  label: "Tickets resolved",
  meaning:
    "How many tickets were resolved. One that was reopened and resolved again counts once, on the day of the last time; one that is reopened now does not count.",
  owner,
  unit,
  over: { stopped: "resolve" },
  works: "count",
});

export const TicketsReopened = defineMeasure(Ticket, {
  name: "tickets-reopened",
  label: "Resolved tickets that had been reopened",
  meaning: "Of the tickets that were resolved, how many had been resolved before and were reopened.",
  owner,
  unit,
  over: { stopped: "resolve" },
  of: { where: { "resolve-after": ["reopen"] } },
  works: "count",
});

export const ShareReopened = defineMeasure(Ticket, {
  name: "tickets-reopened-share",
  label: "Share of resolved tickets that had been reopened",
  meaning: "Of 100 tickets that were resolved, how many had been resolved before and were reopened.",
  owner,
  unit: "percent",
  over: { stopped: "resolve" },
  works: { share: { where: { "resolve-after": ["reopen"] } } },
});

export const TicketsOpen = defineMeasure(Ticket, {
  name: "tickets-open",
  label: "Tickets open",
  meaning:
    "How many tickets were not closed or cancelled when the day, week or month ended. Resolved ones are open until they are closed.",
  owner,
  unit,
  over: "open-at-end",
  works: "count",
});

/** The states of a ticket that nobody has resolved or closed. */
const unresolvedStates = Object.entries(Ticket.states).flatMap(([name, { final }]) =>
  final || name === "resolved" ? [] : [name],
);

export const TicketsUnresolved = defineMeasure(Ticket, {
  name: "tickets-unresolved",
  label: "Tickets that wait to be resolved",
  meaning: "How many tickets are neither resolved nor closed now, by how long ago they were opened.",
  owner,
  unit,
  over: "open-now",
  of: { states: unresolvedStates },
  works: "count",
  usuallyBy: "age",
});

/** How much comes in, is done and waits. */
export const ticketFlow = [
  TicketsOpened,
  TicketsResolved,
  TicketsOpen,
  TicketsUnresolved,
  TicketsReopened,
  ShareReopened,
] as const;
