import { sql } from "kysely";
import type { Stored, Tx } from "../transaction.ts";

/**
 * Whether anything open stands within a record, what the actor may not see included: whoever ends it must know that. For
 * somebody who may not change the record the database refuses.
 */
export async function holdsOpen(tx: Tx, { id }: Pick<Stored, "id">): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`select holds_open(${id}::uuid) as open`.execute(tx.db);
  return rows[0]?.open === true;
}
