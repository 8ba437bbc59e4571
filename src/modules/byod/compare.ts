import { costOf, options } from "./costs.ts";
import type { Plan, Rates } from "./costs.ts";

/** Plans are compared over each of so many years, however long each of them is meant to run. */
export const yearsCompared = 5;

/** A plan among those that are compared, with the rates of its policy. */
export interface Compared {
  readonly plan: Plan;
  readonly rates: readonly Rates[];
}

/** What a plan comes to over some years: in all, and for one person in a year, in pence; null where a year has no rates. */
export interface Horizon {
  readonly total: bigint | null;
  readonly perHead: bigint | null;
}

/** What each plan comes to over 1, 2, … 5 years from its beginning, as if it went on for that long. */
export function horizonsOf({ plan, rates }: Compared): readonly Horizon[] {
  return Array.from({ length: yearsCompared }, (_none, nth) => {
    const outcome = costOf({ ...plan, years: nth + 1 }, rates);
    return "missing" in outcome ? { total: null, perHead: null } : { total: outcome.plan, perHead: outcome.perHead };
  });
}

/** Which of some sums are the least: none where fewer than two are known, several where they are equal. */
export function leastOf(sums: readonly (bigint | null)[]): readonly boolean[] {
  const known = sums.filter((sum) => sum !== null);
  const least = known.reduce<bigint | null>((min, sum) => (min === null || sum < min ? sum : min), null);
  return sums.map((sum) => known.length > 1 && sum !== null && sum === least);
}

/** What a plan takes for granted, by name: its beginning, how long it runs, who has what, and each rate of its first year. */
export type Assumption = "startsOn" | "years" | "people" | (typeof options)[number] | RateName;
type RateName = Exclude<keyof Rates, "from" | "until">;

export const rateNames: readonly RateName[] = [
  "device",
  "deviceYears",
  "simMonth",
  "allowanceMonth",
  "insuranceShare",
  "supportCouncil",
  "supportOwn",
  "licenceOwn",
  "riskCouncil",
  "riskOwn",
];
const assumptions: readonly Assumption[] = ["startsOn", "years", "people", ...options, ...rateNames];

/** The value of each assumption: a day, a number, pence, or hundredths of a per cent; null where no rates hold on its first day. */
export function assumed({ plan, rates }: Compared, name: Assumption): string | number | bigint | null {
  if (name === "startsOn" || name === "years") return plan[name];
  if (name === "people") return options.reduce((sum, option) => sum + plan.people[option], 0);
  if (isOption(name)) return plan.people[name];
  const first = rates.find(({ from, until }) => from <= plan.startsOn && (until === null || until >= plan.startsOn));
  return first?.[name] ?? null;
}

/** The assumptions in which some of these plans differ, in their order, and those that are the same in all. */
export function differences(all: readonly Compared[]): {
  readonly differ: readonly Assumption[];
  readonly same: readonly Assumption[];
} {
  const isSame = (name: Assumption) => new Set(all.map((one) => assumed(one, name))).size <= 1;
  return { differ: assumptions.filter((name) => !isSame(name)), same: assumptions.filter(isSame) };
}

function isOption(name: string): name is (typeof options)[number] {
  return options.some((option) => option === name);
}
