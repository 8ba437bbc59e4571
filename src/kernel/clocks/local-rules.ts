import { ukWorkingDays } from "./calendars.ts";
import { dayRule, ownWorkingDays } from "./day-rule.ts";
import type { DayQuestion } from "./day-rule.ts";
import { ClockRefused } from "./refused.ts";
import type { DeadlineRule } from "./rule.ts";
import { endOfPeriod, workingDaysAfter, workingDaysBefore } from "./working-day-rule.ts";

const closures = {
  takes: "FILE",
  means: "days on which the organisation is closed, a date a line; a comma and why may follow",
};
const surprise = "A bank holiday that is proclaimed meanwhile does not count; that it counts is the alternative.";
const ownDays =
  "By the bank holidays of the organisation’s division and its own closure days. A local rule: each organisation may set another number.";

function own(question: DayQuestion<never>, days: number, what: string) {
  const { from, explain = true } = question;
  return {
    from,
    what,
    days: question.days ?? days,
    calendar: ownWorkingDays(question),
    citation: "Local rule",
    explain,
  };
}

const memberAck = dayRule<never>(
  {
    name: "member-ack",
    label: "Acknowledgement of a member’s enquiry",
    citation: "Local rule",
    counts: `The next council working day after receipt. ${ownDays}`,
    disputed: surprise,
    events: {},
    options: { closures, days: { takes: "N", means: "so many council working days. Otherwise 1" } },
  },
  (question) => workingDaysAfter(own(question, 1, "Day of receipt")),
);

const memberAnswer = dayRule<never>(
  {
    name: "member-answer",
    label: "Answer to a member’s enquiry",
    citation: "Local rule",
    counts: `The 10th council working day after receipt. ${ownDays}`,
    disputed: surprise,
    events: {},
    options: { closures, days: { takes: "N", means: "so many council working days. Otherwise 10" } },
  },
  (question) => workingDaysAfter(own(question, 10, "Day of receipt")),
);

const writtenQuestion = dayRule<never>(
  {
    name: "written-question",
    label: "Written question to council or committee",
    citation: "The council’s constitution",
    counts:
      "So many council working days before the day of the meeting, which is the day to count from. The constitution sets the number, so it must be given.",
    events: {},
    options: { closures, days: { takes: "N", means: "council working days before the meeting; always needed" } },
  },
  (question) => {
    if (question.days === undefined)
      throw new ClockRefused(
        "The constitution sets how many working days before the meeting it is answered: say so on the council’s calendar (on the terminal written-question needs --days)",
        "misused",
      );
    return workingDaysBefore({ ...own(question, 1, "Day of the meeting"), citation: "The council’s constitution" });
  },
);

/** A span of UK working days of information law, from a day that nothing moves. */
function span(name: string, label: string, citation: string, days: number, what: string, counts: string): DeadlineRule {
  return dayRule<never>({ name, label, citation, counts, disputed: surprise, events: {} }, (question) =>
    workingDaysAfter({
      from: question.from,
      what,
      days,
      calendar: ukWorkingDays(question.holidays),
      citation,
      explain: question.explain ?? true,
    }),
  );
}

const costPeriod = dayRule<never>(
  {
    name: "cost-period",
    label: "Period in which similar requests are added together for the cost limit",
    citation: "SI 2004/3244 reg 5(2)",
    counts:
      "The last day of the 60 consecutive working days that begin with the first request: what the same person or campaign asks until then is added to it.",
    events: {},
  },
  ({ from, holidays, explain = true }) =>
    endOfPeriod({
      from,
      what: "The first request",
      days: 60,
      calendar: ukWorkingDays(holidays),
      citation: "SI 2004/3244 reg 5(2)(b)",
      explain,
    }),
);

/** An organisation's own rules, and the spans of the law that nothing stops. */
export const localRules: readonly DeadlineRule[] = [
  memberAck,
  memberAnswer,
  writtenQuestion,
  span(
    "foi-review-ask",
    "Last day to ask for an internal review",
    "Freedom of Information Code of Practice (s45) 5.3",
    40,
    "Day of the answer",
    "The 40th working day after the answer.",
  ),
  span(
    "eir-review-ask",
    "Last day to ask for a review of an environmental request",
    "Environmental Information Regulations 2004 reg 11(2)",
    40,
    "Day of the answer",
    "The 40th working day after the answer, or after the day on which it was due.",
  ),
  costPeriod,
];
