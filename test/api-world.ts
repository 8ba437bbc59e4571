import assert from "node:assert/strict";
import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { createToken } from "../src/web/sign-in/api-tokens.ts";
import type { Who } from "../src/kernel/transaction.ts";
import type { WebWorld } from "./web-world.ts";

/** A program that speaks to the API with one token. */
export interface ApiClient {
  readonly who: Who;
  readonly token: string;
  get(path: string, headers?: Headers): Promise<LightMyRequestResponse>;
  post(path: string, body?: unknown, headers?: Headers): Promise<LightMyRequestResponse>;
  patch(path: string, body: unknown, headers?: Headers): Promise<LightMyRequestResponse>;
}

type Headers = Readonly<Record<string, string>>;

/** Makes a token of a person with these scopes and a client that sends it. Paths begin after `/api/v1`. */
export async function apiClient(
  world: Pick<WebWorld, "app" | "store">,
  who: Who,
  scopes: readonly string[] = ["write"],
): Promise<ApiClient> {
  const token = await tokenOf(world, who, scopes);
  const ask = (options: InjectOptions, headers: Headers = {}) =>
    world.app.inject({ ...options, headers: { authorization: `Bearer ${token}`, ...headers } });
  const withBody =
    (method: "POST" | "PATCH") =>
    (path: string, body?: unknown, headers: Headers = {}) =>
      ask(
        { method, url: `/api/v1${path}`, ...sent(body) },
        { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      );
  return {
    who,
    token,
    get: (path, headers) => ask({ method: "GET", url: `/api/v1${path}` }, headers),
    post: withBody("POST"),
    patch: withBody("PATCH"),
  };
}

function sent(body: unknown): InjectOptions {
  return body === undefined ? {} : { payload: JSON.stringify(body) };
}

async function tokenOf({ store }: Pick<WebWorld, "store">, who: Who, scopes: readonly string[]): Promise<string> {
  const client = await store.pool.connect();
  try {
    await client.query("begin");
    await client.query("select act_as($1::uuid, $2::uuid)", [who.organisationId, who.personId]);
    const made = await createToken(client, {
      ...who,
      name: "A token of the tests",
      scopes,
      expiresAt: new Date(Date.now() + 86_400_000),
    });
    await client.query("commit");
    assert.ok(made.ok);
    return made.token;
  } finally {
    client.release();
  }
}

/** What a problem says, checked to be one. */
export function problemOf(
  response: LightMyRequestResponse,
  status: number,
): {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: { field?: string; message: string }[];
} {
  assert.equal(response.statusCode, status, response.body);
  assert.match(String(response.headers["content-type"]), /^application\/problem\+json/);
  const problem = response.json();
  assert.equal(problem.status, status);
  assert.match(problem.type, /^\/api#problem-[a-z-]+$/);
  assert.match(problem.instance, /^urn:uuid:[0-9a-f-]{36}$/);
  assert.ok(problem.title && problem.detail);
  return problem;
}
