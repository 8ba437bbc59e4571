import { createHmac, randomInt } from "node:crypto";
import { generateSecret, generateURI, verify } from "otplib";
import { open, seal } from "../../../kernel/sealed.ts";

/** Codes of an authenticator app: six digits, a new one each 30 seconds (RFC 6238 with what every app can do). */
const stepSeconds = 30;
const recoveryCodes = 10;
const recoveryLetters = 10;
/** Without letters that look like figures or like one another (Crockford's base 32). */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const recoveryForm = new RegExp(`^[${alphabet}]{${recoveryLetters}}$`);

/** A new key to be put into an app: 160 bits in base 32. */
export function newKey(): string {
  return generateSecret({ length: 20 });
}

/** What an app reads from the picture. */
export function addressOfKey(key: string, issuer: string, email: string): string {
  return generateURI({ issuer, label: email, secret: key, period: stepSeconds });
}

/**
 * The time step of a code, where it is right now, or was half a minute ago (a slow typist) or will be in half a minute (a
 * fast clock), and is later than `lastStep`; null otherwise.
 */
export async function stepOfCode(key: string, code: string, now: Date, lastStep: number): Promise<number | null> {
  const epoch = Math.floor(now.getTime() / 1000);
  const result = await verify({
    secret: key,
    token: code,
    epoch,
    epochTolerance: stepSeconds,
    period: stepSeconds,
    ...(lastStep < 0 ? {} : { afterTimeStep: lastStep }),
  });
  return result.valid ? Math.floor(epoch / stepSeconds) + result.delta : null;
}

/** A code as it was typed, without spaces and dashes, in small letters; which kind it is, or null for neither. */
export function readCode(typed: string): { readonly kind: "app" | "recovery"; readonly code: string } | null {
  const code = typed.toLowerCase().replaceAll(/[\s-]/g, "");
  if (/^\d{6}$/.test(code)) return { kind: "app", code };
  // As Crockford reads them.
  const clear = code.replaceAll("o", "0").replaceAll(/[il]/g, "1");
  return recoveryForm.test(clear) ? { kind: "recovery", code: clear } : null;
}

/** New codes for when the app is lost, as they are shown: `4k7qd-9xw2m`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodes }, () => {
    const letters = Array.from({ length: recoveryLetters }, () => alphabet[randomInt(alphabet.length)]).join("");
    return `${letters.slice(0, 5)}-${letters.slice(5)}`;
  });
}

/** What is kept of a recovery code. `code` without its dash. */
export function hashOfRecoveryCode(secret: string, accountId: string, code: string): Buffer {
  return createHmac("sha256", secret).update(`recovery code\0${accountId}\0${code}`).digest();
}

/** The key as the database keeps it. */
export function sealKey(secret: string, accountId: string, key: string): Buffer {
  return seal({ secret, purpose, owner: accountId }, key);
}

/** The key again; null when it was sealed with another secret, or for another account. */
export function openKey(secret: string, accountId: string, sealed: Buffer): string | null {
  return open({ secret, purpose, owner: accountId }, sealed);
}

const purpose = "second step of signing in";
