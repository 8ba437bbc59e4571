import { defineMeasure } from "../../kernel/measures/measure.ts";
import { Ticket } from "./ticket.record.ts";

const owner = "Service desk manager";
const unit = { one: "ticket", many: "tickets" } as const;
const over = { stopped: "respond" } as const;
const answered =
  "The first response is the desk’s first answer to whoever asked: the call itself where one was noted, a comment that they can read, or the resolution.";

export const TicketsAnswered = defineMeasure(Ticket, {
  name: "tickets-answered",
  label: "Tickets given a first response",
  meaning: `How many tickets were given their first response. ${answered}`,
  owner,
  unit,
  over,
  works: "count",
});

export const HalfAnsweredWithin = defineMeasure(Ticket, {
  name: "respond-time-half",
  label: "Working time in which half had a first response",
  meaning: `Half of the tickets had their first response within so long, in working time of their queue. ${answered}`,
  owner,
  unit: "minutes",
  over,
  works: { percentile: 50, of: "elapsed" },
  usuallyBy: "priority",
});

export const MostAnsweredWithin = defineMeasure(Ticket, {
  name: "respond-time-most",
  label: "Working time in which 9 in 10 had a first response",
  meaning: `9 in 10 of the tickets had their first response within so long, in working time of their queue. ${answered}`,
  owner,
  unit: "minutes",
  over,
  works: { percentile: 90, of: "elapsed" },
  usuallyBy: "priority",
});

export const AnswersMissed = defineMeasure(Ticket, {
  name: "responses-missed",
  label: "First responses after the target",
  meaning: `How many tickets had their first response later than their service level promises. ${answered}`,
  owner,
  unit,
  over,
  of: { where: { "respond-outcome": ["missed"] } },
  works: "count",
  usuallyBy: "priority",
});

export const ShareAnswered = defineMeasure(Ticket, {
  name: "responses-met-share",
  label: "Share of first responses within the target",
  meaning: `Of 100 tickets with a target for the first response that were given one, how many had it in time. ${answered}`,
  owner,
  unit: "percent",
  over,
  of: { where: { "respond-outcome": ["met", "missed"] } },
  works: { share: { where: { "respond-outcome": ["met"] } } },
});

/** How soon somebody was there for whoever asked. */
export const ticketResponse = [
  TicketsAnswered,
  HalfAnsweredWithin,
  MostAnsweredWithin,
  ShareAnswered,
  AnswersMissed,
] as const;
