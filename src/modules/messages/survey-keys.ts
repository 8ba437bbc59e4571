import { createHash, createHmac } from "node:crypto";
import { newKey } from "../../kernel/outside/key.ts";

/** Where somebody without an account answers a survey. The key is the secret of the address. */
export function byLinkPath(key: string): string {
  return `/surveys/by-link/${key}`;
}

/** By which the database finds a link: SHA-256, for 192 random bits need no slow hash. */
export function hashOfSurveyKey(key: string): Buffer {
  return createHash("sha256").update(`reeve survey\0${key}`).digest();
}

/** The key of the one link of an open survey: it follows from the secret of the installation, so it is kept nowhere and shown again. */
export function openSurveyKey(secret: string, surveyId: string): string {
  return createHmac("sha256", secret).update(`survey\0${surveyId}`).digest("base64url").slice(0, 32);
}

/** New keys, each for one answer. */
export function personalSurveyKeys(many: number): readonly string[] {
  return Array.from({ length: many }, newKey);
}
