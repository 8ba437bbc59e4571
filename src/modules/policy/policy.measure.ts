import { defineMeasure } from "../../kernel/measures/measure.ts";
import { Policy } from "./policy.record.ts";

const owner = "Policy and relationship manager";
const unit = { one: "policy", many: "policies" } as const;

/** What becomes of policies. */
export const policyMeasures = [
  defineMeasure(Policy, {
    name: "policies-published",
    label: "Policies published",
    meaning: "How many policies were published, by the day of their latest version.",
    owner,
    unit,
    over: { happened: "publishedOn" },
    works: "count",
  }),
  defineMeasure(Policy, {
    name: "policies-to-review",
    label: "Policies to be reviewed",
    meaning: "How many policies in force must be looked at again by a day in the period.",
    owner,
    unit,
    over: { happened: "reviewOn" },
    of: { states: ["published", "under_review"] },
    works: "count",
  }),
  defineMeasure(Policy, {
    name: "policies-in-hand",
    label: "Policies being written, approved or in force",
    meaning: "How many policies there are now that are not withdrawn, by where they are in their life.",
    owner,
    unit,
    over: "open-now",
    works: "count",
    usuallyBy: "state",
  }),
] as const;
