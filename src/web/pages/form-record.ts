import { mustBeAllowed } from "../../kernel/access.ts";
import { Refusal } from "../../kernel/errors.ts";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { PageRequest } from "../page.ts";

/** The record that the address names, to be changed. Refuses (unseen, forbidden, impossible). */
export async function recordToChange(page: PageRequest, tx: Tx, type: RecordType): Promise<Stored> {
  const record = await find(tx, type, page.params["reference"] ?? "");
  mustBeOpenToChange(tx, type, record);
  return record;
}

/** Refuses when this person may not change the record, or nobody may as it stands. */
export function mustBeOpenToChange(tx: Tx, type: RecordType, record: Stored): void {
  mustBeAllowed(tx.actor, type, type.access.change.permission, `change this ${inSentence(type.label.one)}`, record);
  const locked = type.locked(record);
  if (locked !== null) throw new Refusal("impossible", [{ message: locked }]);
}
