import { may } from "../../kernel/access.ts";
import type { RecordType } from "../../kernel/record.ts";
import { countMax } from "../../kernel/store/list.ts";
import type { ListPage as Found } from "../../kernel/store/list.ts";
import { mayImport } from "../../kernel/transfer/check.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { ModulePages } from "../parts.ts";
import { formatCount } from "../view/format.ts";
import type { Empty, Link, ListPage, Shell } from "../view/models.ts";
import { columnChoices, listHref, queryText } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { listColumns, listRows } from "./list-cells.ts";
import { chipsOf, filterControls, hiddenFilters } from "./list-filters.ts";
import type { Surroundings } from "./list-surroundings.ts";
import { navigationOf, pageClock } from "./places.ts";
import { viewTabs } from "./saved-views.ts";

interface Listed {
  readonly type: RecordType;
  readonly address: ListAddress;
  readonly found: Found;
  readonly many: number;
  /** Whether the headings offer to sort by any column that can be, and not only by those that an index serves. */
  readonly anySort: boolean;
  readonly surroundings: Surroundings;
  readonly shell: Shell;
  readonly modulePages: readonly ModulePages[];
}

/** The model of a list's page. */
export function listModel(
  tx: Tx,
  { type, address, found, many, anySort, surroundings, shell, modulePages }: Listed,
): ListPage {
  const controls = filterControls({ actor: tx.actor, type, address, surroundings });
  const chips = chipsOf({ actor: tx.actor, type, address, surroundings });
  const create = may(tx.actor, type.name, type.access.create.permission)
    ? { text: `New ${type.label.one.toLowerCase()}`, href: `/${type.path}/new` }
    : null;
  const title = titleOf(tx, type);
  return {
    shell,
    ...crumbs(tx, type),
    title,
    countText: countText(type, many),
    ...(create ? { create } : {}),
    links: [
      ...(mayImport(tx.actor, type) ? [{ text: "Import", href: `/${type.path}/import` }] : []),
      ...modulePages
        .flatMap(({ links }) => links)
        .filter((link) => link.type === type.name && may(tx.actor, link.type, "internal"))
        .map(({ label, href }) => ({ text: label, href })),
    ],
    views: viewTabs(tx.actor, type, address, surroundings.views),
    query: {
      action: `/${type.path}`,
      search: { name: "q", label: `Search in ${type.label.many.toLowerCase()}`, value: address.search },
      filters: controls,
      columns: { name: "columns", canOrder: true, options: columnOptions(tx, type, address) },
      hidden: hiddenFilters(address, type, controls),
      clearHref: `/${type.path}`,
    },
    chips,
    saveView: saving(type, address, surroundings),
    table: {
      caption: `${title}, ${chips.map(({ label }) => label).join(", ") || (address.show === "all" ? "all" : address.show)}`,
      columns: listColumns(tx.actor, type, address, anySort),
      rows: listRows(tx, type, address.columns, found.items, surroundings.names, pageClock(tx)),
      empty: emptyOf(type, address, chips.length > 0, create),
    },
    paging: {
      ...(found.previousCursor ? { previousHref: listHref(type, address, { cursor: found.previousCursor }) } : {}),
      ...(found.nextCursor ? { nextHref: listHref(type, address, { cursor: found.nextCursor }) } : {}),
    },
    ...(found.items.length > 0 ? { csvHref: listHref(type, address, {}, ".csv") } : {}),
  };
}

/** A module's main list carries the module's name, as the navigation does. */
export function titleOf(tx: Tx, type: RecordType): string {
  const module = tx.registry.modules.find(({ records }) => records.includes(type));
  return module && module.group !== "administration" && module.records[0] === type ? module.label : type.label.many;
}

function crumbs(tx: Tx, type: RecordType): { breadcrumb?: Link[] } {
  const above = navigationOf(tx.registry, type);
  const main = tx.registry.byPath.get(above.slice(1));
  return main && main !== type ? { breadcrumb: [{ text: titleOf(tx, main), href: above }] } : {};
}

function countText(type: RecordType, many: number): string {
  return `${many > countMax ? `${formatCount(countMax)}+` : formatCount(many)} ${(many === 1 ? type.label.one : type.label.many).toLowerCase()}`;
}

function columnOptions(
  tx: Tx,
  type: RecordType,
  { columns }: ListAddress,
): { value: string; label: string; selected: boolean }[] {
  const place = (name: string) => (columns.includes(name) ? columns.indexOf(name) : columns.length);
  return columnChoices(tx.actor, type)
    .map(([value, label]) => ({ value, label, selected: columns.includes(value) }))
    .toSorted((one, other) => place(one.value) - place(other.value));
}

function saving(type: RecordType, address: ListAddress, { views }: Surroundings): NonNullable<ListPage["saveView"]> {
  const query = queryText(type, { ...address, cursor: "" });
  const shown = views.find((view) => view.query === query);
  return {
    action: `/${type.path}/views`,
    hidden: [{ name: "query", value: query }],
    ...(shown ? { removeAction: `/${type.path}/views/${shown.id}/remove` } : {}),
  };
}

function emptyOf(type: RecordType, address: ListAddress, narrowed: boolean, create: Link | null): Empty {
  const many = type.label.many.toLowerCase();
  const actions = create ? [create, { text: "Import a file", href: `/${type.path}/import` }] : [];
  if (narrowed || address.cursor) {
    const everything = listHref(type, address, { search: "", where: {}, states: [], show: "all" });
    return {
      title: `No ${many} match`,
      text: "Take a filter away, search for other words, or look at all of them.",
      actions: [{ text: `All ${many}`, href: everything }],
    };
  }
  if (address.show === "open")
    return {
      title: `No open ${many}`,
      text: type.empty,
      actions: [...actions, { text: "Show closed ones too", href: listHref(type, address, { show: "all" }) }],
    };
  return { title: `No ${many} yet`, text: type.empty, actions };
}
