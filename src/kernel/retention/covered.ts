import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import { Refusal, refuse } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Registry } from "../registry.ts";
import { listCondition } from "../store/filters.ts";
import type { ListQuery } from "../store/list.ts";
import { viewOf } from "../store/row.ts";
import type { Tx } from "../transaction.ts";

/** Records that an address of a list means: `/tickets?category=…`. */
export interface Covered {
  readonly type: RecordType;
  readonly query: ListQuery;
}

/** Parameters of a list's address that say how it is seen and not which records it holds. */
const seenOnly = new Set(["sort", "columns", "cursor", "as", "by", "on", "to", "at"]);

/**
 * Reads the address of a list, as a browser shows it. Refuses (invalid) at `field` what is no list of records, and what
 * means other records for each person or is bounded: `me`, and words to search for.
 */
export function coveredBy(registry: Registry, field: string, address: string): Covered {
  const url = URL.parse(address.trim(), "https://reeve.invalid");
  const type = url ? registry.byPath.get(url.pathname.slice(1)) : undefined;
  if (!url || !type)
    return refuse(
      field,
      "Give the address of a list of records as the browser shows it, such as /tickets?kind=request",
    );
  const where: Record<string, string[]> = {};
  const states: string[] = [];
  for (const [name, value] of url.searchParams) {
    if (seenOnly.has(name) || name === "show" || value === "") continue;
    if (name === "q") refuse(field, "Words to search for cannot be held to: narrow the list by its filters");
    if (value === "me") refuse(field, "“me” is another person for everyone: name the person");
    if (name === "state") states.push(value);
    else (where[name] ??= []).push(value);
  }
  const show = url.searchParams.get("show");
  return { type, query: { where, states, show: show === "open" || show === "closed" ? show : "all" } };
}

/** Refuses (invalid) at `field` an address that is no list, or whose filters the list does not understand. */
export async function checkAddress(tx: Tx, field: string, address: unknown): Promise<Covered | null> {
  if (typeof address !== "string" || address.trim() === "") return null;
  const covered = coveredBy(tx.registry, field, address);
  try {
    await listCondition(tx, covered.type, covered.query);
  } catch (error) {
    if (error instanceof Refusal)
      throw new Refusal(
        "invalid",
        error.problems.map(({ message }) => ({ field, message })),
      );
    throw error;
  }
  return covered;
}

/** Which of these records a condition on the view of their type means. */
export async function idsAmong(
  tx: Tx,
  type: RecordType,
  condition: RawBuilder<unknown>,
  ids: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select id from ${viewOf(type)}
    where id = any (${ids}::uuid[]) and ${condition}`.execute(tx.db);
  return rows.map(({ id }) => id);
}
