import { createHash, randomBytes } from "node:crypto";
import { open, seal } from "../sealed.ts";

/** The secret by which somebody without an account follows what they asked for: 32 characters of base64url, 192 random bits. */
export function newKey(): string {
  return randomBytes(24).toString("base64url");
}

/** Whether a text has the form of such a key. */
export function isKey(text: string): boolean {
  return /^[\w-]{32}$/.test(text);
}

/** By which the database finds a key: SHA-256, for 192 random bits need no slow hash. */
export function hashOfKey(key: string): Buffer {
  return createHash("sha256").update(`reeve follow\0${key}`).digest();
}

/** A key as the database keeps it for letters: it opens with the secret of the installation alone. */
export function sealKey(secret: string, key: string): Buffer {
  return seal({ secret, purpose, owner: "" }, key);
}

/** The key again; null where it was sealed with another secret. */
export function openKey(secret: string, sealed: Buffer): string | null {
  return open({ secret, purpose, owner: "" }, sealed);
}

const purpose = "following without an account";
