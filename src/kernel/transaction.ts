import { sql } from "kysely";
import type { Kysely } from "kysely";
import pg from "pg";
import { actAs, withoutProductOnly } from "./act-as.ts";
import { inTransaction } from "./database/in-transaction.ts";
import type { Database } from "./database/tables.ts";
import type { RecordType } from "./record.ts";
import type { Registry } from "./registry.ts";
import { organisationsRegistry } from "./added/registry.ts";
import type { ReferenceData } from "./store/reference-data.ts";
import { traceStatements } from "./tracing.ts";

/** How far a permission reaches. */
export type Scope = "own" | "team" | "all";

/** A permission that a person holds for a type. */
export interface Grant {
  readonly type: string;
  readonly permission: string;
  readonly scope: Scope;
}

/** Who is doing this. A person's id is null when the product itself acts (an import, a job). */
export interface Actor {
  readonly organisationId: string;
  readonly personId: string | null;
  readonly name: string;
  readonly teams: readonly string[];
  readonly grants: readonly Grant[];
  /** Whose work they do while that person is away, until that day (`yyyy-mm-dd`); teams and grants are then that person's. */
  readonly standsInFor?: { readonly personId: string; readonly name: string; readonly until: string };
}

/** A transaction bound to an actor: the first argument of everything that reads or writes records. */
export interface Tx {
  readonly db: Kysely<Database>;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
  readonly registry: Registry;
  /** Things read once in this transaction, by name. */
  readonly memo: Map<string, Promise<unknown>>;
  /** The registers that rules read, as they stood at another moment; absent for as they stand now. */
  readonly referenceData?: (typeNames: readonly string[]) => ReferenceData;
}

/** A record as it is stored. Values are as JSON carries them, by field. */
export interface Stored {
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  readonly version: number;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly dueAt: string | null;
  readonly closedAt: string | null;
  readonly createdBy: string | null;
  readonly ownerId: string | null;
  readonly teamId: string | null;
  readonly requesterId: string | null;
  readonly sensitivity: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The database as page and API code may use it: never without an actor. */
export interface Store {
  /** Runs `work` as a person, in one transaction. Refuses (unseen) when the person is not active there. */
  as<Result>(who: Who, work: (tx: Tx) => Promise<Result>, options?: TransactionOptions): Promise<Result>;
  /**
   * The types as a person's organisation has them, for code that needs a type before its transaction begins. What another
   * process changed is known after two seconds, what this one changed at once.
   */
  registryFor(who: Who): Promise<Registry>;
  /** Whether the database answers; throws when not. */
  ping(): Promise<void>;
  readonly pool: pg.Pool;
  readonly registry: Registry;
  close(): Promise<void>;
}

/** A person of an organisation. */
export interface Who {
  readonly organisationId: string;
  readonly personId: string;
  /** The id of somebody who is away and for whom they act. */
  readonly actsFor?: string;
}

interface TransactionOptions {
  /** The moment that this happens; the wall clock's unless told (imports and tests tell). */
  readonly now?: Temporal.Instant;
}

// Dates stay the text that PostgreSQL writes, numbers of 64 bits become numbers (all ours are below 2^53).
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.DATE, (text) => text);
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, instantText);

/** A moment as ISO 8601 in UTC; `infinity` stays the word. */
function instantText(text: string): string {
  if (text.endsWith("infinity")) return text;
  // As PostgreSQL writes all but the strangest, our sessions being in UTC: 2026-11-22 09:30:00.25+00.
  if (text.length > 21 && text.length < 30 && text.endsWith("+00") && text[4] === "-")
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).slice(0, 3).padEnd(3, "0")}Z`;
  return new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00")).toISOString();
}

/** A pool of connections that speak to our schema. Pages give up after half a minute; long work (imports, proofs) does not. */
export function createPool(url: string, max = 10, work: "pages" | "long work" = "pages"): pg.Pool {
  const limits = work === "pages" ? "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000" : "";
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    options: `-c search_path=reeve,public -c timezone=UTC ${limits}`,
    connectionTimeoutMillis: 5000,
    // A server that stopped answering must not hold a request for ever.
    ...(work === "pages" ? { query_timeout: 32_000 } : {}),
    application_name: "reeve",
    pipeline: true,
  });
  // A connection that dies while idle is replaced at the next use; without a listener it would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  traceStatements(pool);
  return pool;
}

/** The store over the app's pool. */
export function createStore(options: { pool: pg.Pool; registry: Registry }): Store {
  const latest = new Map<string, { readonly registry: Registry; readonly at: number }>();
  const as: Store["as"] = async (who, work, settings) => {
    const memo: Tx["memo"] = new Map();
    const result = await inTransaction(options.pool, async (db) => {
      const tx = await begun(options.registry, db, actAs(db, who), who.organisationId, settings?.now, memo);
      if (latest.size > 1000) latest.clear();
      latest.set(who.organisationId, { registry: tx.registry, at: performance.now() });
      return work(tx);
    });
    if (memo.has(registersChanged)) latest.delete(who.organisationId);
    return result;
  };
  return {
    pool: options.pool,
    registry: options.registry,
    as,
    registryFor: async (who) => {
      const known = latest.get(who.organisationId);
      return known && performance.now() - known.at < 2000 ? known.registry : as(who, async ({ registry }) => registry);
    },
    ping: async () => {
      await options.pool.query("select 1");
    },
    close: () => options.pool.end(),
  };
}

/** A transaction once it is known who acts, which is asked together with what the organisation added to the types. */
async function begun(
  base: Registry,
  db: Kysely<Database>,
  whoActs: Promise<Actor>,
  organisationId: string,
  now?: Temporal.Instant,
  memo: Tx["memo"] = new Map(),
): Promise<Tx> {
  const nobody: Actor = { organisationId, personId: null, name: "", teams: [], grants: [] };
  const [acting, registry] = await Promise.all([
    whoActs,
    organisationsRegistry({ db, actor: nobody, now: now ?? Temporal.Now.instant(), registry: base, memo }),
  ]);
  const actor = acting.personId === null ? acting : withoutProductOnly(acting, registry);
  // Taken now and not before: what the database writes by its own clock in this transaction is not later than this.
  return { db, actor, now: now ?? Temporal.Now.instant(), registry, memo };
}

/** Said in a transaction's memo by what changes a register that rules are read from. */
export const registersChanged = "registers changed";

/**
 * Runs `work` as the product itself, on the owner's pool but with the app's rights and no more. `before` is done first,
 * in the same transaction and with the owner's rights: what makes the organisation.
 */
export async function asSystem<Result>(
  options: {
    ownerPool: pg.Pool;
    registry: Registry;
    organisationId: string;
    now?: Temporal.Instant;
    before?: (db: Kysely<Database>) => Promise<void>;
  },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return inTransaction(options.ownerPool, async (db) => {
    await options.before?.(db);
    await sql`select act_as_system(${options.organisationId}::uuid)`.execute(db);
    await sql`set local role reeve_app`.execute(db);
    return work(
      await begunAsProduct(options, db, options.organisationId, productGrants(options.registry.types.values())),
    );
  });
}

/** What the product itself may do with these types, for the code; what it sees and changes the database says. */
export function productGrants(types: Iterable<RecordType>): Grant[] {
  return [...types].flatMap((type) => {
    const ofMoves = Object.values(type.moves).flatMap(({ who }) => (who ? [who.permission] : []));
    const all = new Set(["read", "create", "change", "comment", "internal", "restricted", ...ofMoves]);
    return [...all].map((permission): Grant => ({ type: type.name, permission, scope: "all" }));
  });
}

/** A transaction of the product, which the database has been told of. */
export function begunAsProduct(
  { registry, now }: { registry: Registry; now?: Temporal.Instant },
  db: Kysely<Database>,
  organisationId: string,
  grants: readonly Grant[],
): Promise<Tx> {
  const actor: Actor = { organisationId, personId: null, name: "Reeve", teams: [], grants };
  return begun(registry, db, Promise.resolve(actor), organisationId, now);
}

/**
 * Runs `work` for a person in a job, on the owner's pool but with that person's rights and no more. Refuses (unseen) when
 * the person is not active there.
 */
export async function asPerson<Result>(
  options: { ownerPool: pg.Pool; registry: Registry; now?: Temporal.Instant },
  who: Who,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return inTransaction(options.ownerPool, async (db) => {
    const actor = await actAs(db, who);
    await sql`set local role reeve_app`.execute(db);
    return work(await begun(options.registry, db, Promise.resolve(actor), who.organisationId, options.now));
  });
}

/**
 * Looks at something as a person within a transaction of the owner's, on its own connection: with that person's rights and no
 * more, and nothing of it stays. Refuses as `asPerson` does; the transaction goes on.
 */
export async function lookAsPerson<Result>(
  { db, registry }: { db: Kysely<Database>; registry: Registry },
  who: Who,
  look: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  await sql`savepoint looking`.execute(db);
  try {
    const actor = await actAs(db, who);
    await sql`set local role reeve_app`.execute(db);
    return await look(await begun(registry, db, Promise.resolve(actor), who.organisationId));
  } finally {
    // Takes back who acts, and whose rights they are.
    await sql`rollback to savepoint looking`.execute(db);
    await sql`release savepoint looking`.execute(db);
  }
}

/** Reads something once in a transaction. */
export function once<Result>(tx: Tx, key: string, read: () => Promise<Result>): Promise<Result> {
  const known = tx.memo.get(key);
  // The key names what is read, so its type is the same each time.
  if (known) return known as Promise<Result>;
  const reading = read();
  tx.memo.set(key, reading);
  return reading;
}
