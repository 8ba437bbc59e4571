import { field } from "../../../kernel/record.ts";
import { costFields } from "../refusing/cost.ts";
import { withheldLines } from "../refusing/withheld.ts";

/** What an agreed text holds: the words and their reasons, what was said of them, who signed, the days, and the letter. */
export const textFields = {
  title: field.text({ label: "Subject", is: "title", required: true, max: 120 }),
  request: field.link({
    label: "Answers the request",
    to: "information_request",
    reverse: "Agreed text",
    required: true,
    fixed: true,
    sparse: true,
  }),
  outcome: field.choice({
    label: "What they get",
    options: {
      granted: "Everything they asked for",
      part: "Part of it",
      refused: "None of it",
      not_held: "We do not hold it",
      neither: "We neither confirm nor deny that we hold it",
    },
    tones: { granted: "good", part: "warn", refused: "bad" },
  }),
  sections: field.lines({
    label: "Text",
    one: "Section",
    numbered: true,
    max: 80,
    fields: {
      heading: field.text({ label: "Heading", max: 200 }),
      text: field.longText({ label: "Text", required: true, max: 20_000, rows: 6 }),
      question: field.link({ label: "Answers the question", to: "case_question", derived: true }),
    },
  }),
  withheld: withheldLines,
  ...costFields,
  remarks: field.lines({
    label: "Comments on passages",
    one: "Comment",
    numbered: true,
    max: 200,
    sparse: true,
    readOnly: true,
    fields: {
      section: field.wholeNumber({ label: "Section", min: 1, max: 9999 }),
      passage: field.text({ label: "Passage", max: 300 }),
      words: field.longText({ label: "Comment", max: 2000 }),
      by: field.person({ label: "From" }),
      reply: field.longText({ label: "What became of it", max: 2000 }),
    },
  }),
  signatures: field.lines({
    label: "Signatures, in this order",
    one: "Signature",
    max: 12,
    sparse: true,
    readOnly: true,
    fields: {
      role: field.text({ label: "As", max: 60 }),
      signer: field.person({ label: "Who signs" }),
      signedBy: field.person({ label: "Signed by" }),
      signedAt: field.moment({ label: "Signed" }),
      hash: field.text({ label: "Fingerprint of the text that was signed", max: 64, derived: true }),
    },
  }),
  wordsHash: field.text({ label: "Fingerprint of the text", max: 64, readOnly: true }),
  drafter: field.person({ label: "Drafted by", readOnly: true }),
  draftBy: field.date({ label: "Draft by", readOnly: true }),
  draftedOn: field.date({ label: "Drafted on", readOnly: true }),
  draftInTime: field.yesNo({ label: "The draft was in time", readOnly: true }),
  agreeBy: field.date({ label: "Sign by", readOnly: true }),
  agreedOn: field.date({ label: "Agreed on", readOnly: true }),
  agreedInTime: field.yesNo({ label: "It was agreed in time", readOnly: true }),
  // Where a signature leads: “more” while others have still to sign, then “all”.
  standing: field.text({ label: "Signing", max: 10, readOnly: true }),
  alsoSigns: field.person({
    label: "Who else signs",
    hint: "After those whom the answering plan names",
    askedByMoveOnly: true,
  }),
  remarkSection: field.wholeNumber({ label: "Section", min: 1, max: 9999, askedByMoveOnly: true }),
  remarkPassage: field.text({ label: "The words that you mean", max: 300, askedByMoveOnly: true }),
  remark: field.longText({ label: "Your comment", max: 2000, rows: 3, askedByMoveOnly: true }),
  remarkNumber: field.wholeNumber({
    label: "Which comment",
    hint: "Its number",
    min: 1,
    max: 9999,
    askedByMoveOnly: true,
  }),
  remarkReply: field.longText({ label: "What became of it", max: 2000, rows: 2, askedByMoveOnly: true }),
  letterPdf: field.file({ label: "Letter as PDF", readOnly: true }),
  letterWord: field.file({ label: "Letter as Word", readOnly: true }),
  letterHash: field.text({ label: "Fingerprint of the text in the letter", max: 64, readOnly: true }),
};
