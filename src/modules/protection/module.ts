import type { Module } from "../../kernel/registry.ts";
import { ImpactAssessment } from "./impact-assessment.record.ts";
import { ProcessingActivity } from "./processing-activity.record.ts";

/** What the council does with people’s data, and what that may do to them. */
export const protection: Module = {
  name: "protection",
  label: "Data protection",
  group: "work",
  records: [ProcessingActivity, ImpactAssessment],
  daily: ["impact_assessment"],
};
