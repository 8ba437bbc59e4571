import { can, defineRecord, field } from "../../kernel/record.ts";
import { citedClauses } from "../policy/module.ts";
import { guardReviewAhead } from "./protecting.ts";

/** One use of people’s data, as the record of processing has it: UK GDPR, article 30. */
export const ProcessingActivity = defineRecord({
  name: "processing_activity",
  label: { one: "Processing activity", many: "Record of processing" },
  reference: "ROP-{0000}",
  path: "record-of-processing",
  fields: {
    name: field.text({
      label: "What is done",
      hint: "In a few words: “Housing applications”",
      is: "title",
      required: true,
      max: 140,
    }),
    purpose: field.longText({ label: "What it is for", required: true, rows: 3, max: 3000 }),
    role: field.choice({
      label: "What we are",
      required: true,
      default: "controller",
      options: {
        controller: "The controller",
        joint: "A joint controller",
        processor: "A processor for somebody else",
      },
    }),
    basis: field.choice({
      label: "Lawful basis",
      hint: "UK GDPR, article 6(1)",
      required: true,
      options: {
        consent: "Consent: (a)",
        contract: "A contract with them: (b)",
        obligation: "The law asks it of us: (c)",
        vital: "To save a life: (d)",
        public_task: "A public task: (e)",
        legitimate: "Legitimate interests: (f)",
      },
    }),
    basisInLaw: field.text({
      label: "The law or task behind it",
      hint: "The Act and its section, where there is one",
      max: 300,
    }),
    isSpecial: field.yesNo({
      label: "Special categories or criminal offences",
      hint: "Health, ethnic origin, religion, convictions and the like: articles 9 and 10",
    }),
    specialCondition: field.text({
      label: "Condition for it",
      hint: "UK GDPR article 9(2), and the schedule of the Data Protection Act 2018",
      required: true,
      max: 300,
    }),
    subjects: field.text({ label: "Whose data it is", hint: "Kinds of people, never names", required: true, max: 500 }),
    categories: field.text({ label: "Which data", hint: "Kinds of data", required: true, max: 1000 }),
    recipients: field.text({ label: "Who gets it", hint: "Kinds of recipients, processors among them", max: 1000 }),
    isAbroad: field.yesNo({ label: "It leaves the United Kingdom" }),
    safeguards: field.text({ label: "Where it goes, and what protects it there", required: true, max: 500 }),
    keptFor: field.text({ label: "How long it is kept", required: true, max: 300 }),
    security: field.longText({ label: "What protects it", rows: 3, max: 3000 }),
    systems: field.links({ label: "Systems", to: "system", reverse: "What it does with people’s data" }),
    processor: field.link({ label: "Processor", to: "supplier", reverse: "What they process for us", sparse: true }),
    cites: citedClauses(),
    reviewOn: field.date({ label: "Review by" }),
  },
  askedWhen: {
    specialCondition: { field: "isSpecial", is: [true] },
    safeguards: { field: "isAbroad", is: [true] },
  },
  states: {
    draft: { label: "Draft", tone: "info" },
    current: { label: "In the record", tone: "good" },
    ended: { label: "Ended", final: true },
  },
  starts: "draft",
  moves: {
    enter: {
      label: "Enter it in the record",
      from: ["draft"],
      to: "current",
      asks: ["reviewOn"],
      requires: ["reviewOn"],
      who: can("handle"),
      guard: guardReviewAhead,
    },
    confirm: {
      label: "It is still right",
      from: ["current"],
      asks: ["reviewOn"],
      requires: ["reviewOn"],
      who: can("handle"),
      guard: guardReviewAhead,
    },
    end: {
      label: "It is done no longer",
      from: ["draft", "current"],
      to: "ended",
      who: can("handle"),
      comment: { label: "Why, and what became of the data", audience: "everyone", required: true },
      warning: true,
    },
    restore: { label: "It is done again", from: ["ended"], to: "draft", who: can("handle") },
  },
  clocks: { review: { rule: "day", label: "Review", day: "reviewOn", runsIn: ["current"] } },
  views: {
    list: {
      columns: ["reference", "name", "basis", "isSpecial", "systems", "owner", "due", "state"],
      sort: "name",
      filters: ["basis", "role", "isSpecial", "isAbroad", "systems", "processor", "owner"],
      openOnly: true,
    },
  },
  // Whoever writes it down answers for it until somebody else does.
  defaults: async (tx) => ({ owner: tx.actor.personId }),
  locked: ({ state }) => (state === "ended" ? "It has ended, so it stays as it was" : null),
  empty:
    "The record of processing says what the council does with people’s data, and why it may. Write down the first use.",
});
