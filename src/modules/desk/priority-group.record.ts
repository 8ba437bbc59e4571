import { defineRecord, field } from "../../kernel/record.ts";

/** People whose tickets a queue treats in a way of their own: chief officers, members of the council. */
export const PriorityGroup = defineRecord({
  name: "priority_group",
  label: { one: "Group with its own promise", many: "Groups with their own promise" },
  reference: "GRP-{000}",
  path: "priority-groups",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 60, hint: "Shown on their tickets" }),
    people: field.lines({
      label: "People",
      one: "Person",
      max: 500,
      fields: { person: field.person({ label: "Person", required: true }) },
    }),
    onlyIn: field.link({ label: "Only in the queue", to: "queue", hint: "Without one, in every queue" }),
    priority: field.wholeNumber({ label: "Priority at least", min: 1, max: 5, hint: "1 is the highest" }),
    goesTo: field.link({ label: "Goes to the queue", to: "queue", hint: "Without one, it stays where it came" }),
  },
  states: { current: { label: "Current", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "current",
  moves: {
    withdraw: { label: "Withdraw", from: ["current"], to: "withdrawn", warning: true },
    restore: { label: "Use it again", from: ["withdrawn"], to: "current" },
  },
  views: {
    list: {
      columns: ["reference", "name", "onlyIn", "priority", "goesTo", "state"],
      sort: "name",
      openOnly: true,
    },
    form: ["name", "people", "onlyIn", "priority", "goesTo"],
  },
  referenceData: true,
  empty: "A group says which people’s tickets get a higher priority or a queue of their own, such as chief officers.",
});
