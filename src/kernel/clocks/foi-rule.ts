import { ukWorkingDays } from "./calendars.ts";
import { foi } from "./foi.ts";
import type { FoiEvent, FoiResult } from "./foi.ts";
import { ClockRefused } from "./refused.ts";
import { parseDate } from "./rule.ts";
import type { DeadlineQuestion, DeadlineRule } from "./rule.ts";

const KINDS: Readonly<Record<string, FoiEvent["kind"]>> = {
  asked: "asked",
  clarified: "clarified",
  // The answer to what was asked: the same day under the name that the other rules give it.
  answered: "clarified",
  "fees-notice": "fees-notice",
  "fees-paid": "fees-paid",
  extended: "extended",
};

/** FOIA 2000 by name: `deadline foi`. The division makes no difference: s10(6) takes in the whole United Kingdom. */
export const foiRule: DeadlineRule = {
  name: "foi",
  label: "Freedom of Information request",
  citation: "Freedom of Information Act 2000 s10",
  events: {
    asked: { takes: "DATE", means: "the day on which clarification was asked for: no deadline until it comes" },
    clarified: { takes: "DATE", means: "the day the clarification came: a fresh 20 working days from then" },
    answered: { takes: "DATE", means: "another word for clarified" },
    "fees-notice": { takes: "DATE", means: "the day of a fees notice: no deadline until the fee is paid" },
    "fees-paid": {
      takes: "DATE",
      means: "the day of payment: the days from notice to payment, both included, do not count",
    },
    extended: { takes: "DATE", means: "the day of the notice of a public-interest extension: 40 working days in all" },
  },
  options: {},
  compute(question) {
    const result = foi({
      received: parseDate(question.from),
      events: eventsOf(question),
      calendar: ukWorkingDays(question.holidays),
    });
    const { alternative } = result;
    return {
      due: result.due?.toString() ?? null,
      workTo: result.workTo?.toString() ?? null,
      alternative: alternative && { ...alternative, due: alternative.due.toString() },
      ledger: result.ledger,
      sentence: [sentenceOf(result), ...result.notes].join(". "),
    };
  },
};

function eventsOf(question: DeadlineQuestion): FoiEvent[] {
  return question.events.map(({ kind, value }) => {
    const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (!known) throw new ClockRefused(`“${kind}” is not an event of foi`, "misused");
    return { kind: known, on: parseDate(value) };
  });
}

function sentenceOf({ due, workTo, lapses }: FoiResult): string {
  if (due && workTo && !due.equals(workTo)) return `Due by the end of ${due.toString()}; work to ${workTo.toString()}`;
  if (due) return `Due by the end of ${due.toString()}`;
  return lapses ? `No deadline while it is held; it lapses on ${lapses.on.toString()}: ${lapses.why}` : "No deadline";
}
