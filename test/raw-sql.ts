import assert from "node:assert/strict";
import type pg from "pg";
import { Refusal } from "../src/kernel/errors.ts";
import type { Who } from "../src/kernel/transaction.ts";
import type { World } from "./world.ts";

type Query = (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult<Record<string, unknown>>>;

/** Whether PostgreSQL refused for want of a right. */
export const denied = (error: unknown) => error instanceof Error && "code" in error && error.code === "42501";

/** Whether the kernel refused, in one of these ways. */
export const refused =
  (...kinds: string[]) =>
  (error: unknown) =>
    error instanceof Refusal && kinds.includes(error.kind);

/** SQL in a world as the app's role, past all code of the product. */
export function rawSql(world: () => World) {
  /** Runs it as somebody, as code that forgot everything might; whatever it did is undone. */
  async function raw<Result>(who: Who | null, work: (query: Query) => Promise<Result>): Promise<Result> {
    const client = await world().store.pool.connect();
    try {
      await client.query("begin");
      if (who) assert.ok((await client.query("select act_as($1, $2)", [who.organisationId, who.personId])).rows[0]);
      return await work((text, values = []) => client.query(text, [...values]));
    } finally {
      await client.query("rollback");
      client.release();
    }
  }

  /** One thing that must be denied by the database, in a transaction of its own. */
  async function mustBeDenied(who: Who | null, text: string, values: readonly unknown[] = []): Promise<void> {
    await assert.rejects(
      raw(who, (query) => query(text, values)),
      denied,
      text,
    );
  }

  return { raw, mustBeDenied };
}
