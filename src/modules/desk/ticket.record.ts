import { can, defineRecord, field } from "../../kernel/record.ts";
import { deriveTicket, newTicketDefaults, serviceLevelTargets } from "./service-level.ts";
import { guardOwner, takeForSelf } from "./assignment.ts";

/** The states in which the desk waits for somebody else and the clocks stand still. */
const waiting = ["waiting_user", "waiting_supplier", "waiting_evidence", "waiting_problem"] as const;

/** A call for help: something is broken (incident) or somebody needs something (request). */
export const Ticket = defineRecord({
  name: "ticket",
  label: { one: "Ticket", many: "Tickets" },
  reference: "INC-{00000}",
  path: "tickets",
  fields: {
    summary: field.text({ label: "Summary", is: "title", required: true, max: 200 }),
    details: field.longText({ label: "Details" }),
    kind: field.choice({ label: "Kind", required: true, default: "incident", options: { incident: "Incident", request: "Request" } }),
    impact: field.wholeNumber({ label: "Impact", required: true, min: 1, max: 3, hint: "1 the whole council, 2 a team, 3 one person" }),
    urgency: field.wholeNumber({ label: "Urgency", required: true, min: 1, max: 3, hint: "1 work has stopped, 2 work is harder, 3 it can wait" }),
    priority: field.wholeNumber({ label: "Priority", min: 1, max: 5, readOnly: true, indexed: true }),
    category: field.link({ label: "Category", to: "category" }),
    queue: field.link({ label: "Queue", to: "queue", is: "within", required: true }),
    requester: field.person({ label: "Requester", is: "requester" }),
    waitingFor: field.choice({ label: "Whom or what we wait for", default: "user", askedByMoveOnly: true, options: { user: "The user", supplier: "A supplier", evidence: "Evidence", problem: "A problem to be solved" } }),
    waitingReason: field.text({ label: "What we wait for", max: 300, askedByMoveOnly: true }),
    reviewOn: field.date({ label: "Ask again on", askedByMoveOnly: true }),
    resolution: field.longText({ label: "Resolution", askedByMoveOnly: true }),
    source: field.text({ label: "Came from", max: 60, readOnly: true, internal: true }),
    sourceReference: field.text({ label: "Reference there", max: 100, readOnly: true, indexed: true, internal: true }),
    sourceColumns: field.longText({ label: "As it was there", readOnly: true, internal: true, max: 100_000 }),
  },
  states: {
    new: { label: "New", tone: "info" },
    assigned: { label: "Assigned", tone: "info" },
    waiting_user: { label: "Waiting for user", tone: "warn" },
    waiting_supplier: { label: "Waiting for supplier", tone: "warn" },
    waiting_evidence: { label: "Waiting for evidence", tone: "warn" },
    waiting_problem: { label: "Waiting for problem", tone: "warn" },
    resolved: { label: "Resolved", tone: "good" },
    closed: { label: "Closed", tone: "neutral", final: true },
    cancelled: { label: "Cancelled", tone: "neutral", final: true },
  },
  starts: "new",
  moves: {
    take: { label: "Take it", from: ["new", "assigned"], to: "assigned", who: can("handle"), sets: takeForSelf },
    assign: { label: "Assign", from: ["new", "assigned", ...waiting], to: "assigned", asks: ["owner", "queue"], who: can("handle"), guard: guardOwner },
    wait: {
      label: "Wait",
      from: ["new", "assigned"],
      to: { by: "waitingFor", states: { user: "waiting_user", supplier: "waiting_supplier", evidence: "waiting_evidence", problem: "waiting_problem" } },
      asks: ["waitingFor", "waitingReason", "reviewOn"],
      who: can("handle"),
    },
    resume: { label: "Carry on", from: [...waiting], to: "assigned", who: can("handle"), sets: () => ({ waitingFor: null, waitingReason: null, reviewOn: null }) },
    resolve: { label: "Resolve", from: ["new", "assigned", ...waiting], to: "resolved", asks: ["resolution"], who: can("handle") },
    reopen: { label: "Reopen", from: ["resolved"], to: "assigned", who: can("reopen"), comment: { label: "What is still wrong", audience: "everyone" } },
    close: { label: "Close", from: ["resolved"], to: "closed", who: can("reopen") },
    cancel: { label: "Cancel", from: ["new", "assigned", ...waiting], to: "cancelled", who: can("cancel"), comment: { label: "Why", audience: "everyone" }, warning: true },
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
    },
    form: ["summary", "details", "kind", "impact", "urgency", "category", "queue", "requester", "sensitivity"],
    page: ["details", "kind", "impact", "urgency", "priority", "category", "queue", "waitingFor", "waitingReason", "reviewOn", "resolution", "source", "sourceReference", "sourceColumns"],
  },
  defaults: newTicketDefaults,
  derive: deriveTicket,
  empty: "Tickets are calls for help: something is broken, or somebody needs something. Log the first one, or bring them in from your old tool.",
});
