import { mustBeAllowed } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";

/** What is to be done to a record, in a sentence after “You may not”, and the permission that it takes. */
interface Wanted {
  readonly id: string;
  readonly permission: string;
  readonly doing: string;
}

/**
 * Reads what was sent about a record. Where that is refused, the record goes first: one that is unseen is a 404 and one
 * to which this may not be done a 403, whatever was sent. What is sent well costs no second look at the record.
 */
export async function recordFirst<Read>(
  tx: Tx,
  type: RecordType,
  { id, permission, doing }: Wanted,
  read: () => Read | Promise<Read>,
): Promise<Read> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Refusal && error.kind === "invalid")
      mustBeAllowed(tx.actor, type, permission, doing, await find(tx, type, id));
    throw error;
  }
}
