import { createHash, randomBytes } from "node:crypto";
import type { Pool } from "pg";

/** What a way in of more than one step keeps between them: in the database, under a secret that only the browser has. */
export interface Flows<Value extends object> {
  /** Keeps it and answers the secret: 43 characters for a cookie. */
  begin(value: Value): Promise<string>;
  /** What was kept, once: null when it was taken before, has run out or never was. */
  take(secret: string | undefined): Promise<Value | null>;
}

interface FlowOptions {
  readonly pool: Pool;
  readonly now: () => Date;
  /** What is kept under one name is not found under another. */
  readonly kind: string;
  readonly seconds: number;
}

/** How long a browser has between two steps. Seconds. */
export const flowSeconds = 600;

/** Flows of one kind. `Value` must be what JSON can carry. */
export function flows<Value extends object>({ pool, now, kind, seconds }: FlowOptions): Flows<Value> {
  return {
    async begin(value) {
      const secret = randomBytes(32).toString("base64url");
      const from = now();
      const until = new Date(from.getTime() + seconds * 1000);
      await pool.query("select reeve.sign_in_flow_begin($1, $2, $3, $4, $5)", [
        keyOf(secret),
        kind,
        JSON.stringify(value),
        from,
        until,
      ]);
      return secret;
    },
    async take(secret) {
      if (secret === undefined || !/^[\w-]{43}$/.test(secret)) return null;
      const { rows } = await pool.query<{ value: Value | null }>(
        "select reeve.sign_in_flow_take($1, $2, $3) as value",
        [keyOf(secret), kind, now()],
      );
      return rows[0]?.value ?? null;
    },
  };
}

function keyOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
