import { attemptOf, attemptSucceeded, claimAttempt, normalEmail } from "./attempts.ts";
import type { AttemptRefusal } from "./attempts.ts";
import type { SignIn } from "./contract.ts";
import type { SignInParts } from "./parts.ts";
import { personForAccount } from "./people.ts";
import type { AccountPerson } from "./people.ts";
import type { SecondStepAsked } from "./second-step/second-step.ts";
import { sessionCookies } from "./start-session.ts";

/** Whether somebody may come in with a password at all. */
export type MayUsePassword = (person: AccountPerson) => Promise<boolean>;

interface EnteringOptions {
  readonly mayUsePassword: MayUsePassword;
  /** What is asked for besides the password; null for nothing. */
  readonly askSecondStep: (accountId: string, email: string, person: AccountPerson) => Promise<SecondStepAsked | null>;
}

/** The ways to begin a session. */
export function entering(
  parts: SignInParts,
  { mayUsePassword, askSecondStep }: EnteringOptions,
): Pick<SignIn, "signIn" | "signInAs"> {
  const { pool } = parts;
  return {
    async signIn({ email, password, ...client }) {
      const known = await guarded(parts, email, client.address, () => holderOfPassword(parts, email, password));
      if (!known.ok) return known;
      const { accountId, person } = known.value;
      if (!(await mayUsePassword(person))) return { ok: false, reason: "organisation-only" };
      const asked = await askSecondStep(accountId, normalEmail(email), person);
      if (asked !== null) return { ok: false, reason: "second-step", asked };
      const cookies = await sessionCookies(parts, accountId, client);
      return cookies === null ? { ok: false, reason: "wrong" } : { ok: true, cookies };
    },

    async signInAs(accountId, client) {
      const person = await personForAccount(pool, accountId);
      if (person?.demo !== true) return { ok: false, reason: "wrong" };
      await pool.query("select reeve.require_demo_account($1)", [accountId]);
      const cookies = await sessionCookies(parts, accountId, client);
      return cookies === null ? { ok: false, reason: "wrong" } : { ok: true, cookies };
    },
  };
}

/** The active person whose password this is; null for a wrong one, which takes as long. */
export async function holderOfPassword({ auth, pool }: SignInParts, email: string, password: string) {
  const context = await auth.$context;
  // PostgreSQL text cannot hold a NUL, and no address has one.
  const found = email.includes("\0")
    ? null
    : await context.internalAdapter.findUserByEmail(normalEmail(email), { includeAccounts: true });
  const hash = found?.accounts.find(({ providerId }) => providerId === "credential")?.password;
  if (!found || !hash) {
    await context.password.hash(password);
    return null;
  }
  if (!(await context.password.verify({ hash, password }))) return null;
  const person = await personForAccount(pool, found.user.id);
  return person === null ? null : { accountId: found.user.id, person };
}

/** What a check behind the lock-out came to. */
type Guarded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: "wrong" }
  | ({ readonly ok: false } & AttemptRefusal);

/** Runs a check of a password behind the gate and the lock-out. `check` answers null for a wrong one. */
export async function guarded<Value>(
  { pool, secret, now, passwordGate }: SignInParts,
  email: string,
  address: string,
  check: () => Promise<Value | null>,
): Promise<Guarded<Value>> {
  const result = await passwordGate.run(async (): Promise<Guarded<Value>> => {
    const attempt = attemptOf(secret, email, address);
    const refusal = await claimAttempt(pool, attempt, now());
    if (refusal !== null) return { ok: false, ...refusal };
    const value = await check();
    if (value === null) return { ok: false, reason: "wrong" };
    await attemptSucceeded(pool, attempt);
    return { ok: true, value };
  });
  return result === "full" ? { ok: false, reason: "limited", retryAfterSeconds: 5 } : result;
}
