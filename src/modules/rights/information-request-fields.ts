import { field } from "../../kernel/record.ts";
import { lateAskedOn, lateBecause, receipt, sentLetter, splitAskedOn, subject } from "./cases/receipt.ts";
import { decisions } from "./decisions.ts";
import { exemptions } from "./exemptions.ts";
import { weighedExemptions } from "./refusing/notices.ts";
import { serviceArea } from "./service-areas.ts";

/** What a request for information says, field by field. */
export const informationRequestFields = {
  subject,
  question: field.longText({ label: "What they asked for", hint: "In their own words", required: true }),
  regime: field.choice({
    label: "Answered under",
    required: true,
    options: {
      foi: "Freedom of Information",
      eir: "Environmental",
      foi_review: "Review, Freedom of Information",
      eir_review: "Review, environmental",
      reuse: "Re-use of public sector information",
    },
    default: "foi",
  }),
  reviewOf: field.link({
    label: "Request under review",
    to: "information_request",
    reverse: "Reviews of it",
    required: true,
    sparse: true,
  }),
  relatedTo: field.links({ label: "Related requests", to: "information_request", reverse: "Related requests" }),
  receivedOn: receipt.receivedOn,
  receivedBy: receipt.receivedBy,
  area: serviceArea,
  acknowledgedOn: field.date({ label: "Acknowledged on", readOnly: true }),
  requester: field.person({ label: "Asked by", is: "requester", hint: "Answers go to this person" }),
  applicant: field.text({
    label: "Name they gave",
    hint: "Section 8 asks for a real name. An environmental request needs none",
    personal: true,
    max: 200,
  }),
  replyTo: receipt.replyTo,
  formWanted: field.text({ label: "Form of answer they asked for", max: 200 }),
  askedOn: field.date({ label: "Clarification asked for on", askedByMoveOnly: true }),
  clarifiedOn: field.date({ label: "Clarification came on", askedByMoveOnly: true }),
  feesNoticeOn: field.date({ label: "Fees notice given on", askedByMoveOnly: true }),
  fee: field.money({ label: "Fee", askedByMoveOnly: true }),
  feesPaidOn: field.date({ label: "Fee paid on", askedByMoveOnly: true }),
  extendedOn: field.date({ label: "Extension told on", askedByMoveOnly: true }),
  extendedFor: field.choice({
    label: "Exemption whose public interest is weighed",
    hint: "Only for a request under the Freedom of Information Act",
    options: weighedExemptions,
    askedByMoveOnly: true,
  }),
  extendedBecause: field.text({
    label: "Why it is extended",
    hint: "The exemption whose public interest is being weighed, or why it is complex, voluminous or extensive",
    askedByMoveOnly: true,
    max: 500,
  }),
  extendedGround: field.choice({
    label: "Why the Regulations on re-use allow it",
    options: { extensive: "The documents are extensive in quantity", complex: "The request raises complex issues" },
    askedByMoveOnly: true,
  }),
  extendedTo: field.date({
    label: "Answer expected by",
    hint: "The day that they are told, which then is the deadline",
    askedByMoveOnly: true,
  }),
  decision: field.choice({
    label: "Decision",
    options: decisions,
    tones: { granted: "good", part: "warn", refused: "bad" },
    askedByMoveOnly: true,
  }),
  exemptions: field.manyChoice({
    label: "Exemptions and exceptions",
    hint: "Where anything is withheld: every section or regulation that allows it",
    options: exemptions,
    askedByMoveOnly: true,
  }),
  answer: field.longText({
    label: "Answer",
    hint: "What whoever asked gets, in full. An agreed text goes in its place",
    max: 100_000,
    askedByMoveOnly: true,
  }),
  sentLetter,
  lateBecause,
  splitAskedOn,
  lateAskedOn,
} as const;
