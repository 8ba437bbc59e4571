import type { Client, SignInResult } from "../contract.ts";
import { guarded, holderOfPassword } from "../entering.ts";
import type { MayUsePassword } from "../entering.ts";
import { flowSeconds, flows } from "../flows.ts";
import type { RequestHeaders } from "../headers.ts";
import type { AsProduct } from "../links.ts";
import { ownSession } from "../parts.ts";
import type { SignInParts } from "../parts.ts";
import { personForAccount } from "../people.ts";
import { sessionCookies } from "../start-session.ts";
import { withLine } from "../told.ts";
import { dropPasskey, keepPasskey, notePasskeyUse, passkeyWithId, passkeysOf } from "./kept.ts";
import type { PasskeyRow } from "./kept.ts";
import { askForAny, askForNew, provedNew, provedUse, siteOf, usedPasskey } from "./prove.ts";

/** What a page gives its script, and the secret of this attempt for the form that sends the answer. */
export interface PasskeyStep {
  readonly secret: string;
  /** JSON for the browser's own function. */
  readonly options: string;
}

type Dead = { readonly ok: false; readonly reason: "dead" };
type Entered = Exclude<SignInResult, { reason: "second-step" }> | Dead;

/** Signing in with a passkey, where a password would do; it stands for both steps, since the device asks who holds it. */
export interface Passkeys {
  /** Begins to sign in. */
  readonly begin: () => Promise<PasskeyStep>;
  /** `response`: what the browser answered, as JSON. `dead`: too late, or sent before. */
  readonly enter: (answer: { secret: string; response: string } & Client) => Promise<Entered>;
  /** The asker's own; null when signed out. */
  readonly list: (headers: RequestHeaders) => Promise<readonly PasskeyRow[] | null>;
  /** Begins to add one, for the asker, who proves that it is them by their password. */
  readonly beginAdding: (
    asking: { password: string } & Client,
  ) => Promise<
    { readonly ok: true; readonly step: PasskeyStep } | Exclude<SignInResult, { ok: true } | { reason: "second-step" }>
  >;
  /** False when what the browser made is not proved, is known already, or is one too many. */
  readonly add: (answer: {
    secret: string;
    response: string;
    name: string;
    headers: RequestHeaders;
  }) => Promise<boolean>;
  /** Removes one of the asker's own. */
  readonly remove: (headers: RequestHeaders, id: string) => Promise<boolean>;
}

interface Parts extends SignInParts {
  readonly asProduct: AsProduct;
  readonly mayUsePassword: MayUsePassword;
  readonly baseUrl: string;
}

interface Flow {
  readonly challenge: string;
  /** Whose, when one is added. */
  readonly accountId?: string;
}

/** Null where the address that people use has no name. */
export function passkeySignIn(parts: Parts): Passkeys | null {
  const { pool, now } = parts;
  const site = siteOf(parts.baseUrl);
  if (site === null) return null;
  const entering = flows<Flow>({ pool, now, kind: "passkey", seconds: flowSeconds });
  const adding = flows<Flow>({ pool, now, kind: "new passkey", seconds: flowSeconds });

  const accountOfUse = async (challenge: string, response: string): Promise<string | null> => {
    const used = usedPasskey(response);
    const kept = used === null ? null : await passkeyWithId(pool, used.id);
    if (used === null || kept === null || (used.accountId ?? kept.accountId) !== kept.accountId) return null;
    const counter = await provedUse(site, challenge, response, kept);
    if (counter === null || !(await notePasskeyUse(pool, used.id, counter, now()))) return null;
    return (await personForAccount(pool, kept.accountId)) === null ? null : kept.accountId;
  };
  return {
    async begin() {
      const { challenge, options } = await askForAny(site);
      return { secret: await entering.begin({ challenge }), options };
    },
    async enter({ secret, response, ...client }) {
      const flow = await entering.take(secret);
      if (flow === null) return { ok: false, reason: "dead" };
      const name = `passkey ${usedPasskey(response)?.id ?? ""}`;
      const known = await guarded(parts, name, client.address, () => accountOfUse(flow.challenge, response));
      if (!known.ok) return known;
      const person = await personForAccount(pool, known.value);
      if (person === null) return { ok: false, reason: "wrong" };
      if (!(await parts.mayUsePassword(person))) return { ok: false, reason: "organisation-only" };
      const cookies = await sessionCookies(parts, known.value, client);
      return cookies === null ? { ok: false, reason: "wrong" } : { ok: true, cookies };
    },
    async list(headers) {
      const own = await ownSession(parts, headers);
      return own === null ? null : passkeysOf(pool, own.user.id);
    },
    async beginAdding({ password, headers, address }) {
      const own = await ownSession(parts, headers);
      if (own === null) return { ok: false, reason: "wrong" };
      const { id, email, name } = own.user;
      const known = await guarded(parts, email, address, () => holderOfPassword(parts, email, password));
      if (!known.ok) return known;
      if (known.value.accountId !== id) return { ok: false, reason: "wrong" };
      const have = (await passkeysOf(pool, id)).map((kept) => kept.id);
      const { challenge, options } = await askForNew(site, { accountId: id, email, name }, have);
      return { ok: true, step: { secret: await adding.begin({ challenge, accountId: id }), options } };
    },
    async add({ secret, response, name, headers }) {
      const own = await ownSession(parts, headers);
      const flow = own === null ? null : await adding.take(secret);
      if (own === null || flow === null || flow.accountId !== own.user.id) return false;
      const made = await provedNew(site, flow.challenge, response);
      if (made === null) return false;
      const called = name.trim().slice(0, 100) || "Passkey";
      const passkey = { ...made, accountId: own.user.id, name: called, createdAt: now() };
      return withLine(parts, own.user.id, "passkey_added", () => keepPasskey(pool, passkey));
    },
    async remove(headers, id) {
      const own = await ownSession(parts, headers);
      if (own === null) return false;
      return withLine(parts, own.user.id, "passkey_removed", () => dropPasskey(pool, own.user.id, id));
    },
  };
}
