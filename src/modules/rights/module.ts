import type { Module } from "../../kernel/registry.ts";
import { acknowledgeRequests } from "./acknowledge.ts";
import { InformationRequest } from "./information-request.record.ts";
import { sayRequestLetter } from "./letters.ts";
import { makeCopy } from "./redaction/copy.ts";
import { copyJob } from "./redaction/handling.ts";
import { checkPublicationJob } from "./public/publishing/check.ts";
import { checkJob } from "./public/publishing/handling.ts";
import { Publication } from "./public/publishing/publication.record.ts";
import { Redaction } from "./redaction/redaction.record.ts";

/** Requests for information, and reviews of how they were answered. */
export const rights: Module = {
  name: "rights",
  label: "Information rights",
  group: "work",
  records: [InformationRequest, Redaction, Publication],
  daily: ["publication"],
  jobs: { [copyJob]: makeCopy, [checkJob]: checkPublicationJob },
  schedules: [acknowledgeRequests],
  letters: { information_request: sayRequestLetter },
};
