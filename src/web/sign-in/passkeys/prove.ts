import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { isIP } from "node:net";
import * as z from "zod";
import type { KeptPasskey } from "./kept.ts";

/** Read when it is first needed: it is a seventh of all that the web would load before it is ready. */
const library = () => import("@simplewebauthn/server");

/** What passkeys are bound to: nobody elsewhere can ask for one of ours. */
export interface Site {
  /** The whole origin, such as `https://reeve.example.gov.uk`. */
  readonly origin: string;
  /** Its host. */
  readonly id: string;
}

/** Null for an address without a name: passkeys belong to names. */
export function siteOf(baseUrl: string): Site | null {
  const { origin, hostname } = new URL(baseUrl);
  return isIP(hostname.replaceAll(/[[\]]/g, "")) === 0 ? { origin, id: hostname } : null;
}

/** What is asked of a browser, as JSON for its page, with the challenge to keep. */
export interface PasskeyAsked {
  readonly challenge: string;
  readonly options: string;
}

/** Asks for a new passkey; those that the account has are not made again. */
export async function askForNew(
  { id }: Site,
  { accountId, email, name }: { accountId: string; email: string; name: string },
  have: readonly string[],
): Promise<PasskeyAsked> {
  const options = await (
    await library()
  ).generateRegistrationOptions({
    rpName: "Reeve",
    rpID: id,
    userID: new TextEncoder().encode(accountId),
    userName: email,
    userDisplayName: name,
    attestationType: "none",
    excludeCredentials: have.map((kept) => ({ id: kept })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return { challenge: options.challenge, options: JSON.stringify(options) };
}

/** Asks for any passkey of this site, so that nobody learns who has one. */
export async function askForAny({ id }: Site): Promise<PasskeyAsked> {
  const options = await (await library()).generateAuthenticationOptions({ rpID: id, userVerification: "required" });
  return { challenge: options.challenge, options: JSON.stringify(options) };
}

/** The passkey that a browser made for this challenge; null where that is not proved. */
export async function provedNew(site: Site, challenge: string, text: string) {
  // The form has what the library reads of it; the rest it checks itself.
  const response = parsed(text, newForm) as RegistrationResponseJSON | null;
  if (response === null) return null;
  return orNull(async () => {
    const { verified, registrationInfo } = await (
      await library()
    ).verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
    });
    if (!verified) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { id, publicKey: Buffer.from(publicKey), counter };
  });
}

/** The id of the passkey that a browser says it used; null for what is none. */
export function usedPasskey(text: string): { readonly id: string; readonly accountId: string | null } | null {
  // The form has what the library reads of it; the rest it checks itself.
  const response = parsed(text, usedForm) as AuthenticationResponseJSON | null;
  if (response === null) return null;
  const { userHandle } = response.response;
  return { id: response.id, accountId: userHandle ? Buffer.from(userHandle, "base64url").toString("utf8") : null };
}

/** The counter of a use that was proved for this challenge; null where it is not. */
export async function provedUse(
  site: Site,
  challenge: string,
  text: string,
  kept: KeptPasskey,
): Promise<number | null> {
  // The form has what the library reads of it; the rest it checks itself.
  const response = parsed(text, usedForm) as AuthenticationResponseJSON | null;
  if (response === null) return null;
  return orNull(async () => {
    const { verified, authenticationInfo } = await (
      await library()
    ).verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.id,
      requireUserVerification: true,
      credential: { id: response.id, publicKey: new Uint8Array(kept.publicKey), counter: kept.counter },
    });
    return verified ? authenticationInfo.newCounter : null;
  });
}

const part = z.string().max(20_000);
const common = { id: z.string().regex(/^[\w-]{1,1400}$/), rawId: part, type: z.literal("public-key") };
const newForm = z.looseObject({
  ...common,
  clientExtensionResults: z.looseObject({}),
  response: z.looseObject({ clientDataJSON: part, attestationObject: part }),
});
const usedForm = z.looseObject({
  ...common,
  clientExtensionResults: z.looseObject({}),
  response: z.looseObject({
    clientDataJSON: part,
    authenticatorData: part,
    signature: part,
    userHandle: part.nullish(),
  }),
});

function parsed(text: string, form: z.ZodType): unknown {
  try {
    const read = form.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** The library throws for whatever it does not believe. */
async function orNull<Value>(prove: () => Promise<Value | null>): Promise<Value | null> {
  try {
    return await prove();
  } catch {
    return null;
  }
}
