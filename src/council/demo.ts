import type pg from "pg";
import { Refusal } from "../kernel/errors.ts";
import { alone } from "../kernel/jobs/alone.ts";
import { tellPast } from "../kernel/notifications/tell-past.ts";
import type { FilesPlace } from "../kernel/files/store.ts";
import type { Registry } from "../kernel/registry.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Tx } from "../kernel/transaction.ts";
import { learnTriage } from "../modules/desk/triage/learn.ts";
import type { SignIn } from "../web/sign-in/contract.ts";
import { makeBeside } from "./demo-beside.ts";
import { makeCases } from "./demo-cases.ts";
import { makeCast } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";
import { makeCauses } from "./demo-causes.ts";
import { makeDemoMail } from "./demo-mail.ts";
import { demoPeople } from "./demo-people.ts";
import type { DemoKey } from "./demo-people.ts";
import { makeDevices } from "./demo-devices.ts";
import { makeHelp } from "./demo-help-records.ts";
import type { DemoHelp } from "./demo-help-records.ts";
import { makeHypercare } from "./demo-hypercare.ts";
import { makeInformationRequests } from "./demo-information.ts";
import { informationYear, publishInformation } from "./demo-information-year.ts";
import { makeMessages } from "./demo-messages.ts";
import { makePolicyLife } from "./demo-policy-life.ts";
import { makePolicies } from "./demo-policy-records.ts";
import { makePublications } from "./demo-publications.ts";
import { firstMovedIn, makeMovedIn } from "./demo-moved-in.ts";
import { makeQuality } from "./demo-quality.ts";
import { isThere } from "./demo-progress.ts";
import type { Begun, DemoPart, DemoProgress } from "./demo-progress.ts";
import { makeRelations } from "./demo-relations.ts";
import { makeRota } from "./demo-rota.ts";
import { readCast } from "./demo-read-cast.ts";
import { readingByIndex, takeTicketReferences, ticketWork } from "./demo-tickets.ts";
import type { TicketWork } from "./demo-tickets.ts";
import { firstOfYear, makeYear } from "./demo-year.ts";
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
  /** Where it is kept how far it is, so that one that is stopped goes on at the next start; without it it does not. */
  readonly kept?: DemoProgress;
  /** The older past is made from then on; at once unless told. */
  readonly ready?: Promise<void> | undefined;
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
 * Makes the demonstration: a council flagged demo with people and a desk at work. Its past is filled in
 * behind, while it is used. One that is there already is left as it is, or gone on with where it was stopped. Refuses (impossible) a database that holds any
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
    return demo === 0 ? make(options) : goOn(options);
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
  kept,
  ready,
}: DemoOptions): Promise<DemoCouncil> {
  progress("Making the demonstration council: people, teams and queues");
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
      // Before its tickets, so that those of its window are made as they would have been.
      await makeHypercare(tx, cast, now);
    },
  };
  const { organisationId } = await foundOrganisation(founding, { name: demoCouncilName, demo: true });
  progress("Making the demonstration council: the desk’s open work");
  const { cast, references } = desk!;
  const begun: Begun = { now: now.toString(), references, done: [] };
  await kept?.write(begun);
  const work = ticketWork(cast, { ownerPool, registry, organisationId, now, references });
  await work.make(Math.min(ticketsAtFirst, tickets), 2);
  // So that whoever looks round sees what they would have been told, as if they had been away for some days.
  await tellPast(
    { ownerPool, registry },
    { organisationId, since: now.subtract({ hours: 30 * 24 }), readBefore: now.subtract({ hours: 4 * 24 }) },
  );
  const parts = { ownerPool, registry, organisationId, now, filesFolder };
  return behind({ ...parts, cast, kept, progress, begun, goesOn: false, ready, work });
}

interface Behind {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
  readonly filesFolder: FilesPlace | undefined;
  readonly cast: Cast;
  readonly kept: DemoProgress | undefined;
  readonly progress: (sentence: string) => void;
  readonly begun: Begun;
  /** Whether the demonstration was stopped before it was whole. */
  readonly goesOn: boolean;
  readonly ready: Promise<void> | undefined;
  readonly work: TicketWork;
}

/** Makes what is left of the past, one process at a time, while the demonstration is used. */
async function behind(given: Behind): Promise<DemoCouncil> {
  const { ownerPool, progress } = given;
  let begins = () => {};
  const began = new Promise<void>((resolve) => (begins = resolve));
  const finished = alone(ownerPool, "reeve.demo", async () => {
    begins();
    await given.ready;
    await makePast(given);
  }).catch((error: unknown) => {
    if (!ownerPool.ending)
      progress(
        `The older tickets of the demonstration could not all be made: ${error instanceof Error ? error.message : "the reason is not known"}`,
      );
  });
  await Promise.race([began, finished]);
  return { finished };
}

async function makePast({ cast, kept, progress, begun, goesOn, work, filesFolder, ...options }: Behind): Promise<void> {
  const { ownerPool, now } = options;
  const asProduct = <Result>(make: (tx: Tx) => Promise<Result>) => asSystem(options, make);
  // Of articles that were there before, what readers said is left as it was.
  let help: DemoHelp | null = null;
  const parts: DemoPart[] = [
    { name: "articles", shows: ["article"], make: async () => (help = await makeHelp(cast, options)) },
    { name: "policies written", shows: ["policy"], make: () => asProduct((tx) => makePolicies(tx, cast, now)) },
    { name: "help", shows: ["article_feedback"], make: async () => help?.finish() },
    { name: "policies", shows: ["audience"], make: () => makePolicyLife(cast, options) },
    { name: "rota", shows: ["shift"], make: () => makeRota(cast, options) },
    {
      name: "mail",
      shows: ["mailbox"],
      make: async () =>
        filesFolder === undefined ? undefined : makeDemoMail({ ...options, queue: cast.queues.desk, filesFolder }),
    },
    { name: "causes", shows: ["change_freeze"], make: () => asProduct((tx) => makeCauses(tx, cast, now)) },
    { name: "beside", shows: ["visit"], make: () => makeBeside(cast, options) },
    { name: "year", shows: ["major_incident", firstOfYear], make: () => asProduct((tx) => makeYear(tx, cast, now)) },
    { name: "moved-in", shows: ["ticket", firstMovedIn], make: () => makeMovedIn(cast, options) },
    {
      name: "information",
      shows: ["information_request"],
      make: () => asProduct((tx) => makeInformationRequests(tx, cast, now)),
    },
    { name: "relations", shows: ["relationship"], make: () => makeRelations(cast, options) },
    { name: "devices", shows: ["device_rate"], make: () => makeDevices(cast, options) },
    { name: "messages", shows: ["broadcast"], make: () => makeMessages(cast, options) },
    ...informationYear.map(({ first, make }): DemoPart => ({
      name: first,
      shows: ["information_request", first],
      make: () => asProduct((tx) => make(tx, cast, now)),
    })),
    {
      name: "information statistics",
      shows: null,
      make: () => asProduct((tx) => publishInformation(tx, cast, now)),
    },
    {
      name: "cases",
      shows: ["data_protection_request"],
      make: () => asProduct((tx) => makeCases(tx, cast, now)),
    },
    {
      name: "redactions",
      shows: ["redaction"],
      make: async () => {
        if (filesFolder === undefined) return;
        // What makes PDF is read here alone, so that nobody waits for it at the start.
        const { makeRedactions } = await import("./demo-redactions.ts");
        await makeRedactions(cast, { ...options, filesFolder });
      },
    },
    { name: "publications", shows: ["publication"], make: () => makePublications(cast, options) },
    {
      name: "tickets",
      // Each is known by its reference.
      shows: null,
      make: () => {
        progress("Making the demonstration council: the older tickets of its year, while it is used");
        return work.make(begun.references.length, 2);
      },
    },
    { name: "quality", shows: ["quality_criterion"], make: () => makeQuality(cast, options) },
    { name: "triage", shows: null, make: () => learnTriage(options) },
  ];
  const done = [...begun.done];
  for (const { name, shows, make } of parts) {
    if (ownerPool.ending) return;
    if (done.includes(name)) continue;
    if (!(goesOn && (await isThere(options, shows)))) await make();
    if (ownerPool.ending) return;
    done.push(name);
    await kept?.write({ ...begun, done });
  }
  await kept?.end();
  progress("The demonstration council is whole");
}

/** Goes on with a demonstration that was stopped before it was whole. Nothing that is there is made again. */
async function goOn({
  ownerPool,
  registry,
  progress = () => {},
  filesFolder,
  kept,
  ready,
}: DemoOptions): Promise<DemoCouncil> {
  const begun = (await kept?.read()) ?? null;
  if (begun === null) return { finished: Promise.resolve() };
  const { rows } = await ownerPool.query<{ id: string }>("select id from reeve.organisations where demo limit 2");
  const organisationId = rows[0]?.id;
  if (organisationId === undefined || rows.length > 1) return { finished: Promise.resolve() };
  const now = Temporal.Instant.from(begun.now);
  const options = { ownerPool, registry, organisationId, now };
  const cast = await asSystem(options, readCast);
  // Somebody changed it so much that it is theirs now.
  if (cast === null) return { finished: Promise.resolve() };
  const there = await ownerPool.query<{ reference: string }>(
    "select reference from reeve.records where organisation_id = $1 and type = 'ticket' and reference = any ($2)",
    [organisationId, begun.references],
  );
  const known = new Set(there.rows.map(({ reference }) => reference));
  const work = ticketWork(cast, { ...options, references: begun.references, there: known });
  return behind({ ...options, filesFolder, cast, kept, progress, begun, goesOn: true, ready, work });
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
