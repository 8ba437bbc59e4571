import * as oidc from "openid-client";

/** How the organisation's directory (OpenID Connect) is reached. */
export interface DirectorySettings {
  /** Its address, as it names itself in its tokens. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the button says after “Sign in with”. */
  readonly name: string;
  /** The claim that holds the groups. */
  readonly groupsClaim: string;
}

/** What was sent with the browser, to be compared with what comes back. */
export interface Asked {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** The directory, spoken to when it is needed. */
export interface Provider {
  /** Where to send the browser, and what to keep until it comes back. Throws ProviderUnavailable. */
  ask(): Promise<{ readonly href: string; readonly asked: Asked }>;
  /**
   * The claims of the ID token for which the browser brought a code to `returned`, proved by the directory's own signature.
   * Null when they are not proved. Throws ProviderUnavailable.
   */
  claims(returned: URL, asked: Asked): Promise<Readonly<Record<string, unknown>> | null>;
}

/** The directory does not answer, or not as one. */
export class ProviderUnavailable extends Error {
  override name = "ProviderUnavailable";
}

const waitSeconds = 10;

/** `redirectUri` is registered with the directory. */
export function providerOf(settings: DirectorySettings, redirectUri: string): Provider {
  let known: Promise<oidc.Configuration> | null = null;
  const configuration = () => {
    known ??= discover(settings).catch((error: unknown) => {
      known = null;
      throw unavailable(error);
    });
    return known;
  };
  return {
    async ask() {
      const config = await configuration();
      const asked = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      };
      const href = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: "openid profile email",
        state: asked.state,
        nonce: asked.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(asked.codeVerifier),
        code_challenge_method: "S256",
      }).href;
      return { href, asked };
    },
    async claims(returned, { state, nonce, codeVerifier }) {
      const config = await configuration();
      try {
        const tokens = await oidc.authorizationCodeGrant(config, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        return tokens.claims() ?? null;
      } catch (error) {
        if (isRefusal(error)) return null;
        throw unavailable(error);
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: DirectorySettings): Promise<oidc.Configuration> {
  const config = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretPost(clientSecret), {
    timeout: waitSeconds,
    // The settings allow http on this machine alone.
    execute: issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : [],
  });
  // The signature is proved as well, though the token came over TLS (OpenID Connect core 3.1.3.7 lets it be left out).
  oidc.enableNonRepudiationChecks(config);
  return config;
}

/** What the directory or the browser brought is wrong, rather than that nothing came. */
function isRefusal(error: unknown): boolean {
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.WWWAuthenticateChallengeError)
    return true;
  if (error instanceof oidc.ResponseBodyError) return error.status < 500 && error.error !== "invalid_client";
  if (!(error instanceof oidc.ClientError)) return false;
  return (
    error.code !== "OAUTH_TIMEOUT" && error.code !== "OAUTH_ABORT" && error.code !== "OAUTH_RESPONSE_IS_NOT_CONFORM"
  );
}

/** Says by its code what failed: messages and causes may hold what was sent. */
function unavailable(error: unknown): ProviderUnavailable {
  const code = error instanceof oidc.ResponseBodyError ? error.error : codeOf(error);
  return new ProviderUnavailable(`The directory does not answer as one${code === "" ? "" : ` (${code})`}`);
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("cause" in error && error.cause !== error && error.cause instanceof Error) {
    const inner = codeOf(error.cause);
    if (inner !== "") return inner;
  }
  return "code" in error && typeof error.code === "string" && /^[A-Z0-9_]{3,60}$/.test(error.code) ? error.code : "";
}
