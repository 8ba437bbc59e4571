import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { PoolClient } from "pg";
import { createToken, createTokenReader, listTokens, revokeToken, scopeAllows } from "./api-tokens.ts";
import type { NewToken } from "./api-tokens.ts";
import { testDatabase } from "./test-database.ts";
import type { TestDatabase } from "./test-database.ts";

const dayMs = 86_400_000;
let database: TestDatabase;
let person: string;
const now = new Date();

before(async () => {
  database = await testDatabase();
  person = await database.addPerson(database.council, "Aisha Khan", null);
});
after(() => database.close());

const asPerson = <Result>(work: (tx: PoolClient) => Promise<Result>): Promise<Result> =>
  database.actingAs(database.council, person, work);

const wanted = (changes: Partial<NewToken> = {}): NewToken => ({
  organisationId: database.council,
  personId: person,
  name: "Nightly export",
  scopes: ["read", "ticket:write"],
  expiresAt: new Date(now.getTime() + 30 * dayMs),
  ...changes,
});

async function newToken(changes: Partial<NewToken> = {}): Promise<{ id: string; token: string }> {
  const made = await database.actingAs(database.council, person, (tx) => createToken(tx, wanted(changes)));
  assert.ok(made.ok);
  return made;
}

/** Remembers nothing yet. */
const reader = (at = now) => createTokenReader({ pool: database.app, now: () => at });

async function refusal(changes: Partial<NewToken>): Promise<string | undefined> {
  const made = await asPerson((tx) => createToken(tx, wanted(changes)));
  return made.ok ? undefined : made.field;
}

test("a token acts for its person with its scopes, and only its hash is kept", async () => {
  const { id, token } = await newToken();
  assert.match(token, /^reeve_[\w-]{43}$/);
  const actor = await reader().actorForToken(token);
  assert.deepEqual(
    { ...actor, expiresAt: undefined },
    {
      tokenId: id,
      organisationId: database.council,
      personId: person,
      name: "Aisha Khan",
      demo: false,
      scopes: ["read", "ticket:write"],
      expiresAt: undefined,
    },
  );
  const stored = await database.owner.query<{ row: string }>(
    "select row_to_json(t)::text as row from reeve.api_token t",
  );
  for (const { row } of stored.rows) assert.ok(!row.includes(token) && !row.includes(token.slice(6)));
});

test("a token that is unknown, changed, expired, revoked, or of an inactive person acts for nobody", async () => {
  const { token } = await newToken();
  for (const text of ["", "reeve_", `${token}x`, token.slice(0, -1), `reeve_${"A".repeat(43)}`, `x${token}`, "\0"]) {
    assert.equal(await reader().actorForToken(text), null, text);
  }
  assert.equal(await reader(new Date(now.getTime() + 30 * dayMs)).actorForToken(token), null);
  await database.owner.query("update reeve.person set active = false where id = $1", [person]);
  assert.equal(await reader().actorForToken(token), null);
  await database.owner.query("update reeve.person set active = true where id = $1", [person]);
  assert.equal(await reader().actorForToken(token), null, "a token does not come back with its person");
  const another = await newToken();
  assert.notEqual(await reader().actorForToken(another.token), null);
  assert.equal(await database.actingAs(database.council, person, (tx) => revokeToken(tx, another.id)), true);
  assert.equal(await database.actingAs(database.council, person, (tx) => revokeToken(tx, another.id)), false);
  assert.equal(await reader().actorForToken(another.token), null);
});

test("a remembered token still ends at its moment", async () => {
  const { token } = await newToken();
  let at = now;
  const remembering = createTokenReader({ pool: database.app, now: () => at });
  assert.notEqual(await remembering.actorForToken(token), null);
  at = new Date(now.getTime() + 31 * dayMs);
  assert.equal(await remembering.actorForToken(token), null);
});

test("the last use is noted at most once a minute", async () => {
  const { id, token } = await newToken();
  const used = async (at: Date): Promise<number | undefined> => {
    await reader(at).actorForToken(token);
    // The note is not waited for by the request.
    for (let tries = 0; tries < 40; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const [row] = await database
        .actingAs(database.council, person, listTokens)
        .then((rows) => rows.filter((one) => one.id === id));
      if (row?.lastUsedAt != null && tries > 5) return row.lastUsedAt.getTime();
    }
    return undefined;
  };
  assert.equal(await used(now), now.getTime());
  assert.equal(await used(new Date(now.getTime() + 30_000)), now.getTime());
  assert.equal(await used(new Date(now.getTime() + 61_000)), now.getTime() + 61_000);
});

test("a person sees, makes and revokes their own tokens only", async () => {
  const { id } = await newToken();
  const other = await database.addPerson(database.council, "Ben Owusu", null);
  const asOther = <Result>(work: (tx: Parameters<typeof listTokens>[0]) => Promise<Result>) =>
    database.actingAs(database.council, other, work);
  assert.deepEqual(await asOther(listTokens), []);
  assert.equal(await asOther((tx) => revokeToken(tx, id)), false);
  await assert.rejects(
    asOther((tx) => createToken(tx, wanted())),
    { code: "42501" },
  );
  assert.equal(await database.actingAs(database.demoOrganisation, person, (tx) => revokeToken(tx, id)), false);
  assert.deepEqual((await database.app.query("select id from reeve.api_token")).rows, [], "nothing without an actor");
  await assert.rejects(
    asPerson((tx) => tx.query("select token_sha256 from reeve.api_token")),
    { code: "42501" },
  );
  await assert.rejects(
    asPerson((tx) => tx.query("update reeve.api_token set expires_at = 'infinity'")),
    { code: "42501" },
  );
});

test("a token needs a name, known scopes and an end within a year", async () => {
  assert.equal(await refusal({ name: "  " }), "name");
  assert.equal(await refusal({ scopes: [] }), "scopes");
  assert.equal(await refusal({ scopes: ["read", "everything"] }), "scopes");
  assert.equal(await refusal({ expiresAt: now }), "expiresAt");
  assert.equal(await refusal({ expiresAt: new Date(Number.NaN) }), "expiresAt");
  assert.equal(await refusal({ expiresAt: new Date(now.getTime() + 400 * dayMs) }), "expiresAt");
  assert.equal(await refusal({ name: "x".repeat(101) }), "name");
});

test("scopes: admin may write, write may read, one type is not another", () => {
  assert.ok(scopeAllows(["read"], "ticket", "read"));
  assert.ok(!scopeAllows(["read"], "ticket", "write"));
  assert.ok(scopeAllows(["admin"], "ticket", "write"));
  assert.ok(scopeAllows(["ticket:write"], "ticket", "read"));
  assert.ok(!scopeAllows(["ticket:write"], "policy", "read"));
  assert.ok(!scopeAllows([], "ticket", "read"));
});
