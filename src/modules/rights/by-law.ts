import { lawOf } from "./handling.ts";

/** The days that a request is counted by, and where the count ends. */
export const byLaw = {
  rule: "counted",
  by: lawOf,
  from: "receivedOn",
  events: {
    askedOn: "asked",
    clarifiedOn: "clarified",
    feesNoticeOn: "fees-notice",
    feesPaidOn: "fees-paid",
    extendedOn: "extended",
    extendedTo: "expected",
  },
  stopsIn: ["answered", "transferred"],
  cancelsIn: ["withdrawn", "lapsed", "ordinary"],
} as const;
