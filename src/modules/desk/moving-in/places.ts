import { sql } from "kysely";
import { typeNamed } from "../../../kernel/registry.ts";
import { bringIn } from "../../../kernel/store/bring-in.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { cut } from "../import/log-line.ts";
import { bringQueue, broughtNow } from "../import/places.ts";
import type { MovedPerson, MovedTicket, Source } from "./moved.ts";
import { aboutThem } from "./services.ts";
import type { About } from "./services.ts";
import type { ServiceChoice } from "./naming-columns.ts";

/** What the tickets of another tool name, as records here. */
export interface Places {
  queueOf(name: string | null): { readonly id: string; readonly team: string | null };
  categoryOf(path: readonly string[]): string | null;
  personOf(person: MovedPerson | null): string | null;
  aboutOf(number: string): About;
}

const nameMax = 120;

/**
 * Finds what these tickets name, and makes what is not there: queues by name, categories by their names, people by their
 * e-mail address, else by what the tool knows them by. Who is made is a contact without an account.
 */
export async function placesFor(
  tx: Tx,
  source: Source,
  tickets: readonly MovedTicket[],
  services: ServiceChoice | null,
): Promise<Places> {
  const [queues, categories, people, about] = [
    await queuesFor(tx, source, tickets),
    await categoriesFor(tx, source, tickets),
    await peopleFor(tx, source, tickets),
    await aboutThem(tx, tickets, services),
  ];
  const fallback = [...queues.values()].find(({ usual }) => usual) ?? [...queues.values()][0];
  return {
    queueOf: (name) => met(name === null ? fallback : queues.get(name.toLowerCase()), name ?? "any queue"),
    categoryOf: (path) => (path.length === 0 ? null : met(categories.get(keyOf(source, path)), path.join(", "))),
    personOf: (person) => (person === null ? null : met(people.get(person.key), person.key)),
    aboutOf: (number) => about.get(number) ?? { service: null, hypercare: null },
  };
}

interface Queue {
  readonly id: string;
  readonly team: string | null;
  readonly usual: boolean;
}

async function queuesFor(tx: Tx, source: Source, tickets: readonly MovedTicket[]): Promise<Map<string, Queue>> {
  const { rows } = await sql<Queue & { name: string; calendar: string | null }>`
    select title as name, id, team_id as team, is_default is true as usual, calendar from visible_queue
    where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null order by is_default is true, id desc`.execute(
    tx.db,
  );
  const queues = new Map(rows.map(({ name, id, team, usual }) => [name.toLowerCase(), { id, team, usual }]));
  const calendar = rows.findLast((queue) => queue.calendar !== null)?.calendar ?? null;
  const said = tickets.flatMap(({ queue, history }) => [
    queue,
    ...history.flatMap(({ became, was }) => [became?.queue ?? null, was?.queue ?? null]),
  ]);
  for (const name of new Set(said)) {
    if (name === null || queues.has(name.toLowerCase())) continue;
    const purpose = `Tickets brought in from ${source.label}.`;
    const id = await bringQueue(tx, { name: cut(name, nameMax), purpose, calendar });
    queues.set(name.toLowerCase(), { id, team: null, usual: false });
  }
  return queues;
}

async function categoriesFor(tx: Tx, source: Source, tickets: readonly MovedTicket[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ key: string; id: string }>`select source_reference as key, id from visible_category
    where organisation_id = ${tx.actor.organisationId}::uuid and source_reference like ${`${source.name}:%`} order by id desc`.execute(
    tx.db,
  );
  const known = new Map(rows.map(({ key, id }) => [key, id]));
  const paths = tickets.flatMap(({ category, history }) => [
    category,
    ...history.flatMap(({ became, was }) => [became?.category ?? [], was?.category ?? []]),
  ]);
  const type = typeNamed(tx.registry, "category");
  const depth = Math.max(0, ...paths.map((path) => path.length));
  for (let level = 1; level <= depth; level += 1) {
    const missing = new Map(
      paths
        .filter((path) => path.length >= level)
        .map((path) => path.slice(0, level))
        .filter((path) => !known.has(keyOf(source, path)))
        .map((path) => [keyOf(source, path), path] as const),
    );
    const records = [...missing].map(([key, path]) => {
      const parent = known.get(keyOf(source, path.slice(0, -1)));
      const values = { name: cut(path.at(-1)!, nameMax), sourceReference: key, ...(parent ? { parent } : {}) };
      return broughtNow(tx, type.starts, values, source.label);
    });
    const ids = await bringIn(tx, type, records);
    for (const [at, key] of [...missing.keys()].entries()) known.set(key, ids[at]!);
  }
  return known;
}

async function peopleFor(tx: Tx, source: Source, tickets: readonly MovedTicket[]): Promise<Map<string, string>> {
  const said = tickets
    .flatMap(({ owner, requester, history }) => [
      owner,
      requester,
      ...history.flatMap(({ by, became, was }) => [by, became?.owner ?? null, was?.owner ?? null]),
    ])
    .filter((person) => person !== null);
  const people = new Map(said.map((person) => [person.key, person]));
  const emails = [...people.values()].flatMap(({ email }) => email ?? []);
  const references = [...people.keys()].map((key) => referenceOf(source, key));
  const { rows } = await sql<{ id: string; email: string | null; reference: string | null }>`
    select id, lower(email) as email, source_reference as reference from visible_person
    where organisation_id = ${tx.actor.organisationId}::uuid
      and (lower(email) = any (${emails}::text[]) or source_reference = any (${references}::text[])) order by id desc`.execute(
    tx.db,
  );
  const ids = new Map<string, string>();
  for (const { key, email } of people.values()) {
    const found =
      rows.find((row) => email !== null && row.email === email) ??
      rows.find(({ reference }) => reference === referenceOf(source, key));
    if (found) ids.set(key, found.id);
  }
  await addContacts(tx, source, [...people.values()], ids);
  return ids;
}

/** Contacts for those who are not there; two keys with one address are one of them. */
async function addContacts(
  tx: Tx,
  source: Source,
  people: readonly MovedPerson[],
  ids: Map<string, string>,
): Promise<void> {
  const type = typeNamed(tx.registry, "person");
  const missing = people.filter(({ key }) => !ids.has(key));
  const first = new Map(missing.toReversed().map((person) => [person.email ?? person.key, person]));
  const made = await bringIn(
    tx,
    type,
    [...first.values()].map(({ key, name, email }) =>
      broughtNow(
        tx,
        type.starts,
        {
          name: cut(name, nameMax),
          active: false,
          sourceReference: referenceOf(source, key),
          ...(email === null ? {} : { email }),
        },
        source.label,
      ),
    ),
  );
  const idOf = new Map([...first.keys()].map((key, at) => [key, made[at]!]));
  for (const { key, email } of missing) ids.set(key, idOf.get(email ?? key)!);
}

const referenceOf = (source: Source, key: string): string => cut(`${source.name}:${key}`, 200);
const keyOf = (source: Source, path: readonly string[]): string => cut(`${source.name}:${path.join(" > ")}`, 200);

function met<Found>(found: Found | undefined, name: string): Found {
  if (found === undefined) throw new Error(`“${name}” is named by a ticket and was not looked for`);
  return found;
}
