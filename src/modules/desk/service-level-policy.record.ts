import { defineRecord, field } from "../../kernel/record.ts";

const oneToThree = { min: 1, max: 3 };
const priority = { min: 1, max: 5 };

/** What a queue promises from a day to a day: the matrix from impact and urgency to priority, and the times for each. */
export const ServiceLevelPolicy = defineRecord({
  name: "service_level_policy",
  label: { one: "Service level policy", many: "Service level policies" },
  reference: "SLP-{000}",
  path: "service-level-policies",
  dated: { by: ["queue"] },
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    queue: field.link({ label: "Queue", to: "queue", required: true }),
    countsWhileResolved: field.yesNo({ label: "Time between resolved and reopened counts" }),
    reopenGrace: field.duration({
      label: "Working time given after reopening",
      hint: "Like 4h. Used when less than this is left",
    }),
    matrix: field.lines({
      label: "Priorities",
      one: "Priority",
      max: 9,
      fields: {
        impact: field.wholeNumber({ label: "Impact", required: true, ...oneToThree }),
        urgency: field.wholeNumber({ label: "Urgency", required: true, ...oneToThree }),
        priority: field.wholeNumber({ label: "Priority", required: true, ...priority }),
      },
    }),
    targets: field.lines({
      label: "Targets",
      one: "Target",
      max: 5,
      fields: {
        priority: field.wholeNumber({ label: "Priority", required: true, ...priority }),
        respond: field.duration({ label: "Respond within" }),
        resolve: field.duration({ label: "Resolve within" }),
      },
    }),
  },
  states: { agreed: { label: "Agreed", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "agreed",
  moves: { withdraw: { label: "Withdraw", from: ["agreed"], to: "withdrawn", warning: true } },
  views: {
    list: {
      columns: ["reference", "name", "queue", "validFrom", "validUntil", "state"],
      sort: "name",
      filters: ["queue"],
      openOnly: true,
    },
    form: ["name", "queue", "validFrom", "validUntil", "countsWhileResolved", "reopenGrace", "matrix", "targets"],
  },
  referenceData: true,
  empty: "A policy says what the desk promises for each priority, from a day onwards.",
});
