import { sql } from "kysely";
import type pg from "pg";
import { inTransaction } from "./database/in-transaction.ts";
import { Refusal, unseen } from "./errors.ts";
import { hashOfKey } from "./outside/key.ts";
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
 * Runs `work` as the product as far as signing in needs it, on the app's pool: it keeps people and reads roles, teams and
 * sites, and can see or change nothing else (act_as_sign_in in db/migrations/0133-the-directory-reads-sites.sql).
 */
export async function asSignIn<Result>(
  options: AppOptions & { readonly organisationId: string },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  // Giving roles to people takes the permission to change roles; the roles themselves the database keeps as they are.
  const grants = productGrants(["person", "role", "team", "site"].map((name) => typeNamed(options.registry, name)));
  return inTransaction(options.pool, async (db) => {
    await sql`select act_as_sign_in(${options.organisationId}::uuid)`.execute(db);
    return work(await begunAsProduct(options, db, options.organisationId, grants));
  });
}

/**
 * Runs `work` for somebody outside who is not known, on the app's pool: they can make one kind of record, of those that the
 * public asks for by a form, and see nothing (act_as_public in db/migrations/0107-asking-without-an-account.sql).
 */
export async function asPublic<Result>(
  options: AppOptions & { readonly organisationId: string; readonly type: string },
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  const { organisationId, type } = options;
  return inTransaction(options.pool, async (db) => {
    await sql`select act_as_public(${organisationId}::uuid, ${type})`.execute(db);
    return work(await begunAsProduct(options, db, organisationId, [{ type, permission: "create", scope: "all" }]));
  });
}

/** What a key opens. */
export interface Followed {
  readonly organisationId: string;
  readonly recordId: string;
  readonly type: string;
}

/**
 * Runs `work` for whoever holds the key of a record, on the app's pool: they see that record and the reviews of it without
 * what is internal, and may comment there. Refuses (unseen) where no record has that key.
 */
export async function asFollower<Result>(
  options: AppOptions & { readonly key: string },
  work: (tx: Tx, followed: Followed) => Promise<Result>,
): Promise<Result> {
  return inTransaction(options.pool, async (db) => {
    const { rows } = await sql<Followed>`select organisation as "organisationId", record as "recordId", type
      from act_as_follower(${hashOfKey(options.key)})`.execute(db);
    const followed = rows[0] ?? unseen("There is no such request");
    const grants = ["read", "comment"].map((permission) => ({
      type: followed.type,
      permission,
      scope: "all" as const,
    }));
    return work(await begunAsProduct(options, db, followed.organisationId, grants), followed);
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
