import type { FastifyInstance } from "fastify";
import { administers, auditPath } from "../administers.ts";
import { openCounts } from "../counts.ts";
import { may } from "../../kernel/access.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { paletteRecords } from "./palette-records.ts";

const wordsMax = 200;

/** A place to go to; `hint` says more about it in a few words. */
export interface PaletteItem {
  readonly label: string;
  readonly hint?: string;
  readonly href: string;
}

interface Group {
  readonly label: string;
  readonly items: readonly PaletteItem[];
}

/** GET `/palette?q=`: what the palette offers for these words, as JSON: pages, new records, and records that are there. */
export function registerPalette(app: FastifyInstance, parts: WebParts): void {
  app.get("/palette", pageRoute(parts, palette));
}

async function palette(page: PageRequest): Promise<PageAnswer> {
  const words = first(page.query, "q").replaceAll("\u0000", " ").toWellFormed().trim().slice(0, wordsMax);
  const groups = await page.as(async (tx): Promise<Group[]> => [
    { label: "Go to", items: matching(pagesFor(tx, page.parts, (await openCounts(tx)).audits), words) },
    { label: "New", items: matching(newFor(tx), words) },
    { label: "Records", items: words.length < 2 ? [] : await paletteRecords(tx, words) },
  ]);
  return {
    body: JSON.stringify({ groups: groups.filter(({ items }) => items.length > 0) }),
    type: "application/json; charset=utf-8",
    headers: { "cache-control": "no-store" },
  };
}

/** Those whose words begin with what was typed, or hold it when it is long enough to mean something. */
function matching(items: readonly PaletteItem[], words: string): readonly PaletteItem[] {
  const typed = words.toLowerCase().split(/\s+/);
  return items.filter(({ label }) => {
    const said = ` ${label.toLowerCase()}`;
    return typed.every((word) => said.includes(word.length < 3 ? ` ${word}` : word));
  });
}

function pagesFor(tx: Tx, { registry, modulePages }: WebParts, audits: boolean): PaletteItem[] {
  const types = readable(tx);
  const moduleOf = (type: RecordType) =>
    registry.modules.find(({ records }) => records.some(({ name }) => name === type.name));
  const lists = types.map((type): PaletteItem => {
    const module = moduleOf(type);
    const named =
      module && module.records[0]?.name === type.name && module.group !== "administration" ? module.label : "";
    return {
      label: type.label.many,
      href: `/${type.path}`,
      ...(named && named !== type.label.many ? { hint: named } : {}),
    };
  });
  const links = modulePages
    .flatMap((module) => module.links)
    .filter((link) => may(tx.actor, link.type, "internal") || link.alsoFor?.(tx.actor) === true)
    .map(({ label, href }): PaletteItem => ({ label, href }));
  return [
    { label: "My work", href: "/" },
    { label: "Search", href: "/search" },
    ...lists,
    ...links,
    ...(administers(tx) ? [{ label: "Administration", href: "/administration" }] : []),
    ...(audits ? [{ label: "Who did what", href: auditPath }] : []),
    { label: "Your account", href: "/account" },
  ];
}

function newFor(tx: Tx): PaletteItem[] {
  return readable(tx)
    .filter((type) => may(tx.actor, type.name, type.access.create.permission))
    .map((type) => ({ label: `New ${type.label.one.toLowerCase()}`, href: `/${type.path}/new` }));
}

function readable(tx: Tx): RecordType[] {
  return [...tx.registry.types.values()].filter((type) => may(tx.actor, type.name, "read"));
}
