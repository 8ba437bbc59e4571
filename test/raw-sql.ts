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

/** A call of change_records() for one record of a type: what it is to hold in `records`, and whatever else is to change with it. */
export function rawChange(
  type: string,
  id: string,
  changes: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): [text: string, values: unknown[]] {
  const given = {
    records: [{ id, version: 1, events: null, changes, added: null, words: null }],
    events: [{ record_id: id, verb: "changed", body: {} }],
    rows: [],
    lines: {},
    clocks: [],
    links: [],
    ...more,
  };
  return ["select * from change_records($1, $2)", [type, JSON.stringify(given)]];
}
