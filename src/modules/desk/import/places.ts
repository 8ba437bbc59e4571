import { sql } from "kysely";
import { typeNamed } from "../../../kernel/registry.ts";
import { bringIn } from "../../../kernel/store/bring-in.ts";
import type { BroughtRecord } from "../../../kernel/store/bring-in.ts";
import { insertRecord } from "../../../kernel/store/create.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { usualServiceLevels } from "../usual-service-levels.ts";
import { cut, present } from "./log-line.ts";
import type { LogLine } from "./log-line.ts";

/** What the log names, as records of this organisation. Every name must have been met by `addPlaces` first. */
export interface Places {
  queueOf(group: string | null): string;
  teamOf(group: string | null): string | null;
  /** A caller or a resolver; null for nobody. */
  personOf(name: string | null): string | null;
  /** The subcategory where there is one, else the category. */
  categoryOf(category: string | null, subcategory: string | null): string | null;
}

/** Places with the ids that are known so far, by the name in the log. */
export interface KnownPlaces extends Places {
  readonly queues: Map<string, { readonly id: string; readonly team: string | null }>;
  readonly people: Map<string, string>;
  readonly categories: Map<string, string>;
  readonly calendar: string | null;
}

/** The queue of incidents that are in no group. */
export const noGroup = "No group";
const nameMax = 120;
/** A log may be older than the organisation's own promises; the shipped bank holidays begin in 2010. */
const promisedFrom = "2010-01-01";

/** Reads which queues, people and categories there are already: from imports before this one, or made by hand. */
export async function knownPlaces(tx: Tx): Promise<KnownPlaces> {
  const named = await sql<{ name: string; id: string; team: string | null }>`
    select title as name, id, team_id as team from visible_queue where organisation_id = ${tx.actor.organisationId}::uuid and closed_at is null order by id desc`.execute(
    tx.db,
  );
  const people = await bySourceReference(tx, "visible_person");
  const categories = await bySourceReference(tx, "visible_category");
  const calendar = await sql<{ calendar: string | null }>`
    select calendar from visible_queue where organisation_id = ${tx.actor.organisationId}::uuid and calendar is not null
    order by is_default is not true, id limit 1`.execute(tx.db);
  const queues = new Map(named.rows.map(({ name, id, team }) => [name, { id, team }]));
  return {
    queues,
    people,
    categories,
    calendar: calendar.rows[0]?.calendar ?? null,
    queueOf: (group) => met(queues.get(queueName(group)), queueName(group)).id,
    teamOf: (group) => met(queues.get(queueName(group)), queueName(group)).team,
    personOf: (name) => (name === null ? null : met(people.get(reference(name)), name)),
    categoryOf: (category, subcategory) => {
      const key = categoryKeys(category, subcategory).at(-1);
      return key === undefined ? null : met(categories.get(key), key);
    },
  };
}

/** Makes whatever these lines name and the organisation lacks: a queue with service levels, contacts, categories. */
export async function addPlaces(tx: Tx, places: KnownPlaces, lines: readonly LogLine[]): Promise<void> {
  const whole = lines.filter((line) => line.whole);
  const cells = (...names: string[]) => [
    ...new Set(whole.flatMap(({ columns }) => names.map((name) => present(columns[name])))),
  ];
  for (const group of cells("assignment_group").concat(null)) {
    if (!places.queues.has(queueName(group)))
      places.queues.set(queueName(group), await addQueue(tx, places, queueName(group)));
  }
  await addPeople(
    tx,
    places,
    cells("caller_id", "assigned_to").filter(
      (name) => name !== null && !places.people.has(reference(name)),
    ) as string[],
  );
  const pairs = whole.map(({ columns }) => [present(columns["category"]), present(columns["subcategory"])] as const);
  await addCategories(
    tx,
    places,
    pairs.filter(([category]) => category !== null).map(([category]) => [category, null] as const),
  );
  await addCategories(tx, places, pairs);
}

async function addQueue(tx: Tx, { calendar }: KnownPlaces, name: string): Promise<{ id: string; team: null }> {
  const purpose =
    name === noGroup
      ? "Incidents brought in from ServiceNow that were in no assignment group."
      : `Incidents brought in from ServiceNow: assignment group ${name}.`;
  return { id: await bringQueue(tx, { name, purpose, calendar }), team: null };
}

/** Makes a queue for what is brought in, with the usual service levels from before any of it happened. Gives its id. */
export async function bringQueue(
  tx: Tx,
  queue: { readonly name: string; readonly purpose: string; readonly calendar: string | null },
): Promise<string> {
  const { id } = await insertRecord(tx, typeNamed(tx.registry, "queue"), queue, { trusted: true });
  const promise = { ...usualServiceLevels(tx, id, queue.name), validFrom: promisedFrom };
  await insertRecord(
    tx,
    typeNamed(tx.registry, "service_level_policy"),
    { ...promise, name: `${cut(queue.name, 100)}: usual targets until others are agreed` },
    { trusted: true },
  );
  return id;
}

/** Contacts without accounts: nobody can sign in as one of them. */
async function addPeople(tx: Tx, places: KnownPlaces, names: readonly string[]): Promise<void> {
  const type = typeNamed(tx.registry, "person");
  const records = names.map((name) =>
    broughtNow(tx, type.starts, { name: cut(name, nameMax), active: false, sourceReference: reference(name) }),
  );
  const ids = await bringIn(tx, type, records);
  for (const [at, name] of names.entries()) places.people.set(reference(name), ids[at]!);
}

/** Categories that are not there yet, each under its parent, which must be there. */
async function addCategories(
  tx: Tx,
  places: KnownPlaces,
  pairs: readonly (readonly [category: string | null, subcategory: string | null])[],
): Promise<void> {
  const type = typeNamed(tx.registry, "category");
  const missing = new Map(
    pairs.flatMap(([category, subcategory]) => {
      const keys = categoryKeys(category, subcategory);
      const key = keys.at(-1);
      if (key === undefined || places.categories.has(key)) return [];
      const parent = keys.length > 1 ? places.categories.get(keys[0]!) : undefined;
      return [
        [
          key,
          { name: cut(subcategory ?? category ?? "", nameMax), sourceReference: key, ...(parent ? { parent } : {}) },
        ] as const,
      ];
    }),
  );
  const ids = await bringIn(
    tx,
    type,
    [...missing.values()].map((values) => broughtNow(tx, type.starts, values)),
  );
  for (const [at, key] of [...missing.keys()].entries()) places.categories.set(key, ids[at]!);
}

/** Somebody or something that the history of tickets names: it is there from now on. */
export function broughtNow(
  tx: Tx,
  state: string,
  values: Readonly<Record<string, unknown>>,
  by = "ServiceNow",
): BroughtRecord {
  return {
    values,
    state,
    openedAt: tx.now,
    closedAt: null,
    events: [{ at: tx.now, verb: "created", body: { values, state, by } }],
  };
}

async function bySourceReference(tx: Tx, view: "visible_person" | "visible_category"): Promise<Map<string, string>> {
  const { rows } = await sql<{ key: string; id: string }>`select source_reference as key, id from ${sql.table(view)}
    where organisation_id = ${tx.actor.organisationId}::uuid and source_reference like 'servicenow:%' order by id desc`.execute(
    tx.db,
  );
  return new Map(rows.map(({ key, id }) => [key, id]));
}

/** The keys of the category and of its subcategory; of the one that there is; of none. */
function categoryKeys(category: string | null, subcategory: string | null): string[] {
  if (subcategory === null) return category === null ? [] : [reference(category)];
  return category === null
    ? [reference(subcategory)]
    : [reference(category), reference(`${cut(category, 80)}/${subcategory}`)];
}

function queueName(group: string | null): string {
  return cut(group ?? noGroup, nameMax);
}

function reference(name: string): string {
  return cut(`servicenow:${name}`, 200);
}

function met<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`The log’s “${name}” was not made before it was needed`);
  return value;
}
