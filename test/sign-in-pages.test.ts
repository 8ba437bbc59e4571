import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addPerson, foundOrganisation } from "../src/council/found.ts";
import { createSetup } from "../src/council/setup.ts";
import type { SetupWithLink } from "../src/council/setup.ts";
import { asSystem } from "../src/kernel/transaction.ts";
import { localPath } from "../src/web/local-path.ts";
import { deviceName } from "../src/web/sign-in/device.ts";
import { createWebWorld, unescaped, words } from "./web-world.ts";
import type { WebWorld } from "./web-world.ts";

const password = "plankton cheddar mosaic tunnel";
let world: WebWorld;
let setup: SetupWithLink | null = null;

before(async () => {
  world = await createWebWorld({
    setup: {
      isOpen: async (key) => (await setup?.isOpen(key)) ?? false,
      isWaiting: async () => (await setup?.isWaiting()) ?? false,
      complete: async (given) => setup?.complete(given),
    },
  });
});
after(() => world.close());

/** A person with an account and a password, in the council or in an organisation flagged demo. */
async function account(email: string, organisation = world.council, chosen: string | null = password): Promise<string> {
  const made = await world.parts.signIn.createAccount({
    email,
    name: "Noor Haddad",
    ...(chosen === null ? {} : { password: chosen }),
  });
  assert.ok(made.ok);
  await asSystem(
    { ownerPool: world.ownerPool, registry: world.registry, organisationId: organisation.organisationId },
    (tx) =>
      addPerson(tx, {
        name: "Noor Haddad",
        email,
        jobTitle: "Tester",
        accountId: made.accountId,
        roles: [organisation.roles.staff],
      }),
  );
  return made.accountId;
}

test("someone who asks for a page signs in and comes to it", async () => {
  await account("noor@aldermoor.gov.uk");
  const browser = world.visitor();
  const asked = await browser.get("/tickets?show=all");
  assert.equal(asked.statusCode, 303);
  assert.equal(asked.headers.location, "/sign-in?next=%2Ftickets%3Fshow%3Dall");
  const wrong = await browser.post(
    "/sign-in",
    { email: "noor@aldermoor.gov.uk", password: "not the password" },
    { from: String(asked.headers.location) },
  );
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /The e-mail address or the password is wrong/);
  assert.match(wrong.body, /value="noor@aldermoor.gov.uk"/);
  assert.doesNotMatch(wrong.body, /not the password/);
  const right = await browser.post(
    "/sign-in",
    { email: " Noor@Aldermoor.gov.uk ", password },
    { from: String(asked.headers.location) },
  );
  assert.equal(right.statusCode, 303);
  assert.equal(right.headers.location, "/tickets?show=all");
  assert.equal((await browser.get("/account")).statusCode, 200);
  assert.equal((await browser.get("/sign-in?next=/account")).headers.location, "/account");
  const out = await browser.post("/sign-out");
  assert.equal(out.headers.location, "/sign-in");
  assert.equal((await browser.get("/account")).statusCode, 303);
});

test("signing in leads nowhere but to this site", () => {
  for (const elsewhere of [
    "//elsewhere.example",
    "/\\elsewhere.example",
    "https://elsewhere.example/",
    "javascript:alert(1)",
    "/\t/elsewhere.example",
    "/a\nb",
    "",
    "tickets",
    "/%0d%0a/../..//x\\y",
  ]) {
    assert.equal(localPath(elsewhere), null, elsewhere);
  }
  assert.equal(localPath("/tickets?show=all"), "/tickets?show=all");
  assert.equal(localPath("/x/..//elsewhere.example"), null);
});

test("empty fields are named, and a form that is not ours is refused", async () => {
  const browser = world.visitor();
  const empty = await browser.post("/sign-in", { email: "", password: "" }, { from: "/sign-in" });
  assert.equal(empty.statusCode, 422);
  assert.match(empty.body, /Enter your e-mail address/);
  assert.match(empty.body, /Enter your password/);
  const forged = await world.app.inject({
    method: "POST",
    url: "/sign-in",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: "email=a&password=b",
  });
  assert.equal(forged.statusCode, 403);
});

test("too many wrong passwords lock the address, and the page says for how long", async () => {
  await account("locked@aldermoor.gov.uk");
  const browser = world.visitor();
  const attempt = (tried: string) =>
    browser.post("/sign-in", { email: "locked@aldermoor.gov.uk", password: tried }, { from: "/sign-in" });
  for (let at = 0; at < 5; at++) assert.equal((await attempt("wrong wrong wrong")).statusCode, 422);
  const locked = await attempt(password);
  assert.equal(locked.statusCode, 429);
  assert.match(String(locked.headers["retry-after"]), /^\d+$/);
  assert.match(locked.body, /too many wrong passwords for this e-mail address. Try again in \d+ seconds/);
});

test("a session that ended while typing loses nothing that was typed", async () => {
  await account("typing@aldermoor.gov.uk");
  const browser = world.visitor();
  await browser.post("/sign-in", { email: "typing@aldermoor.gov.uk", password }, { from: "/sign-in" });
  const form = await browser.get("/tickets/new");
  assert.equal(form.statusCode, 200);
  await world.ownerPool.query("delete from sign_in_session");
  await world.parts.signIn.signOut({ cookie: browser.cookieHeader() });
  const gone = world.visitor();
  const typed = {
    summary: "The “lift” <b>rattles</b>",
    details: "First line\nSecond line",
    _submission: "0198c0de-0000-7000-8000-000000000001",
  };
  const ended = await gone.post("/tickets/new", typed, { from: "/sign-in" });
  assert.equal(ended.statusCode, 401, "nobody is signed in");
  assert.match(ended.body, /Your session ended while you were typing/);
  assert.match(ended.body, /The “lift” &lt;b&gt;rattles&lt;\/b&gt;/);
  const page = hidden(ended.body, "/sign-in");
  const wrong = await send(gone, "/sign-in", {
    ...page,
    email: "typing@aldermoor.gov.uk",
    password: "wrong wrong wrong",
  });
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /The “lift”/);
  const offered = await gone.post(
    "/sign-in",
    { ...hidden(wrong.body, "/sign-in"), email: "typing@aldermoor.gov.uk", password },
    { from: "/sign-in" },
  );
  assert.equal(offered.statusCode, 200);
  assert.match(offered.body, /Send what you typed/);
  const again = hidden(offered.body, "/tickets/new");
  assert.equal(again["summary"], typed.summary);
  assert.equal(again["details"]?.replaceAll("\r\n", "\n"), typed.details);
  assert.equal(again["_submission"], typed["_submission"]);
  assert.equal(again["password"], undefined);
  const sent = await gone.post("/tickets/new", again, { from: "/account" });
  assert.equal(sent.statusCode, 303);
  assert.match((await gone.get(String(sent.headers.location))).body, /The “lift” &lt;b&gt;rattles/);
  const elsewhere = await send(world.visitor(), "/sign-in", {
    ...hidden((await gone.get("/sign-in")).body, "/sign-in"),
    _again: "https://elsewhere.example/",
  });
  assert.doesNotMatch(elsewhere.body, /elsewhere/);
});

test("a demo button works for a demonstration and for nobody else", async () => {
  const real = await account("real@aldermoor.gov.uk");
  const browser = world.visitor();
  assert.doesNotMatch((await browser.get("/sign-in")).body, /sign-in\/demo/);
  const refused = await browser.post("/sign-in/demo", { account: real }, { from: "/sign-in" });
  assert.equal(refused.statusCode, 422);
  assert.match(refused.body, /Select one of the people of the demonstration/);
  assert.equal((await browser.get("/account")).statusCode, 303);
  const demo = await foundOrganisation(world, { name: "Demo Council", demo: true });
  const invented = await account("invented@demo.reeve.invalid", demo, null);
  const page = await browser.get("/sign-in");
  assert.match(page.body, /Noor Haddad<\/span> <span class="r-person__role">Tester/);
  assert.equal(
    (await browser.post("/sign-in/demo", { account: invented }, { from: "/sign-in" })).headers.location,
    "/",
  );
  const own = await browser.get("/account");
  assert.match(own.body, /Staff/);
  assert.doesNotMatch(own.body, /Change your password/);
  assert.equal(
    (await world.visitor().post("/sign-in", { account: real }, { from: "/sign-in" })).statusCode,
    422,
    "nor by the way of the session-ended page",
  );
  await world.ownerPool.query("update person set active = false where account_id = $1", [invented]);
});

test("a token is shown once, works, and can be revoked", async () => {
  const browser = await world.as("leadSupport");
  const empty = await browser.post("/account/tokens", { name: "", scopes: [], expiresAt: "30" }, { from: "/account" });
  assert.equal(empty.statusCode, 422);
  assert.match(empty.body, /Enter a name for the token/);
  assert.equal(
    (await browser.post("/account/tokens", { name: "x", scopes: ["admin"], expiresAt: "30" }, { from: "/account" }))
      .statusCode,
    422,
  );
  assert.equal(
    (await browser.post("/account/tokens", { name: "x", scopes: ["read"], expiresAt: "9999" }, { from: "/account" }))
      .statusCode,
    422,
  );
  const twice = {
    ...hidden((await browser.get("/account")).body, "/account/tokens"),
    name: "Nightly figures",
    scopes: "read",
    expiresAt: "90",
  };
  const made = await send(browser, "/account/tokens", twice);
  assert.equal(made.statusCode, 200);
  assert.equal(made.headers["cache-control"], "no-store");
  const token = /reeve_[\w-]{43}/.exec(made.body)?.[0] ?? "";
  assert.equal((await world.parts.tokens.actorForToken(token))?.personId, browser.who?.personId);
  assert.equal(
    (await send(browser, "/account/tokens", twice)).headers.location,
    "/account",
    "a double click makes one",
  );
  const page = await browser.get("/account");
  assert.match(page.body, /Nightly figures/);
  assert.doesNotMatch(page.body, /reeve_[\w-]{43}/);
  const [revoke = ""] = /\/account\/tokens\/[0-9a-f-]{36}\/revoke/.exec(page.body) ?? [];
  const other = await world.as("leadSupport");
  assert.equal((await other.post(revoke, {}, { from: "/account" })).statusCode, 404, "another’s token is not there");
  assert.equal((await browser.post(revoke, {}, { from: "/account" })).statusCode, 303);
  assert.doesNotMatch((await browser.get("/account")).body, /Nightly figures/);
});

test("sessions are listed, and the others can be ended", async () => {
  await account("many@aldermoor.gov.uk");
  const browsers = [world.visitor(), world.visitor(), world.visitor()] as const;
  for (const browser of browsers)
    await browser.post("/sign-in", { email: "many@aldermoor.gov.uk", password }, { from: "/sign-in" });
  const [first, second, third] = browsers;
  const page = await first.get("/account");
  assert.equal(page.body.match(/\/account\/sessions\/[^"]+\/end/g)?.length, 3);
  assert.equal(
    (
      await second.post(
        /\/account\/sessions\/[^"]+\/end/.exec(await current(second))?.[0] ?? "",
        {},
        { from: "/account" },
      )
    ).headers.location,
    "/sign-in",
  );
  assert.equal((await second.get("/account")).statusCode, 303);
  assert.equal((await first.post("/account/sessions/others", {}, { from: "/account" })).headers.location, "/account");
  assert.match((await first.get("/account")).body, /1 other session has ended/);
  assert.equal((await first.post("/account/sessions/nonsense/end", {}, { from: "/account" })).statusCode, 404);
  assert.ok(third);
});

test("a password is changed with the old one, and not to a weak one", async () => {
  await account("changes@aldermoor.gov.uk");
  const browser = world.visitor();
  await browser.post("/sign-in", { email: "changes@aldermoor.gov.uk", password }, { from: "/sign-in" });
  const change = (old: string, wanted: string) =>
    browser.post("/account/password", { current: old, wanted }, { from: "/account" });
  assert.match((await change("", "")).body, /Enter your password as it is now/);
  assert.match(
    (await change("wrong wrong wrong", "kestrel umbrella fog lantern")).body,
    /That is not your password as it is now/,
  );
  assert.match((await change(password, "Password123456")).body, /Password is too easy to guess/);
  assert.equal((await change(password, "kestrel umbrella fog lantern")).headers.location, "/account");
  assert.match((await browser.get("/account")).body, /Your password is changed/);
  assert.equal(
    (await world.visitor().post("/sign-in", { email: "changes@aldermoor.gov.uk", password }, { from: "/sign-in" }))
      .statusCode,
    422,
  );
});

test("an organisation that an import made, and nobody can enter, gets its administrator through the link", async () => {
  const { registry } = world;
  const imported = await createWebWorld({
    setup: {
      isOpen: async (key) => (await taken?.isOpen(key)) ?? false,
      isWaiting: async () => (await taken?.isWaiting()) ?? false,
      complete: async (given) => taken?.complete(given),
    },
  });
  let taken: SetupWithLink | null = null;
  try {
    taken = createSetup({
      pool: imported.store.pool,
      registry,
      signIn: imported.parts.signIn,
      secret: imported.parts.secret,
    });
    const link = new URL(taken.link("http://localhost:3000") ?? "");
    const path = `${link.pathname}${link.search}`;
    const browser = imported.visitor();
    const given = { organisation: "Fenbridge Council", name: "Ada Quill", email: "ada@fenbridge.gov.uk", password };
    const done = await browser.post("/setup", given, { from: path });
    assert.equal(done.statusCode, 303);
    const { rows } = await imported.ownerPool.query<{ id: string; name: string }>("select id, name from organisations");
    assert.deepEqual(rows, [{ id: imported.council.organisationId, name: "Fenbridge Council" }]);
    assert.match((await browser.get("/account")).body, /Administrator/);
    assert.equal((await browser.get("/roles")).statusCode, 200);
    assert.equal((await imported.visitor().get(path)).statusCode, 404, "and never again");
  } finally {
    await imported.close();
  }
});

test("a new installation is set up once, through the link", async () => {
  const { ownerPool, registry } = world;
  const parts = { pool: world.store.pool, registry, signIn: world.parts.signIn, secret: world.parts.secret };
  setup = createSetup(parts);
  const link = new URL(setup.link("http://localhost:3000") ?? "");
  const path = `${link.pathname}${link.search}`;
  assert.equal((await world.visitor().get(path)).statusCode, 404, "there is an organisation already");
  await ownerPool.query("truncate organisations cascade");
  setup = createSetup(parts);
  assert.equal((await world.visitor().get("/setup")).statusCode, 404);
  assert.equal((await world.visitor().get("/setup?key=guessed")).statusCode, 404);
  const browser = world.visitor();
  const wrong = await browser.post(
    "/setup",
    { organisation: "", name: "", email: "nobody", password: "short" },
    { from: path },
  );
  assert.equal(wrong.statusCode, 422);
  for (const sentence of [
    "Enter the name of the organisation",
    "Enter your name",
    "Enter an email address",
    "Password must be 12 characters",
  ])
    assert.match(wrong.body, new RegExp(sentence));
  assert.equal((await ownerPool.query("select 1 from organisations")).rowCount, 0);
  assert.match(words(await world.visitor().get("/sign-in")), /not set up yet[^]*terminal[^]*a link that works once/);
  // One who was half made before, as by a lost connection, is in nobody's way.
  await world.parts.signIn.createAccount({ email: "ada@fenbridge.gov.uk", name: "Ada Quill", password });
  const given = { organisation: "Fenbridge Council", name: "Ada Quill", email: "ada@fenbridge.gov.uk", password };
  const [done, late] = await Promise.all([
    browser.post("/setup", given, { from: path }),
    setup.complete({ ...given, email: "late@fenbridge.gov.uk" }).then(
      () => "made",
      (error: unknown) => (error as { kind?: string }).kind,
    ),
  ]);
  assert.ok(done.statusCode === 303 ? late === "impossible" : late === "made", `${done.statusCode} ${late}`);
  assert.equal((await ownerPool.query("select 1 from organisations")).rowCount, 1, "one of two at once");
  assert.equal((await world.visitor().get(path)).statusCode, 404, "and never again");
  if (done.statusCode !== 303) return;
  assert.equal(done.headers.location, "/");
  assert.match((await browser.get("/account")).body, /Administrator/);
});

test("a browser is named in words", () => {
  assert.equal(
    deviceName(
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0 Safari/537.36 Edg/143.0",
    ),
    "Edge on Windows",
  );
  assert.equal(
    deviceName(
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
    ),
    "Safari on iPhone",
  );
  assert.equal(deviceName(""), "A browser that did not say which");
});

/** Sends a form as it is, without reading a page before. */
async function send(browser: ReturnType<WebWorld["visitor"]>, url: string, form: Readonly<Record<string, string>>) {
  return world.app.inject({
    method: "POST",
    url,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      cookie: browser.cookieHeader(),
      "user-agent": "Firefox",
    },
    payload: new URLSearchParams(form).toString(),
  });
}

/** The hidden controls of a page's form to this address. */
function hidden(page: string, action: string): Record<string, string> {
  const form =
    [...page.matchAll(/<form\b[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].find(([, to]) => to === action)?.[2] ?? "";
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name = "", value = ""]) => [
      name,
      unescaped(value),
    ]),
  );
}

/** The entry of the browser's own session on its account page. */
async function current(browser: ReturnType<WebWorld["visitor"]>): Promise<string> {
  const items = (await browser.get("/account")).body.split("<li>");
  return items.find((item) => item.includes("This one")) ?? "";
}
