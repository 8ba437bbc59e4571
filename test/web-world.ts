import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import pino from "pino";
import { startingRoles } from "../src/council/roles.ts";
import type { StartingRoleName } from "../src/council/roles.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { find } from "../src/kernel/store/find.ts";
import { asSignIn } from "../src/kernel/at-the-door.ts";
import type { Who } from "../src/kernel/transaction.ts";
import { modulePages } from "../src/records.ts";
import { createApp } from "../src/web/app.ts";
import type { WebParts } from "../src/web/parts.ts";
import { createTokenReader } from "../src/web/sign-in/api-tokens.ts";
import { createAuth } from "../src/web/sign-in/better-auth.ts";
import type { Auth } from "../src/web/sign-in/better-auth.ts";
import { withDates } from "../src/web/sign-in/dates.ts";
import { createSignIn } from "../src/web/sign-in/sign-in.ts";
import type { SignInOptions } from "../src/web/sign-in/sign-in.ts";
import { sessionCookies } from "../src/web/sign-in/start-session.ts";
import { prepareAssets } from "../src/web/view/assets.ts";
import { createRenderer } from "../src/web/view/render.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

/** A test's world with the whole web in it, asked without a network. */
export interface WebWorld extends World {
  readonly app: FastifyInstance;
  readonly parts: WebParts;
  /** A browser in which this person is signed in; a role's name makes a new person who has it. */
  as(person: StartingRoleName | Who): Promise<Browser>;
  /** A browser in which nobody is signed in. */
  visitor(): Browser;
}

/** Asks the app for pages as a browser would: keeps cookies, and sends forms as the page gave them. Follows no redirect. */
export interface Browser {
  /** Absent for a visitor. */
  readonly who?: Who;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<LightMyRequestResponse>;
  /**
   * Sends a form. The page at `from`, or the answer that is given as it, is read first for `_csrf` and for the hidden
   * controls of its form that posts to `path`, such as `_submission` and `_version`; what `form` holds goes before them.
   * Without a `from` the form carries the `_csrf` of the page that was read last. A form with a file is sent as a browser
   * sends one.
   */
  post(
    path: string,
    form?: Readonly<Record<string, string | readonly string[] | File | readonly File[]>>,
    options?: { from?: string | LightMyRequestResponse },
  ): Promise<LightMyRequestResponse>;
  /** The cookies as a header, for a real browser or a socket. */
  cookieHeader(): string;
}

const baseUrl = "http://localhost:3000";
const assetFolder = fileURLToPath(new URL("../.cache/test-assets", import.meta.url));

/** Makes a world with the app on it. Give `changed` to change what the app is made of, `signIn` how people sign in to it. */
export async function createWebWorld(
  changed: Partial<WebParts> = {},
  signIn: Partial<SignInOptions> = {},
): Promise<WebWorld> {
  const [world, assets] = await Promise.all([createWorld(), prepareAssets(assetFolder)]);
  const secret = "a secret of the tests, long enough to sign cookies with";
  const parts: WebParts = {
    store: world.store,
    registry: world.registry,
    signIn: createSignIn({
      pool: world.store.pool,
      secret,
      baseUrl,
      asProduct: (organisationId, work) =>
        asSignIn({ pool: world.store.pool, registry: world.registry, organisationId }, work),
      ...signIn,
    }),
    tokens: createTokenReader({ pool: world.store.pool }),
    assets,
    render: createRenderer({ assets }),
    modulePages,
    // Nothing is there; a test that needs files makes a folder and gives it.
    filesFolder: join(tmpdir(), "reeve-tests-have-no-files"),
    log: pino({ level: "silent" }),
    secret,
    baseUrl,
    setup: null,
    ...changed,
  };
  const auth = createAuth({ pool: withDates(world.store.pool), secret, baseUrl, maySignIn: async () => true });
  const app = await createApp(parts);
  let made = 0;
  return {
    ...world,
    app,
    parts,
    visitor: () => browserOn(app, new Map()),
    as: async (person) => {
      made += 1;
      const who = typeof person === "string" ? await world.person(startingRoles[person].name, person) : person;
      return browserOn(app, await signedIn(world, { auth, parts }, who, `person.${made}@aldermoor.gov.uk`), who);
    },
    close: async () => {
      await app.close();
      await world.close();
    },
  };
}

/**
 * Gives a person an account of their own (anew each time) and begins a session of it. It has no password, since each takes
 * 60 ms of a processor to make and as long to check; tests of signing in make their own.
 */
async function signedIn(
  world: World,
  { auth, parts: { signIn } }: { auth: Auth; parts: WebParts },
  who: Who,
  email: string,
): Promise<Map<string, string>> {
  const account = await signIn.createAccount({ email, name: "A person of the tests" });
  assert.ok(account.ok);
  await world.system(
    async (tx) => {
      const type = typeNamed(tx.registry, "person");
      const { version } = await find(tx, type, who.personId);
      await change(tx, type, who.personId, version, { accountId: account.accountId }, { trusted: true });
    },
    { organisationId: who.organisationId },
  );
  const client = { headers: { "user-agent": "Firefox" }, address: "192.0.2.1" };
  return keep(
    new Map(),
    (await sessionCookies({ auth, pool: world.store.pool }, account.accountId, client)) ?? assert.fail(),
  );
}

/** A browser at a process of the product that listens. Of what it answers there are the status, headers and body. */
export function browserAt(address: string): Browser {
  const inject = async ({ method, url, headers, payload }: Asked) => {
    const answer = await fetch(new URL(url, address), {
      method,
      headers: { ...headers },
      redirect: "manual",
      ...(payload === undefined ? {} : { body: String(payload) }),
    });
    const all = { ...Object.fromEntries(answer.headers), "set-cookie": answer.headers.getSetCookie() };
    const known = { statusCode: answer.status, headers: all, body: await answer.text() };
    // What tests of a process look at; the rest is of answers that never left it.
    return known as unknown as LightMyRequestResponse;
  };
  return browserOn({ inject }, new Map());
}

/** The same person's browser at another app of the world, as one with more types of records. */
export function browserOnOther(app: FastifyInstance, { who, cookieHeader }: Browser): Browser {
  const cookies = cookieHeader()
    .split("; ")
    .map((pair) => [pair.split("=", 1)[0] ?? "", pair.slice(pair.indexOf("=") + 1)] as const);
  return browserOn(app, new Map(cookies), who);
}

interface Asked {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
}

function browserOn(
  app: { inject(asked: Asked): Promise<LightMyRequestResponse> },
  cookies: Map<string, string>,
  who?: Who,
): Browser {
  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  /** The hidden control of the page that was read last, good for as long as the cookies are those of then. */
  let token: { readonly control: string; readonly cookies: string } | undefined;
  const ask = async (options: Asked) => {
    const cookie = cookieHeader();
    const response = await app.inject({
      ...options,
      headers: { "user-agent": "Firefox", ...(cookie ? { cookie } : {}), ...options.headers },
    });
    keep(cookies, [response.headers["set-cookie"] ?? []].flat());
    const control = /<input type="hidden" name="_csrf" value="[^"]*">/.exec(response.body)?.[0];
    if (control !== undefined) token = { control, cookies: cookieHeader() };
    return response;
  };
  /** A page to read hidden controls from. Whoever only asks begins on another page than My work. */
  const pageAt = async (url: string): Promise<string> => {
    const begun = await ask({ method: "GET", url });
    return begun.statusCode === 303
      ? (await ask({ method: "GET", url: String(begun.headers.location) })).body
      : begun.body;
  };
  return {
    ...(who ? { who } : {}),
    cookieHeader,
    get: (url, headers = {}) => ask({ method: "GET", url, headers }),
    post: async (url, form = {}, { from } = {}) => {
      const known = token?.cookies === cookieHeader() ? `<form>${token.control}</form>` : undefined;
      const page =
        typeof from === "object" ? from.body : from === undefined && known ? known : await pageAt(from ?? "/");
      const sent = new FormData();
      const controls = Object.entries({ ...hiddenControls(page, url), ...form });
      for (const [name, value] of controls) for (const one of [value].flat()) sent.append(name, one);
      const withFiles = controls.some(([, value]) => [value].flat().some((one) => one instanceof File));
      // Without a file every value is a text.
      const body = new Response(withFiles ? sent : new URLSearchParams([...sent] as [string, string][]));
      return ask({
        method: "POST",
        url,
        headers: { "content-type": body.headers.get("content-type") ?? "" },
        payload: Buffer.from(await body.arrayBuffer()),
      });
    },
  };
}

/** What a page's form to this address carries unseen, and the page's form token in any case. */
function hiddenControls(page: string, action: string): Record<string, string> {
  const forms = [...page.matchAll(/<form\b[^>]*>.*?<\/form>/gs)].map(([form]) => form);
  const own = forms.find((form) => unescaped(/\baction="([^"]*)"/.exec(form)?.[1] ?? "") === action);
  const anyToken = forms.flatMap(hiddenOf).filter(([name]) => name === "_csrf");
  return Object.fromEntries([...anyToken.slice(0, 1), ...(own ? hiddenOf(own) : [])]);
}

function hiddenOf(form: string): [name: string, value: string][] {
  return [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
    ([, name = "", value = ""]) => [unescaped(name), unescaped(value)],
  );
}

/** What an attribute or text of a page says. */
export function unescaped(html: string): string {
  return html
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** Keeps what Set-Cookie lines say, forgetting cookies that have run out. */
function keep(cookies: Map<string, string>, lines: readonly string[]): Map<string, string> {
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split(";");
    const [name = "", ...value] = pair.split("=");
    const over = attributes.some((attribute) => /^\s*(max-age=0|expires=Thu, 01 Jan 1970)/i.test(attribute));
    if (over) cookies.delete(name);
    else cookies.set(name, value.join("="));
  }
  return cookies;
}

/** Text that a page shows, without its tags. */
export function words(response: LightMyRequestResponse): string {
  return response.body
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
}

/** What the form of a preview of a bulk change carries: several values of one name among them. */
export function carried(html: string): Record<string, string[]> {
  const form = /<form class="r-bulk".*?<\/form>/s.exec(html)?.[0] ?? "";
  const pairs = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return Object.fromEntries(
    [...Map.groupBy(pairs, ([, name = ""]) => name)]
      .filter(([name]) => name !== "_csrf")
      .map(([name, some]) => [name, some.map(([, , value = ""]) => value)]),
  );
}
