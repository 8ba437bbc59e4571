import { defineMeasure } from "../../../kernel/measures/measure.ts";
import { QualityReview } from "./review.record.ts";

const owner = "Service desk manager";
const over = { happened: "sampledFor" } as const;
const states = ["scored", "shared"];
const said =
  "Closed tickets are drawn at random and scored from 1 to 5 by each criterion; all at 5 is 100, all at 1 is 0.";

export const TicketsScored = defineMeasure(QualityReview, {
  name: "quality-scored",
  label: "Closed tickets that were scored",
  meaning: `How many tickets were scored. ${said}`,
  owner,
  unit: { one: "ticket", many: "tickets" },
  over,
  of: { states },
  works: "count",
  usuallyBy: "officer",
});

export const MiddleScore = defineMeasure(QualityReview, {
  name: "quality-score-half",
  label: "Score that half of the scored tickets reach",
  meaning: `Half of the scored tickets have this score in 100 or less. ${said}`,
  owner,
  unit: { one: "point", many: "points" },
  over,
  of: { states },
  works: { percentile: 50, of: "total" },
  usuallyBy: "officer",
});

export const ShareWell = defineMeasure(QualityReview, {
  name: "quality-good-share",
  label: "Share of scored tickets handled well",
  meaning: `Of 100 scored tickets, how many reached 75 or more: good by every criterion, on average. ${said}`,
  owner,
  unit: "percent",
  over,
  of: { states },
  works: { share: { where: { "total-from": ["75"] } } },
  usuallyBy: "officer",
});

/** How well closed tickets were handled. */
export const qualityMeasures = [TicketsScored, MiddleScore, ShareWell] as const;
