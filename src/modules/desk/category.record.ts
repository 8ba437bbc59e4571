import { defineRecord, field } from "../../kernel/record.ts";

/** What a ticket is about: two levels, as most desks keep them. */
export const Category = defineRecord({
  name: "category",
  label: { one: "Category", many: "Categories" },
  reference: "CAT-{0000}",
  path: "categories",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    parent: field.link({ label: "Part of", to: "category" }),
    skills: field.lines({
      label: "Skills that it needs",
      hint: "For queues that assign by skill. Without any, those of the category that it is part of",
      one: "Skill",
      max: 10,
      fields: { skill: field.link({ label: "Skill", to: "skill", required: true }) },
    }),
    checklist: field.lines({
      label: "Checklist for its tickets",
      one: "Step",
      max: 20,
      fields: { step: field.text({ label: "Step", required: true, max: 160 }) },
    }),
    sourceReference: field.text({ label: "Known elsewhere as", max: 200, indexed: true }),
  },
  states: { current: { label: "Current", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn" },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "parent", "state"], sort: "name", openOnly: true },
    form: ["name", "parent", "skills", "checklist"],
  },
  empty: "Categories say what tickets are about, so that the desk can see what to learn.",
});
