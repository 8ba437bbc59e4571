import type { Module } from "../../kernel/registry.ts";
import { policyMeasures } from "./policy.measure.ts";
import { Policy } from "./policy.record.ts";

/** Policies and their clauses. */
export const policy: Module = {
  name: "policy",
  label: "Policy and guidance",
  group: "work",
  records: [Policy],
  measures: policyMeasures,
};
