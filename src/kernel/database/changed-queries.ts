import type { Pool, PoolClient } from "pg";

/** A query as `pg` takes it, with what may be said of it besides. */
export interface QueryWithValues {
  readonly text: string;
  readonly values?: unknown;
}

/**
 * The same pool, whose queries are sent as `change` gives them back: with a name, to be planned once, or with other
 * types. Cursors and other ready-made queries go through as they are.
 */
export function changedQueries(pool: Pool, change: (query: QueryWithValues) => object): Pool {
  const query = (target: { query(config: object): unknown }) => (asked: string | object, values?: unknown) =>
    target.query(typeof asked === "string" ? change({ text: asked, values }) : asked);
  return over(pool, {
    query: query(pool),
    connect: async () => {
      const client: PoolClient = await pool.connect();
      return over(client, { query: query(client) });
    },
  });
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
