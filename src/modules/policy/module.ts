import type { Module } from "../../kernel/registry.ts";
import { policyPublished } from "./after-publishing.ts";
import { Attestation } from "./attestation.record.ts";
import { tellConsultedKind } from "./consultation.ts";
import { chaseConfirmations, endExceptions } from "./each-day.ts";
import { PolicyComment } from "./policy-comment.record.ts";
import { PolicyException } from "./policy-exception.record.ts";
import { policyMeasures } from "./policy.measure.ts";
import { Policy } from "./policy.record.ts";
import { policyPublishedKind } from "./publishing.ts";
import { tellConsulted } from "./tell-consulted.ts";

export { askToConfirm, stillToAsk, tellCiting } from "./after-publishing.ts";
export { chaseLate, warnOfEnd } from "./each-day.ts";
export { followedByCaller } from "./publishing.ts";
export { changedSince } from "./changed-since.ts";
export { citedClauses } from "./cited-clauses.ts";
export { wordsDiffered } from "./show-changes.ts";

/** Policies and their clauses: consulted on, published, confirmed by those who must, and excepted from. */
export const policy: Module = {
  name: "policy",
  label: "Policy and guidance",
  group: "work",
  records: [Policy, PolicyComment, Attestation, PolicyException],
  daily: ["policy_comment", "attestation", "policy_exception"],
  measures: policyMeasures,
  jobs: { [policyPublishedKind]: policyPublished, [tellConsultedKind]: tellConsulted },
  schedules: [chaseConfirmations, endExceptions],
};
