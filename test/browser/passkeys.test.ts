import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { addPerson } from "../../src/council/found.ts";
import { createSignIn } from "../../src/web/sign-in/sign-in.ts";
import { createWebWorld } from "../web-world.ts";
import type { WebWorld } from "../web-world.ts";
import { faultsOf, openBrowser } from "./browser.ts";

const password = "plankton cheddar mosaic tunnel";
const email = "noor@aldermoor.gov.uk";
let world: WebWorld;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let device: CDPSession;
let authenticatorId: string;
let baseUrl: string;
let personId: string;
let refused: string[];
let moment = new Date();

before(async () => {
  const port = await freePort();
  baseUrl = `http://localhost:${port}`;
  world = await createWebWorld({ baseUrl }, { baseUrl, now: () => moment });
  const made = await world.parts.signIn.createAccount({ email, name: "Noor Haddad", password });
  assert.ok(made.ok);
  personId = await world.system((tx) =>
    addPerson(tx, { name: "Noor Haddad", email, accountId: made.accountId, roles: [world.council.roles.staff] }),
  );
  await world.app.listen({ port, host: "127.0.0.1" });
  browser = await openBrowser();
  context = await browser.newContext({ baseURL: baseUrl });
  page = await context.newPage();
  refused = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  device = await context.newCDPSession(page);
  await device.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  ({ authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", { options }));
});
after(async () => {
  await browser.close();
  await world.close();
});

// What one test got wrong locks nothing out in the next.
beforeEach(() => {
  moment = new Date(moment.getTime() + 3_600_000);
});

/** A port that is free, and may be another's a moment later. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(typeof address === "object" && address);
  return address.port;
}

/** What the device answers to a challenge of ours, without sending it. */
async function answerOf(to: Page, options: string): Promise<string> {
  return to.evaluate<string>(`(async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(${options});
    return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
  })()`);
}

const from = { headers: { "user-agent": "Chrome" }, address: "192.0.2.44" };
const passkeys = () => {
  const own = world.parts.signIn.passkeys;
  assert.ok(own);
  return own;
};

test("a passkey is added with the password, signs in without it, and each page is clean", async () => {
  await page.goto("/sign-in");
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${baseUrl}/help`);
  await page.goto("/account");
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await page.waitForURL(/\/account\/passkeys\/add$/);
  await page.fill("#password", "not my password");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".govuk-error-summary");
  await page.fill("#password", password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-passkey-use]:not([hidden])");
  assert.deepEqual(await faultsOf(page), []);
  await page.fill("#name", "My work laptop");
  await page.getByRole("button", { name: "Add the passkey" }).click();
  await page.waitForURL(`${baseUrl}/account`);
  assert.match(await page.innerText("main"), /The passkey is added|My work laptop/);
  assert.match(await page.innerText("main"), /My work laptop\s+Added .*\. Not used yet\./);

  await context.clearCookies();
  await page.goto("/sign-in?next=/people");
  await page.getByRole("link", { name: "Sign in with a passkey" }).click();
  await page.waitForSelector("[data-passkey-use]:not([hidden])");
  assert.deepEqual(await faultsOf(page), []);
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await page.waitForURL(`${baseUrl}/people`);
  await page.goto("/account");
  assert.match(await page.innerText("main"), /My work laptop\s+Added .*\. Last used (today|tomorrow|\d)/);
  const { rows } = await world.ownerPool.query("select from events where record_id = $1 and verb = 'passkey_added'", [
    personId,
  ]);
  assert.equal(rows.length, 1);
  const own = refused.filter((text) => !text.includes("422") && !text.includes("401"));
  assert.deepEqual(own, [], "the Content-Security-Policy is kept to");
});

test("an answer is good once, for its own challenge, and unchanged", async () => {
  await page.goto("/sign-in/passkey");
  const step = await passkeys().begin();
  const response = await answerOf(page, step.options);
  assert.ok((await passkeys().enter({ secret: step.secret, response, ...from })).ok);
  assert.deepEqual(await passkeys().enter({ secret: step.secret, response, ...from }), { ok: false, reason: "dead" });
  const next = await passkeys().begin();
  assert.deepEqual(await passkeys().enter({ secret: next.secret, response, ...from }), { ok: false, reason: "wrong" });
  for (const change of [
    (one: Record<string, string>) => ({ ...one, signature: one["signature"]?.replace(/^..../, "AAAA") }),
    (one: Record<string, string>) => ({ ...one, userHandle: Buffer.from("somebody else").toString("base64url") }),
    (one: Record<string, string>) => ({ ...one, clientDataJSON: "e30" }),
    () => ({}),
  ]) {
    const fresh = await passkeys().begin();
    // What the browser wrote, by its own form.
    const honest = JSON.parse(await answerOf(page, fresh.options)) as { response: Record<string, string> };
    const forged = JSON.stringify({ ...honest, response: change(honest.response) });
    const result = await passkeys().enter({ secret: fresh.secret, response: forged, ...from, address: "192.0.2.45" });
    assert.deepEqual(result, { ok: false, reason: "wrong" });
  }
  for (const response_ of ["", "{", "null", "[]", '{"id":"\\u0000"}', `"${"x".repeat(50_000)}"`]) {
    const fresh = await passkeys().begin();
    const result = await passkeys().enter({
      secret: fresh.secret,
      response: response_,
      ...from,
      address: "192.0.2.46",
    });
    assert.equal(result.ok, false, response_.slice(0, 20));
  }
  const begun = await world.parts.signIn.secondStep.pass({ secret: next.secret, code: "123456", ...from });
  assert.deepEqual(begun, { ok: false, reason: "dead" }, "a step of another kind");
});

test("an answer that was given to another origin of the same host is refused", async () => {
  // A page of another program on this machine: the browser gives it our passkey, since the host is the same.
  const elsewhere = createSignIn({
    pool: world.store.pool,
    secret: world.parts.secret,
    baseUrl: "http://localhost:1",
    now: () => moment,
    asProduct: (organisationId, work) => world.system(work, { organisationId }),
  });
  const step = await elsewhere.passkeys!.begin();
  const response = await answerOf(page, step.options);
  assert.deepEqual(await elsewhere.passkeys!.enter({ secret: step.secret, response, ...from }), {
    ok: false,
    reason: "wrong",
  });
  const other = createSignIn({
    pool: world.store.pool,
    secret: world.parts.secret,
    baseUrl: "https://reeve.example",
    now: () => moment,
  });
  const foreign = await other.passkeys!.begin();
  await assert.rejects(answerOf(page, foreign.options), /SecurityError|relying party|registrable domain/i);
});

test("a device that does not ask who holds it is not enough", async () => {
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.goto("/sign-in/passkey");
  await page.waitForSelector("[data-passkey-use]:not([hidden])");
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await page.waitForSelector("[data-passkey-problem]:not([hidden])");
  const step = await passkeys().begin();
  const lax = JSON.stringify({ ...(JSON.parse(step.options) as object), userVerification: "discouraged" });
  const response = await answerOf(page, lax);
  assert.deepEqual(await passkeys().enter({ secret: step.secret, response, ...from }), { ok: false, reason: "wrong" });
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
});

test("where passwords are for administrators only, so are passkeys", async () => {
  const strict = createSignIn({
    pool: world.store.pool,
    secret: world.parts.secret,
    baseUrl,
    passwords: "administrators",
    now: () => moment,
    asProduct: (organisationId, work) => world.system(work, { organisationId }),
  });
  await page.goto("/sign-in/passkey");
  const step = await strict.passkeys!.begin();
  const response = await answerOf(page, step.options);
  assert.deepEqual(await strict.passkeys!.enter({ secret: step.secret, response, ...from }), {
    ok: false,
    reason: "organisation-only",
  });
});

test("who is not active is not let in, and a passkey that is removed opens nothing", async () => {
  await world.ownerPool.query("update person set active = false where id = $1", [personId]);
  const step = await passkeys().begin();
  const result = await passkeys().enter({ secret: step.secret, response: await answerOf(page, step.options), ...from });
  assert.deepEqual(result, { ok: false, reason: "wrong" });
  await world.ownerPool.query("update person set active = true where id = $1", [personId]);
  await page.goto("/sign-in/passkey");
  await page.waitForSelector("[data-passkey-use]:not([hidden])");
  await page.getByRole("button", { name: "Use your passkey" }).click();
  await page.waitForURL(`${baseUrl}/help`);
  await page.goto("/account");
  await page.getByRole("button", { name: "Remove My work laptop" }).click();
  await page.getByText("The passkey is removed").waitFor();
  const again = await passkeys().begin();
  const response = await answerOf(page, again.options);
  assert.deepEqual(await passkeys().enter({ secret: again.secret, response, ...from }), { ok: false, reason: "wrong" });
});

test("an address without a name has none", () => {
  const { pool } = world.store;
  assert.equal(createSignIn({ pool, secret: world.parts.secret, baseUrl: "http://192.0.2.1" }).passkeys, null);
});

test("without JavaScript the page says what to do instead", async () => {
  const plain = await browser.newContext({ baseURL: baseUrl, javaScriptEnabled: false });
  const bare = await plain.newPage();
  await bare.goto("/sign-in/passkey");
  assert.match(await bare.innerText("main"), /This needs JavaScript.*Sign in with your password instead/);
  assert.equal(await bare.getByRole("button", { name: "Use your passkey" }).isVisible(), false);
  await plain.close();
});
