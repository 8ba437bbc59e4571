/** Reads policies, confirms what they are asked to, says what they think when consulted, and asks for exceptions. */
export const keepsPolicies = {
  policy: ["read"],
  audience: ["read"],
  attestation: ["read:own", "confirm:own"],
  policy_comment: ["read:own", "create", "take_back:own"],
  policy_exception: ["read:own", "create", "comment:own", "withdraw:own"],
} as const;
/** What whoever answers for policies does with what hangs on them. */
export const managesPolicies = {
  policy: ["read", "create", "change", "comment", "internal", "restricted", "handle", "publish"],
  audience: ["read", "create", "change"],
  role: ["read"],
  attestation: ["read", "confirm:own", "handle", "internal"],
  policy_comment: ["read", "create", "comment", "handle", "take_back:own", "internal"],
  policy_exception: ["read", "create", "comment", "handle", "internal", "withdraw:own"],
} as const;
/** Approves policies, and decides on exceptions from them. */
export const approvesPolicies = {
  attestation: ["read", "confirm:own"],
  policy_comment: ["read", "create", "take_back:own"],
  policy_exception: ["read", "create", "comment", "decide", "withdraw:own"],
} as const;
