import { defineMeasure } from "../../kernel/measures/measure.ts";
import { Ticket } from "./ticket.record.ts";

const owner = "Service desk manager";
const unit = { one: "ticket", many: "tickets" } as const;
const over = { stopped: "resolve" } as const;
const atOnce = "whoever logged it resolved it too, within an hour of logging it, by “Solved at once”";
const bounce =
  "A ticket bounced when it changed its queue more than once: the first change finds it its place, each one after that means that the place was wrong.";

export const FirstContact = defineMeasure(Ticket, {
  name: "first-contact",
  label: "Tickets solved at first contact",
  meaning: `How many tickets were solved while whoever asked was still there: ${atOnce}. One that was reopened does not count.`,
  owner,
  unit,
  over,
  of: { where: { firstContact: ["yes"] } },
  works: "count",
});

export const ShareFirstContact = defineMeasure(Ticket, {
  name: "first-contact-share",
  label: "Share of tickets solved at first contact",
  meaning: `Of 100 tickets that were resolved, how many were solved while whoever asked was still there: ${atOnce}. One that was reopened does not count.`,
  owner,
  unit: "percent",
  over,
  works: { share: { where: { firstContact: ["yes"] } } },
  usuallyBy: "category",
});

export const TicketsBounced = defineMeasure(Ticket, {
  name: "tickets-bounced",
  label: "Resolved tickets that had bounced between queues",
  meaning: `How many of the tickets that were resolved had bounced. ${bounce}`,
  owner,
  unit,
  over,
  of: { where: { "queueChanges-from": ["2"] } },
  works: "count",
  usuallyBy: "category",
});

export const ShareBounced = defineMeasure(Ticket, {
  name: "tickets-bounced-share",
  label: "Share of resolved tickets that had bounced between queues",
  meaning: `Of 100 tickets that were resolved, how many had bounced. ${bounce}`,
  owner,
  unit: "percent",
  over,
  works: { share: { where: { "queueChanges-from": ["2"] } } },
  usuallyBy: "category",
});

/** What tells where the desk could do better next time. */
export const ticketLearning = [FirstContact, ShareFirstContact, TicketsBounced, ShareBounced] as const;
