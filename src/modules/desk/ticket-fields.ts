import { field } from "../../kernel/record.ts";

/** What a ticket says, field by field. */
export const ticketFields = {
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
  service: field.link({ label: "Service", to: "service", reverse: "Tickets about this service", sparse: true }),
  system: field.link({ label: "System", to: "system", reverse: "Tickets about this system", sparse: true }),
  device: field.link({ label: "Device", to: "device", reverse: "Tickets about this device", sparse: true }),
  channel: field.choice({
    label: "How it came",
    options: { phone: "Telephone", walk_up: "Walk-up", portal: "Portal", mail: "E-mail", chat: "Chat" },
  }),
  queue: field.link({ label: "Queue", to: "queue", is: "within", required: true }),
  requester: field.person({ label: "Requester", is: "requester" }),
  attention: field.text({
    label: "Group with its own promise",
    max: 60,
    readOnly: true,
    flag: "warn",
    hint: "The group whose promise holds for whoever asked",
  }),
  problem: field.link({ label: "Problem", to: "problem", reverse: "Tickets of this problem", internal: true }),
  change: field.link({
    label: "Change",
    to: "change_request",
    reverse: "Tickets about this change",
    hint: "The change that solves it, or that caused it",
    internal: true,
  }),
  majorIncident: field.link({
    label: "Major incident",
    to: "major_incident",
    reverse: "Tickets that belong to it",
    internal: true,
  }),
  waitingFor: field.choice({
    label: "Whom or what we wait for",
    default: "user",
    askedByMoveOnly: true,
    options: { user: "The user", supplier: "A supplier", evidence: "Evidence", problem: "A problem to be solved" },
  }),
  waitingReason: field.text({ label: "What we wait for", max: 300, askedByMoveOnly: true }),
  reviewOn: field.date({ label: "Ask again on", askedByMoveOnly: true }),
  supplier: field.link({
    label: "Partner",
    to: "supplier",
    reverse: "Tickets with this partner",
    askedByMoveOnly: true,
    sparse: true,
  }),
  supplierReference: field.text({ label: "Partner’s reference", max: 100, askedByMoveOnly: true, internal: true }),
  supplierDueOn: field.date({ label: "Partner promised it for", askedByMoveOnly: true, internal: true }),
  supplierChasedFor: field.date({ label: "Partner chased for the day", readOnly: true, internal: true }),
  promisedOn: field.date({ label: "Promised for", askedByMoveOnly: true }),
  parent: field.link({
    label: "Part of",
    to: "ticket",
    reverse: "Tickets that close with this one",
    askedByMoveOnly: true,
    sparse: true,
  }),
  duplicateOf: field.link({
    label: "Duplicate of",
    to: "ticket",
    reverse: "Duplicates of this ticket",
    askedByMoveOnly: true,
    sparse: true,
  }),
  splitFrom: field.link({ label: "Split from", to: "ticket", reverse: "Tickets split from this one", sparse: true }),
  resolution: field.longText({ label: "Resolution", askedByMoveOnly: true }),
  firstContact: field.yesNo({ label: "Solved at first contact", readOnly: true }),
  source: field.text({ label: "Came from", max: 60, readOnly: true, internal: true }),
  sourceReference: field.text({ label: "Reference there", max: 100, readOnly: true, indexed: true, internal: true }),
  sourceColumns: field.longText({
    label: "As it was there",
    readOnly: true,
    internal: true,
    untold: true,
    max: 100_000,
  }),
};

/** What whoever asks for help is asked, a question a page. */
export const ticketQuestions = [
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
] as const;

/** The states in which the desk waits for somebody else and the clocks stand still. */
export const waiting = ["waiting_user", "waiting_supplier", "waiting_evidence", "waiting_problem"] as const;
