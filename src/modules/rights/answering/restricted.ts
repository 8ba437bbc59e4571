import type { ModuleRound } from "../../../kernel/jobs/schedules.ts";
import { restrictWith } from "../../../kernel/store/restrict-with.ts";
import { caseKinds } from "./case-kinds.ts";

const restMs = 3000;

/** What hangs on a case: questions and agreed texts are restricted within seconds of it. */
export const hangsOnCases = caseKinds.flatMap(({ type: on, field }) =>
  ["case_question", "agreed_text"].map((type) => ({ type, field, on })),
);

/** Restricts questions and texts of cases that were restricted after they were made. */
export const restrictWithCases: ModuleRound = {
  failure: "questions and texts of restricted cases could not be restricted",
  run: async (parts) => {
    await restrictWith(parts, hangsOnCases);
    return restMs;
  },
};
