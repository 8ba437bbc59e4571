import { can, defineRecord, field } from "../../kernel/record.ts";
import { openAtHandover } from "./handover.ts";

/** What those who go off duty leave to whoever comes on: what is open, what to watch, and that it was read. */
export const Handover = defineRecord({
  name: "handover",
  label: { one: "Handover note", many: "Handover notes" },
  reference: "HND-{0000}",
  path: "handovers",
  fields: {
    name: field.text({ label: "Which shift", is: "title", required: true, max: 120, hint: "Like “Saturday night”" }),
    owner: field.person({ label: "Who is on", is: "owner" }),
    startsAt: field.moment({ label: "From" }),
    endsAt: field.moment({ label: "Until" }),
    watch: field.longText({ label: "What to watch", rows: 4 }),
    openWork: field.longText({
      label: "What is open",
      rows: 8,
      hint: "Filled with the highest priorities; change it freely",
    }),
    readAt: field.moment({ label: "Read on", readOnly: true }),
    readBy: field.person({ label: "Read by", readOnly: true }),
  },
  states: {
    given: { label: "Given", tone: "warn", waitsFor: can("handle") },
    read: { label: "Read", tone: "good" },
    over: { label: "Over", final: true },
  },
  starts: "given",
  moves: {
    read: {
      label: "I have read it",
      from: ["given"],
      to: "read",
      who: can("handle"),
      sets: (tx) => ({ readAt: tx.now.toString({ smallestUnit: "millisecond" }), readBy: tx.actor.personId }),
    },
    end: { label: "The shift is over", from: ["given", "read"], to: "over", who: can("handle") },
    again: { label: "Give it again", from: ["read", "over"], to: "given", who: can("handle") },
  },
  views: {
    list: {
      columns: ["reference", "name", "owner", "startsAt", "endsAt", "readBy", "readAt", "state"],
      sort: "-opened",
      filters: ["owner"],
      openOnly: true,
    },
    form: ["name", "owner", "startsAt", "endsAt", "watch", "openWork"],
  },
  defaults: async (tx) => ({ openWork: await openAtHandover(tx) }),
  empty: "A handover note says what is open and what to watch to whoever comes on. They say that they read it.",
});
