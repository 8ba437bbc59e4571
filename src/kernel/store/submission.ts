import { createHash } from "node:crypto";
import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import type { Tx } from "../transaction.ts";

/** What a submission led to. */
export interface Submitted {
  readonly status: number;
  readonly location: string;
  readonly recordId: string | null;
}

/**
 * Does the work once for each key of a person: a second sending waits for the first and gets its answer. The same key
 * with other content is refused (invalid). Without a key it does the work. What is refused or fails is not remembered.
 */
export async function submitOnce(
  tx: Tx,
  key: string | undefined,
  content: unknown,
  work: () => Promise<Submitted>,
): Promise<Submitted & { readonly repeated: boolean }> {
  if (key === undefined || tx.actor.personId === null) return { ...(await work()), repeated: false };
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new Refusal("invalid", [
      { field: "Idempotency-Key", message: "The idempotency key must be 1 to 200 visible ASCII characters" },
    ]);
  const hash = createHash("sha256").update(JSON.stringify(content)).digest();
  const who = { organisation_id: tx.actor.organisationId, person_id: tx.actor.personId, key };
  const inserted = await tx.db
    .insertInto("submissions")
    .values({ ...who, request_hash: hash, status: null, location: null, record_id: null })
    .onConflict((conflict) => conflict.columns(["organisation_id", "person_id", "key"]).doNothing())
    .executeTakeFirst();
  if ((inserted.numInsertedOrUpdatedRows ?? 0n) === 0n) return repeated(tx, who, hash);
  const done = await work();
  await sql`update submissions set status = ${done.status}, location = ${done.location}, record_id = ${done.recordId}::uuid
    where organisation_id = ${who.organisation_id}::uuid and person_id = ${who.person_id}::uuid and key = ${key}`.execute(
    tx.db,
  );
  return { ...done, repeated: false };
}

async function repeated(
  tx: Tx,
  who: { organisation_id: string; person_id: string; key: string },
  hash: Buffer,
): Promise<Submitted & { repeated: boolean }> {
  const row = await tx.db
    .selectFrom("submissions")
    .select(["request_hash", "status", "location", "record_id"])
    .where("organisation_id", "=", who.organisation_id)
    .where("person_id", "=", who.person_id)
    .where("key", "=", who.key)
    .executeTakeFirstOrThrow();
  if (!row.request_hash.equals(hash))
    throw new Refusal("invalid", [
      {
        field: "Idempotency-Key",
        message: "This key was used before for something else. Use a new key for a new request",
      },
    ]);
  if (row.status === null || row.location === null)
    throw new Refusal("impossible", [
      { message: "The first sending with this key has not ended well. Send it again with a new key" },
    ]);
  return { status: row.status, location: row.location, recordId: row.record_id, repeated: true };
}
