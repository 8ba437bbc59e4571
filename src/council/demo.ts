import { sql } from "kysely";
import type pg from "pg";
import { Refusal } from "../kernel/errors.ts";
import type { Registry } from "../kernel/registry.ts";
import type { SignIn } from "../web/sign-in/contract.ts";
import { makeCast } from "./demo-cast.ts";
import { demoPeople } from "./demo-people.ts";
import type { DemoKey } from "./demo-people.ts";
import { makePolicies } from "./demo-policy-records.ts";
import { makeTickets } from "./demo-tickets.ts";
import { foundingFirst } from "./first.ts";
import { foundOrganisation } from "./found.ts";

export { demoPeople } from "./demo-people.ts";
export type { DemoKey } from "./demo-people.ts";

export interface DemoOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly signIn: SignIn;
  readonly now: Temporal.Instant;
  /** Hears how far it is, a sentence at a time. */
  readonly progress?: (sentence: string) => void;
  /** How many tickets; 400 unless told. */
  readonly tickets?: number;
}

/** The name of the council that is made up. */
export const demoCouncilName = "Aldermoor Borough Council";

const foundedDays = 1100;

/**
 * Makes the demonstration: a council flagged demo with people, a desk at work and policies, all of it or none. Leaves
 * one that is there already as it is. Refuses (impossible) a database that holds any other organisation.
 */
export async function makeDemoCouncil(options: DemoOptions): Promise<void> {
  await foundingFirst(options.ownerPool, async ({ all, demo }) => {
    if (all > demo) {
      throw new Refusal("impossible", [{ message: "This database holds an organisation that is no demonstration, so none is made in it. Set REEVE_DEMO=off, or use an empty database" }]);
    }
    if (demo === 0) await make(options);
  });
}

async function make({ ownerPool, registry, signIn, now, progress = () => {}, tickets = 400 }: DemoOptions): Promise<void> {
  progress("Making the demonstration council: people, teams and queues");
  const accounts = await makeAccounts(signIn);
  await foundOrganisation(
    {
      ownerPool,
      registry,
      now: now.subtract({ hours: 24 * foundedDays }),
      also: async (tx, founded) => {
        // Plans made while the tables are empty would read all of them each time, ever slower as they fill.
        await sql`set local enable_seqscan = off`.execute(tx.db);
        const cast = await makeCast(tx, founded, accounts);
        progress("Making the demonstration council: policies");
        const acting = await makePolicies(tx, cast, now);
        await makeTickets(acting, cast, { now, many: tickets, progress: (made) => progress(`Making the demonstration council: ${made} of ${tickets} tickets`) });
      },
    },
    { name: demoCouncilName, demo: true },
  );
}

/** Accounts without a password: nobody can sign in to them but by a button of the demonstration. */
async function makeAccounts(signIn: SignIn): Promise<Record<DemoKey, string>> {
  const accounts: Record<string, string> = {};
  for (const [key, { name, email }] of Object.entries(demoPeople)) {
    const account = await signIn.createAccount({ name, email });
    if (!account.ok) throw new Error(`The account of ${key} could not be made: ${account.message}`);
    accounts[key] = account.accountId;
  }
  // One for each key of demoPeople.
  return accounts as Record<DemoKey, string>;
}
