import { breach } from "./breach.ts";
import { complaint } from "./complaint.ts";
import { dataSubjectRequest } from "./data-subject.ts";
import type { DataSubjectEvent } from "./data-subject.ts";
import { dayRule } from "./day-rule.ts";
import type { EventWords } from "./day-rule.ts";
import { parseMoment } from "./rule.ts";
import type { DeadlineRule } from "./rule.ts";

const ZONE = "Europe/London";

const events = {
  asked: {
    takes: "DATE",
    means: "the day on which more was asked to find what is meant: no deadline until the answer comes",
    kind: "asked",
  },
  answered: {
    takes: "DATE",
    means: "the day the answer came: the days from asking to it, both included, do not count",
    kind: "answered",
  },
  clarified: { takes: "DATE", means: "another word for answered", kind: "answered" },
  "identity-asked": {
    takes: "DATE",
    means: "the day on which proof of identity was asked for: no deadline until it comes",
    kind: "identity-asked",
  },
  identified: {
    takes: "DATE",
    means: "the day on which it was known who asks: the month begins then",
    kind: "identified",
  },
  "fees-notice": {
    takes: "DATE",
    means: "the day on which a fee was asked for: no deadline until then",
    kind: "fees-notice",
  },
  "fees-paid": { takes: "DATE", means: "the day of payment: the month begins then", kind: "fees-paid" },
  extended: {
    takes: "DATE",
    means: "the day of the notice of an extension, within the first month: three months in all",
    kind: "extended",
  },
} as const satisfies EventWords<DataSubjectEvent["kind"]>;

const sarDefinition = {
  name: "sar",
  label: "Subject access, and the other rights of a data subject",
  citation: "UK GDPR arts 12(3), 12A, 15 to 21",
  counts:
    "The corresponding date of the next month, counted from receipt, identification or payment, whichever is last; where the month has none, its last day. Off weekends and the public holidays of the organisation’s division to the next working day. An extension told within the month gives three months from the same start. From 5 February 2026 the days of a question do not count: they are added before the day is put off.",
  disputed:
    "The day of the question and the day of the answer both do not count; that the day of the answer counts is the alternative. A question before 5 February 2026 stops nothing; the regulator’s guidance of that time, which stopped the clock, is the alternative.",
  events,
};

const sarRule = dayRule(sarDefinition, ({ from, ...asked }) => dataSubjectRequest({ ...asked, received: from }));

const sarPausedRule = dayRule(
  {
    ...sarDefinition,
    name: "sar-paused",
    label: "Subject access, paused for a question",
    citation: "UK GDPR art 12A(5)",
    counts: "The same as sar, with asked and answered.",
  },
  ({ from, ...asked }) => dataSubjectRequest({ ...asked, received: from }),
);

const sarExtendedRule = dayRule(
  {
    ...sarDefinition,
    name: "sar-extended",
    label: "Subject access, extended for complexity or number",
    citation: "UK GDPR art 12A(3)",
    counts:
      "The same as after a notice that was in time, for which no event is needed. The corresponding date of the third month.",
  },
  ({ from, ...asked }) => dataSubjectRequest({ ...asked, received: from, extended: true }),
);

const complaintRule = dayRule<never>(
  {
    name: "complaint",
    label: "Acknowledgement of a data-protection complaint",
    citation: "Data Protection Act 2018 s164A",
    counts:
      "30 calendar days, the first of them the day after receipt, off weekends and the public holidays of the organisation’s division. No deadline for what came before 19 June 2026.",
    disputed: "That the day of receipt is the first of the 30 is the alternative.",
    events: {},
  },
  ({ from, ...asked }) => complaint({ ...asked, received: from }),
);

const breachRule: DeadlineRule = {
  name: "breach",
  label: "Personal data breach: telling the regulator",
  citation: "UK GDPR art 33(1)",
  counts:
    "72 real hours from the moment of awareness, also at night, at weekends and on holidays. A day without a time is its first moment.",
  events: {},
  options: {},
  compute({ from, explain }) {
    const { due, ledger } = breach(parseMoment(from, ZONE), ZONE, explain);
    const text = due.toString({ timeZone: ZONE, smallestUnit: "second" });
    return { due: text, workTo: text, alternative: null, ledger, sentence: `Due by ${text}` };
  },
};

/** The rights of data subjects, complaints and breaches. */
export const dataRules: readonly DeadlineRule[] = [sarRule, sarExtendedRule, sarPausedRule, complaintRule, breachRule];
