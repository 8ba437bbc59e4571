import { randomUUIDv7 } from "node:crypto";
import pg from "pg";
import type { Registry } from "../kernel/registry.ts";
import { typeNamed } from "../kernel/registry.ts";
import { insertRecord } from "../kernel/store/create.ts";
import type { Values } from "../kernel/store/values.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Tx } from "../kernel/transaction.ts";
import { usualServiceLevels } from "../modules/desk/usual-service-levels.ts";
import { permissionLines, startingRoles } from "./roles.ts";
import type { StartingRoleName } from "./roles.ts";

/** What a new organisation is given besides its name. */
export interface NewOrganisation {
  readonly name: string;
  readonly demo: boolean;
}

/** A new organisation as code goes on with it: the ids of its roles, queue and calendar. */
export interface FoundedOrganisation {
  readonly organisationId: string;
  readonly roles: Readonly<Record<StartingRoleName, string>>;
  readonly calendar: string;
  readonly team: string;
  readonly queue: string;
}

/** How an organisation is founded. */
interface FoundingOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly now?: Temporal.Instant;
  /** Done in the same transaction, so that the organisation is there with all of it or not at all. */
  readonly also?: (tx: Tx, founded: FoundedOrganisation) => Promise<void>;
}

/** Makes an organisation with the starting roles, office hours, a service desk and its queue with agreed service levels. */
export async function foundOrganisation(
  { also, ...options }: FoundingOptions,
  organisation: NewOrganisation,
): Promise<FoundedOrganisation> {
  const organisationId = randomUUIDv7();
  const before = async (trx: Tx["db"]) => {
    await trx
      .insertInto("organisations")
      .values({ id: organisationId, ...organisation })
      .execute();
  };
  return asSystem({ ...options, organisationId, before }, async (tx) => {
    const founded = await furnish(tx);
    await also?.(tx, founded);
    return founded;
  });
}

/** Gives the organisation of the transaction, in which nothing is yet, what each starts with. */
export async function furnish(tx: Tx): Promise<FoundedOrganisation> {
  const make = async (type: string, values: Values) =>
    (await insertRecord(tx, typeNamed(tx.registry, type), values, { trusted: true })).id;
  // What does not wait for one another is asked for together.
  const [calendar, team, ...made] = await Promise.all([
    make("calendar", {
      name: "Office hours",
      hours: "Mon-Fri 08:00-18:00",
      holidays: "england-and-wales",
      council: true,
    }),
    make("team", { name: "Service desk", purpose: "The first place to ask" }),
    ...Object.entries(startingRoles).map(async ([key, role]) => {
      const { name, purpose } = role;
      return [key, await make("role", { name, purpose, permissions: permissionLines(role) })] as const;
    }),
  ]);
  const queue = await make("queue", {
    name: "Service desk",
    purpose: "Everything that has no other home",
    team,
    calendar,
    isDefault: true,
  });
  await make("service_level_policy", usualServiceLevels(tx, queue));
  // One id for each key of startingRoles.
  const named = Object.fromEntries(made) as Record<StartingRoleName, string>;
  return { organisationId: tx.actor.organisationId, roles: named, calendar, team, queue };
}

/** Makes a person with roles, and says in which teams they are. */
export async function addPerson(
  tx: Tx,
  person: {
    name: string;
    email?: string;
    jobTitle?: string;
    accountId?: string;
    roles: readonly string[];
    team?: string;
  },
): Promise<string> {
  const { roles, ...values } = person;
  const made = await insertRecord(
    tx,
    typeNamed(tx.registry, "person"),
    { ...values, active: true, roles: roles.map((role) => ({ role })) },
    { trusted: true },
  );
  return made.id;
}
