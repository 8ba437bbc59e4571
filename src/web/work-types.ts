import { isWork } from "../kernel/work.ts";
import type { Registry } from "../kernel/registry.ts";

/** The types whose records are work to be done rather than entries of a register: those on which a clock can run. */
export function workTypes(registry: Registry): string[] {
  return [...registry.types.values()].filter(isWork).map(({ name }) => name);
}
