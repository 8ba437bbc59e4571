import { defineRecord, field } from "../../kernel/record.ts";

/** Where tickets wait for a team: it decides who sees them, which hours count and what is promised. */
export const Queue = defineRecord({
  name: "queue",
  label: { one: "Queue", many: "Queues" },
  reference: "QUE-{000}",
  path: "queues",
  fields: {
    name: field.text({ label: "Name", is: "title", required: true, max: 120 }),
    purpose: field.longText({ label: "What belongs in it", rows: 2 }),
    calendar: field.link({ label: "Hours", to: "calendar", hint: "Without one, every hour counts" }),
    isDefault: field.yesNo({ label: "Tickets go here unless told otherwise" }),
  },
  states: { open: { label: "Open", tone: "good" }, closed: { label: "Closed", final: true } },
  starts: "open",
  moves: {
    close: { label: "Close the queue", from: ["open"], to: "closed", warning: true },
    reopen: { label: "Open it again", from: ["closed"], to: "open" },
  },
  views: {
    list: { columns: ["reference", "name", "team", "calendar", "state"], sort: "name", openOnly: true },
    form: ["name", "purpose", "team", "calendar", "isDefault"],
  },
  referenceData: true,
  empty: "A queue holds the tickets of one team. Make one for each team that takes calls.",
});
