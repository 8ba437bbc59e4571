import { defineRecord, field } from "../../kernel/record.ts";

/** What a freeze covers when it covers all there is. */
export const coversEverything = "Everything";

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
    covers: field.text({
      label: "What it covers",
      hint: `“${coversEverything}”, or one service or system as changes call it`,
      required: true,
      max: 200,
    }),
  },
  states: { agreed: { label: "Agreed", tone: "warn" }, lifted: { label: "Lifted", final: true } },
  starts: "agreed",
  moves: { lift: { label: "Lift the freeze", from: ["agreed"], to: "lifted", warning: true } },
  views: {
    list: {
      columns: ["reference", "name", "covers", "validFrom", "validUntil", "state"],
      sort: "name",
      openOnly: true,
    },
    form: ["name", "why", "covers", "validFrom", "validUntil"],
  },
  defaults: () => Promise.resolve({ covers: coversEverything }),
  referenceData: true,
  empty:
    "A freeze is a time in which nothing is changed but in an emergency: an election, the end of the financial year.",
});
