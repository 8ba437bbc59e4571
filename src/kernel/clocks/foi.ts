import { schoolCitation, schoolDays, ukWorkingDays } from "./calendars.ts";
import type { WorkingCalendar } from "./calendars.ts";
import { addMonths, dayFrom, isoOf } from "./days.ts";
import type { Day } from "./days.ts";
import { informationRequest } from "./information-request.ts";
import type { RequestInput, RequestLaw } from "./information-request.ts";
import type { KnownHolidays } from "./known-holidays.ts";
import { withReadings } from "./readings.ts";
import type { DayResult } from "./readings.ts";
import { ClockRefused } from "./refused.ts";

/** The same question without a calendar of its own: UK working days, by the bank holidays that are known. */
export type FoiInput = Omit<RequestInput, "calendar"> & { readonly holidays?: KnownHolidays | undefined };

const code = "Freedom of Information Code of Practice (s45)";

/** Freedom of Information Act 2000. Rules 1 to 4 of the clocks page. */
const FOI: RequestLaw = {
  days: 20,
  daysExtended: 40,
  counts: "FOIA 2000 s10(1)",
  extension: "FOIA 2000 s10(3)",
  clarification: "FOIA 2000 s1(3)",
  fees: "FOIA 2000 s10(2)",
  overtaking: "FOIA 2000 ss10(3), 10(6), 17(2)",
  noticeByFirstDeadline: false,
  lastDayToPay: threeMonths,
  unpaid: { why: "The fee is not paid within 3 months of the notice", citation: "FOIA 2000 s9(2)" },
  receiptRead: code,
};

/** Rule 7: what the Code of Practice expects of an internal review. */
const REVIEW: RequestLaw = { ...FOI, counts: `${code} 5.4`, extension: `${code} 5.4` };

/** When a request under the Freedom of Information Act 2000 must be answered: the 20th working day after receipt (s10(1)). */
export function foi(input: FoiInput): DayResult {
  return informationRequest(FOI, { ...input, calendar: ukWorkingDays(input.holidays) });
}

/** When an internal review should be answered: in 20 working days, `latest` in 40. An `extended` event gives the 40. */
export function foiReview(input: FoiInput): DayResult {
  const asked = { ...input, calendar: ukWorkingDays(input.holidays) };
  const latest = informationRequest(REVIEW, { ...asked, events: [], extended: true, explain: false }).due;
  return { ...informationRequest(REVIEW, asked), ...(latest === null ? {} : { latest }) };
}

/**
 * When a maintained school must answer: in 20 school days or 60 working days, whichever is first (rule 6). A school day that is
 * a bank holiday elsewhere in the United Kingdom is no working day, and so not counted; read otherwise, it is the alternative.
 * `sessions` holds the ISO dates on which the school is open; null where nobody knows them.
 */
export function schoolFoi(input: FoiInput & { readonly sessions: ReadonlySet<string> | null }): DayResult {
  const { sessions, holidays } = input;
  const uk = ukWorkingDays(holidays);
  const run = (days: number, calendar: WorkingCalendar) =>
    informationRequest({ ...FOI, days, daysExtended: null, counts: schoolCitation }, { ...input, calendar });
  const sixty = run(60, uk);
  if (!sessions) return sixty;
  const twenty = unlessListEnds(() => run(20, schoolDays(sessions, uk, holidays)));
  const listed = unlessListEnds(() => run(20, schoolDays(sessions, null, holidays)));
  const first = earlier(sixty, twenty);
  const ends = twenty ? [] : ["The list of school days ends before 20 of them, so only the 60 working days are known"];
  const literal = listed && earlier(sixty, listed);
  const reading = literal?.due
    ? {
        due: dayFrom(literal.due),
        reading: "A school day counts also where another part of the United Kingdom has a bank holiday",
        citation: schoolCitation,
      }
    : null;
  const own = first.alternative && { ...first.alternative, due: dayFrom(first.alternative.due) };
  const due = first.due === null ? null : dayFrom(first.due);
  return { ...first, ...withReadings(due, [own, reading]), notes: [...first.notes, ...ends] };
}

/** Days after the last that a school listed are not known. */
function unlessListEnds(run: () => DayResult): DayResult | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof ClockRefused) return null;
    throw error;
  }
}

function earlier(sixty: DayResult, twenty: DayResult | null): DayResult {
  if (!twenty || twenty.due === null) return sixty;
  return sixty.due === null || twenty.due <= sixty.due ? twenty : sixty;
}

/** s9(2): three months beginning with the day of the notice. */
function threeMonths(notice: Day): Day {
  const end = addMonths(notice, 3);
  return isoOf(end).slice(8) === isoOf(notice).slice(8) ? end - 1 : end;
}
