import { defineRecord, field } from "../../../kernel/record.ts";

/** One thing by which closed tickets are judged: what the desk means by good work. */
export const QualityCriterion = defineRecord({
  name: "quality_criterion",
  label: { one: "Quality criterion", many: "Quality criteria" },
  reference: "CRT-{000}",
  path: "quality-criteria",
  fields: {
    name: field.text({ label: "What is judged", is: "title", required: true, max: 120 }),
    guidance: field.longText({
      label: "What good looks like",
      rows: 3,
      hint: "So that two people give the same ticket the same score",
    }),
  },
  states: { current: { label: "Current", tone: "good" }, retired: { label: "Retired", final: true } },
  starts: "current",
  moves: {
    retire: { label: "Retire it", from: ["current"], to: "retired" },
    restore: { label: "Use it again", from: ["retired"], to: "current" },
  },
  views: { list: { columns: ["reference", "name", "guidance", "state"], sort: "name", openOnly: true } },
  empty: "Criteria say what a well handled ticket is. Write three to six, each with what good looks like.",
});
