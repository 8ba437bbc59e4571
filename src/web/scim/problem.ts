import SCIMMY from "scimmy";
import { Refusal } from "../../kernel/errors.ts";
import { statusOf } from "../failures.ts";

/** A refusal as SCIM puts it (RFC 7644 section 3.12). */
export class ScimProblem extends Error {
  override name = "ScimProblem";
  readonly status: number;
  readonly scimType: string | undefined;

  constructor(status: number, detail: string, scimType?: string) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

const refusalStatus = { invalid: 400, forbidden: 403, unseen: 404, impossible: 409, stale: 409 } as const;

/** Every error as a problem; null for a fault of ours, of which nothing is told. */
export function problemOf(error: unknown): ScimProblem | null {
  if (error instanceof ScimProblem) return error;
  if (error instanceof SCIMMY.Types.Error) return new ScimProblem(error.status, error.message, error.scimType);
  if (error instanceof Refusal)
    return new ScimProblem(
      refusalStatus[error.kind],
      `${error.message}.`,
      error.kind === "invalid" ? "invalidValue" : undefined,
    );
  const status = error instanceof Error ? statusOf(error) : 500;
  return status < 500 ? new ScimProblem(status, "The request was not understood", "invalidSyntax") : null;
}

/** The library says what is wrong with what was sent by a TypeError. */
export function understood<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) throw new ScimProblem(400, error.message, "invalidValue");
    throw error;
  }
}
