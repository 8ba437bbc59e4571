import { can, defineRecord, field } from "../../kernel/record.ts";
import { guardHasClauses, guardReadyForApproval, guardReviewDay, lockedIn, nextVersion, today } from "./approval.ts";

/** A rule that the council sets itself, made of numbered clauses that keep their numbers for life. */
export const Policy = defineRecord({
  name: "policy",
  label: { one: "Policy", many: "Policies" },
  reference: "POL-{0000}",
  path: "policies",
  fields: {
    title: field.text({ label: "Title", is: "title", required: true, max: 200 }),
    purpose: field.longText({ label: "Purpose", rows: 3 }),
    audience: field.text({ label: "Who it applies to", max: 200 }),
    clauses: field.lines({
      label: "Clauses",
      one: "Clause",
      numbered: true,
      fields: {
        heading: field.text({ label: "Heading", required: true, max: 200 }),
        text: field.longText({ label: "Text", required: true, max: 10_000, rows: 4 }),
      },
    }),
    edition: field.wholeNumber({ label: "Version", readOnly: true }),
    approvedBy: field.person({ label: "Approved by", readOnly: true }),
    approvedOn: field.date({ label: "Approved on", readOnly: true }),
    publishedOn: field.date({ label: "Published on", readOnly: true }),
    reviewOn: field.date({ label: "Review by", hint: "When it must be looked at again" }),
  },
  states: {
    draft: { label: "Draft", tone: "info" },
    awaiting_approval: { label: "Waiting for approval", tone: "warn", waitsFor: can("approve") },
    approved: { label: "Approved", tone: "good", waitsFor: can("publish") },
    published: { label: "Published", tone: "good" },
    under_review: { label: "Under review", tone: "warn" },
    withdrawn: { label: "Withdrawn", final: true },
  },
  starts: "draft",
  moves: {
    approve: {
      label: "Approve",
      from: ["draft", "awaiting_approval", "under_review"],
      to: "approved",
      who: can("approve"),
      guard: guardReadyForApproval,
      sets: (tx) => ({ approvedBy: tx.actor.personId, approvedOn: today(tx.now) }),
    },
    publish: {
      label: "Publish",
      from: ["approved"],
      to: "published",
      asks: ["reviewOn"],
      requires: ["reviewOn"],
      who: can("publish"),
      guard: guardReviewDay,
      sets: (tx, record) => ({ publishedOn: today(tx.now), edition: nextVersion(record) }),
    },
    review: { label: "Start a review", from: ["published"], to: "under_review", who: can("handle") },
    submit: {
      label: "Send for approval",
      from: ["draft", "under_review"],
      to: "awaiting_approval",
      who: can("handle"),
      guard: (_tx, record) => guardHasClauses(record),
    },
    redraft: {
      label: "Send back to draft",
      from: ["awaiting_approval", "approved", "under_review"],
      to: "draft",
      who: can("handle"),
    },
    withdraw: {
      label: "Withdraw",
      from: ["draft", "awaiting_approval", "approved", "published", "under_review"],
      to: "withdrawn",
      who: can("approve"),
      comment: { label: "Why", audience: "everyone", required: true },
      warning: true,
    },
  },
  clocks: { review: { rule: "day", label: "Review", day: "reviewOn", runsIn: ["published", "under_review"] } },
  views: {
    list: {
      columns: ["reference", "title", "state", "edition", "owner", "due", "updated"],
      sort: "due",
      filters: ["owner", "team"],
      openOnly: true,
    },
    form: ["title", "purpose", "audience", "owner", "team", "reviewOn", "clauses", "sensitivity"],
    page: ["purpose", "audience", "edition", "approvedBy", "approvedOn", "publishedOn", "reviewOn", "clauses"],
  },
  locked: ({ state }) => lockedIn[state] ?? null,
  empty: "Policies are the rules that the council sets itself. Write the first, clause by clause.",
});
