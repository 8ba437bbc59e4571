import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { createStore } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import { queriesOf } from "../src/web/sign-in/actor-queries.ts";
import { createToken } from "../src/web/sign-in/api-tokens.ts";
import { createAuth } from "../src/web/sign-in/better-auth.ts";
import { createSignIn } from "../src/web/sign-in/sign-in.ts";
import { sessionCookies } from "../src/web/sign-in/start-session.ts";
import type { BenchFacts } from "./generate.ts";
import { Visitor } from "./visitor.ts";

/** How the measured people come in: accounts with a demo button, and tokens of one person, for each asks 600 times a minute at most. */
export interface BenchAccess {
  readonly lead: string;
  readonly officer: string;
  /** Asks for help, and works on nothing. */
  readonly staff: string;
  /** Five hundred who read every ticket. */
  readonly watchers: readonly string[];
  readonly tokens: readonly string[];
}

const tokensMade = 8;

/** Gives the measured people accounts, and one of them tokens for an hour. */
export async function giveAccess(ownerPool: pg.Pool, facts: BenchFacts): Promise<BenchAccess> {
  await ownerPool.query("update api_token set revoked_at = now() where revoked_at is null");
  const tokens: string[] = [];
  const who = { organisationId: facts.organisationId, personId: facts.lead };
  for (let n = 1; n <= tokensMade; n++) {
    const made = await createStore({ pool: ownerPool, registry }).as(who, (tx) =>
      createToken(queriesOf(tx), {
        ...who,
        name: `Bench ${n}`,
        scopes: ["read", "write"],
        expiresAt: new Date(Date.now() + 3_600_000),
      }),
    );
    if (made.ok) tokens.push(made.token);
  }
  const watchers: string[] = [];
  for (const id of facts.watchers) watchers.push(await accountOf(ownerPool, id));
  const [lead, officer, staff] = [
    await accountOf(ownerPool, facts.lead),
    await accountOf(ownerPool, facts.officer),
    await accountOf(ownerPool, facts.staff),
  ];
  return { lead, officer, staff, watchers, tokens };
}

/** Signs people in by their accounts as no page does: a demonstration offers its first fifty people and no more. */
export async function signedIn(
  { ownerPool, dataFolder, address }: { ownerPool: pg.Pool; dataFolder: string; address: string },
  accounts: readonly string[],
): Promise<Visitor[]> {
  const secret = (await readFile(join(dataFolder, "secret"), "utf8")).trim();
  const auth = createAuth({ pool: ownerPool, secret, baseUrl: address, maySignIn: async () => true });
  const people: Visitor[] = [];
  for (const account of accounts) {
    const cookies = await sessionCookies({ auth, pool: ownerPool }, account, { headers: {}, address: "127.0.0.1" });
    if (cookies === null) throw new Error("Somebody could not be signed in");
    const person = new Visitor(address);
    person.keep(cookies);
    people.push(person);
  }
  return people;
}

/** The account of a person, made where there is none. */
export async function accountOf(ownerPool: pg.Pool, personId: string): Promise<string> {
  const { rows } = await ownerPool.query<{ account_id: string | null; title: string }>(
    "select p.account_id, r.title from person p join records r using (organisation_id, id) where p.id = $1",
    [personId],
  );
  const [person] = rows;
  if (!person) throw new Error("The bench's own people are missing");
  if (person.account_id !== null) return person.account_id;
  // Nobody can sign in with this secret: the accounts have no password, and the product has a secret of its own.
  const signIn = createSignIn({ pool: ownerPool, secret: randomUUID() + randomUUID(), baseUrl: "http://localhost" });
  const made = await signIn.createAccount({ email: `${personId}@bench.example`, name: person.title });
  if (!made.ok) throw new Error(made.message);
  await ownerPool.query("update person set account_id = $2 where id = $1", [personId, made.accountId]);
  return made.accountId;
}

/** Takes away the tickets that measuring made, so that the next run finds the same. */
export async function removeMade(ownerPool: pg.Pool): Promise<void> {
  await ownerPool.query(`
    create temporary table made as select r.organisation_id, r.id from records r, bench.setting s where r.type = 'ticket' and r.opened_at > s.now + interval '1 minute' and r.opened_at > now() - interval '1 day'
      and r.organisation_id = s.organisation_id and length(r.reference) >= 9 and substr(r.reference, 5)::bigint > s.tickets;
    delete from submissions where record_id in (select id from made);
    delete from event_bodies where record_id in (select id from made);
    delete from events where record_id in (select id from made);
    delete from unsealed where record_id in (select id from made);
    delete from seal_heads where record_id in (select id from made);
    delete from clocks where record_id in (select id from made);
    delete from ticket where id in (select id from made);
    delete from records where id in (select id from made);
    drop table made`);
  // The next run begins where this one began: with no rows that are gone, and with figures that do not tell of them.
  for (const table of ["records", "ticket", "events", "event_bodies", "clocks"])
    await ownerPool.query(`vacuum (analyze) ${table}`);
}
