import type { Module } from "../../kernel/registry.ts";
import { relationshipMeasures } from "./relationship.measure.ts";
import { Relationship } from "./relationship.record.ts";

/** How we stand with those whom we work for. */
export const relations: Module = {
  name: "relations",
  label: "Relationships",
  group: "work",
  records: [Relationship],
  measures: relationshipMeasures,
};
