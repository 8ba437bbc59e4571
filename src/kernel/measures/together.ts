import { clockFilters, stoppedFilters } from "../store/further-filters.ts";
import type { Selection } from "./address.ts";
import type { Measure, Working } from "./measure.ts";
import type { Part, Reading } from "./read.ts";

type Growing = Omit<Reading, "bys" | "parts" | "after"> & {
  readonly bys: Set<string>;
  readonly parts: Map<string, Part & { readonly works: Map<string, Working> }>;
  after: readonly string[] | null;
};

/** Where the answer to a question stands: in which reading, and which part of it. */
export interface Place {
  readonly reading: Reading;
  readonly part: string;
}

/** Gathers questions, so that all that goes over the same records is read with one statement. */
export function createReadings(today: string): {
  readonly all: ReadonlySet<Reading>;
  add(measure: Measure, selection: Selection, by: string | null): Place;
} {
  const readings = new Map<string, Growing[]>();
  const all = new Set<Growing>();
  return {
    all,
    add: (measure, selection, by) => {
      const { type, over, works } = measure;
      const clock = typeof over === "object" && "stopped" in over ? over.stopped : null;
      const how = clock === null ? null : stoppedFilters(clock, selection.where);
      const base = clock === null ? selection : without(selection, clockFilters(clock).slice(2));
      const key = JSON.stringify([type.name, over, base]);
      const known = readings.get(key) ?? [];
      const after = how?.asked.after ?? null;
      let reading = known.find((one) => after === null || one.after === null || String(one.after) === String(after));
      if (!reading) {
        reading = { measure: { type, over }, selection: base, bys: new Set(), parts: new Map(), after: null, today };
        readings.set(key, [...known, reading]);
        all.add(reading);
      }
      if (after !== null) reading.after = after;
      if (by !== null) reading.bys.add(by);
      const part = JSON.stringify(how?.as ?? null);
      const held = reading.parts.get(part) ?? { as: how?.as ?? null, works: new Map<string, Working>() };
      if (works !== "count" && !("share" in works)) held.works.set(JSON.stringify(works), works);
      reading.parts.set(part, held);
      return { reading, part };
    },
  };
}

/** What makes a reading that one. */
export function nameOf({ measure: { type, over }, selection, bys, parts, after }: Reading): string {
  const works = [...parts].map(([name, part]) => [name, [...part.works.keys()]]);
  return JSON.stringify([type.name, over, selection, [...bys], works, after]);
}

function without(selection: Selection, names: readonly string[]): Selection {
  return {
    ...selection,
    where: Object.fromEntries(Object.entries(selection.where).filter(([name]) => !names.includes(name))),
  };
}
