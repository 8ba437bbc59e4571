import { createHash, randomBytes } from "node:crypto";
import type { Pool, QueryResultRow } from "pg";
import { withDates } from "./dates.ts";
import { personKeptMs } from "./people.ts";
import type { AccountPerson } from "./people.ts";
import { recent } from "./recent.ts";

/**
 * A transaction in which the actor is set (`reeve.organisation` and `reeve.person`), so that row level security shows
 * a person their own tokens only. A `pg` client is one.
 */
export interface ActorTransaction {
  query(text: string, values: unknown[]): Promise<{ rows: QueryResultRow[] }>;
}

/** `read`, `write` or `admin`, or the same for one record type: `ticket:read`. */
export type TokenScope = string;

export interface NewToken {
  readonly organisationId: string;
  readonly personId: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly expiresAt: Date;
}

export type CreateTokenResult =
  /** `token` is shown once; only its hash is kept. */
  | { readonly ok: true; readonly id: string; readonly token: string }
  | { readonly ok: false; readonly field: "name" | "scopes" | "expiresAt"; readonly message: string };

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** To within a minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Whom a token acts for. */
export interface TokenActor extends AccountPerson {
  readonly tokenId: string;
  readonly scopes: readonly TokenScope[];
  readonly expiresAt: Date;
}

const tokenShape = /^reeve_[A-Za-z0-9_-]{43}$/;
const scopeShape = /^([a-z][a-z0-9_]{0,59}:)?(read|write|admin)$/;
const lifeDaysMax = 366;
const tokensMax = 50;
const dayMs = 86_400_000;

/** Makes a token for the actor of the transaction; for anybody else the database refuses. */
export async function createToken(
  tx: ActorTransaction,
  wanted: NewToken,
  now = new Date(),
): Promise<CreateTokenResult> {
  const problem = problemWith(wanted, now);
  if (problem !== null) return problem;
  const live = await tx.query("select id from reeve.api_token where revoked_at is null and expires_at > $1 limit $2", [
    now,
    tokensMax,
  ]);
  if (live.rows.length >= tokensMax) {
    return refused("name", `You have ${tokensMax} tokens already. Revoke one you no longer need`);
  }
  const token = `reeve_${randomBytes(32).toString("base64url")}`;
  const { rows } = await tx.query(
    `insert into reeve.api_token (organisation_id, person_id, name, token_sha256, scopes, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [
      wanted.organisationId,
      wanted.personId,
      wanted.name.trim(),
      hashOf(token),
      [...new Set(wanted.scopes)],
      now,
      wanted.expiresAt,
    ],
  );
  const [made] = rows;
  if (made === undefined) throw new Error("The token was not stored");
  return { ok: true, id: String(made["id"]), token };
}

/** The actor's own tokens, newest first, at most 200, revoked and expired ones included. */
export async function listTokens(tx: ActorTransaction): Promise<TokenRow[]> {
  const { rows } = await tx.query(
    `select id, name, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
       revoked_at as "revokedAt"
     from reeve.api_token order by created_at desc, id desc limit $1`,
    [200],
  );
  // The statement names these columns. The product's own transactions give moments as text.
  return (rows as TokenRow[]).map((row) => ({
    ...row,
    createdAt: new Date(row.createdAt),
    expiresAt: new Date(row.expiresAt),
    lastUsedAt: dateOrNull(row.lastUsedAt),
    revokedAt: dateOrNull(row.revokedAt),
  }));
}

function dateOrNull(moment: Date | null): Date | null {
  return moment === null ? null : new Date(moment);
}

/** Revokes one of the actor's own tokens, which then stops within 10 s. False when there is no such live token. */
export async function revokeToken(tx: ActorTransaction, id: string, now = new Date()): Promise<boolean> {
  const { rows } = await tx.query(
    "update reeve.api_token set revoked_at = $2 where id::text = $1 and revoked_at is null returning id",
    [id.replaceAll("\0", ""), now],
  );
  return rows.length === 1;
}

/** May a token with these scopes do this to records of this type? `admin` may write and `write` may read. */
export function scopeAllows(scopes: readonly TokenScope[], type: string, verb: "read" | "write" | "admin"): boolean {
  const enough = { read: ["read", "write", "admin"], write: ["write", "admin"], admin: ["admin"] }[verb];
  return enough.some((scope) => scopes.includes(scope) || scopes.includes(`${type}:${scope}`));
}

export interface TokenReader {
  /**
   * Whom this token acts for; null for what is no token, or one that has expired or been revoked, or whose person is
   * not active. Answers are remembered for 10 s.
   */
  actorForToken(token: string): Promise<TokenActor | null>;
}

/** `pool` is one of `reeve_app`. `onError` hears when noting the last use fails; the request goes on all the same. */
export function createTokenReader(options: {
  readonly pool: Pool;
  readonly now?: () => Date;
  readonly onError?: (error: unknown) => void;
  /** Whether tokens of an organisation flagged demo act; yes unless told. */
  readonly demo?: boolean;
}): TokenReader {
  const { now = () => new Date(), onError = () => {}, demo = true } = options;
  const pool = withDates(options.pool);
  const noteUse = (hash: Buffer): void => {
    pool.query("select reeve.api_token_used($1, $2)", [hash, now()]).catch(onError);
  };
  const load = async (hashHex: string): Promise<TokenActor | null> => {
    const hash = Buffer.from(hashHex, "hex");
    const { rows } = await pool.query<TokenActor>(
      `select token_id as "tokenId", organisation_id as "organisationId", person_id as "personId", name, demo, scopes,
         expires_at as "expiresAt"
       from reeve.actor_for_token($1, $2)`,
      [hash, now()],
    );
    // At most once in the time an answer is kept, and the database writes at most once a minute.
    if (rows[0] !== undefined) noteUse(hash);
    return rows[0] ?? null;
  };
  const actors = recent(load, { keptMs: personKeptMs, entriesMax: 5_000, clock: () => now().getTime() });

  return {
    async actorForToken(token) {
      if (!tokenShape.test(token)) return null;
      // Kept by hash, so that no token lies about in memory.
      const actor = await actors.get(hashOf(token).toString("hex"));
      return actor === null || actor.expiresAt <= now() || (actor.demo && !demo) ? null : actor;
    },
  };
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function problemWith({ name, scopes, expiresAt }: NewToken, now: Date): CreateTokenResult | null {
  const length = name.trim().length;
  if (length === 0) return refused("name", "Enter a name for the token");
  if (length > 100) return refused("name", "Name must be 100 characters or less");
  if (scopes.length === 0) return refused("scopes", "Select what the token may do");
  if (scopes.length > 50 || !scopes.every((scope) => scopeShape.test(scope))) {
    return refused("scopes", "Select what the token may do from the list");
  }
  const lifeMs = expiresAt.getTime() - now.getTime();
  if (!(lifeMs > 0)) return refused("expiresAt", "Expiry date must be in the future");
  if (lifeMs > lifeDaysMax * dayMs) return refused("expiresAt", "Expiry date must be within a year");
  return null;
}

function refused(field: "name" | "scopes" | "expiresAt", message: string): CreateTokenResult {
  return { ok: false, field, message };
}
