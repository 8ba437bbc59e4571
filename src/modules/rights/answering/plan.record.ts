import { refuse } from "../../../kernel/errors.ts";
import { defineRecord, field } from "../../../kernel/record.ts";
import { caseKinds } from "./case-kinds.ts";

/** Left empty, the day is the usual one of that kind of case. */
const days = (label: string, hint: string) => field.wholeNumber({ label, hint, min: 1, max: 60 });

/** The days that must not come before one another. */
const order = ["commissionDays", "answerDays", "draftDays", "agreeDays"] as const;

/** How answers to one kind of case are commissioned, signed and worded: the days inside the deadline of the law, and who signs. */
export const AnsweringPlan = defineRecord({
  name: "answering_plan",
  label: { one: "Answering plan", many: "Answering plans" },
  reference: "ANS-{000}",
  path: "answering-plans",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    caseType: field.registered({
      label: "For which cases",
      required: true,
      from: (types) =>
        Object.fromEntries(
          caseKinds.flatMap(({ type }) => {
            const known = types.get(type);
            return known ? [[type, known.label.many]] : [];
          }),
        ),
    }),
    commissionDays: days(
      "Questions are given out by day",
      "Working days, counted as the deadline of the case is. Empty: 3, of a member’s question 2",
    ),
    answerDays: days(
      "Teams answer by day",
      "Before the draft, so that there is time to put it together. Empty: 8, of a member’s question 4",
    ),
    draftDays: days(
      "The draft is there by day",
      "Later by as many days as the time of the case was extended. Empty: 10, of a member’s question 5",
    ),
    agreeDays: days(
      "The answer is signed by day",
      "Later by as many days as the time of the case was extended. Empty: 17, of a member’s question 8",
    ),
    chaseBefore: days("First reminder", "So many working days before a team’s answer is due. Empty: 1"),
    chaseEvery: days("Later reminders", "Every so many working days once it is late. Empty: 2"),
    escalateAfter: days("The team’s manager is told", "So many working days after it was due. Empty: 2"),
    signers: field.lines({
      label: "Who signs, in this order",
      one: "Signature",
      max: 8,
      fields: {
        role: field.text({
          label: "As what",
          hint: "Such as Head of service, Press or Legal",
          required: true,
          max: 60,
        }),
        person: field.person({
          label: "Person",
          hint: "Leave it empty for the manager of the team that has the case: the head of the service",
        }),
        signsWhen: field.choice({
          label: "When",
          required: true,
          default: "always",
          options: { always: "Every answer", withheld: "When something is withheld" },
        }),
      },
    }),
    alwaysSigned: field.yesNo({
      label: "Every answer needs an agreed text",
      hint: "What withholds something from a request for information needs one in any case",
    }),
    opening: field.link({
      label: "How a letter begins",
      hint: "A text template. Without one Reeve’s own words are used",
      to: "text_template",
    }),
    review: field.link({
      label: "How to go on if they are not content",
      hint: "A text template. Of a request for information it names the review and the Information Commissioner, of data the court too",
      to: "text_template",
    }),
    closing: field.link({ label: "How a letter ends", to: "text_template" }),
    reviewAddress: field.text({ label: "Where a review is asked for", hint: "E-mail or post, on letters", max: 200 }),
    payment: field.text({ label: "How a fee is paid", hint: "On notices of fees", max: 300 }),
  },
  states: { current: { label: "In use", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: {
      columns: ["reference", "name", "caseType", "commissionDays", "answerDays", "draftDays", "agreeDays", "state"],
      sort: "name",
      openOnly: true,
    },
    form: [
      "name",
      "caseType",
      "commissionDays",
      "answerDays",
      "draftDays",
      "agreeDays",
      "chaseBefore",
      "chaseEvery",
      "escalateAfter",
      "signers",
      "alwaysSigned",
      "opening",
      "review",
      "closing",
      "reviewAddress",
      "payment",
    ],
  },
  derive: (_tx, values, before) => Promise.resolve(before === null ? usualDays(values) : {}),
  check: (_tx, values) => {
    const all = { ...usualDays(values), ...withoutEmpty(values) };
    for (const [at, name] of order.entries()) {
      const earlier = order[at - 1];
      if (earlier && Number(all[name]) < Number(all[earlier]))
        refuse(name, "Each of these days comes no sooner than the one before it");
    }
  },
  referenceData: true,
  empty:
    "An answering plan says by which day questions are given out, drafted and signed, and who signs. Without one the days are 3, 8, 10 and 17; of members’ questions 2, 4, 5 and 8.",
});

type Values = Readonly<Record<string, unknown>>;

/** The usual days of a kind of case for what was left empty. */
function usualDays(values: Values): Values {
  const usual = caseKinds.find(({ type }) => type === values["caseType"])?.plan ?? {};
  return Object.fromEntries(Object.entries(usual).filter(([name]) => (values[name] ?? null) === null));
}

function withoutEmpty(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
