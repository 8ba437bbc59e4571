/** Writes messages, surveys and guidance, and says what came of them. */
const tellsPeople = {
  broadcast: ["read", "create", "change", "comment", "internal", "restricted", "handle"],
  survey: ["read", "create", "change", "comment", "internal", "restricted", "handle", "publish"],
  article: ["read", "create", "change", "comment", "internal", "restricted", "handle", "publish"],
  article_feedback: ["read", "create", "comment", "internal", "handle"],
} as const;
/** Keeps relationships, the record of processing and impact assessments. */
const keepsRelations = {
  relationship: ["read", "create", "change", "comment", "internal", "restricted", "handle"],
  processing_activity: ["read", "create", "change", "comment", "internal", "restricted", "handle"],
  impact_assessment: ["read", "create", "change", "comment", "internal", "restricted", "handle"],
  device_plan: ["read", "create", "change", "comment", "internal", "restricted", "handle"],
  device_rate: ["read", "create", "change", "comment", "internal"],
} as const;
/** Approves what people are told, looks on, and agrees to what others assessed. */
const agreesToAssessments = {
  broadcast: ["read", "comment", "internal", "approve"],
  survey: ["read", "comment"],
  relationship: ["read", "comment"],
  processing_activity: ["read", "comment"],
  device_plan: ["read", "comment", "internal", "approve"],
  device_rate: ["read", "internal"],
  impact_assessment: ["read", "comment", "internal", "approve"],
} as const;
/** The same, and gives advice on what others assessed: a council gives it to its data protection officer. */
const advisesOnAssessments = {
  ...agreesToAssessments,
  impact_assessment: [...agreesToAssessments.impact_assessment, "advise"],
} as const;
/** Says what systems do with people’s data, and what that may do to them. */
const assessesSystems = {
  processing_activity: ["read", "create", "change", "comment", "internal", "handle"],
  impact_assessment: ["read", "create", "change", "comment", "internal", "handle"],
} as const;

/** What the roles of a new council do with messages, surveys, guidance, relationships, assessments and plans for devices. */
export const telling = {
  people: tellsPeople,
  keeps: keepsRelations,
  agrees: agreesToAssessments,
  advises: advisesOnAssessments,
  assesses: assessesSystems,
} as const;
