import { dayRule } from "./day-rule.ts";
import type { EventWords } from "./day-rule.ts";
import { eir, eirReview, reuse } from "./eir.ts";
import { foi, foiReview, schoolFoi } from "./foi.ts";
import type { RequestEvent } from "./information-request.ts";
import type { DeadlineRule } from "./rule.ts";

const clarification = {
  asked: {
    takes: "DATE",
    means: "the day on which clarification was asked for: no deadline until it comes",
    kind: "asked",
  },
  clarified: {
    takes: "DATE",
    means: "the day the clarification came: a fresh 20 working days from then",
    kind: "clarified",
  },
  answered: { takes: "DATE", means: "another word for clarified", kind: "clarified" },
} as const satisfies EventWords<RequestEvent["kind"]>;

const fees = {
  "fees-notice": {
    takes: "DATE",
    means: "the day of a fees notice: no deadline until the fee is paid",
    kind: "fees-notice",
  },
  "fees-paid": {
    takes: "DATE",
    means: "the day of payment: the days from notice to payment, both included, do not count",
    kind: "fees-paid",
  },
} as const satisfies EventWords<RequestEvent["kind"]>;

const extended = (means: string) => ({ extended: { takes: "DATE", means, kind: "extended" as const } });

const shorthand = "The same as after a notice that was in time, for which no event is needed. ";
const surprise =
  "A bank holiday that is proclaimed while the request runs does not count; that it counts is the alternative.";
const overtaken =
  "A notice of extension from before a clarification still gives 40 days, for no provision ends it; that the fresh 20 are not extended until it is told anew is the alternative.";
const weekend =
  "A request that comes on a non-working day is received that day; the Code’s reading, the next working day, is the alternative.";

const foiDefinition = {
  name: "foi",
  label: "Freedom of Information request",
  citation: "Freedom of Information Act 2000 s10",
  counts:
    "The 20th working day after receipt, by the bank holidays of every part of the United Kingdom. A clarification starts 20 fresh days (s1(3)); the days from a fees notice to the payment do not count (s10(2)); a public-interest notice by the first deadline gives 40 in all (s10(3)).",
  disputed: `${weekend} ${surprise} ${overtaken}`,
  events: {
    ...clarification,
    ...fees,
    ...extended("the day of the notice of a public-interest extension: 40 working days in all"),
  },
};

const foiRule = dayRule(foiDefinition, ({ from, ...asked }) => foi({ ...asked, received: from }));

const foiExtendedRule = dayRule(
  {
    ...foiDefinition,
    name: "foi-extended",
    label: "Freedom of Information request, extended for the public-interest test",
    citation: "Freedom of Information Act 2000 s10(3)",
    counts: `${shorthand}40 working days after receipt in all, as the Code has it: the Act itself says a reasonable time.`,
  },
  ({ from, ...asked }) => foi({ ...asked, received: from, extended: true }),
);

const foiReviewRule = dayRule(
  {
    name: "foi-review",
    label: "Internal review of a Freedom of Information answer",
    citation: "Freedom of Information Code of Practice (s45) 5.4",
    counts:
      "The 20th working day after the review was asked for; “latest” is the 40th, for exceptional cases that are told in time.",
    disputed: `${weekend} ${surprise}`,
    events: extended("the day on which a longer review was told, by the 20th day: due at “latest”"),
  },
  ({ from, ...asked }) => foiReview({ ...asked, received: from }),
);

const schoolRule = dayRule(
  {
    name: "school-foi",
    label: "Freedom of Information request to a maintained school",
    citation: "SI 2004/3364 and SI 2010/2768 reg 3",
    counts: "20 school days or 60 working days after receipt, whichever is first; without the school’s days the 60.",
    disputed:
      "A school day that is a bank holiday elsewhere in the United Kingdom is no working day, and so not one of the 20; that it counts is the alternative.",
    events: { ...clarification, ...fees },
    options: { "school-days": { takes: "FILE", means: "the days on which the school is open, a date a line" } },
  },
  ({ from, schoolDays, ...asked }) => schoolFoi({ ...asked, received: from, sessions: schoolDays ?? null }),
);

const eirDefinition = {
  name: "eir",
  label: "Environmental information request",
  citation: "Environmental Information Regulations 2004 reg 5(2)",
  counts:
    "The 20th working day after receipt. A notice by then that the request is complex and voluminous gives 40 in all (reg 7). Particulars of a request that was too general, asked for by then, start 20 fresh days (reg 9); the days from a notice of advance payment, given by then, to the payment do not count (reg 8).",
  disputed: `${surprise} ${overtaken}`,
  events: {
    asked: { ...clarification.asked, means: "the day on which particulars were asked for, by the 20th day" },
    clarified: { ...clarification.clarified, means: "the day the particulars came: a fresh 20 working days from then" },
    answered: clarification.answered,
    "fees-notice": { ...fees["fees-notice"], means: "the day of the notice of advance payment, by the 20th day" },
    "fees-paid": fees["fees-paid"],
    ...extended("the day of the notice that it is complex and voluminous, by the 20th: 40 working days in all"),
  },
};

const eirRule = dayRule(eirDefinition, ({ from, ...asked }) => eir({ ...asked, received: from }));

const eirExtendedRule = dayRule(
  {
    ...eirDefinition,
    name: "eir-extended",
    label: "Environmental information request, extended",
    citation: "Environmental Information Regulations 2004 reg 7(1)",
    counts: `${shorthand}40 working days after receipt in all.`,
  },
  ({ from, ...asked }) => eir({ ...asked, received: from, extended: true }),
);

const eirReviewRule = dayRule<RequestEvent["kind"]>(
  {
    name: "eir-review",
    label: "Review of how an environmental request was handled",
    citation: "Environmental Information Regulations 2004 reg 11(4)",
    counts: "The 40th working day after the representations came.",
    disputed: surprise,
    events: {},
  },
  ({ from, ...asked }) => eirReview({ ...asked, received: from }),
);

const reuseRule = dayRule<RequestEvent["kind"]>(
  {
    name: "reuse",
    label: "Request to re-use public sector information",
    citation: "Re-use of Public Sector Information Regulations 2015 reg 8",
    counts:
      "The 20th working day after receipt. Where the documents are extensive or the request raises complex issues, the day that was told by then (reg 8(2) and (3)).",
    disputed: surprise,
    events: {
      ...extended("the day of the notice that no decision is reached yet, by the 20th"),
      expected: {
        takes: "DATE",
        means: "the day that the notice tells, by which an answer is expected",
        kind: "expected",
      },
    },
  },
  ({ from, ...asked }) => reuse({ ...asked, received: from }),
);

/** Requests for information, and reviews of them. */
export const requestRules: readonly DeadlineRule[] = [
  foiRule,
  foiExtendedRule,
  foiReviewRule,
  schoolRule,
  eirRule,
  eirExtendedRule,
  eirReviewRule,
  reuseRule,
];
