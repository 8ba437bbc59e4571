import { defineRecord, field } from "../../kernel/record.ts";

/** An external partner: who sells, maintains or mends something for the council. */
export const Supplier = defineRecord({
  name: "supplier",
  label: { one: "Supplier", many: "Suppliers" },
  reference: "SUP-{0000}",
  path: "suppliers",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 160 }),
    supportPhone: field.phone({ label: "Support telephone" }),
    supportEmail: field.email({ label: "Support e-mail" }),
    supportPage: field.webAddress({ label: "Support page" }),
    customerNumber: field.text({ label: "Our customer number", max: 60, internal: true }),
    notes: field.longText({ label: "How to reach them", rows: 3, internal: true }),
  },
  states: { current: { label: "Current", tone: "good" }, former: { label: "Former", final: true } },
  starts: "current",
  moves: {
    end: { label: "Mark as former", from: ["current"], to: "former", warning: true },
    restore: { label: "Use them again", from: ["former"], to: "current" },
  },
  views: {
    list: {
      columns: ["reference", "name", "supportPhone", "supportEmail", "owner", "state"],
      sort: "name",
      filters: ["owner"],
      openOnly: true,
    },
    form: ["name", "supportPhone", "supportEmail", "supportPage", "customerNumber", "notes", "owner", "sensitivity"],
  },
  empty: "Suppliers are the partners outside: whom to ring when a system or device of theirs fails.",
});
