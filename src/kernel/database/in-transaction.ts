import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from "kysely";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import type pg from "pg";
import { preparedNames } from "./prepared.ts";
import type { Database } from "./tables.ts";

const onceMark = "/* planned once */";

/**
 * Stands before a statement that is planned once for a connection, and not anew for its values: one that takes longer to
 * plan than to run, and goes by the same indexes whatever is asked for.
 */
export const plannedOnce = sql.raw(`${onceMark} `);

/**
 * Runs `work` in one transaction on one connection: all of it is kept, or nothing. Statements that are asked for
 * together (`Promise.all`) are sent together and run in that order, without waiting for each other's answers.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (db: Kysely<Database>) => Promise<Result>,
  begin = "begin",
): Promise<Result> {
  const client = await pool.connect();
  const connection = new TransactionConnection(client, preparedNames(pool));
  // Not waited for before the first statement: it fails only where that fails too.
  sendTogether(client);
  const begun = client.query(begin);
  begun.catch(() => {});
  let broken = false;
  try {
    const result = await work(over(connection));
    connection.end();
    await begun;
    const { command } = await client.query("commit");
    // PostgreSQL answers the commit of a transaction in which a statement failed with a rollback, not with an error.
    if (command !== "COMMIT") throw new Error("A statement of this transaction failed, so nothing of it was kept");
    return result;
  } catch (error) {
    connection.end();
    await client.query("rollback").catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Holds back what is sent until all that the code asks for now has been asked: one write instead of many. */
function sendTogether({ connection: { stream } }: pg.PoolClient): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** The query builder over one connection, which is neither taken from a pool nor given back by it. */
function over(connection: DatabaseConnection): Kysely<Database> {
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuseNested,
    commitTransaction: refuseNested,
    rollbackTransaction: refuseNested,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
  return new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

function refuseNested(): never {
  throw new Error("This is a transaction already");
}

class TransactionConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #nameOf: (text: string) => string | undefined;
  #ended = false;
  #failed: unknown = undefined;

  constructor(client: pg.PoolClient, nameOf: (text: string) => string | undefined) {
    this.#client = client;
    this.#nameOf = nameOf;
  }

  /** From now on it takes no statement: what still runs after a failure must not write outside the transaction. */
  end(): void {
    this.#ended = true;
  }

  async executeQuery<Row>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#ended) throw new Error("This transaction has ended");
    sendTogether(this.#client);
    const values = [...parameters];
    const name = values.length > 0 ? this.#nameOf(text) : undefined;
    const once = text.startsWith(onceMark);
    if (once) this.#set("plan_cache_mode = force_generic_plan");
    const answer = this.#client.query(name === undefined ? { text, values } : { name, text, values });
    if (once) this.#set("plan_cache_mode = auto");
    const result = await answer.catch((error: unknown) => this.#tellOf(error));
    const changed = result.command === "INSERT" || result.command === "UPDATE" || result.command === "DELETE";
    return {
      // The caller's type says what its own statement gives.
      rows: result.rows as Row[],
      ...(changed ? { numAffectedRows: BigInt(result.rowCount ?? 0) } : {}),
    };
  }

  /** Changes a setting for what is sent after it. It fails only where the transaction has failed already. */
  #set(setting: string): void {
    this.#client.query(`set local ${setting}`).catch(() => {});
  }

  /**
   * Throws the first failure of the transaction in place of those that follow from it: where statements were asked for
   * together and another's answer was waited for first, only the first says why.
   */
  #tellOf(error: unknown): never {
    if (this.#failed !== undefined && isAborted(error)) throw this.#failed;
    this.#failed = error;
    throw error;
  }

  streamQuery(): never {
    throw new Error("No code of ours streams the rows of a query");
  }
}

/** Whether a statement was not run because another of its transaction had failed (in_failed_sql_transaction). */
function isAborted(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "25P02";
}
