const asks = ["read:own", "create", "comment:own"] as const;
const handles = ["read", "create", "change", "comment", "internal", "restricted", "handle", "approve"] as const;
const approves = ["read", "comment", "internal", "approve"] as const;

/** Asks for information and for what is held about them, complains, reports a breach, and looks for data when asked to. */
export const asksForAnswers = {
  information_request: asks,
  data_protection_request: asks,
  information_complaint: asks,
  data_breach: asks,
  // Of those searches that they were asked for.
  data_search: ["read:own", "comment:own", "answer:own"],
} as const;

/** Asks the council as one of its members. */
export const asksAsMember = { members_question: asks } as const;

/** Looks after every kind of case of information law. */
export const handlesCases = {
  information_request: handles,
  data_protection_request: handles,
  members_question: handles,
  information_complaint: handles,
  data_breach: handles,
  data_search: ["read", "create", "change", "comment", "internal", "restricted", "handle", "answer"],
  legal_hold: ["read", "create", "change", "comment"],
} as const;

/** Signs answers off: restricted cases only where they are named on them. */
export const approvesCases = {
  information_request: approves,
  data_protection_request: approves,
  members_question: approves,
  information_complaint: approves,
  data_breach: approves,
} as const;
