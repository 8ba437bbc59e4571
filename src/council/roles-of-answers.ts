/** Of a case staff see the question that is given to them or their team, and neither the case nor who asked. */
export const answersQuestions = {
  case_question: ["read:own", "read:team", "answer:own", "answer:team", "comment:own"],
} as const;

/** Signs the texts by which cases are answered. */
export const signsAnswers = { agreed_text: ["read", "comment:own", "sign", "remark"] } as const;

/** Signs them, and sends the answers. */
export const decidesOnAnswers = {
  case_question: ["read", "comment", "internal", "answer:own", "answer:team"],
  agreed_text: ["read", "comment", "internal", "sign", "remark", "send"],
} as const;

/** Splits cases into questions, drafts what answers them and says how that is done. */
export const draftsAnswers = {
  case_question: ["read", "create", "change", "comment", "internal", "restricted", "handle", "answer"],
  agreed_text: ["read", "create", "change", "comment", "internal", "restricted", "handle", "remark", "send"],
  answering_plan: ["read", "create", "change"],
  text_template: ["read", "create", "change", "comment"],
} as const;

/** Whoever signs for a service, and does no more with cases. */
export const answerApprover = {
  name: "Answer approver",
  purpose: "Signs answers for a service, the press office or legal",
} as const;
