import type { FastifyRequest } from "fastify";
import { may } from "../kernel/access.ts";
import type { Module } from "../kernel/registry.ts";
import { seesMeasure } from "../kernel/measures/measure.ts";
import { formatDay } from "../kernel/fields/date.ts";
import { countMax } from "../kernel/store/list.ts";
import type { RecordType } from "../kernel/record.ts";
import type { Tx } from "../kernel/transaction.ts";
import { administers, auditPath } from "./administers.ts";
import { bellOf } from "./bell.ts";
import { openCounts } from "./counts.ts";
import { flashOf } from "./flash.ts";
import { organisationShown } from "./logo.ts";
import { homeOf } from "./parts.ts";
import type { WebParts } from "./parts.ts";
import type { SessionPerson } from "./sign-in/contract.ts";
import { formatCount } from "./view/format.ts";
import type { NavGroup, Organisation, Shell } from "./view/models.ts";

/** What a page says of itself. */
export interface ShellOptions {
  readonly title: string;
  /** The address of the entry of the navigation that this page belongs to. */
  readonly current?: string;
  readonly search?: string;
  /**
   * What this page shows and follows: the address of a record or list, `work` for what the person has to do, or `told` for
   * their notifications. Every page follows how many notifications are unread.
   */
  readonly follows?: string;
  /** How the list is seen that it follows, where its rows can be sent as they change. */
  readonly followsView?: string | null;
  /** Types whose records it counts or lists as well; of their changes it hears at once, and then every two seconds at the most. */
  readonly followsAlso?: readonly RecordType[];
  /** It is made anew at the earliest after so many seconds, for a page that is dear to make. */
  readonly followsEvery?: number;
}

interface ShellRequest {
  readonly parts: WebParts;
  readonly request: FastifyRequest;
  readonly session: SessionPerson;
  readonly csrf: string;
}

const footer = [
  { text: "Accessibility statement", href: "/accessibility" },
  { text: "API reference", href: "/api" },
];

/** What surrounds the pages of someone who is signed in. */
export async function shellFor(
  { parts, request, session, csrf }: ShellRequest,
  tx: Tx,
  options: ShellOptions,
): Promise<Shell> {
  const [row, nav, notifications, banners] = await Promise.all([
    tx.db
      .selectFrom("organisations")
      .select(["name", "demo", "brand_colour", "logo_sha256", "logo_width", "logo_height", "logo_tone"])
      .where("id", "=", tx.actor.organisationId)
      .executeTakeFirstOrThrow(),
    navigation(parts, tx, options.current ?? ""),
    bellOf(tx),
    Promise.all(parts.modulePages.flatMap(({ banners: shown }) => (shown ? [shown(tx)] : []))),
  ]);
  const told = banners.flat();
  const flash = flashOf(request);
  return {
    title: options.title,
    organisation: organisationShown(row),
    csrf,
    person: { name: session.name, accountHref: "/account", signOutAction: "/sign-out" },
    notifications,
    nav,
    search: { action: "/search", value: options.search ?? "" },
    ...(flash ? { flash } : {}),
    ...(row.demo ? { demo: "This is a demonstration. Everyone and everything in it is invented." } : {}),
    ...(told.length > 0 ? { banners: told } : {}),
    ...(tx.actor.standsInFor
      ? {
          standsIn: {
            text: `You stand in for ${tx.actor.standsInFor.name} until ${formatDay(tx.actor.standsInFor.until)}.`,
            stopAction: "/stand-in/stop",
          },
        }
      : {}),
    live: liveOf(tx, options),
    footer,
  };
}

/** Where the page hears of changes. What somebody sees only while they stand in is not told to their own stream. */
function liveOf(
  tx: Tx,
  { follows = "", followsView = null, followsAlso = [], followsEvery }: ShellOptions,
): NonNullable<Shell["live"]> {
  const at = String(tx.now.epochMilliseconds);
  const also = [...new Set(followsAlso.filter(({ name }) => may(tx.actor, name, "read")).map(({ path }) => path))];
  if ((follows === "" && also.length === 0) || tx.actor.standsInFor) return { href: "/live", at, bellOnly: true };
  const own = follows === "work" || follows === "told";
  const query = new URLSearchParams({
    ...(own ? { of: follows } : {}),
    ...(followsView === null ? {} : { view: followsView }),
    ...(also.length > 0 ? { also: also.join(",") } : {}),
    ...(followsEvery === undefined ? {} : { every: String(followsEvery) }),
  });
  return { href: `/live${own ? "" : follows}${query.size > 0 ? `?${query.toString()}` : ""}`, at };
}

/** What surrounds a page for someone who is not signed in, or that must render without a database. */
export function plainShell(title: string, organisation?: Organisation, csrf = ""): Shell {
  return {
    title,
    organisation: organisation ?? { name: "Reeve", href: "/", brandColour: "#12436d" },
    csrf,
    footer: [footer[0]!],
  };
}

async function navigation(parts: WebParts, tx: Tx, address: string): Promise<NavGroup[]> {
  const counts = await openCounts(tx);
  const current = entryOf(parts, tx, address);
  const item = (label: string, href: string, count?: number) => ({
    label,
    href,
    ...(count ? { count: formatCount(count, countMax) } : {}),
    ...(href === current ? { current: true } : {}),
  });
  const linked = parts.modulePages
    .flatMap((module) => module.links)
    .filter((link) => may(tx.actor, link.type, link.needs ?? "internal") || link.alsoFor?.(tx.actor) === true);
  const links = (group: "work" | "insight", { records }: Pick<Module, "records">) =>
    linked
      .filter((link) => link.group === group && records.some(({ name }) => name === link.type))
      .map((link) => item(link.label, link.href));
  const insight = parts.registry.modules.flatMap((module) => links("insight", module));
  // A module’s other pages stand below it while somebody is in it, so that the whole can be taken in at a glance.
  const types = (group: "work" | "registers") =>
    parts.registry.modules
      .filter((module) => module.group === group)
      .flatMap((module) => {
        const [main, ...others] = module.records;
        const daily = others.filter(({ name }) => isDaily(tx, module, name));
        const within = [
          ...daily.map(({ name, label, path }) => item(label.many, `/${path}`, counts.byType[name])),
          ...links("work", module),
        ];
        if (!main || !may(tx.actor, main.name, "read")) return within;
        const top = item(module.label, `/${main.path}`, counts.byType[main.name]);
        const here = [top, ...within, ...links("insight", module)].some((one) => "current" in one);
        return [{ ...top, ...(here && within.length > 0 ? { within } : {}) }];
      });
  const administering = administers(tx);
  const audit = item("Who did what", auditPath);
  const measured = [...parts.registry.measures.values()].some((measure) => seesMeasure(tx.actor, measure));
  const home = homeOf(parts, tx.actor);
  const first = home ? item(home.label, home.href) : item("My work", "/", counts.mine);
  const groups: NavGroup[] = [
    { items: [first, item("Search", "/search")] },
    { label: "Work", items: types("work") },
    { label: "Registers", items: [...types("registers"), item("People", "/people"), item("Teams", "/teams")] },
    { label: "Insight", items: [...insight, ...(measured ? [item("Reports", "/reports")] : [])] },
    {
      label: "Settings",
      items: [
        ...(administering ? [item("Administration", "/administration")] : []),
        ...(counts.audits && !administering
          ? [current === "/administration" ? { ...audit, current: true } : audit]
          : []),
      ],
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}

/** Whether a type has an entry of its own below its module’s, for whoever acts. */
function isDaily(tx: Tx, { daily, asked }: Module, name: string): boolean {
  if (daily?.includes(name) !== true) return false;
  return may(tx.actor, name, "internal") || (asked?.includes(name) === true && may(tx.actor, name, "create"));
}

/** The entry of the navigation that marks where a person is: a list with an entry of its own, or its module. */
function entryOf({ registry, modulePages }: WebParts, tx: Tx, address: string): string {
  const module = registry.modules.find(({ records }) => records.some(({ path }) => `/${path}` === address));
  const type = module?.records.find(({ path }) => `/${path}` === address);
  const main = module?.records[0];
  if (!module || !type || !main || module.group === "administration") return address;
  const isLinked = modulePages.some(({ links }) => links.some(({ href }) => href === address));
  const hasEntry = (isLinked && may(tx.actor, type.name, "internal")) || isDaily(tx, module, type.name);
  return hasEntry ? address : `/${main.path}`;
}
