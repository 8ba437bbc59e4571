import { sql } from "kysely";
import type pg from "pg";
import { inTransaction } from "./database/in-transaction.ts";
import { Refusal } from "./errors.ts";
import { typeNamed } from "./registry.ts";
import type { Registry } from "./registry.ts";
import { begunAsProduct, productGrants } from "./transaction.ts";
import type { Tx } from "./transaction.ts";

/** What the product and the app's own pool need to act as the product does, as far as they may. */
interface AppOptions {
  /** The app's. */
  readonly pool: pg.Pool;
  readonly registry: Registry;
  readonly now?: Temporal.Instant;
}

/**
 * Runs `work` as the product as far as signing in needs it, on the app's pool: it keeps people and reads roles and teams, and
 * can see or change nothing else (act_as_sign_in in db/migrations/0037-processes-apart.sql).
 */
export async function asSignIn<Result>(
  options: AppOptions & { readonly organisationId: string },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  // Giving roles to people takes the permission to change roles; the roles themselves the database keeps as they are.
  const grants = productGrants(["person", "role", "team"].map((name) => typeNamed(options.registry, name)));
  return inTransaction(options.pool, async (db) => {
    await sql`select act_as_sign_in(${options.organisationId}::uuid)`.execute(db);
    return work(await begunAsProduct(options, db, options.organisationId, grants));
  });
}

/**
 * Runs `work` as the product itself in the first organisation, on the app's pool, while nobody can sign in; `made` says that it
 * is a new one, with nothing in it. Refuses (impossible) once somebody can.
 */
export async function asFounder<Result>(
  options: AppOptions & { readonly name: string },
  work: (tx: Tx, made: boolean) => Promise<Result>,
): Promise<Result> {
  return inTransaction(options.pool, async (db) => {
    const founding = sql<{
      organisation: string;
      made: boolean;
    }>`select organisation, made from act_as_founder(${options.name})`.execute(db);
    const { rows } = await founding.catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "42501")) throw error;
      throw new Refusal("impossible", [{ message: "The organisation has been made already. Sign in instead" }]);
    });
    const { organisation, made } = rows[0]!;
    const grants = productGrants(options.registry.types.values());
    return work(await begunAsProduct(options, db, organisation, grants), made);
  });
}
