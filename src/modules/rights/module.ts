import type { Module } from "../../kernel/registry.ts";
import { passToRightsJob } from "../desk/module.ts";
import { acknowledgeRequests } from "./acknowledge.ts";
import { AnsweringPlan } from "./answering/plan.record.ts";
import { CaseQuestion } from "./answering/question.record.ts";
import { restrictWithCases } from "./answering/restricted.ts";
import { AgreedText } from "./answering/text.record.ts";
import { askWhyLate } from "./board/ask-why-late.ts";
import { digestName, sayBoardDigest, sendBoardDigest } from "./board/digest.ts";
import { DataBreach } from "./cases/data-breach.record.ts";
import { DataProtectionRequest } from "./cases/data-protection-request.record.ts";
import { DataSearch } from "./cases/data-search.record.ts";
import { InformationComplaint } from "./cases/information-complaint.record.ts";
import { caseLetters } from "./cases/letters.ts";
import { MembersQuestion } from "./cases/members-question.record.ts";
import { chaseSearches } from "./cases/searching.ts";
import { inTimeMeasures } from "./in-time.measure.ts";
import { InformationRequest } from "./information-request.record.ts";
import { answeringMeasures } from "./answering/answering.measure.ts";
import { askToSplit } from "./answering/ask-to-split.ts";
import { chaseQuestions } from "./answering/chase.ts";
import { makeLetters } from "./letter/make-letters.ts";
import { sayRequestLetter } from "./letters.ts";
import { makeTicketOfCase, passToDeskJob } from "./passing/to-desk.ts";
import { makeCaseOfTicket } from "./passing/to-rights.ts";
import { makeCopy } from "./redaction/copy.ts";
import { copyJob } from "./redaction/handling.ts";
import { forgetHeld } from "./public/held.ts";
import { checkPublicationJob } from "./public/publishing/check.ts";
import { checkJob } from "./public/publishing/handling.ts";
import { Publication } from "./public/publishing/publication.record.ts";
import { Redaction } from "./redaction/redaction.record.ts";

export { acknowledgeOne } from "./acknowledge.ts";
export { serviceAreasInUse } from "./service-areas.ts";
export { offeredPeriods } from "./statistics/periods.ts";
export { publishStatistics } from "./statistics/publish.ts";
export { statisticsOf } from "./statistics/statistics.ts";

/** Requests for information and for personal data, members' questions, complaints about them, and breaches. */
export const rights: Module = {
  name: "rights",
  label: "Information rights",
  group: "work",
  records: [
    InformationRequest,
    DataProtectionRequest,
    MembersQuestion,
    InformationComplaint,
    DataBreach,
    DataSearch,
    CaseQuestion,
    AgreedText,
    AnsweringPlan,
    Redaction,
    Publication,
  ],
  daily: [
    "data_protection_request",
    "members_question",
    "information_complaint",
    "data_breach",
    "data_search",
    "case_question",
    "agreed_text",
    "publication",
  ],
  asked: ["data_protection_request", "members_question", "information_complaint", "data_breach"],
  measures: [...inTimeMeasures, ...answeringMeasures],
  jobs: {
    [copyJob]: makeCopy,
    [checkJob]: checkPublicationJob,
    [passToRightsJob]: makeCaseOfTicket,
    [passToDeskJob]: makeTicketOfCase,
  },
  schedules: [
    acknowledgeRequests,
    chaseSearches,
    makeLetters,
    chaseQuestions,
    askToSplit,
    askWhyLate,
    sendBoardDigest,
    forgetHeld,
  ],
  rounds: [restrictWithCases],
  digests: { [digestName]: sayBoardDigest },
  letters: { information_request: sayRequestLetter, ...caseLetters },
};
