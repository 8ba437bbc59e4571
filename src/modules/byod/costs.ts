/**
 * What phones for work cost, by how people get them: pure sums, without a database. Money is whole pence in bigint; a share is in
 * hundredths of a per cent (1,500 is 15 %). A sum of a year is rounded to the penny once, a half upwards.
 */

/** How somebody gets a telephone for work: the council’s own, their own with a council SIM, or their own with an allowance through payroll. */
export const options = ["council", "sim", "allowance"] as const;
export type Option = (typeof options)[number];

/** What something costs, from a day on (`yyyy-mm-dd`) until a day, or until further notice. For one person, in pence. */
export interface Rates {
  readonly from: string;
  readonly until: string | null;
  /** A device, and for how many years it is used. */
  readonly device: bigint;
  readonly deviceYears: bigint;
  readonly simMonth: bigint;
  readonly allowanceMonth: bigint;
  /** The employer’s National Insurance on the allowance, which is pay. */
  readonly insuranceShare: bigint;
  /** Support in a year: of a device of the council’s, and of somebody’s own. */
  readonly supportCouncil: bigint;
  readonly supportOwn: bigint;
  /** What keeps the council’s data apart on somebody’s own device, in a year. */
  readonly licenceOwn: bigint;
  /** What loss and theft are expected to cost in a year. */
  readonly riskCouncil: bigint;
  readonly riskOwn: bigint;
}

export const parts = ["device", "sim", "allowance", "insurance", "support", "licence", "risk"] as const;
export type Part = (typeof parts)[number];
export type Costs = Readonly<Record<Part, bigint>>;

export interface Plan {
  /** The first day of its first year. */
  readonly startsOn: string;
  /** From 1 to 5. */
  readonly years: number;
  readonly people: Readonly<Record<Option, number>>;
}

/** One year of a plan, beside a council device for everybody. */
export interface Year {
  readonly startsOn: string;
  readonly plan: Costs;
  readonly usual: Costs;
}

export interface Outcome {
  readonly years: readonly Year[];
  readonly plan: bigint;
  readonly usual: bigint;
  /** Positive where the plan costs less. */
  readonly saving: bigint;
  /** For one person in one year, rounded to the penny. */
  readonly perHead: bigint;
}

/** What a plan costs by the rates that hold at the beginning of each of its years; null, and the day, where none does. */
export function costOf(plan: Plan, rates: readonly Rates[]): Outcome | { readonly missing: string } {
  const everybody = options.reduce((sum, option) => sum + plan.people[option], 0);
  const years: Year[] = [];
  for (let nth = 0; nth < plan.years; nth++) {
    const startsOn = Temporal.PlainDate.from(plan.startsOn).add({ years: nth }).toString();
    const rate = rates.find(({ from, until }) => from <= startsOn && (until === null || until >= startsOn));
    if (rate === undefined) return { missing: startsOn };
    years.push({
      startsOn,
      plan: yearOf(plan.people, rate),
      usual: yearOf({ council: everybody, sim: 0, allowance: 0 }, rate),
    });
  }
  const sum = (of: (year: Year) => Costs) => years.reduce((all, year) => all + totalOf(of(year)), 0n);
  const [planned, usual] = [sum((year) => year.plan), sum((year) => year.usual)];
  const heads = BigInt(everybody) * BigInt(plan.years);
  return { years, plan: planned, usual, saving: usual - planned, perHead: heads === 0n ? 0n : divided(planned, heads) };
}

export function totalOf(costs: Costs): bigint {
  return parts.reduce((sum, part) => sum + costs[part], 0n);
}

function yearOf(people: Plan["people"], rates: Rates): Costs {
  const [council, sim, allowance] = options.map((option) => BigInt(people[option])) as [bigint, bigint, bigint]; // one for each option
  const own = sim + allowance;
  const paid = allowance * 12n * rates.allowanceMonth;
  return {
    device: divided(council * rates.device, rates.deviceYears),
    sim: (council + sim) * 12n * rates.simMonth,
    allowance: paid,
    insurance: divided(paid * rates.insuranceShare, 10_000n),
    support: council * rates.supportCouncil + own * rates.supportOwn,
    licence: own * rates.licenceOwn,
    risk: council * rates.riskCouncil + own * rates.riskOwn,
  };
}

/** Rounded to the nearest whole, a half upwards; both are positive. */
function divided(sum: bigint, by: bigint): bigint {
  return (2n * sum + by) / (2n * by);
}

/** The rates that a plan can be tried with at other values. */
export const tried = [
  "device",
  "simMonth",
  "allowanceMonth",
  "insuranceShare",
  "supportCouncil",
  "supportOwn",
  "licenceOwn",
  "riskCouncil",
  "riskOwn",
] as const;

/** What the saving would be if one rate were a fifth lower, or a fifth higher. */
export interface Sensitivity {
  readonly rate: (typeof tried)[number];
  readonly lower: bigint;
  readonly higher: bigint;
}

/** The saving with each rate a fifth lower and higher, the one that matters most first. None where a year has no rates. */
export function sensitivityOf(plan: Plan, rates: readonly Rates[]): readonly Sensitivity[] {
  const savingWith = (rate: (typeof tried)[number], fifths: bigint): bigint | null => {
    const outcome = costOf(
      plan,
      rates.map((one) => ({ ...one, [rate]: divided(one[rate] * fifths, 5n) })),
    );
    return "missing" in outcome ? null : outcome.saving;
  };
  const all = tried.flatMap((rate) => {
    const [lower, higher] = [savingWith(rate, 4n), savingWith(rate, 6n)];
    return lower === null || higher === null ? [] : [{ rate, lower, higher }];
  });
  const reach = ({ lower, higher }: Sensitivity) => (higher > lower ? higher - lower : lower - higher);
  return all.toSorted((one, other) => (reach(other) > reach(one) ? 1 : reach(other) < reach(one) ? -1 : 0));
}
