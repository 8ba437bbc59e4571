import { isWork } from "../kernel/work.ts";
import type { RecordType } from "../kernel/record.ts";
import type { Module, Registry } from "../kernel/registry.ts";
import type { Tx } from "../kernel/transaction.ts";

/** Where those who may audit see who did what. */
export const auditPath = "/administration/audit";

/**
 * The small registers of a module, which Administration lists: all of an administration module, else those beside its main type
 * that are no work of their own.
 */
export function registersOf({ group, records, daily = [] }: Module): readonly RecordType[] {
  return group === "administration"
    ? records
    : records.slice(1).filter((type) => !isWork(type) && !daily.includes(type.name));
}

/** These stand in the menu themselves. */
const inMenu: ReadonlySet<string> = new Set(["person", "team"]);
/** Whoever only adds to a register keeps none. */
const looksOnly: ReadonlySet<string> = new Set(["read", "comment", "create"]);

/** Whether a type stands under Administration alone, and not in the menu. */
export function isRegister(registry: Registry, { name }: RecordType): boolean {
  const module = registry.modules.find(({ records }) => records.some((type) => type.name === name));
  return module?.group === "administration" && !inMenu.has(name);
}

/** Whether somebody may do more than look at any register that Administration lists, so that they need the way to it. */
export function administers({ actor, registry }: Pick<Tx, "actor" | "registry">): boolean {
  const registers = new Set(
    registry.modules
      .flatMap((module) => registersOf(module).map(({ name }) => name))
      .filter((name) => !inMenu.has(name)),
  );
  return actor.grants.some(({ type, permission }) => registers.has(type) && !looksOnly.has(permission));
}
