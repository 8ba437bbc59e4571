import type { Module } from "../../kernel/registry.ts";
import { acknowledgeRequests } from "./acknowledge.ts";
import { askWhyLate } from "./board/ask-why-late.ts";
import { digestName, sayBoardDigest, sendBoardDigest } from "./board/digest.ts";
import { InformationRequest } from "./information-request.record.ts";
import { sayRequestLetter } from "./letters.ts";
import { makeCopy } from "./redaction/copy.ts";
import { copyJob } from "./redaction/handling.ts";
import { Redaction } from "./redaction/redaction.record.ts";

export { offeredPeriods } from "./statistics/periods.ts";
export { publishStatistics } from "./statistics/publish.ts";
export { statisticsOf } from "./statistics/statistics.ts";

/** Requests for information, and reviews of how they were answered. */
export const rights: Module = {
  name: "rights",
  label: "Information rights",
  group: "work",
  records: [InformationRequest, Redaction],
  jobs: { [copyJob]: makeCopy },
  schedules: [acknowledgeRequests, askWhyLate, sendBoardDigest],
  digests: { [digestName]: sayBoardDigest },
  letters: { information_request: sayRequestLetter },
};
