import type { Client } from "./contract.ts";
import { headersFor } from "./headers.ts";
import { cookiesUnlessRefused } from "./parts.ts";
import type { SignInParts } from "./parts.ts";
import { personForAccount } from "./people.ts";

/**
 * Begins a session for an account: its Set-Cookie lines, or null when no active person has it. Asks nothing else, so the caller
 * has made sure of who it is.
 */
export async function sessionCookies(
  { auth, pool }: Pick<SignInParts, "auth" | "pool">,
  accountId: string,
  { headers, address }: Client,
): Promise<readonly string[] | null> {
  const cookies = await cookiesUnlessRefused(
    auth.api.startSession({ body: { accountId }, headers: headersFor(headers, address), returnHeaders: true }),
  );
  const person = cookies === null ? null : await personForAccount(pool, accountId);
  // On the person's own timeline, where the audit search finds it.
  if (person)
    await pool.query("select act_as($1, $2), note_own('signed_in', '{}')", [person.organisationId, person.personId]);
  return cookies;
}
