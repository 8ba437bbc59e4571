import { betterAuth } from "better-auth";
import { createAuthEndpoint, APIError } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import type { Pool } from "pg";
import * as z from "zod";
import { passwordLengthMax, passwordLengthMin } from "./password.ts";

/** The header in which this folder hands better-auth the network address that the web server saw. */
export const addressHeader = "x-reeve-address";

/** A session ends after this long without use; use moves its end. Seconds. */
const sessionSeconds = 12 * 60 * 60;
/** A session's end is moved at most this often. Seconds. */
const sessionRefreshSeconds = 5 * 60;
/** For this long the signed cookie itself is believed about who it was made for. Seconds. */
const cookieCacheSeconds = 60;

export interface AuthOptions {
  /** A pool of `reeve_app`. */
  readonly pool: Pool;
  /** At least 32 characters; signs the cookies. */
  readonly secret: string;
  /** The address people use, such as `https://reeve.example.gov.uk`. Cookies are `Secure` when it is https. */
  readonly baseUrl: string;
  /** Asked before every new session, however it begins. */
  readonly maySignIn: (accountId: string) => Promise<boolean>;
}

export type Auth = ReturnType<typeof createAuth>;

/**
 * better-auth over our own tables (db/migrations/0002-sign-in.sql). Its HTTP routes are never mounted: pages call
 * `auth.api` through sign-in.ts, because the routes know nothing of our lock-out.
 */
export function createAuth({ pool, secret, baseUrl, maySignIn }: AuthOptions) {
  return betterAuth({
    appName: "Reeve",
    baseURL: baseUrl,
    trustedOrigins: [baseUrl],
    secret,
    database: pool,
    telemetry: { enabled: false },
    // It would print what it was given to the console; failures reach our log as errors without secrets.
    logger: { disabled: true },
    rateLimit: { enabled: true },
    // Should the routes ever be mounted, for passkeys say, these would go round the lock-out or the administrator.
    disabledPaths: ["/sign-in/email", "/sign-up/email", "/change-password", "/change-email", "/update-user"],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLengthMin,
      maxPasswordLength: passwordLengthMax,
    },
    advanced: {
      cookiePrefix: "reeve",
      useSecureCookies: new URL(baseUrl).protocol === "https:",
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true, path: "/" },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      // The tables make their own ids (UUIDv7).
      database: { generateId: false },
    },
    user: {
      modelName: "sign_in_user",
      fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" },
    },
    session: {
      modelName: "sign_in_session",
      fields: {
        userId: "user_id",
        expiresAt: "expires_at",
        ipAddress: "address",
        userAgent: "user_agent",
        createdAt: "created_at",
        updatedAt: "updated_at",
      },
      expiresIn: sessionSeconds,
      updateAge: sessionRefreshSeconds,
      freshAge: 0,
      cookieCache: { enabled: true, maxAge: cookieCacheSeconds },
    },
    account: {
      modelName: "sign_in_credential",
      fields: {
        userId: "user_id",
        providerId: "provider",
        accountId: "provider_account_id",
        password: "password_hash",
        accessToken: "access_token",
        refreshToken: "refresh_token",
        idToken: "id_token",
        accessTokenExpiresAt: "access_token_expires_at",
        refreshTokenExpiresAt: "refresh_token_expires_at",
        createdAt: "created_at",
        updatedAt: "updated_at",
      },
    },
    verification: {
      modelName: "sign_in_verification",
      fields: { expiresAt: "expires_at", createdAt: "created_at", updatedAt: "updated_at" },
    },
    databaseHooks: {
      session: { create: { before: async (session) => ((await maySignIn(session.userId)) ? undefined : false) } },
    },
    plugins: [withoutPassword],
  });
}

/** Begins a session for an account without asking anything. The caller has made sure that it may: see signInAs. */
const startSession = createAuthEndpoint.serverOnly(
  { method: "POST", requireHeaders: true, body: z.object({ accountId: z.string() }) },
  async (context) => {
    const user = await context.context.internalAdapter.findUserById(context.body.accountId);
    const session = user === null ? null : await context.context.internalAdapter.createSession(user.id);
    if (user === null || session === null) throw new APIError("UNAUTHORIZED");
    await setSessionCookie(context, { session, user });
    return { sessionId: session.id };
  },
);

const withoutPassword = { id: "reeve-without-password", endpoints: { startSession } };
