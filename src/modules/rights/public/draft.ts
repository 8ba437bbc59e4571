import { newKey } from "../../../kernel/outside/key.ts";
import { open, seal } from "../../../kernel/sealed.ts";

/** What can be asked for on the public pages. */
export type AskKind = "information" | "environment" | "own" | "reuse";

/** What somebody answered so far. It goes from page to page sealed, and is kept nowhere until it is sent. */
export interface Draft {
  /** By which it is followed once it is sent; sent twice, it is one. */
  readonly key: string;
  /** Milliseconds since 1970: when the form was begun. */
  readonly begunAt: number;
  readonly kind?: AskKind;
  readonly subject?: string;
  readonly question?: string;
  readonly format?: string;
  readonly name?: string;
  readonly email?: string;
  readonly address?: string;
  /** The steps that were answered, also with nothing. */
  readonly done: readonly string[];
  /** References of published answers that were shown as perhaps enough, and of those that were opened. */
  readonly shown: readonly string[];
  readonly opened: readonly string[];
}

/** A form that is begun now. */
export function newDraft(now: Temporal.Instant): Draft {
  return { key: newKey(), begunAt: now.epochMilliseconds, done: [], shown: [], opened: [] };
}

/** A draft as a page carries it: nobody can read or change it. */
export function sealDraft(secret: string, organisationId: string, draft: Draft): string {
  return seal({ secret, purpose, owner: organisationId }, JSON.stringify(draft)).toString("base64url");
}

/** The draft again; null for what we did not seal for this organisation. */
export function openDraft(secret: string, organisationId: string, sealed: string): Draft | null {
  if (sealed.length === 0 || sealed.length > sealedMax) return null;
  const text = open({ secret, purpose, owner: organisationId }, Buffer.from(sealed, "base64url"));
  // Only `sealDraft` makes what opens.
  return text === null ? null : (JSON.parse(text) as Draft);
}

const purpose = "a question of the public";
/** Characters: the longest question in the widest letters, and the rest. */
const sealedMax = 120_000;
