import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";

/** The kinds of case for which PDF is redacted: by type, the field of a redaction that leads to one, and its column. */
export const redactedFor = {
  information_request: { field: "request", column: "request" },
  data_protection_request: { field: "dataRequest", column: "data_request" },
} as const;

export type RedactedFor = keyof typeof redactedFor;

/** The case that a redaction is for, as far as the person sees it. */
export async function requestOf(tx: Tx, { values }: Stored): Promise<Stored | null> {
  for (const [type, { field }] of Object.entries(redactedFor)) {
    const id = values[field];
    if (typeof id === "string") return (await findIfSeen(tx, typeNamed(tx.registry, type), id)) ?? null;
  }
  return null;
}
