import { defineRecord, field } from "../record.ts";

/** Someone the council deals with: staff, members, suppliers' people, and callers who have no account. */
export const Person = defineRecord({
  name: "person",
  label: { one: "Person", many: "People" },
  reference: "PER-{00000}",
  path: "people",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120, personal: true }),
    email: field.email({ label: "E-mail address", personal: true, indexed: true }),
    phone: field.phone({ label: "Telephone", personal: true }),
    jobTitle: field.text({ label: "Job title", max: 120 }),
    active: field.yesNo({ label: "Active", hint: "Someone who is not active cannot sign in" }),
    accountId: field.text({ label: "Account", max: 100, readOnly: true, indexed: true, internal: true }),
    sourceReference: field.text({ label: "Known elsewhere as", max: 200, indexed: true, hint: "Their name in the system they were brought in from" }),
    roles: field.lines({ label: "Roles", one: "Role", fields: { role: field.link({ label: "Role", to: "role", required: true }) } }),
  },
  states: { current: { label: "Current", tone: "good" }, left: { label: "Left", final: true } },
  starts: "current",
  moves: {
    leave: { label: "Mark as left", from: ["current"], to: "left", sets: () => ({ active: false }), warning: true },
    return: { label: "Mark as returned", from: ["left"], to: "current", sets: () => ({ active: true }) },
  },
  views: {
    list: { columns: ["reference", "name", "jobTitle", "email", "team", "state"], sort: "name", filters: ["team", "active"], openOnly: true },
    form: ["name", "jobTitle", "email", "phone", "team", "active", "roles", "sensitivity"],
  },
  defaults: async () => ({ active: true }),
  empty: "People who work here or ask for things: staff, members, suppliers and callers.",
});
