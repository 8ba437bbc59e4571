import { defineRecord, field } from "../../kernel/record.ts";

/** An application or platform that the council runs or buys: what tickets, changes and contracts are about. */
export const System = defineRecord({
  name: "system",
  label: { one: "System", many: "Systems" },
  reference: "SYS-{0000}",
  path: "systems",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "What it is for", rows: 2 }),
    criticality: field.choice({
      label: "Criticality",
      options: { critical: "Critical", important: "Important", ordinary: "Ordinary" },
      tones: { critical: "bad", important: "warn" },
      hint: "How soon the council feels it when this stops",
    }),
    supplier: field.link({ label: "Supplier", to: "supplier", reverse: "Systems from this supplier" }),
    service: field.link({ label: "Service it carries", to: "service", reverse: "Systems that carry this service" }),
  },
  states: {
    live: { label: "Live", tone: "good" },
    planned: { label: "Planned", tone: "info" },
    retired: { label: "Retired", final: true },
  },
  starts: "live",
  moves: {
    retire: { label: "Retire", from: ["live", "planned"], to: "retired", warning: true },
    go_live: { label: "Go live", from: ["planned", "retired"], to: "live" },
    plan: { label: "Mark as planned", from: ["live"], to: "planned" },
  },
  views: {
    list: {
      columns: ["reference", "name", "criticality", "supplier", "owner", "team", "state"],
      sort: "name",
      filters: ["criticality", "supplier", "service", "owner", "team"],
      openOnly: true,
    },
    form: ["name", "purpose", "criticality", "supplier", "service", "owner", "team", "sensitivity"],
  },
  empty: "Systems are the applications and platforms the council runs. Tickets say which of them they are about.",
});
