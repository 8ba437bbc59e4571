import { sql } from "kysely";
import { actAs } from "../kernel/act-as.ts";
import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { insertRecord } from "../kernel/store/create.ts";
import { find } from "../kernel/store/find.ts";
import type { Values } from "../kernel/store/values.ts";
import type { Tx } from "../kernel/transaction.ts";
import { demoCategories, demoQueues, demoSkills, demoTemplates } from "./demo-desk.ts";
import type { CategoryName, DemoQueue, QueueKey, Worker } from "./demo-desk.ts";
import { demoAddress, demoOfficers, demoPeople, demoStaff, localPart } from "./demo-people.ts";
import type { DemoKey, DemoPerson } from "./demo-people.ts";
import { usualServiceLevels } from "../modules/desk/usual-service-levels.ts";
import { placePeople } from "./demo-places.ts";
import { demoChecklists, makeRegisters } from "./demo-registers.ts";
import type { Registers } from "./demo-registers.ts";
import { addPerson } from "./found.ts";
import type { FoundedOrganisation } from "./found.ts";

/** Somebody who acts in the demonstration. */
export interface Player {
  readonly id: string;
  readonly name: string;
}

/** Who and what there is before the first ticket: ids by the names that the scripts use. */
export interface Cast {
  readonly people: Readonly<Record<Worker, Player>>;
  readonly staff: readonly Player[];
  readonly queues: Readonly<Record<QueueKey, string>>;
  readonly categories: Readonly<Record<CategoryName, string>>;
  readonly registers: Registers;
}

/** Makes the people, their teams, the queues with what is promised, and the categories. */
export async function makeCast(
  tx: Tx,
  founded: FoundedOrganisation,
  accounts: Readonly<Record<DemoKey, string>>,
): Promise<Cast> {
  const make = async (type: string, values: Values) =>
    (await insertRecord(tx, typeNamed(tx.registry, type), values, { trusted: true })).id;
  const queueEntries = Object.entries(demoQueues) as [QueueKey, DemoQueue][]; // the keys are those of demoQueues
  const teams: Record<string, string> = {};
  for (const [key, { team }] of queueEntries)
    teams[key] = key === "desk" ? founded.team : await make("team", { name: team.name, purpose: team.purpose });
  const teamOf = (worker: string) => {
    const [key] = queueEntries.find(([, queue]) => queue.workers.some((one) => one === worker)) ?? [];
    return key === undefined ? {} : { team: teams[key]! };
  };
  const people: Record<string, Player> = {};
  // What does not wait for one another is asked for together, here and below.
  const inPlace = async (
    key: string,
    { name, role, ...person }: DemoPerson & { email: string; accountId?: string },
  ) => {
    people[key] = { id: await addPerson(tx, { name, ...person, roles: [founded.roles[role]], ...teamOf(key) }), name };
  };
  await Promise.all([
    // Every key of demoPeople has an account.
    ...Object.entries(demoPeople).map(([key, person]) =>
      inPlace(key, { ...person, accountId: accounts[key as DemoKey] }),
    ),
    ...Object.entries(demoOfficers).map(([key, person]) =>
      inPlace(key, { ...person, email: demoAddress(localPart(person.name)) }),
    ),
  ]);
  const staff = await Promise.all(
    demoStaff.map(async ({ name, jobTitle, role }): Promise<Player> => {
      const email = demoAddress(localPart(name));
      return { id: await addPerson(tx, { name, email, jobTitle, roles: [founded.roles[role]] }), name };
    }),
  );
  const queues = await makeQueues(tx, founded, { queueEntries, teams, people, make });
  const skills: Record<string, string> = {};
  for (const [name, { people: have, categories: needed }] of Object.entries(demoSkills)) {
    const id = await make("skill", { name, people: have.map((worker) => ({ person: people[worker]?.id })) });
    for (const category of needed) skills[category] = id;
  }
  const categories: Record<string, string> = {};
  const within = async (child: string, parent: string) => {
    const skill = skills[child];
    categories[child] = await make("category", {
      name: child,
      parent,
      ...(skill ? { skills: [{ skill }] } : {}),
      ...(demoChecklists[child] ? { checklist: demoChecklists[child].map((step) => ({ step })) } : {}),
    });
  };
  await Promise.all(
    Object.entries(demoCategories).map(async ([name, children]) => {
      const parent = await make("category", { name });
      await Promise.all(children.map((child) => within(child, parent)));
    }),
  );
  await make("priority_group", {
    name: "Chief officer",
    people: ["assistant-director", "head-of-delivery"].map((key) => ({ person: people[key]!.id })),
    priority: 2,
  });
  await make("priority_group", { name: "Member", people: [{ person: people["councillor"]!.id }], priority: 3 });
  // What the constitution of the council says of questions to a meeting.
  await change(tx, typeNamed(tx.registry, "calendar"), founded.calendar, "any", { questionDays: 3 }, { trusted: true });
  const registers = await makeRegisters(tx, {
    staff: [people["staff"]!, people["councillor"]!, ...staff],
    owner: people["systems-officer"]!.id,
  });
  await placePeople(tx, registers, [
    ...Object.entries({ ...demoPeople, ...demoOfficers }).map(([key, { jobTitle }]) => ({
      id: people[key]!.id,
      jobTitle,
    })),
    ...staff.map(({ id }, at) => ({ id, jobTitle: demoStaff[at]!.jobTitle })),
  ]);
  await Promise.all(demoTemplates.map((template) => make("text_template", template)));
  // Each was filled with a value for every key of its list.
  return {
    people: people as Cast["people"],
    staff,
    queues: queues as Cast["queues"],
    categories: categories as Cast["categories"],
    registers,
  };
}

interface QueueParts {
  readonly queueEntries: readonly (readonly [QueueKey, DemoQueue])[];
  readonly teams: Readonly<Record<string, string>>;
  readonly people: Readonly<Record<string, Player>>;
  readonly make: (type: string, values: Values) => Promise<string>;
}

async function makeQueues(
  tx: Tx,
  founded: FoundedOrganisation,
  { queueEntries, teams, people, make }: QueueParts,
): Promise<Record<string, string>> {
  const queues: Record<string, string> = {};
  for (const [key, queue] of queueEntries) {
    const team = teams[key]!;
    const members = [...new Set([queue.team.lead, ...queue.workers])].map((worker) => ({
      member: people[worker]?.id,
      lead: worker === queue.team.lead,
    }));
    const type = typeNamed(tx.registry, "team");
    const { version } = await find(tx, type, team);
    await change(
      tx,
      type,
      team,
      version,
      { members, owner: people[queue.team.lead]?.id, manager: people["service-manager"]?.id },
      { trusted: true },
    );
    const seniors = (queue.seniors ?? []).map((worker) => ({ person: people[worker]?.id }));
    if (key === "desk") {
      queues[key] = founded.queue;
      await change(tx, typeNamed(tx.registry, "queue"), founded.queue, "any", { seniors }, { trusted: true });
      continue;
    }
    const calendar = queue.hours
      ? await make("calendar", { ...queue.hours, holidays: "england-and-wales" })
      : founded.calendar;
    queues[key] = await make("queue", {
      name: queue.name,
      purpose: queue.purpose,
      team,
      calendar,
      seniors,
      ...(queue.assignment ? { assignment: queue.assignment } : {}),
    });
    const targets = queue.targets?.map(([respond, resolve], at) => ({ priority: at + 1, respond, resolve }));
    await make("service_level_policy", {
      ...usualServiceLevels(tx, queues[key], queue.name),
      ...(targets ? { targets } : {}),
    });
  }
  return queues;
}

/** The same transaction at another moment, with this person acting: with their own rights, as on the pages. */
export async function actingAs(tx: Tx, player: Player, now: Temporal.Instant): Promise<Tx> {
  if (player.id === tx.actor.personId) return { ...tx, now };
  const { organisationId } = tx.actor;
  return { ...tx, now, actor: await actAs(tx.db, { organisationId, personId: player.id }) };
}

/** The product again in the transaction that was its own, after people acted in it. `product` is as the transaction began. */
export async function actingAsProduct(product: Tx, now: Temporal.Instant): Promise<Tx> {
  await sql`reset role`.execute(product.db);
  await sql`select act_as_system(${product.actor.organisationId}::uuid)`.execute(product.db);
  await sql`set local role reeve_app`.execute(product.db);
  return { ...product, now };
}
