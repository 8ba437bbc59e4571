import type { Tx, Who } from "../../kernel/transaction.ts";
import { attemptOf, attemptSucceeded, claimAttempt } from "./attempts.ts";
import type { AttemptRefusal } from "./attempts.ts";
import { giveAccount, heldNow, lockPerson, readHolder } from "./link-holder.ts";
import type { LinkHolder } from "./link-holder.ts";
import { isUnchanged, linkOf, wasMade } from "./link-key.ts";
import type { SignInLink } from "./link-key.ts";
import type { SignInParts } from "./parts.ts";
import { checkPassword } from "./password.ts";

/** `inactive`: no such person, or one who may not sign in. `taken`: another person's account has their e-mail address. */
export type LinkResult =
  | {
      readonly ok: true;
      readonly link: SignInLink;
      readonly expiresAt: Temporal.Instant;
      /** The e-mail address that they sign in with, which is the account's where there is one. */
      readonly email: string;
      readonly hasPassword: boolean;
    }
  | { readonly ok: false; readonly reason: "inactive" }
  /** A password would be no way in for them. */
  | { readonly ok: false; readonly reason: "organisation-only" }
  | { readonly ok: false; readonly reason: "no-email" }
  | { readonly ok: false; readonly reason: "taken"; readonly email: string };

/** Whose password a link lets choose. */
export interface LinkOwner {
  readonly name: string;
  readonly email: string;
  /** Its name. */
  readonly organisation: string;
}

/** A password chosen through a link. */
export interface LinkUse {
  readonly link: SignInLink;
  readonly wanted: string;
  /** Network address as the web server vouches for it. */
  readonly address: string;
}

/** `dead`: made up, run out or used; or the password, the account or the e-mail address is another since. */
export type LinkUseResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: "dead" }
  | { readonly ok: false; readonly reason: "weak"; readonly message: string; readonly owner: LinkOwner }
  | { readonly ok: false; readonly reason: "taken"; readonly owner: LinkOwner }
  | ({ readonly ok: false } & AttemptRefusal);

/** The methods of signing in that have to do with links. */
export interface SignInLinks {
  /**
   * A link for a person, which nobody keeps. The caller has made sure that the asker may give one, and shows it to nobody
   * else. It can be asked for just to learn whether one can be made.
   */
  readonly linkFor: (person: Who) => Promise<LinkResult>;
  /** Whose link it is; null for one that does not work. Opening it uses nothing up. */
  readonly openLink: (link: SignInLink) => Promise<LinkOwner | null>;
  /**
   * Sets the password, with an account where there was none, and ends the link, the account's sessions and its lock-out.
   * Of several uses at once, one works.
   */
  readonly useLink: (use: LinkUse) => Promise<LinkUseResult>;
  /**
   * Gives a person of the product's own transaction, who has no account, one with a password. The password has been checked;
   * nobody else has an account. For the first administrator.
   */
  readonly giveFirstPassword: (tx: Tx, personId: string, given: FirstAccount) => Promise<void>;
}

/** How the first administrator signs in. */
export interface FirstAccount {
  readonly name: string;
  readonly organisation: string;
  /** In lower case. */
  readonly email: string;
  readonly password: string;
}

/** Runs work in one transaction as the product itself in an organisation, with the rights of `reeve_app`. */
export type AsProduct = <Result>(organisationId: string, work: (tx: Tx) => Promise<Result>) => Promise<Result>;

/** How long a link works. */
export const linkHours = 24;

interface LinkOptions {
  readonly asProduct: AsProduct;
  readonly mayUsePassword: (person: Who) => Promise<boolean>;
}

type LinkParts = SignInParts & LinkOptions;

export function signInLinks(signIn: SignInParts, options: LinkOptions): SignInLinks {
  const parts = { ...signIn, ...options };
  return {
    linkFor: (person) => linkFor(parts, person),
    openLink: async (link) => {
      const holder = await holderOf(parts, link);
      return holder === null ? null : ownerOf(holder);
    },
    useLink: async (use) => {
      const result = await parts.passwordGate.run(() => useLink(parts, use));
      return result === "full" ? { ok: false, reason: "limited", retryAfterSeconds: 5 } : result;
    },
    giveFirstPassword: async (tx, personId, { password, ...given }) => {
      const hash = await (await parts.auth.$context).password.hash(password);
      const done = await giveAccount(tx, personId, { ...given, accountId: null, passwordHash: null }, hash);
      if (typeof done === "string") throw new Error(`The first account could not be made: ${done}`);
    },
  };
}

async function linkFor({ asProduct, secret, now, mayUsePassword }: LinkParts, person: Who): Promise<LinkResult> {
  const held = await asProduct(person.organisationId, (tx) => readHolder(tx, person.personId));
  if (held === null || !held.active) return { ok: false, reason: "inactive" };
  if (!(await mayUsePassword(person))) return { ok: false, reason: "organisation-only" };
  const holder = heldNow(held);
  if (holder === null) return { ok: false, reason: "no-email" };
  if (held.taken) return { ok: false, reason: "taken", email: holder.email };
  const until = Math.floor(now().getTime() / 1000) + linkHours * 60 * 60;
  return {
    ok: true,
    link: linkOf(secret, person, String(until), holder),
    expiresAt: Temporal.Instant.fromEpochMilliseconds(until * 1000),
    email: holder.email,
    hasPassword: holder.passwordHash !== null,
  };
}

async function useLink(parts: LinkParts, { link, wanted, address }: LinkUse): Promise<LinkUseResult> {
  const { pool, secret, now, people } = parts;
  const attempt = attemptOf(secret, `sign-in link ${link.key}`, address);
  const refusal = await claimAttempt(pool, attempt, now());
  if (refusal !== null) return { ok: false, ...refusal };
  const holder = await holderOf(parts, link);
  if (holder === null) return { ok: false, reason: "dead" };
  const owner = ownerOf(holder);
  const strength = checkPassword(wanted, holder);
  if (!strength.ok) {
    await attemptSucceeded(pool, attempt);
    return { ok: false, reason: "weak", message: strength.message, owner };
  }
  const kept = await keepPassword(parts, link, wanted);
  if (kept === "dead") return { ok: false, reason: "dead" };
  if (kept === "taken") {
    await attemptSucceeded(pool, attempt);
    return { ok: false, reason: "taken", owner };
  }
  for (const sessionId of kept.ended) people.forget(sessionId);
  // Takes the claim back, and with it every wrong password that was tried for this account.
  await attemptSucceeded(pool, attemptOf(secret, holder.email, address));
  return { ok: true };
}

/** No more of the holder than may be shown. */
function ownerOf({ name, email, organisation }: LinkHolder): LinkOwner {
  return { name, email, organisation };
}

async function keepPassword({ auth, asProduct, secret }: LinkParts, link: SignInLink, wanted: string) {
  const passwordHash = await (await auth.$context).password.hash(wanted);
  return asProduct(link.organisationId, async (tx) => {
    await lockPerson(tx, link.personId);
    // As it is now that nobody else can change it: another use of the link may have been first.
    const holder = await holderIn(tx, secret, link);
    return holder === null ? ("dead" as const) : giveAccount(tx, link.personId, holder, passwordHash);
  });
}

/** Whose link it is, where it works. */
async function holderOf({ secret, now, asProduct }: LinkParts, link: SignInLink): Promise<LinkHolder | null> {
  // Known without the database: a link that somebody made up learns nothing from it, not even by the time it takes.
  if (!wasMade(secret, link) || Number(link.expires) * 1000 <= now().getTime()) return null;
  return asProduct(link.organisationId, (tx) => holderIn(tx, secret, link));
}

/** Whose link it is, where nothing has changed since it was made. */
async function holderIn(tx: Tx, secret: string, link: SignInLink): Promise<LinkHolder | null> {
  const held = await readHolder(tx, link.personId);
  const holder = held?.active ? heldNow(held) : null;
  return holder !== null && isUnchanged(secret, link, holder) ? holder : null;
}
