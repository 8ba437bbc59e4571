import { sql } from "kysely";
import { refuse } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { resolveLinks } from "../../kernel/store/check-links.ts";
import { filterNames } from "../../kernel/store/filters.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
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

/** A view that the person saved: an address of the type's list by a name of their own. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly query: string;
}

type Found = {
  readonly part: "name" | "choice" | "view";
  readonly id: string;
  readonly type: string;
  readonly reference: string;
  readonly title: string;
};

/** Reads names, choices and saved views with one query. */
export async function readSurroundings(
  tx: Tx,
  type: RecordType,
  wanted: { ids: Iterable<string>; targets: Iterable<string> },
): Promise<Surroundings> {
  const ids = [...new Set(wanted.ids)];
  const targets = [...new Set(wanted.targets)];
  const organisation = tx.actor.organisationId;
  const { rows } = await sql<Found>`
    select 'name' as part, id, type, reference, title from records where organisation_id = ${organisation}::uuid and id = any (${ids}::uuid[])
    union all
    select 'choice', c.id, c.type, c.reference, c.title from unnest(${targets}::text[]) as target (type), lateral (
      select r.id, r.type, r.reference, r.title from records r
      where r.organisation_id = ${organisation}::uuid and r.type = target.type and r.closed_at is null limit ${choicesMax + 1}) c
    union all
    (select 'view', id, type, name, query from saved_views
      where organisation_id = ${organisation}::uuid and person_id = ${tx.actor.personId}::uuid and type = ${type.name} order by name limit ${viewsMax})`.execute(
    tx.db,
  );
  const part = (name: Found["part"]) => rows.filter((row) => row.part === name);
  const choices = targets
    .map((target) => [target, part("choice").filter((row) => row.type === target)] as const)
    .filter(([, found]) => found.length <= choicesMax);
  return {
    names: new Map(
      part("name").map(({ id, type: named, reference, title }) => [
        id,
        { title, reference, type: named, href: hrefOf(tx, named, reference) },
      ]),
    ),
    choices: new Map(
      choices.map(([target, found]) => [
        target,
        found.toSorted((one, other) => one.title.localeCompare(other.title, "en-GB")),
      ]),
    ),
    views: part("view").map(({ id, reference, title }) => ({ id, name: reference, query: title })),
  };
}

/** The filters of a type that take a record, by name, with the type that each leads to. */
export function recordFilters(type: RecordType): Map<string, string> {
  return new Map(
    filterNames(type).flatMap(({ name, field, takes }) => {
      const widget = takes === "record" ? type.fields[field]?.kind.input(type.fields[field].options, null) : undefined;
      return widget?.widget === "record" ? [[name, widget.type] as const] : [];
    }),
  );
}

/** The address with what people typed for a record (a name, a reference) turned into its id. Refuses (invalid) what cannot be found. */
export async function resolveAddress(tx: Tx, type: RecordType, address: ListAddress): Promise<ListAddress> {
  const where: Record<string, readonly string[]> = { ...address.where };
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
  return { ...address, where };
}
