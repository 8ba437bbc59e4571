import { sql } from "kysely";
import { plannedOnce } from "../../kernel/database/in-transaction.ts";
import { refuse } from "../../kernel/errors.ts";
import { keptByType } from "../../kernel/kept-by-type.ts";
import type { RecordType } from "../../kernel/record.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import type { Named } from "../names.ts";
import type { ListAddress } from "./list-address.ts";

/** The most records that a select offers; where there are more, a filter takes a name or a reference. */
export const choicesMax = 40;
/** The most views that a person keeps for one type. */
export const viewsMax = 40;

/** What a list shows beside its rows. */
export interface Surroundings {
  readonly names: ReadonlyMap<string, Named>;
  /** The open records of each type that filters lead to; absent where there are too many for a select. */
  readonly choices: ReadonlyMap<string, readonly { readonly id: string; readonly title: string }[]>;
  readonly views: readonly SavedView[];
}

/** An address of the type's list by a name: the person's own, or shared with a team that they are in. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly query: string;
  /** Whether this person saved it, and so may change and remove it. */
  readonly own: boolean;
  readonly teamId: string | null;
  /** Whether the person's list of the type begins with it. */
  readonly starts: boolean;
}

/** Reads names, choices and saved views. */
export async function readSurroundings(
  tx: Tx,
  type: RecordType,
  wanted: {
    ids: Iterable<string> | Promise<Iterable<string>>;
    targets: Iterable<string>;
    /** Of a type with more records than this none is offered: its control asks for a name. */
    choices?: number;
  },
): Promise<Surroundings> {
  const [names, choices, views] = await Promise.all([
    // The teams with which a view can be shared are named beside the rest.
    Promise.resolve(wanted.ids).then((ids) => namesOf(tx, [...ids, ...tx.actor.teams])),
    readChoices(tx, [...new Set(wanted.targets)], wanted.choices ?? choicesMax),
    readViews(tx, type),
  ]);
  return { names, choices, views };
}

async function readChoices(tx: Tx, targets: readonly string[], most: number): Promise<Surroundings["choices"]> {
  if (targets.length === 0) return new Map();
  const { rows } = await sql<{ id: string; type: string; title: string }>`${plannedOnce}
    select c.id, c.type, c.title from unnest(${targets}::text[]) as target (type), lateral (
      select r.id, r.type, r.title from records r
      where r.organisation_id = ${tx.actor.organisationId}::uuid and r.type = target.type and r.closed_at is null
      limit ${sql.lit(most + 1)}) c`.execute(tx.db);
  const open = targets.map((target) => [target, rows.filter((row) => row.type === target)] as const);
  return new Map(
    open
      .filter(([, found]) => found.length <= most)
      .map(([target, found]) => [
        target,
        found.toSorted((one, other) => one.title.localeCompare(other.title, "en-GB")),
      ]),
  );
}

async function readViews(tx: Tx, type: RecordType): Promise<SavedView[]> {
  const { organisationId, personId, teams } = tx.actor;
  const { rows } = await sql<SavedView>`
    select v.id, v.name, v.query, v.person_id = ${personId}::uuid as own, v.team_id as "teamId", s.view_id is not null as starts
    from saved_views v left join view_starts s on s.organisation_id = v.organisation_id and s.person_id = ${personId}::uuid
      and s.type = v.type and s.view_id = v.id
    where v.organisation_id = ${organisationId}::uuid and v.type = ${type.name}
      and (v.person_id = ${personId}::uuid or v.team_id = any (${teams}::uuid[]))
    order by own desc, lower(v.name), v.id limit ${2 * viewsMax}`.execute(tx.db);
  return rows;
}

/** The filters of a type that take a record, by name, with the type that each leads to. */
export const recordFilters: (type: RecordType) => ReadonlyMap<string, string> = keptByType(
  (type) =>
    new Map(
      filterNames(type).flatMap(({ name, field, takes }) => {
        const widget = takes.startsWith("record")
          ? type.fields[field]?.kind.input(type.fields[field].options, null)
          : undefined;
        return widget?.widget === "record" ? [[name, widget.type] as const] : [];
      }),
    ),
);

/** The address with what people typed for a record (a name, a reference) turned into its id. Refuses (invalid) what cannot be found. */
export async function resolveAddress(tx: Tx, type: RecordType, address: ListAddress): Promise<ListAddress> {
  return { ...address, where: await resolveWhere(tx, type, address.where) };
}

/** The same for filters alone. */
export async function resolveWhere(
  tx: Tx,
  type: RecordType,
  given: ListAddress["where"],
): Promise<Record<string, readonly string[]>> {
  const where: Record<string, readonly string[]> = { ...given };
  for (const [name, target] of recordFilters(type)) {
    const typed = (where[name] ?? []).filter((value) => value !== "me" && value !== "none" && !isId(value));
    if (typed.length === 0) continue;
    const words = typed.slice(0, 5);
    const found = await Promise.all(
      words.map(async (value) => (await resolveLinks(tx, type, { [name]: value }))[name]),
    );
    const unknown = words.find((_value, at) => !isId(String(found[at])));
    const label = type.fields[name]?.options.label ?? name;
    const one = tx.registry.types.get(target)?.label.one.toLowerCase() ?? "record";
    if (unknown !== undefined)
      refuse(name, `${label}: there is no ${one} called “${unknown}”. Give the whole name or the reference`);
    where[name] = [...(where[name] ?? []).filter((value) => !typed.includes(value)), ...found.map(String)];
  }
  return where;
}
