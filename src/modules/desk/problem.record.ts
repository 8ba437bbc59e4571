import { can, defineRecord, field } from "../../kernel/record.ts";
import { affectedFields } from "./affected.ts";
import { guardKnownError, investigates } from "./problem.ts";

/** The cause behind incidents: looked for once, so that it need not be mended ticket by ticket. */
export const Problem = defineRecord({
  name: "problem",
  label: { one: "Problem", many: "Problems" },
  reference: "PRB-{00000}",
  path: "problems",
  fields: {
    title: field.text({ label: "Title", is: "title", required: true, max: 200 }),
    description: field.longText({ label: "What keeps happening" }),
    ...affectedFields("Problems"),
    category: field.link({ label: "Category", to: "category", reverse: "Problems of this category" }),
    impact: field.wholeNumber({
      label: "Impact",
      required: true,
      min: 1,
      max: 3,
      labels: { 1: "The whole council", 2: "A team", 3: "One person" },
    }),
    workaround: field.longText({
      label: "Workaround",
      hint: "What gets people working again until it is solved. Every ticket of this problem shows it",
    }),
    rootCause: field.longText({ label: "Root cause", hint: "Why it happens, and how you know" }),
    solution: field.longText({ label: "How it was solved", askedByMoveOnly: true }),
    reviewOn: field.date({ label: "Day to look at it again" }),
  },
  states: {
    open: { label: "Open", tone: "info" },
    investigating: { label: "Investigating", tone: "info" },
    known_error: { label: "Known error", tone: "warn" },
    resolved: { label: "Resolved", tone: "good" },
    closed: { label: "Closed", final: true },
  },
  starts: "open",
  moves: {
    investigate: {
      label: "Investigate",
      from: ["open"],
      to: "investigating",
      who: can("handle"),
      sets: investigates,
    },
    know: {
      label: "Call it a known error",
      from: ["open", "investigating"],
      to: "known_error",
      asks: ["workaround", "rootCause"],
      who: can("handle"),
      guard: guardKnownError,
    },
    resolve: {
      label: "Resolve",
      from: ["open", "investigating", "known_error"],
      to: "resolved",
      asks: ["rootCause", "solution"],
      requires: ["solution"],
      who: can("handle"),
    },
    reopen: {
      label: "Reopen",
      from: ["resolved", "closed"],
      to: "investigating",
      who: can("handle"),
      comment: { label: "What shows that it is not solved", audience: "internal", required: true },
    },
    close: { label: "Close", from: ["open", "investigating", "resolved"], to: "closed", who: can("handle") },
  },
  clocks: {
    review: { rule: "day", label: "Look again", day: "reviewOn", runsIn: ["open", "investigating", "known_error"] },
  },
  views: {
    list: {
      columns: ["reference", "title", "state", "impact", "services", "owner", "due", "updated"],
      sort: "due",
      filters: ["owner", "services", "systems", "category", "impact"],
      openOnly: true,
    },
    form: [
      "title",
      "description",
      "services",
      "systems",
      "affected",
      "category",
      "impact",
      "workaround",
      "rootCause",
      "owner",
      "team",
      "reviewOn",
      "sensitivity",
    ],
    page: [
      "description",
      "workaround",
      "rootCause",
      "solution",
      "services",
      "systems",
      "affected",
      "category",
      "impact",
      "reviewOn",
    ],
  },
  defaults: (tx) => Promise.resolve({ impact: 2, owner: tx.actor.personId }),
  locked: ({ state, reference }) =>
    state === "closed" ? `${reference} is closed. Reopen it to change what it says` : null,
  empty: "A problem is the cause behind several incidents. Make one when the same thing breaks again.",
});
