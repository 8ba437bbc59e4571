import { sql } from "kysely";
import { may, readsInternal } from "../../kernel/access.ts";
import { forbid, refuse } from "../../kernel/errors.ts";
import { isId } from "../../kernel/store/find.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Actor, Tx } from "../../kernel/transaction.ts";
import { first } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { Choice, ListPage } from "../view/models.ts";
import { formOf, listHref, queryText, readAddress } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { viewsMax } from "./list-surroundings.ts";
import type { SavedView, Surroundings } from "./list-surroundings.ts";

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
  const own = saved.filter((view) => view.own).map(({ name, query }) => [name, query] as const);
  const tabs = [...usual.filter(([, query]) => !own.some(([, kept]) => kept === query)), ...own];
  // One tab alone would say nothing.
  if (tabs.length < 2) return [];
  return tabs.map(([label, query]) => ({
    label,
    href: query === "" ? plainHref(type, saved) : `/${type.path}?${query}`,
    ...(query === current ? { current: true } : {}),
  }));
}

/** The list without any view: said in full where the person's list begins with one, for the bare address leads there. */
function plainHref(type: RecordType, saved: readonly SavedView[]): string {
  const standard = type.views.list.openOnly ? "open" : "all";
  return saved.some(({ starts }) => starts) ? `/${type.path}?show=${standard}` : `/${type.path}`;
}

/** The tabs of what others share with a team of this person. */
export function teamTabs(type: RecordType, address: ListAddress, saved: readonly SavedView[]): ListPage["teamViews"] {
  const current = queryText(type, { ...address, cursor: "" });
  return saved
    .filter(({ own }) => !own)
    .map(({ name, query }) => ({
      label: name,
      href: query === "" ? plainHref(type, saved) : `/${type.path}?${query}`,
      ...(query === current ? { current: true } : {}),
    }));
}

/** The form that saves what is shown, and what can be done with the view that it is. */
export function savingOf(
  actor: Actor,
  type: RecordType,
  address: ListAddress,
  { views, names }: Surroundings,
): NonNullable<ListPage["saveView"]> {
  const query = queryText(type, { ...address, cursor: "" });
  const shown = views.filter((view) => view.query === query);
  const own = shown.find((view) => view.own);
  const any = own ?? shown[0];
  const teams = teamsToShareWith(actor, type).map((id): Choice => ({
    value: id,
    label: names.get(id)?.title ?? "A team of yours",
    selected: own?.teamId === id,
  }));
  return {
    action: `/${type.path}/views`,
    hidden: [{ name: "query", value: query }],
    name: own?.name ?? "",
    ...(teams.length > 0 ? { share: [{ value: "", label: "Only me" }, ...teams] } : {}),
    ...(own ? { removeAction: `/${type.path}/views/${own.id}/remove` } : {}),
    ...(any ? { start: startOf(type, any) } : {}),
  };
}

function startOf(type: RecordType, { id, starts }: SavedView): NonNullable<ListPage["saveView"]>["start"] {
  const many = type.label.many.toLowerCase();
  return {
    action: `/${type.path}/views/${id}/start`,
    label: starts ? `Begin with the usual list of ${many} again` : `Begin with this view when I open ${many}`,
    hidden: [{ name: "start", value: starts ? "no" : "yes" }],
  };
}

/** The teams with which this person may share views of a type: their own, for officers who work on it. */
function teamsToShareWith(actor: Actor, type: RecordType): readonly string[] {
  return readsInternal(actor, type.name) ? actor.teams : [];
}

/** Saves the address under a name; one's own of that name is replaced. Refuses (invalid) a name that is empty or too long. */
export async function saveView(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  const name = first(page.form, "name").trim().replaceAll(/\s+/g, " ");
  if (name === "" || name.length > 60 || name.includes("\u0000") || !name.isWellFormed())
    refuse("name", "Enter a name for the view, at most 60 characters");
  const team = first(page.form, "team");
  const given = formOf(first(page.form, "query"));
  const href = await page.as(async (tx) => {
    const address = { ...readAddress(tx, type, given), cursor: "" };
    const query = queryText(type, address);
    if (query.length > 4000) refuse("query", "This view holds too many filters to be saved");
    if (team !== "" && !teamsToShareWith(tx.actor, type).includes(team))
      forbid("You may share views with the teams that you are in, of records that you work on");
    await checkRoom(tx, type, name);
    await sql`insert into saved_views (organisation_id, person_id, type, name, query, team_id)
      values (${tx.actor.organisationId}::uuid, ${tx.actor.personId}::uuid, ${type.name}, ${name}, ${query}, ${team === "" ? null : team}::uuid)
      on conflict (organisation_id, person_id, type, name) do update set query = excluded.query, team_id = excluded.team_id`.execute(
      tx.db,
    );
    return listHref(type, address);
  });
  return { redirect: href, flash: `The view “${name}” is saved${team === "" ? "" : " and shared with the team"}.` };
}

async function checkRoom(tx: Tx, type: RecordType, name: string): Promise<void> {
  const { rows } = await sql<{ many: number }>`select count(*) as many from saved_views
    where organisation_id = ${tx.actor.organisationId}::uuid and person_id = ${tx.actor.personId}::uuid and type = ${type.name} and name <> ${name}`.execute(
    tx.db,
  );
  if ((rows[0]?.many ?? 0) >= viewsMax)
    refuse(
      "name",
      `You have ${viewsMax} views of ${type.label.many.toLowerCase()}, which is the most. Remove one first`,
    );
}

/** Makes a view what the person's list begins with, or no longer. One that they may not see is no fault and does nothing. */
export async function startWithView(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  const id = page.params["view"] ?? "";
  const start = first(page.form, "start") === "yes";
  const view = await page.as(async (tx) => {
    if (!isId(id)) return null;
    const { organisationId, personId } = tx.actor;
    const { rows } = await sql<{ name: string; query: string }>`select name, query from saved_views
      where organisation_id = ${organisationId}::uuid and type = ${type.name} and id = ${id}::uuid`.execute(tx.db);
    if (!rows[0]) return null;
    await sql`delete from view_starts
      where organisation_id = ${organisationId}::uuid and person_id = ${personId}::uuid and type = ${type.name}`.execute(
      tx.db,
    );
    if (start)
      await sql`insert into view_starts (organisation_id, person_id, type, view_id)
        values (${organisationId}::uuid, ${personId}::uuid, ${type.name}, ${id}::uuid)`.execute(tx.db);
    return rows[0];
  });
  if (view === null) return { redirect: `/${type.path}` };
  const many = type.label.many.toLowerCase();
  return {
    redirect: `/${type.path}${view.query === "" ? "" : `?${view.query}`}`,
    flash: start ? `Your ${many} now begin with “${view.name}”.` : `Your ${many} begin with the usual list again.`,
  };
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
