import { createHash, randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Pool } from "pg";
import { refuse } from "../../kernel/errors.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { withoutSecrets } from "./failure.ts";
import type { AsProduct } from "./links.ts";

/** What a token of the organisation's directory lets it do: look after the people and groups of that organisation. */
export interface Provisioner {
  readonly tokenId: string;
  readonly organisationId: string;
}

/** Tokens with which the organisation's directory provisions. */
export interface Provisioning {
  /** Whose a token is; null for what is none, or was revoked. */
  readonly forToken: (token: string) => Promise<Provisioner | null>;
  /** Runs work as the product itself in that organisation. */
  readonly as: AsProduct;
}

/** A token as administrators see it. */
export interface ProvisioningToken {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** To within a minute. */
  readonly lastUsedAt: string | null;
}

const tokenForm = /^reeve_scim_[\w-]{43}$/;
const tokensMax = 10;

/** `demo`: whether tokens of an organisation flagged demo are taken. */
export function provisioning(options: {
  readonly pool: Pool;
  readonly now: () => Date;
  readonly asProduct: AsProduct;
  readonly demo: boolean;
}): Provisioning {
  const { pool, now, asProduct, demo } = options;
  return {
    async forToken(token) {
      if (!tokenForm.test(token)) return null;
      const asked = pool.query<Provisioner & { demo: boolean }>(
        `select token_id as "tokenId", organisation_id as "organisationId", demo from reeve.organisation_for_scim_token($1, $2)`,
        [hashOf(token), now()],
      );
      const { rows } = await asked.catch((error: unknown) => {
        throw withoutSecrets(error);
      });
      const [found] = rows;
      return found === undefined || (found.demo && !demo) ? null : found;
    },
    as: asProduct,
  };
}

/** Makes a token in a transaction of an administrator; for anybody else the database refuses. It is shown once. */
export async function makeProvisioningToken(tx: Tx, name: string): Promise<string> {
  const called = name.trim();
  if (called === "") refuse("name", "Enter a name for the token");
  if (called.length > 100 || /\p{Cc}/u.test(called)) refuse("name", "Name must be 100 ordinary characters or less");
  if ((await provisioningTokens(tx)).length >= tokensMax)
    refuse("name", `There are ${tokensMax} tokens already. Revoke one that is no longer used`);
  const token = `reeve_scim_${randomBytes(32).toString("base64url")}`;
  await sql`insert into scim_token (organisation_id, name, token_sha256, created_by, created_at)
    values (${tx.actor.organisationId}::uuid, ${called}, ${hashOf(token)}, ${tx.actor.personId}::uuid, ${tx.now.toString()}::timestamptz)`.execute(
    tx.db,
  );
  return token;
}

/** The tokens that are not revoked, the newest first. */
export async function provisioningTokens(tx: Tx): Promise<ProvisioningToken[]> {
  const { rows } = await sql<ProvisioningToken>`select id, name, created_at as "createdAt", last_used_at as "lastUsedAt"
    from scim_token where organisation_id = ${tx.actor.organisationId}::uuid and revoked_at is null
    order by created_at desc, id limit ${tokensMax}`.execute(tx.db);
  return rows;
}

/** Answers the name of the token that it revoked; null when there is none. It stops at once. */
export async function revokeProvisioningToken(tx: Tx, id: string): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`update scim_token set revoked_at = ${tx.now.toString()}::timestamptz
    where organisation_id = ${tx.actor.organisationId}::uuid and id::text = ${id.replaceAll("\0", "")} and revoked_at is null
    returning name`.execute(tx.db);
  return rows[0]?.name ?? null;
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
