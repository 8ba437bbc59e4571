import { sql } from "kysely";
import type { Tx } from "../transaction.ts";
import { hashOfKey, sealKey } from "./key.ts";

/** Somebody outside who asks: by which key they follow it, and where letters go (null: none by mail). */
export interface Follower {
  readonly key: string;
  readonly email: string | null;
}

/** Remembers who follows the record that the actor made in this very transaction. The database refuses any other record. */
export async function keepFollower(tx: Tx, recordId: string, { key, email }: Follower, secret: string): Promise<void> {
  await sql`select keep_follower(${recordId}::uuid, ${email}, ${hashOfKey(key)}, ${sealKey(secret, key)})`.execute(
    tx.db,
  );
}
