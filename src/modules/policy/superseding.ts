import { refuse } from "../../kernel/errors.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";

/** What takes a policy’s place is another one, and in force. */
export async function guardSuperseding(
  tx: Tx,
  record: Stored,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const other = values["supersededBy"];
  if (typeof other !== "string") return;
  if (other === record.id) refuse("supersededBy", "Replaced by: select another policy");
  const { reference, state } = await find(tx, typeNamed(tx.registry, "policy"), other);
  if (state !== "published" && state !== "under_review")
    refuse("supersededBy", `Replaced by: ${reference} is not published yet`);
}
