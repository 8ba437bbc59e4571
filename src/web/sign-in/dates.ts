import pg from "pg";
import type { Pool, PoolClient } from "pg";

/**
 * The same pool, giving moments as Date objects, as better-auth and this folder compare them. The product's own pool
 * gives them as text.
 */
export function withDates(pool: Pool): Pool {
  return over(pool, {
    query: dated(pool),
    connect: async () => {
      const client: PoolClient = await pool.connect();
      return over(client, { query: dated(client) });
    },
  });
}

/** Only the forms that better-auth and this folder use: text with values, or a query object. */
function dated(target: { query(config: object): unknown }): (query: unknown, values?: unknown) => unknown {
  return (query, values) => {
    if (typeof query === "string") return target.query({ text: query, values, types: pg.types });
    // A cursor or other ready-made query goes through as it is.
    return target.query(query as object);
  };
}

/** The object with some methods replaced; its other methods run on the object itself. */
function over<Target extends object>(target: Target, replaced: Readonly<Record<string, unknown>>): Target {
  return new Proxy(target, {
    get(object, name) {
      if (typeof name === "string" && name in replaced) return replaced[name];
      const value: unknown = Reflect.get(object, name, object);
      return typeof value === "function" ? value.bind(object) : value;
    },
  });
}
