import { defineMeasure } from "../../kernel/measures/measure.ts";
import { DataProtectionRequest } from "./cases/data-protection-request.record.ts";
import { MembersQuestion } from "./cases/members-question.record.ts";
import { InformationRequest } from "./information-request.record.ts";

const owner = "Policy and relationship manager";
const over = { stopped: "answer" } as const;
const done = { where: { "answer-outcome": ["met", "missed"] } } as const;
const inTime = { share: { where: { "answer-outcome": ["met"] } } } as const;
const requests = { one: "request", many: "requests" } as const;

/** Whether each kind of case is answered by the day that the law or the council’s own rule gives it, as its clock says. */
export const inTimeMeasures = [
  defineMeasure(InformationRequest, {
    name: "requests-in-time",
    label: "Requests for information answered in time",
    meaning:
      "How many in 100 of the requests answered or transferred in the period were so by the day that the law gave, extra time included.",
    owner,
    unit: "percent",
    over,
    of: done,
    works: inTime,
  }),
  defineMeasure(InformationRequest, {
    name: "requests-late",
    label: "Requests for information answered late",
    meaning: "How many requests were answered or transferred in the period after the day that the law gave.",
    owner,
    unit: requests,
    over,
    of: { where: { "answer-outcome": ["missed"] } },
    works: "count",
    usuallyBy: "area",
  }),
  defineMeasure(InformationRequest, {
    name: "requests-stopped",
    label: "Requests for information whose days are stopped",
    meaning:
      "How many open requests have no day running, because the law stops the days until whoever asked answers or pays.",
    owner,
    unit: requests,
    over: "open-now",
    of: { where: { "answer-outcome": ["paused"] } },
    works: "count",
  }),
  defineMeasure(DataProtectionRequest, {
    name: "data-requests-in-time",
    label: "Data protection requests answered in time",
    meaning:
      "How many in 100 of the requests about personal data answered in the period were so within the month that the law gave, extra time included.",
    owner,
    unit: "percent",
    over,
    of: done,
    works: inTime,
  }),
  defineMeasure(MembersQuestion, {
    name: "members-enquiries-in-time",
    label: "Members’ enquiries answered in time",
    meaning: "How many in 100 of the members’ enquiries and letters answered in the period were so by their day.",
    owner,
    unit: "percent",
    over,
    of: done,
    works: inTime,
  }),
  defineMeasure(MembersQuestion, {
    name: "written-questions-in-time",
    label: "Written questions answered before their meeting",
    meaning: "How many in 100 of the written questions to a meeting answered in the period were so by their day.",
    owner,
    unit: "percent",
    over: { stopped: "meeting" },
    of: { where: { "meeting-outcome": ["met", "missed"] } },
    works: { share: { where: { "meeting-outcome": ["met"] } } },
  }),
] as const;
