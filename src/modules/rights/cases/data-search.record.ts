import { can, defineRecord, field } from "../../../kernel/record.ts";
import { today } from "../handling.ts";
import { guardAsked, guardReturned, newSearch } from "./searching.ts";

/** One place that is searched for somebody's data: a system or a holder who is asked, chased, and sends what is found. */
export const DataSearch = defineRecord({
  name: "data_search",
  label: { one: "Data search", many: "Data searches" },
  reference: "SEARCH-{00000}",
  path: "data-searches",
  fields: {
    place: field.text({
      label: "Where to look",
      is: "title",
      required: true,
      max: 120,
      hint: "A system, a mailbox, a cabinet; without naming whose data it is",
    }),
    request: field.link({
      label: "For the request",
      to: "data_protection_request",
      reverse: "Searches",
      required: true,
      fixed: true,
    }),
    system: field.link({ label: "System", to: "system", reverse: "Searched for people’s data", sparse: true }),
    owner: field.person({ label: "Who looks", is: "owner", hint: "They see this and not the request" }),
    about: field.longText({
      label: "Whose data, and how to find it",
      hint: "Name, earlier names, numbers, years: no more than it takes to find it",
      required: true,
      personal: true,
      max: 4000,
      rows: 4,
    }),
    dueOn: field.date({ label: "Wanted by" }),
    askedOn: field.date({ label: "Asked on", readOnly: true }),
    chasedFor: field.date({ label: "Chased for the day", readOnly: true, internal: true }),
    result: field.choice({
      label: "What was found",
      options: { found: "Found, and sent here", nothing: "Nothing", elsewhere: "It is held elsewhere" },
      tones: { found: "good" },
      askedByMoveOnly: true,
    }),
    answer: field.longText({
      label: "What was looked through, and what was found",
      hint: "How it was searched. Send the files in a comment here first",
      askedByMoveOnly: true,
      personal: true,
      max: 8000,
      rows: 4,
    }),
    flags: field.lines({
      label: "Pages to look at before it goes out",
      one: "Page",
      sparse: true,
      fields: {
        document: field.text({ label: "Document", required: true, max: 200 }),
        page: field.wholeNumber({ label: "Page", min: 1, max: 99_999 }),
        why: field.choice({
          label: "Why",
          required: true,
          options: {
            others: "It is about others too",
            privilege: "Legal advice",
            health: "Health or social work",
            crime: "Crime or investigation",
            harm: "It could hurt somebody",
            other: "Something else",
          },
        }),
      },
      askedByMoveOnly: true,
    }),
  },
  states: {
    planned: { label: "Planned" },
    asked: { label: "Asked", tone: "warn", waitsFor: can("answer") },
    returned: { label: "Returned", tone: "good", final: true },
    dropped: { label: "Not needed", final: true },
  },
  starts: "planned",
  moves: {
    answer: {
      label: "Say what was found",
      from: ["asked"],
      to: "returned",
      asks: ["result", "answer", "flags"],
      requires: ["result", "answer"],
      who: can("answer"),
      guard: guardReturned,
    },
    ask: {
      label: "Ask them to look",
      from: ["planned"],
      to: "asked",
      asks: ["owner", "dueOn"],
      requires: ["owner", "dueOn"],
      who: can("handle"),
      guard: guardAsked,
      sets: (tx) => ({ askedOn: today(tx) }),
      follows: () =>
        Promise.resolve([
          "They are told, are reminded the day before, and chased each week after it. They see what stands here, and not the request.",
        ]),
    },
    again: {
      label: "Ask again",
      from: ["returned", "dropped"],
      to: "asked",
      asks: ["owner", "dueOn"],
      requires: ["owner", "dueOn"],
      comment: { label: "What is missing", audience: "everyone", required: true },
      who: can("handle"),
      guard: guardAsked,
    },
    drop: {
      label: "It is not needed",
      from: ["planned", "asked"],
      to: "dropped",
      comment: { label: "Why", audience: "everyone" },
      who: can("handle"),
    },
  },
  clocks: { answer: { rule: "day", label: "Wanted by", day: "dueOn", runsIn: ["asked"] } },
  views: {
    list: {
      columns: ["reference", "place", "system", "owner", "state", "result", "due"],
      sort: "due",
      filters: ["request", "system", "owner", "result"],
      openOnly: true,
    },
    form: ["place", "request", "system", "owner", "about", "dueOn", "team", "sensitivity"],
    page: ["about", "result", "answer", "flags", "request", "system", "askedOn", "dueOn", "chasedFor"],
  },
  defaults: newSearch,
  locked: ({ closedAt, reference }) =>
    closedAt === null ? null : `${reference} is closed. Ask again where more is needed`,
  partOf: ["request"],
  empty:
    "Where somebody asks for their data, each system and holder that is searched stands here until it has answered.",
});
