import type { Module } from "../../kernel/registry.ts";
import { acknowledgeRequests } from "./acknowledge.ts";
import { InformationRequest } from "./information-request.record.ts";
import { sayRequestLetter } from "./letters.ts";

/** Requests for information, and reviews of how they were answered. */
export const rights: Module = {
  name: "rights",
  label: "Information rights",
  group: "work",
  records: [InformationRequest],
  schedules: [acknowledgeRequests],
  letters: { information_request: sayRequestLetter },
};
