import { ukWorkingDays } from "./calendars.ts";
import type { FoiInput } from "./foi.ts";
import { informationRequest } from "./information-request.ts";
import type { RequestLaw } from "./information-request.ts";
import type { DayResult } from "./readings.ts";
import { workingDayAfter } from "./working-days.ts";

/** Environmental Information Regulations 2004. Rule 8 of the clocks page. */
const EIR: RequestLaw = {
  days: 20,
  daysExtended: 40,
  counts: "EIR 2004 reg 5(2)",
  extension: "EIR 2004 reg 7(1)",
  clarification: "EIR 2004 reg 9(2), (4)",
  fees: "EIR 2004 reg 8(6)",
  overtaking: "EIR 2004 regs 7(1), 7(3), 9(4)",
  noticeByFirstDeadline: true,
  lastDayToPay: (notice, calendar) => workingDayAfter(calendar, notice, 60),
  unpaid: {
    why: "The advance payment is not made within 60 working days of the notice",
    citation: "EIR 2004 reg 8(5)",
  },
  receiptRead: null,
};

/** A review of how a request was handled: 40 working days, and nothing more. */
const REVIEW: RequestLaw = { ...EIR, days: 40, daysExtended: null, counts: "EIR 2004 reg 11(4)" };

/** Re-use of Public Sector Information Regulations 2015. Rule 14; to the day that was told where it is extensive or complex. */
const REUSE: RequestLaw = {
  ...EIR,
  daysExtended: "told",
  counts: "SI 2015/1415 reg 8(1)",
  extension: "SI 2015/1415 reg 8(2), (3)",
  overtaking: "SI 2015/1415 reg 8(2), (3)",
};

/** When a request for environmental information must be answered: 20 working days after receipt, 40 in all where extended. */
export function eir(input: FoiInput): DayResult {
  return informationRequest(EIR, { ...input, calendar: ukWorkingDays(input.holidays) });
}

/** When representations about an environmental request must be decided: 40 working days after they came. */
export function eirReview(input: FoiInput): DayResult {
  return informationRequest(REVIEW, { ...input, calendar: ukWorkingDays(input.holidays) });
}

/**
 * When a request to re-use public sector information must be answered: 20 working days after receipt, or by the day that was
 * told within them. A day told that is no working day counts as the last one before it.
 */
export function reuse(input: FoiInput): DayResult {
  return informationRequest(REUSE, { ...input, calendar: ukWorkingDays(input.holidays) });
}
