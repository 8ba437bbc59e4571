import type { Module } from "../../kernel/registry.ts";
import { acknowledgeRequests } from "./acknowledge.ts";
import { AnsweringPlan } from "./answering/plan.record.ts";
import { CaseQuestion } from "./answering/question.record.ts";
import { restrictWithCases } from "./answering/restricted.ts";
import { AgreedText } from "./answering/text.record.ts";
import { InformationRequest } from "./information-request.record.ts";
import { answeringMeasures } from "./answering/answering.measure.ts";
import { chaseQuestions } from "./answering/chase.ts";
import { makeLetters } from "./letter/make-letters.ts";
import { sayRequestLetter } from "./letters.ts";
import { makeCopy } from "./redaction/copy.ts";
import { copyJob } from "./redaction/handling.ts";
import { Redaction } from "./redaction/redaction.record.ts";

/** Requests for information, and reviews of how they were answered. */
export const rights: Module = {
  name: "rights",
  label: "Information rights",
  group: "work",
  records: [InformationRequest, CaseQuestion, AgreedText, AnsweringPlan, Redaction],
  daily: ["case_question", "agreed_text"],
  measures: answeringMeasures,
  jobs: { [copyJob]: makeCopy },
  schedules: [acknowledgeRequests, makeLetters, chaseQuestions],
  rounds: [restrictWithCases],
  letters: { information_request: sayRequestLetter },
};
