import { attemptOf, attemptSucceeded, claimAttempt } from "../attempts.ts";
import type { AttemptRefusal } from "../attempts.ts";
import type { Client } from "../contract.ts";
import { flowSeconds, flows } from "../flows.ts";
import type { AsProduct } from "../links.ts";
import type { SignInParts } from "../parts.ts";
import { sessionCookies } from "../start-session.ts";
import { readClaims } from "./claims.ts";
import type { ClaimsRefusal } from "./claims.ts";
import { joinPerson } from "./join.ts";
import type { JoinRefusal } from "./join.ts";
import { ProviderUnavailable, providerOf } from "./provider.ts";
import type { Asked, DirectorySettings } from "./provider.ts";

/** Where the directory sends browsers back to, from the root of the site. */
export const returnPath = "/sign-in/organisation/return";

/** Signing in with the organisation's own directory. */
export interface DirectorySignIn {
  /** What the button says after “Sign in with”. */
  readonly name: string;
  /** Where to send a browser, with the secret for its cookie; null when the directory does not answer. */
  readonly begin: (next: string) => Promise<{ readonly href: string; readonly secret: string } | null>;
  /** The browser came back to `query` with its cookie's secret. Each secret is good for one return. */
  readonly finish: (returned: DirectoryReturn) => Promise<DirectoryResult>;
}

/** A browser that came back. */
export interface DirectoryReturn extends Client {
  readonly secret: string | undefined;
  /** What the directory added to the address, with the question mark. */
  readonly query: string;
}

/**
 * `dead`: not the browser that was sent, too late, or a second time. `unproven`: the directory did not prove who it is.
 * `no-organisation`: there is not one organisation alone. The rest as their types say.
 */
export type DirectoryRefusal = "dead" | "unavailable" | "no-organisation" | ClaimsRefusal | JoinRefusal;

/** How a return ended. */
export type DirectoryResult =
  | { readonly ok: true; readonly cookies: readonly string[]; readonly next: string }
  | { readonly ok: false; readonly reason: DirectoryRefusal }
  | ({ readonly ok: false } & AttemptRefusal);

interface DirectoryParts extends SignInParts {
  readonly asProduct: AsProduct;
  readonly baseUrl: string;
}

interface Flow extends Asked {
  readonly next: string;
}

/** Ready at once; the directory is first asked when somebody wants to sign in with it. */
export function directorySignIn(parts: DirectoryParts, settings: DirectorySettings): DirectorySignIn {
  const provider = providerOf(settings, `${parts.baseUrl}${returnPath}`);
  const kept = flows<Flow>({ pool: parts.pool, now: parts.now, kind: "directory", seconds: flowSeconds });
  const finish = async ({ secret, query, headers, address }: DirectoryReturn): Promise<DirectoryResult> => {
    const flow = await kept.take(secret);
    if (flow === null) return { ok: false, reason: "dead" };
    const claims = await provider.claims(new URL(`${parts.baseUrl}${returnPath}${query}`), flow);
    if (claims === null) return { ok: false, reason: "unproven" };
    const person = readClaims(claims, settings);
    if (typeof person === "string") return { ok: false, reason: person };
    const organisationId = await soleOrganisation(parts);
    if (organisationId === null) return { ok: false, reason: "no-organisation" };
    const provided = `openid ${settings.issuer}`;
    const joined = await parts.asProduct(organisationId, (tx) => joinPerson(tx, provided, person));
    if (typeof joined === "string") return { ok: false, reason: joined };
    const cookies = await sessionCookies(parts, joined.accountId, { headers, address });
    return cookies === null ? { ok: false, reason: "inactive" } : { ok: true, cookies, next: flow.next };
  };
  return {
    name: settings.name,
    async begin(next) {
      const asked = await provider.ask().catch(nullWhenUnavailable);
      return asked === null ? null : { href: asked.href, secret: await kept.begin({ ...asked.asked, next }) };
    },
    // A return that fails counts against where it came from, as a wrong password does.
    async finish(returned) {
      const attempt = attemptOf(parts.secret, `directory ${returned.secret ?? ""}`, returned.address);
      const refusal = await claimAttempt(parts.pool, attempt, parts.now());
      if (refusal !== null) return { ok: false, ...refusal };
      const result =
        (await finish(returned).catch(nullWhenUnavailable)) ?? ({ ok: false, reason: "unavailable" } as const);
      if (result.ok || (result.reason !== "dead" && result.reason !== "unproven"))
        await attemptSucceeded(parts.pool, attempt);
      return result;
    },
  };
}

function nullWhenUnavailable(error: unknown): null {
  if (error instanceof ProviderUnavailable) return null;
  throw error;
}

async function soleOrganisation({ pool }: SignInParts): Promise<string | null> {
  const { rows } = await pool.query<{ id: string | null }>("select reeve.sole_organisation() as id");
  return rows[0]?.id ?? null;
}
