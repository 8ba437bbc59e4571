import type pg from "pg";
import { Refusal } from "../kernel/errors.ts";
import type { Store, Tx, Who } from "../kernel/transaction.ts";
import { queriesOf } from "../web/sign-in/actor-queries.ts";
import { createToken, listTokens, revokeToken } from "../web/sign-in/api-tokens.ts";
import { demoPeople } from "./demo-people.ts";
import { countOrganisations } from "./first.ts";

const lifeDays = 30;
/** So that the command never runs into the most tokens that a person may have. */
const keptMax = 20;
const tokenName = "Made in the terminal";

interface TokenOptions {
  readonly store: Store;
  /** Finds the person before anybody acts; the token is made with that person's own rights. */
  readonly ownerPool: pg.Pool;
  /** One of the keys of demoPeople: `lead-support`. */
  readonly key: string;
  /** Whether the settings let the demonstration's people act; yes unless told. */
  readonly demo?: boolean;
}

/**
 * A token that reads and writes as one of the demo people, for 30 days. Refuses (invalid) another name, and (impossible)
 * where there is no demonstration or its tokens would not act: none is made that the product then turns away.
 */
export async function demoToken({ store, ownerPool, key, demo = true }: TokenOptions): Promise<string> {
  const person = Object.entries(demoPeople).find(([name]) => name === key)?.[1];
  if (!person)
    throw new Refusal("invalid", [
      { message: `There is no demo person “${key}”. They are: ${Object.keys(demoPeople).join(", ")}` },
    ]);
  if (!demo)
    impossible(
      "The demonstration is off, so its people’s tokens do not act. Set REEVE_DEMO=on, for Reeve itself too: unless told, it is on only with Reeve’s own database and a HOST of this machine only",
    );
  const counts = await countOrganisations(ownerPool);
  if (counts.demo === 0)
    impossible("There is no demonstration in this database. People make tokens of their own on their account page");
  if (counts.all > counts.demo)
    impossible(
      "This database holds an organisation of its own beside the demonstration, so the demonstration’s tokens do not act. People make tokens of their own on their account page",
    );
  const { rows } = await ownerPool.query<Who>(
    `select p.organisation_id as "organisationId", p.id as "personId" from person p join organisations o on o.id = p.organisation_id
     where o.demo and p.active and p.email = $1 limit 1`,
    [person.email],
  );
  const [who] = rows;
  if (!who) impossible(`${person.name} is no longer active in the demonstration`);
  return store.as(who, (tx) => makeToken(tx, who));
}

function impossible(message: string): never {
  throw new Refusal("impossible", [{ message }]);
}

async function makeToken(tx: Tx, who: Who): Promise<string> {
  const queries = queriesOf(tx);
  const now = new Date(tx.now.epochMilliseconds);
  const mine = (await listTokens(queries)).filter(
    ({ name, revokedAt, expiresAt }) => name === tokenName && revokedAt === null && expiresAt > now,
  );
  for (const { id } of mine.slice(keptMax - 1)) await revokeToken(queries, id, now);
  const expiresAt = new Date(tx.now.add({ hours: 24 * lifeDays }).epochMilliseconds);
  const made = await createToken(queries, { ...who, name: tokenName, scopes: ["read", "write"], expiresAt }, now);
  if (!made.ok) throw new Refusal("invalid", [{ message: made.message }]);
  return made.token;
}
