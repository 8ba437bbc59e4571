import type { Warns } from "../../kernel/clock.ts";
import { can, defineRecord, field } from "../../kernel/record.ts";
import { deriveTicket, newTicketDefaults, serviceLevelTargets } from "./service-level.ts";
import { guardPause } from "./pause.ts";
import { assignByHand, carryOn, guardOwner, isOwn, takeForSelf } from "./assignment.ts";
import { assignByRule, isByHand } from "./assigning/assign.ts";
import { onCallNow } from "./assigning/candidates.ts";

/** The states in which the desk waits for somebody else and the clocks stand still. */
const waiting = ["waiting_user", "waiting_supplier", "waiting_evidence", "waiting_problem"] as const;

/** Who hears that the time of a ticket runs out; of a breach also whoever is on call. */
const warns: Warns = {
  inTurn: ["owner", "lead", "manager"],
  ofBreach: (tx, { teamId }) => onCallNow(tx, teamId),
};

/** A call for help: something is broken (incident) or somebody needs something (request). */
export const Ticket = defineRecord({
  name: "ticket",
  label: { one: "Ticket", many: "Tickets" },
  reference: "INC-{00000}",
  path: "tickets",
  fields: {
    summary: field.text({ label: "Summary", is: "title", required: true, max: 200 }),
    details: field.longText({ label: "Details" }),
    attachment: field.file({
      label: "Picture or document",
      hint: "A picture of the screen says most. 25 MB at the most",
    }),
    kind: field.choice({
      label: "Kind",
      required: true,
      default: "incident",
      options: { incident: "Incident", request: "Request" },
      extendable: true,
    }),
    startedOn: field.date({ label: "Started on", hint: "The day it went wrong, as near as anyone knows" }),
    neededBy: field.date({ label: "Needed by", hint: "Only if there is a day by which it is too late" }),
    impact: field.wholeNumber({
      label: "Impact",
      required: true,
      min: 1,
      max: 3,
      labels: { 1: "The whole council", 2: "A team", 3: "One person" },
    }),
    urgency: field.wholeNumber({
      label: "Urgency",
      required: true,
      min: 1,
      max: 3,
      labels: { 1: "Work has stopped", 2: "Work is harder", 3: "It can wait" },
    }),
    priority: field.wholeNumber({ label: "Priority", min: 1, max: 5, readOnly: true, indexed: true }),
    category: field.link({ label: "Category", to: "category" }),
    queue: field.link({ label: "Queue", to: "queue", is: "within", required: true }),
    requester: field.person({ label: "Requester", is: "requester" }),
    assignmentNote: field.text({ label: "Assignment", max: 300, readOnly: true, internal: true }),
    waitingFor: field.choice({
      label: "Whom or what we wait for",
      default: "user",
      askedByMoveOnly: true,
      options: { user: "The user", supplier: "A supplier", evidence: "Evidence", problem: "A problem to be solved" },
    }),
    waitingReason: field.text({ label: "What we wait for", max: 300, askedByMoveOnly: true }),
    reviewOn: field.date({
      label: "Ask again on",
      hint: "That day reminds whoever has it; on the next working day Reeve asks whoever it waits for",
      askedByMoveOnly: true,
    }),
    resolution: field.longText({ label: "Resolution", askedByMoveOnly: true }),
    source: field.text({ label: "Came from", max: 60, readOnly: true, internal: true }),
    sourceReference: field.text({ label: "Reference there", max: 100, readOnly: true, indexed: true, internal: true }),
    sourceColumns: field.longText({
      label: "As it was there",
      readOnly: true,
      internal: true,
      untold: true,
      max: 100_000,
    }),
  },
  askedWhen: {
    startedOn: { field: "kind", is: ["incident"] },
    neededBy: { field: "kind", is: ["request"] },
  },
  states: {
    new: { label: "New", tone: "info" },
    assigned: { label: "Assigned", tone: "info" },
    waiting_user: { label: "Waiting for user", tone: "warn", waitsFor: "requester" },
    waiting_supplier: { label: "Waiting for supplier", tone: "warn" },
    waiting_evidence: { label: "Waiting for evidence", tone: "warn" },
    waiting_problem: { label: "Waiting for problem", tone: "warn" },
    resolved: { label: "Resolved", tone: "good" },
    closed: { label: "Closed", tone: "neutral", final: true },
    cancelled: { label: "Cancelled", tone: "neutral", final: true },
  },
  starts: "new",
  moves: {
    take: {
      label: "Take it",
      from: ["new", "assigned"],
      to: "assigned",
      who: can("handle"),
      sets: takeForSelf,
      pointless: isOwn,
    },
    resume: {
      label: "Carry on",
      from: [...waiting],
      to: "assigned",
      who: can("handle"),
      sets: carryOn,
    },
    resolve: {
      label: "Resolve",
      from: ["new", "assigned", ...waiting],
      to: "resolved",
      asks: ["resolution"],
      who: can("handle"),
      sets: carryOn,
    },
    wait: {
      label: "Wait",
      from: ["new", "assigned", ...waiting],
      to: {
        by: "waitingFor",
        states: {
          user: "waiting_user",
          supplier: "waiting_supplier",
          evidence: "waiting_evidence",
          problem: "waiting_problem",
        },
      },
      asks: ["waitingFor", "waitingReason", "reviewOn"],
      requires: ["waitingFor", "waitingReason", "reviewOn"],
      who: can("handle"),
      guard: guardPause,
    },
    assign: {
      label: "Assign",
      from: ["new", "assigned", ...waiting],
      to: "assigned",
      asks: ["owner", "queue"],
      who: can("handle"),
      guard: guardOwner,
      sets: assignByHand,
    },
    assign_by_rule: {
      label: "Assign by the rule",
      from: ["new"],
      to: "assigned",
      who: can("handle"),
      sets: assignByRule,
      pointless: isByHand,
    },
    reopen: {
      label: "Reopen",
      from: ["resolved"],
      to: "assigned",
      who: can("reopen"),
      comment: { label: "What is still wrong", audience: "everyone" },
    },
    close: { label: "Close", from: ["resolved"], to: "closed", who: can("reopen") },
    cancel: {
      label: "Cancel the ticket",
      from: ["new", "assigned", ...waiting],
      to: "cancelled",
      who: can("cancel"),
      comment: { label: "Why", audience: "everyone" },
      warning: true,
    },
  },
  clocks: {
    respond: {
      rule: "service-level",
      label: "Respond",
      pausesIn: [...waiting],
      stopsIn: ["assigned", "resolved", "closed"],
      cancelsIn: ["cancelled"],
      stopsOnAnswer: true,
      reopens: false,
      warns,
      targetedBy: ["priority", "queue"],
      load: serviceLevelTargets("respond"),
    },
    resolve: {
      rule: "service-level",
      label: "Resolve",
      pausesIn: [...waiting],
      stopsIn: ["resolved", "closed"],
      cancelsIn: ["cancelled"],
      reopens: true,
      warns,
      targetedBy: ["priority", "queue"],
      load: serviceLevelTargets("resolve"),
    },
  },
  views: {
    list: {
      columns: ["reference", "summary", "state", "priority", "queue", "owner", "due", "opened"],
      sort: "due",
      filters: ["queue", "owner", "priority", "kind", "category", "requester"],
      openOnly: true,
      // A ticket that nobody can take says why where its owner would stand.
      whereEmpty: { owner: "assignmentNote" },
    },
    form: [
      "summary",
      "details",
      "attachment",
      "kind",
      "startedOn",
      "neededBy",
      "impact",
      "urgency",
      "category",
      "queue",
      "requester",
      "sensitivity",
    ],
    questions: [
      {
        field: "kind",
        ask: "Is something broken, or do you need something?",
        hint: "An incident is something that is broken or slow. A request is something new, or a change.",
      },
      { field: "summary", ask: "What is it, in a few words?", hint: "For example, “My phone will not ring”" },
      { field: "details", ask: "What else should we know?", hint: "What you did, what happened, and where you are" },
      { field: "startedOn", ask: "When did it start?" },
      { field: "neededBy", ask: "When do you need it by?" },
      { field: "attachment", ask: "Do you have a picture or a document that shows it?" },
      { field: "impact", ask: "Who is affected?" },
      { field: "urgency", ask: "How much does it hold you up?" },
      { field: "sensitivity", ask: "Who may see this?" },
    ],
    page: [
      "details",
      "attachment",
      "kind",
      "startedOn",
      "neededBy",
      "impact",
      "urgency",
      "priority",
      "category",
      "queue",
      "assignmentNote",
      "waitingFor",
      "waitingReason",
      "reviewOn",
      "resolution",
      "source",
      "sourceReference",
      "sourceColumns",
    ],
  },
  defaults: newTicketDefaults,
  derive: deriveTicket,
  locked: ({ state, reference }) =>
    state === "closed" || state === "cancelled"
      ? `${reference} is ${state}, so it stays as it is. What comes after belongs in a comment or in a new ticket`
      : null,
  empty:
    "Tickets are calls for help: something is broken, or somebody needs something. Log the first one, or bring them in from your old tool.",
});
