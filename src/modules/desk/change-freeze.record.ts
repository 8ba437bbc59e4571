import { refuse } from "../../kernel/errors.ts";
import { defineRecord, field } from "../../kernel/record.ts";
import { affectedIds } from "./affected.ts";

/** Days on which nothing is changed: an election, the end of the year, a go-live. */
export const ChangeFreeze = defineRecord({
  name: "change_freeze",
  label: { one: "Change freeze", many: "Change freezes" },
  reference: "FRZ-{000}",
  path: "change-freezes",
  dated: { by: ["covers"] },
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    why: field.longText({ label: "Why", rows: 2 }),
    extent: field.choice({
      label: "What it covers",
      options: { everything: "Everything", some: "Some services or systems" },
      required: true,
      default: "everything",
    }),
    services: field.links({
      label: "Services",
      to: "service",
      reverse: "Change freezes of this service",
      hint: "And every system that they need",
    }),
    systems: field.links({ label: "Systems", to: "system", reverse: "Change freezes of this system" }),
    covers: field.text({
      label: "Also covered",
      hint: "Only what is neither a service nor a system in the registers, as changes call it",
      max: 200,
      sparse: true,
    }),
  },
  askedWhen: {
    services: { field: "extent", is: ["some"] },
    systems: { field: "extent", is: ["some"] },
    covers: { field: "extent", is: ["some"] },
  },
  states: { agreed: { label: "Agreed", tone: "warn" }, lifted: { label: "Lifted", final: true } },
  starts: "agreed",
  moves: { lift: { label: "Lift the freeze", from: ["agreed"], to: "lifted", warning: true } },
  views: {
    list: {
      columns: ["reference", "name", "extent", "services", "systems", "validFrom", "validUntil", "state"],
      sort: "name",
      filters: ["services", "systems"],
      openOnly: true,
    },
    form: ["name", "why", "extent", "services", "systems", "covers", "validFrom", "validUntil"],
  },
  check: (_tx, values) => {
    if (values["extent"] === "some" && affectedIds(values).length === 0 && !values["covers"])
      refuse("services", "Select the services or systems that it covers");
  },
  referenceData: true,
  empty:
    "A freeze is a time in which nothing is changed but in an emergency: an election, the end of the financial year.",
});
