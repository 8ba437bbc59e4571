import type { RecordType } from "./record.ts";

/** Whether a type's records are work to be done rather than entries of a register: those on which a clock can run. */
export function isWork({ clocks }: RecordType): boolean {
  return Object.keys(clocks).length > 0;
}

/** The permissions that a type's states wait for: decisions. */
export function decisionsOf({ states }: RecordType): string[] {
  const waiting = Object.values(states).flatMap(({ waitsFor }) =>
    waitsFor === undefined || waitsFor === "requester" ? [] : [waitsFor.permission],
  );
  return [...new Set(waiting)];
}
