import { sql } from "kysely";
import { mustBeAllowed, may } from "../access.ts";
import { Refusal, refuse } from "../errors.ts";
import { inSentence } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import type { Stored, Tx } from "../transaction.ts";
import { find, isId } from "./find.ts";
import { hiddenByDefinition } from "./hidden.ts";

/** How a relation reads from the record that it starts at, and from the one that it leads to. */
interface Relation {
  readonly forward: string;
  readonly back: string;
  /** Whether what stands at its start cannot do without what it leads to. */
  readonly depends?: boolean;
  /** Whether it leads to people alone, and is only for those who may change the record at its start. */
  readonly namesPeople?: boolean;
}

/**
 * The ways in which any record can be joined to any other, beside the fields of its type that lead to records. The database
 * knows their names as well (`record_relations()`): one more is a migration.
 */
export const relations = {
  relates_to: { forward: "Is related to", back: "Is related to" },
  depends_on: { forward: "Depends on", back: "Is needed by", depends: true },
  made_of: { forward: "Is made of", back: "Is part of", depends: true },
  caused_by: { forward: "Was caused by", back: "Caused" },
  duplicate_of: { forward: "Is a duplicate of", back: "Has the duplicate" },
  follows_from: { forward: "Follows from", back: "Led to" },
  // Read by act_as(): who is named sees the record though it is restricted, or though they read only their own.
  seen_by: { forward: "May be seen by", back: "May see", namesPeople: true },
} as const satisfies Readonly<Record<string, Relation>>;

export type RelationName = keyof typeof relations;

/** The relations by which one record cannot do without another. */
export const dependingRelations: readonly string[] = Object.entries<Relation>(relations).flatMap(
  ([name, { depends }]) => (depends ? [name] : []),
);

/** What a join is asked for by: `depends_on` as it reads from this record, `depends_on:back` as it reads from the other. */
export type RelationChoice = RelationName | `${RelationName}:back`;

/** Every choice and its words, each once. */
export const relationChoices: readonly { readonly value: RelationChoice; readonly label: string }[] = Object.entries(
  relations,
).flatMap(([name, { forward, back }]) => [
  // The names are those of the object.
  { value: name as RelationName, label: forward },
  ...((back as string) === forward ? [] : [{ value: `${name as RelationName}:back` as const, label: back }]),
]);

/** The choice that stands for a relation as it is read from one of its ends. */
export function choiceOf(name: string, back: boolean): string {
  return back && relationWords(name, true) !== relationWords(name, false) ? `${name}:back` : name;
}

/** How a relation reads from one of its ends; a relation that is no longer known reads as it is called. */
export function relationWords(name: string, back: boolean): string {
  const relation: Relation | undefined = Object.hasOwn(relations, name) ? relations[name as RelationName] : undefined;
  return relation ? (back ? relation.back : relation.forward) : name.replaceAll("_", " ");
}

/** What a join is made of, once it is checked. */
interface Join {
  readonly record: Stored;
  readonly other: Stored;
  readonly relation: RelationName;
  readonly from: string;
  readonly to: string;
}

/**
 * Joins a record to another one, of any type, given by its id or reference. Nothing is done when they are joined so
 * already. No version is needed. Refuses (unseen, forbidden, invalid) with a sentence for what is wrong.
 */
export async function joinRecords(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  given: { relation: unknown; to: unknown },
): Promise<{ record: Stored; other: Stored; changed: boolean }> {
  const join = await joinOf(tx, type, idOrReference, given);
  return { record: join.record, other: join.other, changed: await say(tx, join, "link_records") };
}

/** Takes a join away. Nothing is done when there is none. Refuses as `joinRecords` does. */
export async function partRecords(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  given: { relation: unknown; to: unknown },
): Promise<{ record: Stored; other: Stored; changed: boolean }> {
  const join = await joinOf(tx, type, idOrReference, given);
  return { record: join.record, other: join.other, changed: await say(tx, join, "unlink_records") };
}

async function say(
  tx: Tx,
  { record, other, relation, from, to }: Join,
  verb: "link_records" | "unlink_records",
): Promise<boolean> {
  const at = tx.now.toString({ smallestUnit: "microsecond" });
  try {
    const { rows } = await sql<{
      changed: boolean;
    }>`select ${sql.ref(verb)}(${from}::uuid, ${relation}, ${to}::uuid, ${at}::timestamptz) as changed`.execute(tx.db);
    return rows[0]?.changed === true;
  } catch (error) {
    // 54000 program_limit_exceeded: the database counts them, those that the actor does not see too.
    if (!(error instanceof Error && "code" in error && error.code === "54000" && "detail" in error)) throw error;
    const full = error.detail === other.id ? other : record;
    return refuse("to", `${full.reference} is joined to 5,000 records already, which is the most`);
  }
}

async function joinOf(
  tx: Tx,
  type: RecordType,
  idOrReference: string,
  given: { relation: unknown; to: unknown },
): Promise<Join> {
  const record = await find(tx, type, idOrReference);
  const choice = relationChoices.find(({ value }) => value === given.relation)?.value;
  if (!choice) refuse("relation", "Select how they are joined");
  const other = await otherEnd(tx, given.to);
  if (other.id === record.id) refuse("to", "A record cannot be joined to itself");
  const otherType = typeNamed(tx.registry, other.type);
  if (!may(tx.actor, otherType.name, otherType.access.change.permission, other))
    mustBeAllowed(
      tx.actor,
      type,
      type.access.change.permission,
      `join this ${inSentence(type.label.one)} to others`,
      record,
    );
  // The names before the colon are those of the object.
  const relation = choice.replace(/:back$/, "") as RelationName;
  const words: Relation = relations[relation];
  if (words.namesPeople) mustName(tx, choice.endsWith(":back") ? [other, record] : [record, other]);
  // A relation that reads the same from both ends is kept in one direction.
  const turned = words.forward === words.back ? other.id < record.id : choice.endsWith(":back");
  const [from, to] = turned ? [other.id, record.id] : [record.id, other.id];
  return { record, other, relation, from, to };
}

/** Refuses to name anybody but a person, and to whoever may not change the record that is to be seen. */
function mustName(tx: Tx, [seen, by]: readonly [Stored, Stored]): void {
  const type = typeNamed(tx.registry, seen.type);
  if (by.type !== "person") refuse("to", `“${relations.seen_by.forward}” leads to a person, like PER-00012`);
  mustBeAllowed(tx.actor, type, type.access.change.permission, `say who may see ${seen.reference}`, seen);
}

/** A record of any type by its id or its reference, which may stand before other words (“INC-00042 No sound”). */
async function otherEnd(tx: Tx, given: unknown): Promise<Stored> {
  const text = typeof given === "string" ? given.trim() : "";
  const reference = /^[A-Za-z]+-[\d-]*\d/.exec(text)?.[0];
  if (text === "" || text.length > 300 || text.includes("\u0000") || (!isId(text) && !reference))
    refuse("to", "Enter the other record’s reference, like INC-00042");
  const which = isId(text) ? sql`id = ${text.toLowerCase()}::uuid` : sql`reference = ${reference!.toUpperCase()}`;
  const { rows } = await sql<{ id: string; type: string }>`select id, type from records
    where organisation_id = ${tx.actor.organisationId}::uuid and ${which} limit 1`.execute(tx.db);
  const [found] = rows;
  try {
    if (found) return await find(tx, typeNamed(tx.registry, found.type), found.id);
  } catch (error) {
    if (!(error instanceof Refusal && error.kind === "unseen")) throw error;
  }
  return refuse("to", `There is no record ${reference ?? text}, or you may not see it`);
}

/** A record that another is joined to. */
export interface Joined {
  /** How many steps away. */
  readonly step: number;
  /** The record before it on the way. */
  readonly via: string;
  readonly relation: string;
  /** Whether the relation is read from its far end. */
  readonly back: boolean;
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
}

/** The most records that one look at the surroundings gives. */
export const reachedMax = 200;

/** How far a look at what depends on a record goes. */
export const stepsMax = 3;

/**
 * What is reached from a record by some relations, at most `steps` away and at most `reachedMax`,
 * the nearest first: only records that the actor may see, and only through such.
 */
export async function reached(
  tx: Tx,
  record: Pick<Stored, "id">,
  { back, steps, by }: { back: boolean; steps: number; by: readonly string[] },
): Promise<Joined[]> {
  const { rows } = await sql<Joined>`
    select w.step, w.via, w.relation, ${back}::boolean as back, r.id, r.type, r.reference, r.title, r.state
    from reached_records(${record.id}::uuid, ${by}::text[], ${back}, ${steps}, ${reachedMax}) w
    join records r on r.organisation_id = ${tx.actor.organisationId}::uuid and r.id = w.id
    order by w.step, r.title, r.id`.execute(tx.db);
  const hidden = await hiddenByDefinition(tx, rows);
  // In order of their steps, so that what was reached through a hidden one is known to be.
  const known = new Set([record.id]);
  return rows.filter(({ id, via }) => !hidden.has(id) && known.has(via) && known.add(id));
}
