import { sql } from "kysely";
import { plannedOnce } from "../../../kernel/database/in-transaction.ts";
import { may, mayAskAbout } from "../../../kernel/access.ts";
import type { RecordType } from "../../../kernel/record.ts";
import { withLinks } from "../../../kernel/store/find.ts";
import { findMany } from "../../../kernel/store/find-many.ts";
import { filterNames, listCondition } from "../../../kernel/store/filters.ts";
import { countMax, countSource } from "../../../kernel/store/list.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import type { Part } from "./parts.ts";

/** Rows that are shown of a part; its list has the rest. */
export const shownMax = 5;

/** A part of the page as it is now. */
export interface Found {
  readonly part: Part;
  readonly type: RecordType;
  /** Counted to 1,000; 1,001 means more. */
  readonly many: number;
  /** The first of them, soonest due first. */
  readonly first: readonly Stored[];
}

/** Reads the parts, as the person may see them: one statement for each, and one for what is shown of all. */
export async function readParts(tx: Tx, parts: readonly Part[]): Promise<Found[]> {
  const there = parts.flatMap((part) => {
    const type = tx.registry.types.get(part.type);
    return type && may(tx.actor, type.name, "read") && mayAsk(tx, type, part)
      ? [{ type, part: sayable(tx, type, part) }]
      : [];
  });
  const counted = await Promise.all(
    there.map(async ({ part, type }) => ({ part, type, ...(await firstOf(tx, type, part)) })),
  );
  const records = await findMany(
    tx,
    counted.map(({ part, type, ids }) => ({
      type,
      ids,
      fields: part.says !== "state" && Object.hasOwn(type.fields, part.says) ? [part.says] : [],
    })),
  );
  return Promise.all(
    counted.map(async ({ ids, ...found }) => ({
      ...found,
      first: await withLinks(
        tx,
        found.type,
        [found.part.says],
        ids.flatMap((id) => records.get(id) ?? []),
      ),
    })),
  );
}

/** Whether the person may know what it is found by. */
function mayAsk(tx: Tx, type: RecordType, { query }: Part): boolean {
  const fields = new Map(filterNames(type).map(({ name, field }) => [name, field]));
  return Object.keys(query.where).every((name) => {
    const field = fields.get(name);
    return field === undefined || mayAskAbout(tx.actor, type, field);
  });
}

/** What is kept from the person does not say why it is there; its state does. */
function sayable(tx: Tx, type: RecordType, part: Part): Part {
  const kept = Object.hasOwn(type.fields, part.says) && !mayAskAbout(tx.actor, type, part.says);
  return kept ? { ...part, says: "state" } : part;
}

async function firstOf(tx: Tx, type: RecordType, { query }: Part): Promise<{ many: number; ids: string[] }> {
  const condition = await listCondition(tx, type, query);
  if (condition === null) return { many: 0, ids: [] };
  const { table, and, shared } = countSource(type, query);
  // What every record has is found by an index whatever is asked; of the type's own fields that depends on how much there is of each.
  const { rows } = await sql<{ id: string; many: number }>`${shared ? plannedOnce : sql``}
    select id, (count(*) over ())::integer as many from (
      select id, next_due_at from ${table} where ${and} ${condition} order by next_due_at, id limit ${sql.lit(countMax + 1)}) found
    order by next_due_at, id limit ${sql.lit(shownMax)}`.execute(tx.db);
  return { many: rows[0]?.many ?? 0, ids: rows.map(({ id }) => id) };
}
