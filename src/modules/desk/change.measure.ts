import { defineMeasure } from "../../kernel/measures/measure.ts";
import { Change } from "./change.record.ts";

const owner = "Service desk manager";
const unit = { one: "change", many: "changes" } as const;
const over = { happened: "finishedOn" } as const;

/** How many changes are made, and how they go. */
export const changeMeasures = [
  defineMeasure(Change, {
    name: "changes-made",
    label: "Changes made",
    meaning: "How many changes were carried out, however they went, by the day on which that was said.",
    owner,
    unit,
    over,
    works: "count",
  }),
  defineMeasure(Change, {
    name: "changes-failed-share",
    label: "Share of changes that failed",
    meaning: "Of 100 changes that were carried out, how many failed or were backed out.",
    owner,
    unit: "percent",
    over,
    works: { share: { where: { outcome: ["failed", "backed_out"] } } },
  }),
  defineMeasure(Change, {
    name: "changes-emergency-share",
    label: "Share of changes that were emergencies",
    meaning: "Of 100 changes that were carried out, how many could not wait for the usual way.",
    owner,
    unit: "percent",
    over,
    works: { share: { where: { kind: ["emergency"] } } },
  }),
] as const;
