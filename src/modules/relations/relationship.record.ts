import { can, defineRecord, field } from "../../kernel/record.ts";
import { guardNextReview, notesContact } from "./keeping.ts";

const temperatures = {
  warm: "Warm: they come to us first",
  fair: "Fair: it works",
  strained: "Strained: something is wrong",
  broken: "Broken: they go elsewhere",
} as const;

/** What we have with a service area or a group of members: who looks after it, what was said, what they ask for, and how it stands. */
export const Relationship = defineRecord({
  name: "relationship",
  label: { one: "Relationship", many: "Relationships" },
  reference: "REL-{000}",
  path: "relationships",
  fields: {
    name: field.text({
      label: "With whom",
      hint: "The service area or the group of members: “Adult social care”",
      is: "title",
      required: true,
      max: 120,
    }),
    kind: field.choice({
      label: "What they are",
      required: true,
      default: "service_area",
      options: { service_area: "A service area", members: "A group of members", other: "Others we work with" },
    }),
    partner: field.person({ label: "Partner", hint: "Who of us looks after it", is: "owner" }),
    people: field.links({ label: "Whom we talk to", to: "person", reverse: "Relationships" }),
    services: field.links({ label: "Services they answer for", to: "service", reverse: "Relationships" }),
    temperature: field.choice({
      label: "How it stands",
      options: temperatures,
      tones: { warm: "good", fair: "info", strained: "warn", broken: "bad" },
    }),
    why: field.text({ label: "Why", max: 500 }),
    asks: field.lines({
      label: "What they ask for",
      one: "Ask",
      numbered: true,
      max: 100,
      sparse: true,
      fields: {
        ask: field.text({ label: "What they ask for", required: true, max: 300 }),
        since: field.date({ label: "Since", required: true }),
        by: field.date({ label: "Wanted by" }),
        who: field.person({ label: "Who of us has it" }),
        outcome: field.choice({
          label: "What came of it",
          required: true,
          default: "open",
          options: { open: "Open", done: "Done", refused: "We said no" },
        }),
        answer: field.text({ label: "What we answered", max: 300 }),
      },
    }),
    contacts: field.lines({
      label: "Contacts",
      one: "Contact",
      numbered: true,
      max: 200,
      sparse: true,
      fields: {
        day: field.date({ label: "Day", required: true }),
        how: field.choice({
          label: "How",
          options: { meeting: "A meeting", call: "A call", mail: "E-mail", visit: "A visit" },
        }),
        who: field.text({ label: "With whom", max: 200 }),
        said: field.longText({ label: "What was said", required: true, max: 3000, rows: 3 }),
        noted: field.person({ label: "Written down by" }),
      },
    }),
    contactOn: field.date({ label: "When you spoke", askedByMoveOnly: true }),
    contactHow: field.choice({
      label: "How",
      options: { meeting: "A meeting", call: "A call", mail: "E-mail", visit: "A visit" },
      default: "meeting",
      askedByMoveOnly: true,
    }),
    contactWith: field.text({ label: "With whom you spoke", max: 200, askedByMoveOnly: true }),
    contactSaid: field.longText({
      label: "What was said",
      hint: "Whoever is named can ask to read it",
      max: 3000,
      rows: 5,
      askedByMoveOnly: true,
    }),
    reviewOn: field.date({ label: "Next review", hint: "When somebody looks at how it stands" }),
  },
  states: { current: { label: "Current", tone: "good" }, ended: { label: "Ended", final: true } },
  starts: "current",
  moves: {
    contact: {
      label: "Write down a contact",
      from: ["current"],
      asks: ["contactOn", "contactHow", "contactWith", "contactSaid", "temperature"],
      requires: ["contactOn", "contactSaid"],
      who: can("handle"),
      sets: notesContact,
    },
    review: {
      label: "Say how it stands",
      from: ["current"],
      asks: ["temperature", "why", "reviewOn"],
      requires: ["temperature", "why", "reviewOn"],
      who: can("handle"),
      guard: guardNextReview,
    },
    end: { label: "End it", from: ["current"], to: "ended", who: can("handle"), warning: true },
    restore: { label: "Take it up again", from: ["ended"], to: "current", who: can("handle") },
  },
  clocks: { review: { rule: "day", label: "Review", day: "reviewOn", runsIn: ["current"] } },
  views: {
    list: {
      columns: ["reference", "name", "kind", "partner", "temperature", "due", "updated"],
      sort: "name",
      filters: ["kind", "partner", "temperature", "services"],
      openOnly: true,
    },
    form: [
      "name",
      "kind",
      "partner",
      "people",
      "services",
      "temperature",
      "why",
      "reviewOn",
      "asks",
      "contacts",
      "team",
      "sensitivity",
    ],
    page: ["kind", "people", "services", "temperature", "why", "reviewOn", "asks", "contacts"],
  },
  empty:
    "A relationship is with a service area or a group of members. Write down the first, and who of us looks after it.",
});
