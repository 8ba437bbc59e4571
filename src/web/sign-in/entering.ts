import { attemptOf, attemptSucceeded, claimAttempt, normalEmail } from "./attempts.ts";
import type { SignIn, SignInResult } from "./contract.ts";
import { headersFor } from "./headers.ts";
import { cookiesUnlessRefused } from "./parts.ts";
import type { SignInParts } from "./parts.ts";
import { personForAccount } from "./people.ts";

/** The ways to begin a session. */
export function entering(parts: SignInParts): Pick<SignIn, "signIn" | "signInAs"> {
  const { pool, auth } = parts;
  return {
    signIn: ({ email, password, headers, address }) =>
      guarded(parts, email, address, () =>
        cookiesUnlessRefused(
          auth.api.signInEmail({
            body: { email: normalEmail(email), password },
            headers: headersFor(headers, address),
            returnHeaders: true,
          }),
        ),
      ),

    async signInAs(accountId, { headers, address }) {
      const person = await personForAccount(pool, accountId);
      if (person?.demo !== true) return { ok: false, reason: "wrong" };
      await pool.query("select reeve.require_demo_account($1)", [accountId]);
      const cookies = await cookiesUnlessRefused(
        auth.api.startSession({ body: { accountId }, headers: headersFor(headers, address), returnHeaders: true }),
      );
      return cookies === null ? { ok: false, reason: "wrong" } : { ok: true, cookies };
    },
  };
}

/**
 * Runs a check of a password behind the gate and the lock-out. `check` answers the cookies of the new session, or null
 * for a wrong password.
 */
export async function guarded(
  { pool, secret, now, passwordGate }: SignInParts,
  email: string,
  address: string,
  check: () => Promise<readonly string[] | null>,
): Promise<SignInResult> {
  const result = await passwordGate.run(async (): Promise<SignInResult> => {
    const attempt = attemptOf(secret, email, address);
    const refusal = await claimAttempt(pool, attempt, now());
    if (refusal !== null) return { ok: false, ...refusal };
    const cookies = await check();
    if (cookies === null) return { ok: false, reason: "wrong" };
    await attemptSucceeded(pool, attempt);
    return { ok: true, cookies };
  });
  return result === "full" ? { ok: false, reason: "limited", retryAfterSeconds: 5 } : result;
}
