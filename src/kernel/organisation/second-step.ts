import type { Line } from "../fields/lines.ts";
import { typeNamed } from "../registry.ts";
import { find } from "../store/find.ts";
import { readReferenceData } from "../store/reference-data.ts";
import type { Tx } from "../transaction.ts";

/** Whether a role that this person holds, and that is in use, asks for a second step when they sign in with a password. */
export async function asksSecondStep(tx: Tx, personId: string): Promise<boolean> {
  const roles = (await readReferenceData(tx, ["role"])).get("role") ?? [];
  const asking = roles.filter(({ closedAt, values }) => closedAt === null && values["asksSecondStep"] === true);
  if (asking.length === 0) return false;
  const person = await find(tx, typeNamed(tx.registry, "person"), personId);
  // The lines kind gives lines; someone brought in from elsewhere has none.
  const held = ((person.values["roles"] ?? []) as readonly Line[]).map(({ role }) => String(role));
  return asking.some(({ id }) => held.includes(id));
}
