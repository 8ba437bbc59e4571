/** One thing that is wrong with what a person gave, at the field it is about (none for the whole). */
export interface Problem {
  readonly field?: string;
  readonly message: string;
}

/**
 * A refusal: the person can put it right, or may not do it. Anything else that is thrown is a fault of ours.
 * `kind` becomes the status: invalid 422, forbidden 403, unseen 404, impossible 409, stale 412.
 */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly problems: readonly Problem[];

  constructor(kind: RefusalKind, problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join(". "));
    this.name = "Refusal";
    this.kind = kind;
    this.problems = problems;
  }
}

export type RefusalKind = "invalid" | "forbidden" | "unseen" | "impossible" | "stale";

/** Refuses a value: the sentence stands at its field and in the summary at the top. */
export function refuse(field: string, message: string): never {
  throw new Refusal("invalid", [{ field, message }]);
}

/** Refuses because the person may see but not do this. */
export function forbid(message: string): never {
  throw new Refusal("forbidden", [{ message }]);
}

/** Refuses because there is nothing there that this person may see. */
export function unseen(message = "There is no such record, or you may not see it"): never {
  throw new Refusal("unseen", [{ message }]);
}

/** What work gives, or the refusal that it throws. */
export async function refusalOr<Result>(work: () => Promise<Result> | Result): Promise<Result | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
