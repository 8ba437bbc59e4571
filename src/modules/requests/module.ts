import type { JobKind } from "../../kernel/jobs/run.ts";
import type { Module } from "../../kernel/registry.ts";
import { requestJob } from "../desk/module.ts";
import { Approval } from "./approval.record.ts";
import { CatalogueItem } from "./catalogue-item.record.ts";
import { nextStep } from "./steps.ts";
import { Task } from "./task.record.ts";

export { choiceValue, controlOf, readAnswers, shown } from "./answers.ts";
export { approvalsOf, questionsOf } from "./item.ts";
export type { ItemQuestion } from "./item.ts";
export { makeRequest } from "./request.ts";
export { nextStep } from "./steps.ts";

const takeStep: JobKind = ({ subject, asProduct }) => asProduct((tx) => nextStep(tx, subject));

/** What staff can ask for, who approves it, and what is done then. */
export const requests: Module = {
  name: "requests",
  label: "Requests and tasks",
  group: "work",
  records: [Task, Approval, CatalogueItem],
  jobs: { [requestJob]: takeStep },
};
