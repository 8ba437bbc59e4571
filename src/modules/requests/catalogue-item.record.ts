import { defineRecord, field } from "../../kernel/record.ts";
import { guardItem } from "./item-check.ts";

/** Something that staff can ask for: its questions, who approves it and what is done then, all as data. */
export const CatalogueItem = defineRecord({
  name: "catalogue_item",
  label: { one: "Catalogue item", many: "Service catalogue" },
  reference: "ITM-{000}",
  path: "service-catalogue",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    summary: field.text({ label: "In a sentence", required: true, max: 300 }),
    details: field.longText({ label: "What people should know first", rows: 4 }),
    synonyms: field.text({ label: "Other words for it", hint: "With commas between", max: 500 }),
    category: field.link({ label: "Category", to: "category" }),
    queue: field.link({ label: "Queue", to: "queue", required: true }),
    days: field.wholeNumber({ label: "Usually takes", hint: "In working days", min: 1, max: 365 }),
    questions: field.lines({
      label: "Questions",
      one: "Question",
      numbered: true,
      max: 40,
      fields: {
        label: field.text({ label: "Question", required: true, max: 300 }),
        kind: field.choice({
          label: "Answer",
          required: true,
          default: "text",
          options: {
            text: "A line of text",
            long: "Several lines",
            choice: "One of some choices",
            yes_no: "Yes or no",
            number: "A number",
            date: "A date",
          },
        }),
        hint: field.text({ label: "Hint", max: 300 }),
        required: field.yesNo({ label: "Must be answered" }),
        choices: field.text({ label: "Choices", hint: "With semicolons between", max: 1000 }),
        onlyIf: field.wholeNumber({ label: "Only if question", hint: "Its number", min: 1, max: 999 }),
        onlyIfAnswer: field.text({ label: "has the answer", max: 300 }),
      },
    }),
    approvals: field.lines({
      label: "Who approves it, in this order",
      one: "Approval",
      max: 10,
      fields: {
        by: field.choice({
          label: "Approved by",
          required: true,
          default: "manager",
          options: {
            manager: "The line manager of who asks",
            service_owner: "The owner of this item",
            person: "This person",
          },
        }),
        person: field.person({ label: "Person", hint: "A budget holder by name" }),
        why: field.text({ label: "For what", hint: "For example, “the money”", max: 120 }),
      },
    }),
    steps: field.lines({
      label: "What is done then",
      one: "Step",
      max: 30,
      fields: {
        what: field.text({ label: "What", required: true, max: 200 }),
        team: field.link({ label: "Team", to: "team", required: true }),
        days: field.wholeNumber({ label: "Working days", min: 1, max: 365 }),
        together: field.yesNo({ label: "At the same time as the one before" }),
      },
    }),
  },
  states: {
    draft: { label: "Draft", tone: "info" },
    offered: { label: "Offered", tone: "good" },
    withdrawn: { label: "Withdrawn", final: true },
  },
  starts: "draft",
  moves: {
    offer: { label: "Offer it", from: ["draft", "withdrawn"], to: "offered" },
    rework: { label: "Take it back to change it", from: ["offered"], to: "draft" },
    withdraw: { label: "Withdraw it", from: ["draft", "offered"], to: "withdrawn", warning: true },
  },
  views: {
    list: {
      columns: ["reference", "name", "summary", "owner", "queue", "state"],
      sort: "name",
      filters: ["category", "queue"],
      openOnly: true,
    },
    form: [
      "name",
      "summary",
      "details",
      "synonyms",
      "category",
      "queue",
      "days",
      "owner",
      "questions",
      "approvals",
      "steps",
    ],
  },
  check: guardItem,
  locked: ({ state }) => (state === "offered" ? "It is offered. Take it back to change it" : null),
  empty:
    "The service catalogue holds what staff can ask for, with its questions, approvals and steps. Make the first item.",
});
