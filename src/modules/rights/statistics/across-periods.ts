import { formatCount } from "../../../web/view/format.ts";
import { countedExemptions } from "./figures.ts";
import type { Tally } from "./figures.ts";
import { areasTold, countTold, isSmall, otherAreas, timesAreExact, timesTold } from "./small-numbers.ts";
import type { AreaFigures } from "./small-numbers.ts";

/** Figures of a period that were published, with all that could be told of its parts. Days are `yyyy-mm-dd`, both included. */
export interface PublishedPeriod {
  readonly period: string;
  readonly from: string;
  readonly to: string;
  readonly firstPublishedAt: Temporal.Instant;
  readonly counts: Tally;
  readonly areas: readonly AreaFigures[];
  readonly exemptions: readonly { readonly name: string; readonly many: number }[];
}

/** A service area as everybody may read it. */
export interface AreaTold {
  readonly area: string;
  readonly received: string;
  readonly inTime: string;
  readonly late: string;
}

/** An exemption as everybody may read it. */
export interface ExemptionTold {
  readonly name: string;
  readonly text: string;
  /** The count where it is told exactly; null where it is not. */
  readonly many: number | null;
}

/** What everybody may read of the parts of a period. */
export interface PartsTold {
  /**
   * `own`: its own figures. `sum`: what the periods in it tell, added up. `none`: an overlapping period was published first, and what
   * is told of one could be worked out from the other.
   */
  readonly from: "own" | "sum" | "none";
  readonly areas: readonly AreaTold[];
  readonly exemptions: readonly ExemptionTold[];
  /** The exemptions whose count is nowhere told exactly, a count of none among them. */
  readonly untold: readonly string[];
}

/** What is said of a count that is told neither exactly nor as “under 5”. */
const notToldHere = "not told";

/**
 * What is told of the parts of each published period, by its name. For any day just one period tells its own parts, the one that was
 * published first: a quarter and its year that both did could be subtracted. One that consists of such periods tells what they tell,
 * added up, and nothing that they do not; every other one tells nothing of its parts. Figures of the whole council are not held back.
 */
export function partsTold(periods: readonly PublishedPeriod[]): ReadonlyMap<string, PartsTold> {
  const own: PublishedPeriod[] = [];
  const inOrder = periods.toSorted(
    (one, other) =>
      Temporal.Instant.compare(one.firstPublishedAt, other.firstPublishedAt) || daysOf(one) - daysOf(other),
  );
  for (const one of inOrder) if (!own.some((other) => overlap(one, other))) own.push(one);
  return new Map(
    periods.map((one) => {
      if (own.includes(one)) return [one.period, ownParts(one)];
      const within = own.filter((other) => overlap(one, other));
      const whole = within.every(({ from, to }) => from >= one.from && to <= one.to);
      const days = within.reduce((sum, other) => sum + daysOf(other), 0);
      return [one.period, whole && days === daysOf(one) ? addedUp(within) : nothing];
    }),
  );
}

function overlap(one: PublishedPeriod, other: PublishedPeriod): boolean {
  return one.from <= other.to && other.from <= one.to;
}

function daysOf({ from, to }: PublishedPeriod): number {
  return Temporal.PlainDate.from(from).until(to).days + 1;
}

const nothing: PartsTold = { from: "none", areas: [], exemptions: [], untold: countedExemptions };

function ownParts({ areas, exemptions }: PublishedPeriod): PartsTold {
  const told = areasTold(areas);
  const times = timesTold(told);
  return {
    from: "own",
    areas: told.map(({ area, received }, at) => ({
      area,
      received: countTold(received),
      inTime: times[at]?.inTime ?? "",
      late: times[at]?.late ?? "",
    })),
    exemptions: exemptions.map(({ name, many }) => ({
      name,
      text: countTold(many),
      many: isSmall(many) ? null : many,
    })),
    untold: exemptions.filter(({ many }) => isSmall(many)).map(({ name }) => name),
  };
}

/** Areas that each of the periods tells, and the rest of their totals; times only where each tells them exactly. */
function addedUp(periods: readonly PublishedPeriod[]): PartsTold {
  const each = periods.map(({ areas }) => areasTold(areas));
  const exactly = each.every(timesAreExact);
  const names = (each[0] ?? [])
    .map(({ area }) => area)
    .filter((area) => area !== otherAreas && each.every((areas) => areas.some((one) => one.area === area)));
  const sumOf = (area: string, of: readonly AreaFigures[]): AreaFigures => {
    const sum = (name: "received" | "inTime" | "late") => of.reduce((all, one) => all + one[name], 0);
    return { area, received: sum("received"), inTime: sum("inTime"), late: sum("late") };
  };
  const all = each.flat();
  const told = names.map((area) =>
    sumOf(
      area,
      all.filter((one) => one.area === area),
    ),
  );
  const rest = all.filter(({ area }) => !names.includes(area));
  const ordered = told.toSorted((one, other) => other.received - one.received);
  return {
    from: "sum",
    areas: [...ordered, ...(rest.length > 0 ? [sumOf(otherAreas, rest)] : [])].map(
      ({ area, received, inTime, late }) => ({
        area,
        received: countTold(received),
        inTime: exactly ? formatCount(inTime) : notToldHere,
        late: exactly ? formatCount(late) : notToldHere,
      }),
    ),
    ...exemptionsAddedUp(periods),
  };
}

/** An exemption that one of the periods does not tell exactly is not told of all of them. */
function exemptionsAddedUp(periods: readonly PublishedPeriod[]): Pick<PartsTold, "exemptions" | "untold"> {
  const every = periods.flatMap(({ exemptions }) => exemptions);
  const untold = [...new Set(every.filter(({ many }) => isSmall(many)).map(({ name }) => name))];
  const names = [...new Set(every.map(({ name }) => name))];
  const exemptions = names.map((name): ExemptionTold => {
    if (untold.includes(name)) return { name, text: notToldHere, many: null };
    const many = every.reduce((sum, one) => sum + (one.name === name ? one.many : 0), 0);
    return { name, text: formatCount(many), many };
  });
  return { exemptions: exemptions.toSorted((one, other) => (other.many ?? -1) - (one.many ?? -1)), untold };
}
