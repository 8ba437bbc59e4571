import { Refusal } from "../errors.ts";
import type { RecordType } from "../record.ts";

/**
 * Runs a write, and turns a rule of the table that it breaks into a sentence for the person. The refusal has a `cause`: after
 * it, the transaction takes no more statements.
 */
export async function rulesOfTable<Result>(type: RecordType, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    const refusal = refusalFor(type, error);
    if (refusal === null) throw error;
    refusal.cause = error;
    throw refusal;
  }
}

function refusalFor(type: RecordType, error: unknown): Refusal | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const constraint = "constraint" in error && typeof error.constraint === "string" ? error.constraint : "";
  if (constraint === `${type.name}_no_overlap`) {
    return new Refusal("invalid", [
      {
        field: "validFrom",
        message: "Another one holds on some of these days. End that one the day before this one starts",
      },
    ]);
  }
  if (constraint === `${type.name}_dates`)
    return new Refusal("invalid", [{ field: "validUntil", message: "The last day must not be before the first" }]);
  if (error.code === "42501")
    return new Refusal("forbidden", [{ message: `You may not do this to a ${type.label.one.toLowerCase()}` }]);
  if (error.code === "23503")
    return new Refusal("invalid", [{ message: "Something that this leads to is no longer there" }]);
  return null;
}
