import { CompiledQuery } from "kysely";
import type { QueryResultRow } from "pg";
import type { Tx } from "../../kernel/transaction.ts";
import type { ActorTransaction } from "./api-tokens.ts";

/** A transaction of the store as the code of tokens asks for it. */
export function queriesOf(tx: Tx): ActorTransaction {
  return {
    // As in pg, the caller says what the rows hold.
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
    query: async <Row extends QueryResultRow>(text: string, values: unknown[]) => ({
      rows: (await tx.db.executeQuery<Row>(CompiledQuery.raw(text, values))).rows,
    }),
  };
}
