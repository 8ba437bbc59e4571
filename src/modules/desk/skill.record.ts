import { defineRecord, field } from "../../kernel/record.ts";

/** Something that not everybody on a desk can do: categories say what they need, and tickets go to who has it. */
export const Skill = defineRecord({
  name: "skill",
  label: { one: "Skill", many: "Skills" },
  reference: "SKL-{000}",
  path: "skills",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "What it takes", rows: 2 }),
    people: field.lines({
      label: "Who has it",
      one: "Person",
      fields: { person: field.person({ label: "Person", required: true }) },
    }),
  },
  states: { current: { label: "Current", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn" },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: { columns: ["reference", "name", "state"], sort: "name", openOnly: true },
    form: ["name", "purpose", "people"],
  },
  referenceData: true,
  empty:
    "A skill is something that not everybody on a desk can do. Name it, say who has it, and which categories need it.",
});
