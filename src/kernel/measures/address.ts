import type { RecordType } from "../record.ts";
import type { ListQuery } from "../store/list.ts";
import { openedAt } from "./ages.ts";
import { filterFor } from "./groupings.ts";
import type { Measure, Narrowing } from "./measure.ts";
import type { Period } from "./periods.ts";

/** Which records a figure counts, as the list of the type is asked for them. */
export type Selection = Required<Pick<ListQuery, "show" | "states" | "where">>;

/** The records that a measure counts in a period. `also` narrows further: what a share is of, what somebody chose. */
export function selectionOf(
  { over, of }: Measure,
  { from, to }: Period,
  ...also: readonly (Narrowing | undefined)[]
): Selection {
  const narrowings = [of, ...also].filter((one) => one !== undefined);
  const period: Record<string, readonly string[]> =
    over === "open-now"
      ? {}
      : over === "open-at-end"
        ? { "open-on": [to] }
        : "stopped" in over
          ? { [`${over.stopped}-stopped-from`]: [from], [`${over.stopped}-stopped-to`]: [to] }
          : { [`${over.happened}-from`]: [from], [`${over.happened}-to`]: [to] };
  return {
    show: over === "open-now" ? "open" : "all",
    states: narrowings.findLast(({ states }) => states !== undefined)?.states ?? [],
    where: Object.assign(period, ...narrowings.map(({ where }) => where ?? {})),
  };
}

/** The same records, and of them only those of one group; null where no list can be narrowed so. */
export function selectionIn(
  measure: Measure,
  selection: Selection,
  { by, key, today }: { by: string; key: string | null; today: string },
): Selection | null {
  if (by === "age") return { ...selection, where: { ...selection.where, ...openedAt(Number(key), today) } };
  const filter = filterFor(measure, by, key);
  if (filter === null) return null;
  const [name, value] = filter;
  return name === "state"
    ? { ...selection, states: [value] }
    : { ...selection, where: { ...selection.where, [name]: [value] } };
}

/** The address of the list that holds just these records. */
export function listAddress({ type }: Measure, selection: Selection): string {
  return addressOfList(type, selection);
}

/** The address of the list of a type that holds just what is selected. */
export function addressOfList(type: RecordType, { show, states, where }: Selection): string {
  const usual = type.views.list.openOnly ? "open" : "all";
  const query = new URLSearchParams([
    ...(show === usual ? [] : [["show", show]]),
    ...states.map((state) => ["state", state]),
    ...Object.entries(where).flatMap(([name, values]) => values.map((value) => [name, value])),
  ]).toString();
  return `/${type.path}${query === "" ? "" : `?${query}`}`;
}
