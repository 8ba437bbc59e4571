import { may } from "../../kernel/access.ts";
import type { RecordType } from "../../kernel/record.ts";
import { countMax } from "../../kernel/store/list.ts";
import { offersImport } from "../../kernel/transfer/check.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { ModulePages } from "../parts.ts";
import { formatCount } from "../view/format.ts";
import type { Empty, Link, ListPage, Shell } from "../view/models.ts";
import { listHref } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { columnChoices, columnLabels, isLinked } from "./list-columns.ts";
import { chipsOf, filterControls, hiddenFilters } from "./list-filters.ts";
import { layoutLinks, seenBy } from "./list-layouts.ts";
import type { Middle } from "./list-seen.ts";
import type { Surroundings } from "./list-surroundings.ts";
import { crumbsTo } from "./places.ts";
import { savingOf, teamTabs, viewTabs } from "./saved-views.ts";

interface Listed {
  readonly type: RecordType;
  readonly address: ListAddress;
  readonly many: number;
  /** Whether any record is shown. */
  readonly any: boolean;
  readonly middle: Middle;
  readonly surroundings: Surroundings;
  readonly shell: Shell;
  readonly modulePages: readonly ModulePages[];
}

/** The model of a list's page. */
export function listModel(
  tx: Tx,
  { type, address, many, any, middle, surroundings, shell, modulePages }: Listed,
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
      ...(offersImport(tx.actor, type) ? [{ text: "Import", href: `/${type.path}/import` }] : []),
      ...modulePages
        .flatMap(({ links }) => links)
        .filter(
          (link) => link.type === type.name && link.href !== `/${type.path}` && may(tx.actor, link.type, "internal"),
        )
        .map(({ label, href }) => ({ text: label, href })),
    ],
    views: viewTabs(tx.actor, type, address, surroundings.views),
    teamViews: teamTabs(type, address, surroundings.views),
    query: {
      action: `/${type.path}`,
      search: { name: "q", label: `Search in ${type.label.many.toLowerCase()}`, value: address.search },
      filters: controls,
      columns: {
        name: "columns",
        canOrder: true,
        options: columnOptions(tx, type, address),
        moreHref: listHref(type, address, {}, "/columns"),
      },
      hidden: hiddenFilters(address, type, controls),
      clearHref: clearHref(type, address),
    },
    layouts: layoutLinks(type, address),
    seenBy: seenBy(tx, type, address),
    chips,
    saveView: savingOf(tx.actor, type, address, surroundings),
    paging: {},
    ...middle,
    table: {
      columns: [],
      rows: [],
      ...middle.table,
      caption: `${title}, ${chips.map(({ label }) => label).join(", ") || (address.show === "all" ? "all" : address.show)}`,
      ...(any ? {} : { empty: emptyOf(tx, type, address, { narrowed: chips.length > 0, create }) }),
    },
    ...(any
      ? {
          csvHref: listHref(type, plain(address), {}, ".csv"),
          excelHref: listHref(type, plain(address), {}, ".xlsx"),
        }
      : {}),
  };
}

/** The same rows as a table: what a file of them holds. */
function plain(address: ListAddress): ListAddress {
  return { ...address, as: "list", by: "", on: "", to: "", at: "" };
}

/** A module's main list carries the module's name, as the navigation does. */
export function titleOf(tx: Tx, type: RecordType): string {
  const module = tx.registry.modules.find(({ records }) => records.some(({ name }) => name === type.name));
  return module && module.group !== "administration" && module.records[0]?.name === type.name
    ? module.label
    : type.label.many;
}

function crumbs(tx: Tx, type: RecordType): { breadcrumb?: Link[] } {
  const above = crumbsTo(tx, type).slice(0, -1);
  return above.length > 0 ? { breadcrumb: above } : {};
}

/** The list without search and filters, seen as it is now. */
function clearHref(type: RecordType, address: ListAddress): string {
  return listHref(type, address, {
    search: "",
    where: {},
    states: [],
    show: type.views.list.openOnly ? "open" : "all",
  });
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
  const labels = columnLabels(tx, type, columns);
  const linked = columns.filter(isLinked).map((name) => [name, labels.get(name) ?? name] as const);
  return [...columnChoices(tx.actor, type), ...linked]
    .map(([value, label]) => ({ value, label, selected: columns.includes(value) }))
    .toSorted((one, other) => place(one.value) - place(other.value));
}

function emptyOf(
  tx: Tx,
  type: RecordType,
  address: ListAddress,
  { narrowed, create }: { narrowed: boolean; create: Link | null },
): Empty {
  const many = type.label.many.toLowerCase();
  const actions = create
    ? [create, ...(offersImport(tx.actor, type) ? [{ text: "Import a file", href: `/${type.path}/import` }] : [])]
    : [];
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
