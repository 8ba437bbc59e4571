import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Provider } from "oidc-provider";

export const client = { id: "reeve", secret: "the secret of a client of the tests" };

/** Claims of somebody in the directory, as they come in the ID token. */
export type Claims = Readonly<Record<string, unknown>>;

/** A real directory in this process, in which whoever comes is at once signed in as `current`. */
export interface TestDirectory {
  readonly issuer: string;
  current: string;
  readonly people: Map<string, Claims>;
  /** What a browser that is sent there comes back with: the address on our site. */
  visit(href: string): Promise<URL>;
  close(): Promise<void>;
}

const scopes = "openid profile email";

export async function testDirectory(redirectUri: string): Promise<TestDirectory> {
  const server = createServer();
  const issuer = await listen(server);
  const people = new Map<string, Claims>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    cookies: { keys: ["a key of the tests"] },
    conformIdTokenClaims: false,
    claims: {
      openid: ["sub", "oid", "tid", "groups", "hasgroups", "xms_edov"],
      profile: ["name"],
      email: ["email", "email_verified"],
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/as/${uid}` },
    findAccount: (_context, id) => {
      const claims = people.get(id);
      return claims && { accountId: id, claims: async () => ({ sub: id, ...claims }) };
    },
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: client.id,
        accountId: context.oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope(scopes);
      await grant.save();
      return grant;
    },
  });
  const directory: TestDirectory = {
    issuer,
    current: "",
    people,
    visit: (href) => visit(href, issuer),
    close: () => closed(server),
  };
  const serve = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/as/"))
      void provider.interactionFinished(request, response, { login: { accountId: directory.current } });
    else void serve(request, response);
  });
  return directory;
}

/** Follows redirects within the directory, as a browser with an empty jar. */
async function visit(href: string, issuer: string): Promise<URL> {
  const jar = new Map<string, string>();
  let at = new URL(href);
  for (let steps = 0; at.origin === issuer; steps++) {
    assert.ok(steps < 10, "the directory goes round in circles");
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const next = answer.headers.get("location");
    assert.ok(next, `the directory answered ${answer.status}: ${await answer.text()}`);
    at = new URL(next, at);
  }
  return at;
}

/** A directory that says whatever it is told to, signed as it is told to. */
export interface LyingDirectory {
  readonly issuer: string;
  /** What is changed in the next ID tokens. */
  claims: Claims;
  /** Whether they are signed with a key that it does not publish. */
  forged: boolean;
  close(): Promise<void>;
}

/** Its tokens hold the nonce that it was last asked with through `asked`, unless `claims` says another. */
export async function lyingDirectory(asked: () => URL): Promise<LyingDirectory> {
  const server = createServer();
  const issuer = await listen(server);
  const [own, other] = [rsaKey(), rsaKey()];
  const directory: LyingDirectory = { issuer, claims: {}, forged: false, close: () => closed(server) };
  const token = () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: client.id,
      sub: randomUUID(),
      iat: now,
      exp: now + 300,
      nonce: asked().searchParams.get("nonce"),
      ...directory.claims,
    };
    return signed(claims, directory.forged ? other.privateKey : own.privateKey);
  };
  const answers: Readonly<Record<string, () => object>> = {
    "/.well-known/openid-configuration": () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    }),
    "/keys": () => ({
      keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }],
    }),
    "/token": () => ({ access_token: "x", token_type: "Bearer", id_token: token() }),
  };
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[request.url ?? ""]?.() ?? {}));
  });
  return directory;
}

const rsaKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 });

function signed(claims: object, key: ReturnType<typeof rsaKey>["privateKey"]): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "RS256", kid: "1" })}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  return `http://127.0.0.1:${address.port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
