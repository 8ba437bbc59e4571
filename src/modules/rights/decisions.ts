/** What is decided on a request for information, and what a review of an answer comes to. */
export const decisions = {
  granted: "Granted in full",
  part: "Granted in part",
  refused: "Refused",
  not_held: "Not held",
  neither: "Neither confirmed nor denied",
  advice: "Advice and assistance given",
  upheld: "Review: upheld",
  upheld_part: "Review: upheld in part",
  changed: "Review: changed",
} as const;
