import type { Client } from "./contract.ts";
import { headersFor } from "./headers.ts";
import { cookiesUnlessRefused } from "./parts.ts";
import type { SignInParts } from "./parts.ts";

/**
 * Begins a session for an account: its Set-Cookie lines, or null when no active person has it. Asks nothing else, so the caller
 * has made sure of who it is.
 */
export function sessionCookies(
  { auth }: Pick<SignInParts, "auth">,
  accountId: string,
  { headers, address }: Client,
): Promise<readonly string[] | null> {
  return cookiesUnlessRefused(
    auth.api.startSession({ body: { accountId }, headers: headersFor(headers, address), returnHeaders: true }),
  );
}
