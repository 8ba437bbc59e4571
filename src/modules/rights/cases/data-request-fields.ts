import { field } from "../../../kernel/record.ts";
import { dataExemptions } from "./data-request.ts";
import { lateBecause, receipt, subject } from "./receipt.ts";

/** What a data protection request holds. */
export const dataRequestFields = {
  subject,
  kind: field.choice({
    label: "Which right",
    required: true,
    options: {
      access: "Access to their data",
      third_party: "Access, asked for somebody else",
      rectification: "Putting data right",
      erasure: "Erasing data",
      restriction: "Restricting its use",
      portability: "Taking data elsewhere",
      objection: "Objecting to its use",
      disclosure: "Disclosure to another body",
    },
    default: "access",
  }),
  question: field.longText({
    label: "What they ask for",
    hint: "In their own words",
    required: true,
    personal: true,
  }),
  dataSubject: field.text({ label: "Whose data it is", required: true, personal: true, max: 200 }),
  authority: field.choice({
    label: "By what authority they ask",
    options: {
      consent: "Written authority of the person",
      solicitor: "Solicitor with authority",
      attorney: "Power of attorney or deputy",
      parent: "Parent of a young child",
      other: "Another, written down in a comment",
    },
  }),
  basis: field.choice({
    label: "By what law it may be told",
    hint: "Disclosure stays our own decision, unless a court orders it",
    options: {
      crime: "DPA sch 2 para 2 crime and taxation",
      proceedings: "DPA sch 2 para 5 law and legal proceedings",
      order: "An order of a court",
      power: "Another Act, written down in a comment",
    },
  }),
  wantedBy: field.date({ label: "They want it by" }),
  ...receipt,
  requester: field.person({ label: "Asked by", is: "requester", hint: "Answers go to this person" }),
  identityAskedOn: field.date({ label: "Proof of identity asked for on", askedByMoveOnly: true }),
  identifiedOn: field.date({ label: "It was known who asks on", askedByMoveOnly: true }),
  identityBy: field.choice({
    label: "How it is known who asks",
    hint: "Look at it and give it back. Keep no copy here",
    options: {
      known: "They are known to us",
      account: "They signed in",
      passport: "Passport seen",
      licence: "Driving licence seen",
      two_letters: "Two official letters seen",
      questions: "They answered what only they know",
      authority: "Authority of a solicitor or body seen",
    },
    askedByMoveOnly: true,
  }),
  identitySeenBy: field.person({ label: "Seen by", readOnly: true, sparse: true }),
  askedOn: field.date({ label: "Clarification asked for on", askedByMoveOnly: true }),
  clarifiedOn: field.date({ label: "Clarification came on", askedByMoveOnly: true }),
  feesNoticeOn: field.date({ label: "Fee asked for on", askedByMoveOnly: true }),
  fee: field.money({ label: "Fee", askedByMoveOnly: true }),
  feesPaidOn: field.date({ label: "Fee paid on", askedByMoveOnly: true }),
  extendedOn: field.date({ label: "Extension told on", askedByMoveOnly: true }),
  extendedFor: field.choice({
    label: "Why the law allows it",
    options: { complex: "The request is complex", number: "They have made several" },
    askedByMoveOnly: true,
  }),
  extendedBecause: field.text({ label: "The reasons that they are told", askedByMoveOnly: true, max: 500 }),
  decision: field.choice({
    label: "Decision",
    options: {
      granted: "Done as asked",
      part: "Done in part",
      refused: "Refused",
      nothing: "Nothing about them is held",
    },
    tones: { granted: "good", part: "warn", refused: "bad" },
    askedByMoveOnly: true,
  }),
  exemptions: field.manyChoice({
    label: "What allows it",
    hint: "Where anything is refused or withheld",
    options: dataExemptions,
    askedByMoveOnly: true,
  }),
  refusedBecause: field.longText({
    label: "Why, as they are told",
    hint: "How they can complain, and that a court can decide, is added to the answer",
    askedByMoveOnly: true,
    personal: true,
    max: 4000,
    rows: 4,
  }),
  answer: field.longText({ label: "Answer", askedByMoveOnly: true, personal: true }),
  lateBecause,
};
