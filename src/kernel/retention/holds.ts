import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { Refusal } from "../errors.ts";
import type { Line } from "../fields/lines.ts";
import type { RecordType } from "../record.ts";
import { readReferenceData } from "../store/reference-data.ts";
import { listCondition } from "../store/filters.ts";
import type { Stored, Tx } from "../transaction.ts";
import { typeNamed } from "../registry.ts";
import { viewOf } from "../store/row.ts";
import { coveredBy, idsAmong } from "./covered.ts";
import { partFields, wholesOf } from "./parts.ts";

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
  for (const { reference, values } of await holdsInForce(tx)) {
    // The lines kind keeps lines.
    for (const line of (values["records"] ?? []) as readonly Line[]) {
      const id = String(line["recordId"]);
      if (ids.includes(id) && !held.has(id)) held.set(id, reference);
    }
    if (typeof values["list"] !== "string" || values["list"] === "") continue;
    for (const id of await heldByList(tx, type, values["list"], ids)) if (!held.has(id)) held.set(id, reference);
  }
  for (const [id, reference] of await heldWithWholes(tx, type, ids)) if (!held.has(id)) held.set(id, reference);
  return held;
}

/** Which of these records are parts of a record that is under a legal hold, and under which. */
async function heldWithWholes(tx: Tx, type: RecordType, ids: readonly string[]): Promise<readonly [string, string][]> {
  const wholes = await wholesOf(tx, type, ids);
  const found: [string, string][] = [];
  for (const to of new Set(wholes.map((one) => one.to))) {
    const of = wholes.filter((one) => one.to === to);
    const holds = await heldAmong(
      tx,
      typeNamed(tx.registry, to),
      of.map(({ whole }) => whole),
    );
    found.push(
      ...of.flatMap(({ id, whole }): [string, string][] => {
        const hold = holds.get(whole);
        return hold === undefined ? [] : [[id, hold]];
      }),
    );
  }
  return found;
}

/** That a record of this type is under no legal hold, as a condition on its view. */
export async function isNotHeld(tx: Tx, type: RecordType): Promise<RawBuilder<unknown>> {
  const held = await isHeld(tx, type);
  return held === null ? sql`true` : sql`(${held}) is not true`;
}

/** That a record of this type is under a legal hold, as a condition on its view; null where no hold means any. */
export async function isHeld(tx: Tx, type: RecordType): Promise<RawBuilder<unknown> | null> {
  const ids: string[] = [];
  const means: RawBuilder<unknown>[] = [];
  for (const { values } of await holdsInForce(tx)) {
    // The lines kind keeps lines.
    ids.push(...((values["records"] ?? []) as readonly Line[]).map((line) => String(line["recordId"])));
    if (typeof values["list"] !== "string" || values["list"] === "") continue;
    const listed = await conditionOf(tx, type, values["list"]);
    if (listed !== null) means.push(listed);
  }
  if (ids.length > 0) means.push(sql`id = any (${ids}::uuid[])`);
  for (const { column, to } of partFields(tx, type)) {
    const whole = typeNamed(tx.registry, to);
    const held = await isHeld(tx, whole);
    if (held !== null) means.push(sql`${sql.ref(column)} in (select id from ${viewOf(whole)} where ${held})`);
  }
  return means.length === 0 ? null : sql`(${sql.join(means, sql` or `)})`;
}

/** What the list of a hold means of this type; null for nothing. One that is not understood any more means all. */
async function conditionOf(tx: Tx, type: RecordType, address: string): Promise<RawBuilder<unknown> | null> {
  try {
    const covered = coveredBy(tx.registry, "list", address);
    return covered.type.name === type.name ? await listCondition(tx, type, covered.query) : null;
  } catch (error) {
    if (error instanceof Refusal) return sql`true`;
    throw error;
  }
}

async function holdsInForce(tx: Tx): Promise<readonly Stored[]> {
  if (!tx.registry.types.has("legal_hold")) return [];
  const holds = (await readReferenceData(tx, ["legal_hold"])).get("legal_hold") ?? [];
  return holds.filter(({ closedAt }) => closedAt === null);
}

/** Which of these records the list of a hold means. */
async function heldByList(
  tx: Tx,
  type: RecordType,
  address: string,
  ids: readonly string[],
): Promise<readonly string[]> {
  const means = await conditionOf(tx, type, address);
  return means === null || ids.length === 0 ? [] : idsAmong(tx, type, means, ids);
}
