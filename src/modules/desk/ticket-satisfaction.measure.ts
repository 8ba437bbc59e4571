import { defineMeasure } from "../../kernel/measures/measure.ts";
import { Ticket } from "./ticket.record.ts";

const owner = "Service desk manager";
const unit = { one: "ticket", many: "tickets" } as const;
const over = { stopped: "resolve" } as const;
const said =
  "Only whoever asked says how it went, once for a ticket, from 1 (very badly) to 5 (very well). It counts on the day on which the ticket was resolved, for whoever resolved it.";

export const TicketsRated = defineMeasure(Ticket, {
  name: "tickets-rated",
  label: "Resolved tickets that were rated",
  meaning: `How many of the tickets that were resolved were rated. ${said}`,
  owner,
  unit,
  over,
  of: { where: { "rating-from": ["1"] } },
  works: "count",
});

export const ShareRated = defineMeasure(Ticket, {
  name: "tickets-rated-share",
  label: "Share of resolved tickets that were rated",
  meaning: `Of 100 tickets that were resolved, how many were rated: how far the ratings speak for all. ${said}`,
  owner,
  unit: "percent",
  over,
  works: { share: { where: { "rating-from": ["1"] } } },
});

export const ShareSatisfied = defineMeasure(Ticket, {
  name: "satisfied-share",
  label: "Share of ratings that were good",
  meaning: `Of 100 ratings, how many said well (4) or very well (5). ${said}`,
  owner,
  unit: "percent",
  over,
  of: { where: { "rating-from": ["1"] } },
  works: { share: { where: { "rating-from": ["4"] } } },
});

/** What those who asked said of it. */
export const ticketSatisfaction = [ShareSatisfied, TicketsRated, ShareRated] as const;
