import type pg from "pg";
import { Refusal } from "../kernel/errors.ts";
import { tellPast } from "../kernel/notifications/tell-past.ts";
import type { FilesPlace } from "../kernel/files/store.ts";
import type { Registry } from "../kernel/registry.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Tx } from "../kernel/transaction.ts";
import { learnTriage } from "../modules/desk/triage/learn.ts";
import type { SignIn } from "../web/sign-in/contract.ts";
import { makeBeside } from "./demo-beside.ts";
import { makeCast } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";
import { makeCauses } from "./demo-causes.ts";
import { makeDemoMail } from "./demo-mail.ts";
import { demoPeople } from "./demo-people.ts";
import type { DemoKey } from "./demo-people.ts";
import { makeHelp } from "./demo-help-records.ts";
import { makeHypercare } from "./demo-hypercare.ts";
import { makeInformationRequests } from "./demo-information.ts";
import { makePolicies } from "./demo-policy-records.ts";
import { makeQuality } from "./demo-quality.ts";
import { makeRota } from "./demo-rota.ts";
import { readingByIndex, takeTicketReferences, ticketWork } from "./demo-tickets.ts";
import { makeYear } from "./demo-year.ts";
import { foundingFirst } from "./first.ts";
import { foundOrganisation } from "./found.ts";
import type { FoundedOrganisation } from "./found.ts";

export { demoPeople } from "./demo-people.ts";
export type { DemoKey } from "./demo-people.ts";

export interface DemoOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly signIn: SignIn;
  readonly now: Temporal.Instant;
  /** Hears how far it is, a sentence at a time. */
  readonly progress?: (sentence: string) => void;
  /** Where the messages of its mail are kept; without it there are none. */
  readonly filesFolder?: FilesPlace;
  /** How many tickets; 900 unless told. */
  readonly tickets?: number;
}

/** The name of the council that is made up. */
export const demoCouncilName = "Aldermoor Borough Council";

const foundedDays = 1100;
/** The tickets that are there at once: the newest, with nearly all the open work. */
const ticketsAtFirst = 30;

/** A demonstration that can be used; its older tickets are still being made. */
export interface DemoCouncil {
  /** Resolves when the last is made, or when the pool ends. Never rejects. */
  readonly finished: Promise<void>;
}

/**
 * Makes the demonstration: a council flagged demo with people, policies and a desk at work. Its past is filled in
 * behind, while it is used. Leaves one that is there already as it is. Refuses (impossible) a database that holds any
 * other organisation.
 */
export async function makeDemoCouncil(options: DemoOptions): Promise<DemoCouncil> {
  return foundingFirst(options.ownerPool, async ({ all, demo }) => {
    if (all > demo) {
      throw new Refusal("impossible", [
        {
          message:
            "This database holds an organisation that is no demonstration, so none is made in it. Set REEVE_DEMO=off, or use an empty database",
        },
      ]);
    }
    return demo === 0 ? make(options) : { finished: Promise.resolve() };
  });
}

async function make({
  ownerPool,
  registry,
  signIn,
  now,
  progress = () => {},
  tickets = 900,
  filesFolder,
}: DemoOptions): Promise<DemoCouncil> {
  progress("Making the demonstration council: people, teams, queues and policies");
  const accounts = await makeAccounts(signIn);
  let desk: { cast: Cast; references: string[] } | null = null;
  const founding = {
    ownerPool,
    registry,
    now: now.subtract({ hours: 24 * foundedDays }),
    also: async (tx: Tx, founded: FoundedOrganisation) => {
      await readingByIndex(tx.db);
      const cast = await makeCast(tx, founded, accounts);
      desk = { cast, references: await takeTicketReferences(tx, tickets) };
      await makePolicies(tx, cast, now);
      // Before its tickets, so that those of its window are made as they would have been.
      await makeHypercare(tx, cast, now);
    },
  };
  const { organisationId } = await foundOrganisation(founding, { name: demoCouncilName, demo: true });
  progress("Making the demonstration council: the desk’s open work");
  const { cast, references } = desk!;
  const work = ticketWork(cast, { ownerPool, registry, organisationId, now, references });
  const [help] = await Promise.all([
    makeHelp(cast, { ownerPool, registry, organisationId, now }),
    work.make(Math.min(ticketsAtFirst, tickets), 2),
  ]);
  // So that whoever looks round sees what they would have been told, as if they had been away for some days.
  await tellPast(
    { ownerPool, registry },
    { organisationId, since: now.subtract({ hours: 30 * 24 }), readBefore: now.subtract({ hours: 4 * 24 }) },
  );
  const mail = async () => {
    const parts = { ownerPool, registry, organisationId, now, queue: cast.queues.desk };
    if (filesFolder !== undefined) await makeDemoMail({ ...parts, filesFolder });
  };
  // Two at once leave room for whoever already looks round.
  const behind = async () => {
    await help.finish();
    await makeRota(cast, { ownerPool, registry, organisationId, now });
    await mail();
    await asSystem({ ownerPool, registry, organisationId, now }, (tx) => makeCauses(tx, cast, now));
    await makeBeside(cast, { ownerPool, registry, organisationId, now });
    await asSystem({ ownerPool, registry, organisationId, now }, (tx) => makeYear(tx, cast, now));
    await asSystem({ ownerPool, registry, organisationId, now }, (tx) => makeInformationRequests(tx, cast, now));
    if (filesFolder !== undefined) {
      // What makes PDF is read here alone, so that nobody waits for it at the start.
      const { makeRedactions } = await import("./demo-redactions.ts");
      await makeRedactions(cast, { ownerPool, registry, organisationId, now, filesFolder });
    }
    progress("Making the demonstration council: the older tickets of its year, while it is used");
    await work.make(Math.max(0, tickets - ticketsAtFirst), 2);
    await makeQuality(cast, { ownerPool, registry, organisationId, now });
    await learnTriage({ ownerPool, registry });
    if (!ownerPool.ending) progress("The demonstration council is whole");
  };
  const finished = behind().catch((error: unknown) => {
    if (!ownerPool.ending)
      progress(
        `The older tickets of the demonstration could not all be made: ${error instanceof Error ? error.message : "the reason is not known"}`,
      );
  });
  return { finished };
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
  return accounts;
}
