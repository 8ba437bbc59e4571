import type { Module } from "../../kernel/registry.ts";
import { acknowledgeRequests } from "./acknowledge.ts";
import { DataBreach } from "./cases/data-breach.record.ts";
import { DataProtectionRequest } from "./cases/data-protection-request.record.ts";
import { DataSearch } from "./cases/data-search.record.ts";
import { InformationComplaint } from "./cases/information-complaint.record.ts";
import { caseLetters } from "./cases/letters.ts";
import { MembersQuestion } from "./cases/members-question.record.ts";
import { chaseSearches } from "./cases/searching.ts";
import { InformationRequest } from "./information-request.record.ts";
import { sayRequestLetter } from "./letters.ts";
import { makeCopy } from "./redaction/copy.ts";
import { copyJob } from "./redaction/handling.ts";
import { checkPublicationJob } from "./public/publishing/check.ts";
import { checkJob } from "./public/publishing/handling.ts";
import { Publication } from "./public/publishing/publication.record.ts";
import { Redaction } from "./redaction/redaction.record.ts";

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
    Redaction,
    Publication,
  ],
  daily: [
    "data_protection_request",
    "members_question",
    "information_complaint",
    "data_breach",
    "data_search",
    "publication",
  ],
  asked: ["data_protection_request", "members_question", "information_complaint", "data_breach"],
  jobs: { [copyJob]: makeCopy, [checkJob]: checkPublicationJob },
  schedules: [acknowledgeRequests, chaseSearches],
  letters: { information_request: sayRequestLetter, ...caseLetters },
};
