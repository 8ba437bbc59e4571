import { can, defineRecord, field } from "../../kernel/record.ts";
import { guardDecision, guardPassing } from "./deciding.ts";
import { goOnWithTicket } from "./going-on.ts";

/** A request waits until this person says yes or no. The product asks; the person decides here and nowhere else. */
export const Approval = defineRecord({
  name: "approval",
  label: { one: "Approval", many: "Approvals" },
  reference: "APR-{00000}",
  path: "approvals",
  fields: {
    title: field.text({ label: "What for", is: "title", required: true, max: 200 }),
    ticket: field.link({ label: "Request", to: "ticket", required: true, fixed: true }),
    details: field.longText({ label: "What was asked for", readOnly: true }),
    requester: field.person({ label: "Asked by", is: "requester", readOnly: true }),
    owner: field.person({ label: "Approver", is: "owner" }),
    askedAs: field.text({ label: "Asked as", readOnly: true, max: 120 }),
    place: field.wholeNumber({ label: "Place in the order", readOnly: true, min: 1, max: 99 }),
    dueOn: field.date({ label: "Decide by", readOnly: true }),
    reason: field.longText({ label: "Why", rows: 3, max: 2000, askedByMoveOnly: true }),
    decidedBy: field.person({ label: "Decided by", readOnly: true }),
  },
  states: {
    pending: { label: "Waiting for a decision", tone: "warn" },
    approved: { label: "Approved", tone: "good", final: true },
    declined: { label: "Declined", tone: "bad", final: true },
    void: { label: "No longer needed", final: true },
  },
  starts: "pending",
  moves: {
    approve: {
      label: "Approve",
      from: ["pending"],
      to: "approved",
      asks: ["reason"],
      who: can("decide"),
      guard: guardDecision,
      sets: (tx) => ({ decidedBy: tx.actor.personId }),
      effects: goOnWithTicket,
    },
    decline: {
      label: "Decline",
      from: ["pending"],
      to: "declined",
      asks: ["reason"],
      requires: ["reason"],
      who: can("decide"),
      guard: guardDecision,
      sets: (tx) => ({ decidedBy: tx.actor.personId }),
      effects: goOnWithTicket,
      warning: true,
    },
    pass: {
      label: "Ask somebody else",
      from: ["pending"],
      asks: ["owner"],
      requires: ["owner"],
      who: can("handle"),
      guard: guardPassing,
    },
    withdraw: { label: "It is no longer needed", from: ["pending"], to: "void", who: can("handle") },
  },
  clocks: { decide: { rule: "day", label: "Decide by", day: "dueOn", runsIn: ["pending"] } },
  views: {
    list: {
      columns: ["reference", "title", "requester", "owner", "askedAs", "state", "due"],
      sort: "due",
      filters: ["owner", "requester"],
      openOnly: true,
    },
    form: ["title", "ticket"],
    page: ["details", "requester", "askedAs", "ticket", "dueOn", "reason", "decidedBy"],
  },
  productOnly: true,
  empty: "Approvals are asked for by requests from the service catalogue. There are none yet.",
});
