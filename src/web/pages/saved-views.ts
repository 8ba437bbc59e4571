import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { refuse } from "../../kernel/errors.ts";
import { isId } from "../../kernel/store/find.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Actor } from "../../kernel/transaction.ts";
import { first } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { ListPage } from "../view/models.ts";
import { listHref, queryText, readAddress } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { viewsMax } from "./list-surroundings.ts";
import type { SavedView } from "./list-surroundings.ts";

/** The tabs above a list: the usual ways to look at it, and the person's own. */
export function viewTabs(
  actor: Actor,
  type: RecordType,
  address: ListAddress,
  saved: readonly SavedView[],
): ListPage["views"] {
  const usual: [label: string, query: string][] = [[type.views.list.openOnly ? "All open" : "All", ""]];
  if (type.views.list.columns.includes("owner") && may(actor, type.name, type.access.change.permission))
    usual.push(["Mine", "owner=me"], ["Nobody has it", "owner=none"]);
  const current = queryText(type, { ...address, cursor: "" });
  const own = saved.map(({ name, query }) => [name, query] as const);
  const tabs = [...usual.filter(([, query]) => !own.some(([, kept]) => kept === query)), ...own];
  // One tab alone would say nothing.
  if (tabs.length < 2) return [];
  return tabs.map(([label, query]) => ({
    label,
    href: `/${type.path}${query ? `?${query}` : ""}`,
    ...(query === current ? { current: true } : {}),
  }));
}

/** Saves the address under a name; one of that name is replaced. Refuses (invalid) a name that is empty or too long. */
export async function saveView(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  const name = first(page.form, "name").trim().replaceAll(/\s+/g, " ");
  if (name === "" || name.length > 60 || name.includes("\u0000") || !name.isWellFormed())
    refuse("name", "Enter a name for the view, at most 60 characters");
  const given = Object.fromEntries(
    [...Map.groupBy(new URLSearchParams(first(page.form, "query").slice(0, 8000)), ([key]) => key)].map(
      ([key, pairs]) => [key, pairs.map(([, value]) => value)],
    ),
  );
  const href = await page.as(async (tx) => {
    const address = { ...readAddress(tx, type, given), cursor: "" };
    const query = queryText(type, address);
    if (query.length > 4000) refuse("query", "This view holds too many filters to be saved");
    const { rows } = await sql<{ many: number }>`select count(*) as many from saved_views
      where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid and type = ${type.name} and name <> ${name}`.execute(
      tx.db,
    );
    if ((rows[0]?.many ?? 0) >= viewsMax)
      refuse(
        "name",
        `You have ${viewsMax} views of ${type.label.many.toLowerCase()}, which is the most. Remove one first`,
      );
    await sql`insert into saved_views (organisation_id, person_id, type, name, query)
      values (${tx.actor.organisationId}::uuid, ${tx.actor.personId}::uuid, ${type.name}, ${name}, ${query})
      on conflict (organisation_id, person_id, type, name) do update set query = excluded.query`.execute(tx.db);
    return listHref(type, address);
  });
  return { redirect: href, flash: `The view “${name}” is saved.` };
}

/** Removes one of the person's own views; one that is gone already is no fault. */
export async function removeView(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  const id = page.params["view"] ?? "";
  await page.as(async (tx) => {
    if (!isId(id)) return;
    await sql`delete from saved_views where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid and type = ${type.name} and id = ${id}::uuid`.execute(
      tx.db,
    );
  });
  return { redirect: `/${type.path}`, flash: "The view is removed." };
}
