import assert from "node:assert/strict";
import { createSignIn } from "./sign-in.ts";
import type { Client, SignIn } from "./sign-in.ts";
import { testDatabase } from "./test-database.ts";
import type { TestDatabase } from "./test-database.ts";

export const secret = "a secret of the tests, long enough to sign cookies with";
export const baseUrl = "http://localhost:3000";
export const password = "plankton cheddar mosaic tunnel";

/** Somebody who can sign in, from a network address of their own. */
export interface TestPerson {
  readonly email: string;
  readonly personId: string;
  readonly accountId: string;
  readonly address: string;
}

/** A database, the sign-in under test, and a clock for both that only moves by `later`. */
export interface SignInWorld {
  readonly database: TestDatabase;
  readonly signIn: SignIn;
  readonly now: () => Date;
  later(ms: number): void;
  newPerson(organisation?: string, name?: string): Promise<TestPerson>;
  /** The Set-Cookie lines of a new session. */
  cookiesOf(person: Pick<TestPerson, "email" | "address">): Promise<readonly string[]>;
}

export async function signInWorld(): Promise<SignInWorld> {
  const database = await testDatabase();
  let moment = new Date();
  let emailNumber = 0;
  const now = () => moment;
  const signIn = createSignIn({ pool: database.app, secret, baseUrl, now });
  return {
    database,
    signIn,
    now,
    later(ms) {
      moment = new Date(moment.getTime() + ms);
    },
    async newPerson(organisation = database.council, name = "Aisha Khan") {
      emailNumber += 1;
      const email = `person.${emailNumber}@fenbridge.gov.uk`;
      const made = await signIn.createAccount({ email, name, password });
      assert.ok(made.ok);
      const personId = await database.addPerson(organisation, name, made.accountId);
      return { email, personId, accountId: made.accountId, address: `192.0.2.${emailNumber}` };
    },
    async cookiesOf({ email, address }) {
      const result = await signIn.signIn({ email, password, ...client(address) });
      assert.ok(result.ok);
      return result.cookies;
    },
  };
}

/** A request from this network address by a browser that was sent these Set-Cookie lines. */
export function client(address: string, cookies: readonly string[] = []): Client {
  return { address, headers: { cookie: cookieHeader(cookies), "user-agent": "Firefox" } };
}

/** What a browser would send back after these Set-Cookie lines. */
export function cookieHeader(lines: readonly string[]): string {
  return lines.map((line) => line.split(";")[0]).join("; ");
}

/** The lines that set the cookie of this name. */
export function only(cookies: readonly string[], name: string): readonly string[] {
  return cookies.filter((line) => line.startsWith(`reeve.${name}=`));
}
