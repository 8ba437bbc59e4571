import { defineMeasure } from "../../kernel/measures/measure.ts";
import { Ticket } from "./ticket.record.ts";

const owner = "Service desk manager";
const unit = { one: "ticket", many: "tickets" } as const;
const over = { stopped: "resolve" } as const;
const paused =
  "Time in which the desk waited for somebody else does not count, nor time between resolving and reopening.";

export const HalfResolvedWithin = defineMeasure(Ticket, {
  name: "resolve-time-half",
  label: "Working time in which half were resolved",
  meaning: `Half of the tickets that were resolved took so long or less, in working time of their queue. ${paused}`,
  owner,
  unit: "minutes",
  over,
  works: { percentile: 50, of: "elapsed" },
  usuallyBy: "priority",
});

export const MostResolvedWithin = defineMeasure(Ticket, {
  name: "resolve-time-most",
  label: "Working time in which 9 in 10 were resolved",
  meaning: `9 in 10 of the tickets that were resolved took so long or less, in working time of their queue. ${paused}`,
  owner,
  unit: "minutes",
  over,
  works: { percentile: 90, of: "elapsed" },
  usuallyBy: "priority",
});

export const TargetsMet = defineMeasure(Ticket, {
  name: "targets-met",
  label: "Tickets resolved within the target",
  meaning:
    "How many tickets were resolved within the time that their service level promises, those counted that only met it because the clock was paused.",
  owner,
  unit,
  over,
  of: { where: { "resolve-outcome": ["met"] } },
  works: "count",
  usuallyBy: "priority",
});

export const TargetsMetWithoutPauses = defineMeasure(Ticket, {
  name: "targets-met-without-pauses",
  label: "Tickets resolved within the target without pauses",
  meaning: "How many tickets would have been resolved within the target had the clock never been paused.",
  owner,
  unit,
  over,
  of: { where: { "resolve-outcome": ["met-without-pauses"] } },
  works: "count",
  usuallyBy: "priority",
});

export const TargetsMetThroughPauses = defineMeasure(Ticket, {
  name: "targets-met-through-pauses",
  label: "Tickets resolved within the target only through pauses",
  meaning:
    "How many tickets met the target only because the clock stood still while the desk waited for somebody else.",
  owner,
  unit,
  over,
  of: { where: { "resolve-outcome": ["met-through-pauses"] } },
  works: "count",
  usuallyBy: "priority",
});

export const TargetsMissed = defineMeasure(Ticket, {
  name: "targets-missed",
  label: "Tickets resolved after the target",
  meaning: "How many tickets were resolved later than their service level promises.",
  owner,
  unit,
  over,
  of: { where: { "resolve-outcome": ["missed"] } },
  works: "count",
  usuallyBy: "priority",
});

export const ShareMet = defineMeasure(Ticket, {
  name: "targets-met-share",
  label: "Share of tickets resolved within the target",
  meaning: "Of 100 tickets that were resolved and had a target, how many met it. Those without a target do not count.",
  owner,
  unit: "percent",
  over,
  of: { where: { "resolve-outcome": ["met", "missed"] } },
  works: { share: { where: { "resolve-outcome": ["met"] } } },
});

/** What was kept of what was promised. */
export const ticketPromises = [
  HalfResolvedWithin,
  MostResolvedWithin,
  ShareMet,
  TargetsMet,
  TargetsMetWithoutPauses,
  TargetsMetThroughPauses,
  TargetsMissed,
] as const;
