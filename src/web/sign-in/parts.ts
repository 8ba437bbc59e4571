import type { Pool } from "pg";
import type { Auth } from "./better-auth.ts";
import type { Gate } from "./gate.ts";
import { headersFor } from "./headers.ts";
import type { RequestHeaders } from "./headers.ts";
import { isRefusal } from "./failure.ts";
import type { SessionHolder } from "./people.ts";
import type { Recent } from "./recent.ts";

/** What the methods of signing in share. */
export interface SignInParts {
  readonly pool: Pool;
  readonly secret: string;
  readonly now: () => Date;
  readonly auth: Auth;
  /** By session id. */
  readonly people: Recent<SessionHolder>;
  readonly passwordGate: Gate;
}

/** The session as the database has it now, for anything that changes sessions or passwords. */
export async function ownSession({ auth, people }: SignInParts, headers: RequestHeaders) {
  const found = await auth.api.getSession({ headers: headersFor(headers), query: { disableCookieCache: true } });
  return found === null || (await people.get(found.session.id)) === null ? null : found;
}

/** The answer of better-auth, or null when it refused. */
export async function unlessRefused<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** The Set-Cookie lines of better-auth's answer, or null when it refused. */
export async function cookiesUnlessRefused(asked: Promise<{ headers: Headers }>): Promise<readonly string[] | null> {
  return (await unlessRefused(asked))?.headers.getSetCookie() ?? null;
}
