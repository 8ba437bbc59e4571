import { CompiledQuery } from "kysely";
import type { QueryResultRow } from "pg";
import type { Tx } from "../../kernel/transaction.ts";
import type { ActorTransaction } from "./api-tokens.ts";

/** A transaction of the store as the code of tokens asks for it. */
export function queriesOf(tx: Tx): ActorTransaction {
  return {
    query: async (text, values) => ({
      rows: (await tx.db.executeQuery<QueryResultRow>(CompiledQuery.raw(text, values))).rows,
    }),
  };
}
