import { APIError } from "better-auth/api";

/** Signing in could not be done because something is broken. Holds no e-mail address, password, cookie or token. */
export class SignInFailure extends Error {
  override name = "SignInFailure";
  /** PostgreSQL's SQLSTATE or the system's error code, such as `57P01` or `ECONNREFUSED`, where there was one. */
  readonly code: string | undefined;
  /** What the system was asked when it failed, such as `connect`, where it was the system. */
  readonly syscall: string | undefined;

  constructor({ code, syscall }: { readonly code?: string; readonly syscall?: string } = {}) {
    super(`Sign-in failed${code === undefined ? "" : ` (${code})`}`);
    this.code = code;
    this.syscall = syscall;
  }
}

/**
 * What may be said and logged about an error from better-auth or PostgreSQL: its code. Their messages and details can
 * hold a whole row, the password hash with it, so nothing else is kept, not even as the cause.
 */
export function withoutSecrets(error: unknown): SignInFailure {
  if (error instanceof SignInFailure) return error;
  return new SignInFailure(codesIn(error, 5));
}

/** True for an answer of better-auth that refuses the caller, rather than reports that something is broken. */
export function isRefusal(error: unknown): error is APIError {
  return error instanceof APIError && error.statusCode < 500;
}

function codesIn(error: unknown, depthMax: number): { code?: string; syscall?: string } {
  if (depthMax === 0 || typeof error !== "object" || error === null) return {};
  if ("code" in error && typeof error.code === "string" && /^[A-Z0-9_]{3,40}$/.test(error.code))
    return { code: error.code, ...("syscall" in error && error.syscall === "connect" ? { syscall: "connect" } : {}) };
  return "cause" in error ? codesIn(error.cause, depthMax - 1) : {};
}
