import { defineRecord, field } from "../record.ts";

/** What people use, whatever it runs on: e-mail, paying council tax online. */
export const Service = defineRecord({
  name: "service",
  label: { one: "Service", many: "Services" },
  reference: "SER-{0000}",
  path: "services",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "What people use it for", rows: 2 }),
    criticality: field.choice({
      label: "Criticality",
      options: { critical: "Critical", important: "Important", ordinary: "Ordinary" },
      tones: { critical: "bad", important: "warn" },
    }),
    isPublic: field.yesNo({
      label: "Show it on the public status page",
      hint: "Whether it works, is disrupted or is to be worked on, for everybody to read. Leave it off for what staff alone use",
    }),
    publicName: field.text({
      label: "What the public calls it",
      hint: "Its name, where this is left empty",
      max: 120,
      sparse: true,
    }),
  },
  askedWhen: { publicName: { field: "isPublic", is: [true] } },
  states: { live: { label: "Live", tone: "good" }, withdrawn: { label: "Withdrawn", final: true } },
  starts: "live",
  moves: {
    withdraw: { label: "Withdraw", from: ["live"], to: "withdrawn", warning: true },
    restore: { label: "Bring back", from: ["withdrawn"], to: "live" },
  },
  views: {
    list: {
      columns: ["reference", "name", "criticality", "isPublic", "owner", "team", "state"],
      sort: "name",
      filters: ["criticality", "isPublic", "owner", "team"],
      openOnly: true,
    },
    form: ["name", "purpose", "criticality", "isPublic", "publicName", "owner", "team", "sensitivity"],
  },
  empty: "Services are what people use, such as e-mail or paying council tax online. Tickets say which is hurt.",
});
