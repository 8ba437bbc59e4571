import { defineMeasure } from "../../kernel/measures/measure.ts";
import { areasLeftOut } from "./areas.ts";
import { Relationship } from "./relationship.record.ts";

const owner = "Policy and relationship manager";
const unit = { one: "relationship", many: "relationships" } as const;

/** Whether somebody looks after everybody we work for. */
export const relationshipMeasures = [
  defineMeasure(Relationship, {
    name: "relationships-without-partner",
    label: "Areas without a partner",
    meaning:
      "How many service areas, groups of members and others we work with have nobody of ours who looks after the relationship. Its page names the service areas too with which no relationship is written down.",
    owner,
    unit,
    over: "open-now",
    of: { states: ["current"], where: { partner: ["none"] } },
    works: "count",
    beside: areasLeftOut,
    usuallyBy: "kind",
  }),
] as const;
