import { can, defineRecord, field } from "../../../kernel/record.ts";
import { guardScored, notOwnWork, takeReview, totalOf } from "./scoring.ts";

/** A closed ticket that was drawn at random, judged by the desk’s criteria by somebody who did not work on it. */
export const QualityReview = defineRecord({
  name: "quality_review",
  label: { one: "Quality review", many: "Quality reviews" },
  reference: "QUA-{00000}",
  path: "quality-reviews",
  fields: {
    title: field.text({ label: "Ticket’s summary", is: "title", required: true, max: 200 }),
    ticket: field.link({ label: "Ticket", to: "ticket", required: true, fixed: true, reverse: "Quality reviews" }),
    officer: field.person({ label: "Whose work it was" }),
    owner: field.person({ label: "Reviewer", is: "owner", hint: "Not whoever worked on the ticket" }),
    sampledFor: field.date({
      label: "Drawn for the week from",
      readOnly: true,
      indexed: true,
    }),
    scores: field.lines({
      label: "Scores",
      one: "Score",
      max: 20,
      fields: {
        criterion: field.link({ label: "Criterion", to: "quality_criterion", required: true }),
        score: field.wholeNumber({
          label: "Score",
          min: 1,
          max: 5,
          labels: { 5: "Very good", 4: "Good", 3: "Fair", 2: "Poor", 1: "Very poor" },
        }),
        remark: field.text({ label: "Why", max: 500 }),
      },
    }),
    total: field.wholeNumber({ label: "Score in 100", min: 0, max: 100, readOnly: true }),
    remarks: field.longText({ label: "Remarks", rows: 3, max: 2000 }),
    sharedWith: field.person({ label: "Shared with", is: "requester", readOnly: true }),
  },
  states: {
    to_do: { label: "To be scored", tone: "warn" },
    scored: { label: "Scored", tone: "info" },
    shared: { label: "Shared with the officer", tone: "good", final: true },
  },
  starts: "to_do",
  moves: {
    take: {
      label: "Review it",
      from: ["to_do"],
      who: can("handle"),
      sets: takeReview,
      pointless: (tx, { ownerId, values }) => ownerId === tx.actor.personId || values["officer"] === tx.actor.personId,
    },
    score: {
      label: "The scores are given",
      from: ["to_do"],
      to: "scored",
      who: can("handle"),
      guard: guardScored,
      sets: takeReview,
    },
    again: { label: "Score it again", from: ["scored"], to: "to_do", who: can("handle") },
    share: {
      label: "Share it with the officer",
      from: ["scored"],
      to: "shared",
      who: can("handle"),
      sets: (_tx, { values }) => ({ sharedWith: values["officer"] }),
    },
  },
  views: {
    list: {
      columns: ["reference", "title", "officer", "owner", "total", "sampledFor", "state"],
      sort: "-sampledFor",
      filters: ["officer", "owner", "sampledFor"],
    },
    form: ["title", "ticket", "officer", "owner", "scores", "remarks"],
  },
  derive: async (_tx, values, before) =>
    "scores" in values || before === null ? { total: totalOf(values["scores"]) } : {},
  check: notOwnWork,
  locked: ({ state, reference }) =>
    state === "shared" ? `${reference} has been shared, so it stays as the officer read it` : null,
  empty:
    "Closed tickets are drawn at random each Monday, as many for each officer as their queue says under “Tickets to review”.",
});
