import { randomUUIDv7 } from "node:crypto";
import * as z from "zod";
import { normalEmail } from "./attempts.ts";
import type { Auth } from "./better-auth.ts";
import { checkPassword } from "./password.ts";

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  /** Left out for an account that nobody can sign in to with a password, such as a demo person's. */
  readonly password?: string;
  /** Name of the organisation, which the password may not contain. */
  readonly organisation?: string;
}

export type AccountResult =
  | { readonly ok: true; readonly accountId: string }
  | { readonly ok: false; readonly field: "email" | "name" | "password"; readonly message: string };

/** Makes an account. Nobody can sign in to it before an active person has its id. */
export async function createAccount(auth: Auth, account: NewAccount): Promise<AccountResult> {
  const email = normalEmail(account.email);
  const name = account.name.trim();
  const problem = problemWith({ ...account, email, name });
  if (problem !== null) return problem;

  const context = await auth.$context;
  const exists = { ok: false, field: "email", message: "An account with this email address already exists" } as const;
  if ((await context.internalAdapter.findUserByEmail(email)) !== null) return exists;
  const passwordHash = account.password === undefined ? null : await context.password.hash(account.password);
  // better-auth finds a password by an account number that equals the user's own id.
  const id = randomUUIDv7();
  const moment = { createdAt: new Date(), updatedAt: new Date() };
  try {
    await context.adapter.transaction(async (adapter) => {
      const user = { id, name, email, emailVerified: true, ...moment };
      await adapter.create({ model: "user", data: user, forceAllowId: true });
      if (passwordHash === null) return;
      const credential = { userId: id, providerId: "credential", accountId: id, password: passwordHash, ...moment };
      await adapter.create({ model: "account", data: credential });
    });
  } catch (error) {
    // Two administrators made it at the same moment.
    if ((await context.internalAdapter.findUserByEmail(email)) !== null) return exists;
    throw error;
  }
  return { ok: true, accountId: id };
}

function problemWith({ email, name, password, organisation }: NewAccount): AccountResult | null {
  if (email.length > 254 || !z.email().safeParse(email).success) {
    return {
      ok: false,
      field: "email",
      message: "Enter an email address in the correct format, like name@example.gov.uk",
    };
  }
  if (name.length === 0) return { ok: false, field: "name", message: "Enter a name" };
  if (name.length > 200) return { ok: false, field: "name", message: "Name must be 200 characters or less" };
  if (password === undefined) return null;
  const strength = checkPassword(password, { name, email, ...(organisation === undefined ? {} : { organisation }) });
  return strength.ok ? null : { ok: false, field: "password", message: strength.message };
}
