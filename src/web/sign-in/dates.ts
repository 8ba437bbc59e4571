import { types } from "pg";
import type { Pool } from "pg";
import { changedQueries } from "../../kernel/database/changed-queries.ts";

/**
 * The same pool, giving moments as Date objects, as better-auth and this folder compare them. The product's own pool
 * gives them as text.
 */
export function withDates(pool: Pool): Pool {
  return changedQueries(pool, (query) => ({ ...query, types }));
}
