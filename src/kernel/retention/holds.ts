import { Refusal } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import { readReferenceData } from "../store/reference-data.ts";
import type { Tx } from "../transaction.ts";
import { amongCovered, coveredBy } from "./covered.ts";

/**
 * Which of these records of a type are under a legal hold, and under which (its reference). Holds are read whole, whoever
 * acts; which records a hold by a list means is seen as the actor, so what must be sure of it asks as the product.
 */
export async function heldAmong(
  tx: Tx,
  type: RecordType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  if (!tx.registry.types.has("legal_hold")) return held;
  const holds = (await readReferenceData(tx, ["legal_hold"])).get("legal_hold") ?? [];
  for (const { reference, values } of holds.filter(({ closedAt }) => closedAt === null)) {
    // The lines kind keeps lines.
    for (const line of (values["records"] ?? []) as readonly Line[]) {
      const id = String(line["recordId"]);
      if (ids.includes(id) && !held.has(id)) held.set(id, reference);
    }
    if (typeof values["list"] !== "string" || values["list"] === "") continue;
    for (const id of await heldByList(tx, type, values["list"], ids)) if (!held.has(id)) held.set(id, reference);
  }
  return held;
}

/** Which of these records the list of a hold means. One that is not understood any more (a field was retired) holds them all. */
async function heldByList(
  tx: Tx,
  type: RecordType,
  address: string,
  ids: readonly string[],
): Promise<Iterable<string>> {
  try {
    const covered = coveredBy(tx.registry, "list", address);
    return covered.type.name === type.name ? await amongCovered(tx, covered, ids) : [];
  } catch (error) {
    if (error instanceof Refusal) return ids;
    throw error;
  }
}
