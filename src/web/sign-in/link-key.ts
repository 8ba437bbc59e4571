import { createHmac, timingSafeEqual } from "node:crypto";
import type { Who } from "../../kernel/transaction.ts";
import type { LinkHolder } from "./link-holder.ts";

/** What a sign-in link says, as text from an address: whoever holds it may choose this person's password, once. */
export interface SignInLink extends Who {
  /** Seconds since 1970, in digits. */
  readonly expires: string;
  readonly key: string;
}

/** The first bytes of a key prove that we made the link; the other 32 prove that nothing has changed since. */
const sealBytes = 16;
const keyForm = /^[\w-]{64}$/;

/** The link for a person as they are now; `expires` as in the link. */
export function linkOf(
  secret: string,
  { organisationId, personId }: Who,
  expires: string,
  holder: LinkHolder,
): SignInLink {
  const link = { organisationId, personId, expires };
  const key = Buffer.concat([sealOf(secret, link), stateOf(secret, link, holder)]).toString("base64url");
  return { ...link, key };
}

/** Whether we made this link at all. */
export function wasMade(secret: string, link: SignInLink): boolean {
  if (!keyForm.test(link.key)) return false;
  return same(Buffer.from(link.key, "base64url").subarray(0, sealBytes), sealOf(secret, link));
}

/** Whether the account, the password and the e-mail address are as they were when the link was made. */
export function isUnchanged(secret: string, link: SignInLink, holder: LinkHolder): boolean {
  return same(Buffer.from(link.key, "base64url").subarray(sealBytes), stateOf(secret, link, holder));
}

type Unsigned = Omit<SignInLink, "key">;

function sealOf(secret: string, { organisationId, personId, expires }: Unsigned): Buffer {
  return mac(secret, ["sign-in link", organisationId, personId, expires]).subarray(0, sealBytes);
}

function stateOf(secret: string, { organisationId, personId, expires }: Unsigned, holder: LinkHolder): Buffer {
  const { accountId, passwordHash, email } = holder;
  return mac(secret, ["sign-in link state", organisationId, personId, expires, accountId, passwordHash, email]);
}

function mac(secret: string, parts: readonly (string | null)[]): Buffer {
  return createHmac("sha256", secret).update(JSON.stringify(parts)).digest();
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
