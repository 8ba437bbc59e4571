import type { RecordType } from "../../kernel/record.ts";
import type { Registry } from "../../kernel/registry.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { administers, isRegister } from "../administers.ts";
import { hrefOf } from "../names.ts";
import type { Link, Tag } from "../view/models.ts";

/** Where every time is shown, and the moment that a page is written for. */
export function pageClock(tx: Tx): { readonly now: Temporal.Instant; readonly zone: string } {
  return { now: tx.now, zone: "Europe/London" };
}

/** The address of a record's page. */
export function addressOf(tx: Pick<Tx, "registry">, record: Pick<Stored, "type" | "reference">): string {
  return hrefOf(tx, record.type, record.reference);
}

/** The address by which the navigation marks where a type's pages belong: its own list, or Administration. */
export function navigationOf(registry: Registry, type: RecordType): string {
  if (isRegister(registry, type)) return "/administration";
  return `/${type.path}`;
}

/** The way to a type's list: the module or Administration, and the list where that is another page. */
export function crumbsTo(tx: Pick<Tx, "actor" | "registry">, type: RecordType): Link[] {
  const { registry } = tx;
  const module = registry.modules.find(({ records }) => records.some(({ name }) => name === type.name));
  const main = module?.records[0];
  const list = { text: type.label.many, href: `/${type.path}` };
  return module && main && module.group !== "administration"
    ? [{ text: module.label, href: `/${main.path}` }, ...(main.name === type.name ? [] : [list])]
    : [...(isRegister(registry, type) && administers(tx) ? [administration] : []), list];
}

const administration: Link = { text: "Administration", href: "/administration" };

/** A record's state as a tag. */
export function stateTag(type: RecordType, state: string): Tag {
  const known = Object.hasOwn(type.states, state) ? type.states[state] : undefined;
  return { text: known?.label ?? state, tone: known?.tone ?? "neutral" };
}

/** A clock's words with the states' own labels in place of their keys: "Paused (Waiting for user)". */
export function withStateLabels(type: RecordType, words: string): string {
  return words.replaceAll(/\(([a-z_]+)\)/g, (whole, state: string) =>
    Object.hasOwn(type.states, state) ? `(${type.states[state]?.label})` : whole,
  );
}
