/** The sections and regulations whose use is counted, by the names that they have on a request; s21 is counted apart. */
export const countedExemptions = [
  "s22",
  "s22a",
  "s23",
  "s24",
  "s26",
  "s27",
  "s28",
  "s29",
  "s30",
  "s31",
  "s32",
  "s33",
  "s34",
  "s35",
  "s36",
  "s37",
  "s38",
  "s39",
  "s40",
  "s41",
  "s42",
  "s43",
  "s44",
  "r13",
  "r12_4a",
  "r12_4b",
  "r12_4c",
  "r12_4d",
  "r12_4e",
  "r12_5a",
  "r12_5b",
  "r12_5c",
  "r12_5d",
  "r12_5e",
  "r12_5f",
  "r12_5g",
] as const;

/** By how many working days extensions went beyond 20, and the last of each step; `More` is beyond them all. */
export const extensionSteps = [5, 10, 15, 20, 30, 40, 60, 80, 100] as const;
/** In how many working days internal reviews were answered, the same way. */
export const reviewSteps = [10, 20, 40, 60, 80, 100] as const;

const basics = [
  "received",
  "processed",
  "onHold",
  "processing",
  "environmental",
  "inTime",
  "extended",
  "late",
  "notYetDue",
  "advice",
  "notHeld",
  "granted",
  "part",
  "withheld",
  "pending",
  "vexatious",
  "repeated",
  "cost",
  "exemption",
  "exempted",
  "s21",
  "s21Part",
  "s21Full",
  "s21InTime",
  "s21Late",
  "reviews",
  "reviewsKnown",
  "reviewsUpheld",
  "reviewsPart",
  "reviewsOverturned",
  "complaints",
  "complaintsKnown",
  "complaintsUpheld",
  "complaintsPart",
  "complaintsOverturned",
  "extensions",
  "extensionsDone",
  "reviewsDone",
  "lastExtensions",
  "lastReviews",
] as const;

type Basic = (typeof basics)[number];
type Steps<Name extends string, Step extends number> = `${Name}${Step | "More"}`;

/** Something that is counted. */
export type Counted =
  | Basic
  | (typeof countedExemptions)[number]
  | Steps<"extensions" | "lastExtensions", (typeof extensionSteps)[number]>
  | Steps<"reviews" | "lastReviews", (typeof reviewSteps)[number]>;

/** What was counted, by name; null where a source does not say. */
export type Tally = Readonly<Partial<Record<Counted, number | null>>>;

/** What follows from counts. Shares are in 100. */
export const derivedNames = [
  "receivedLess",
  "inTimeShare",
  "withExtensionShare",
  "resolvable",
  "grantedShare",
  "withheldShare",
  "exemptionsTotal",
  "s21Share",
  "reviewsShare",
  "complaintsShare",
] as const;

export type Derived = (typeof derivedNames)[number];

/** The names of the steps of a count: `extensions5`, …, `extensionsMore`. */
export function stepNames(name: "extensions" | "lastExtensions" | "reviews" | "lastReviews"): readonly Counted[] {
  const steps = name.endsWith("xtensions") ? extensionSteps : reviewSteps;
  // The type of the names is made of the same lists.
  return [...steps, "More"].map((step) => `${name}${step}` as Counted);
}

/**
 * What follows from counts, by the formulas of the statistics of the Freedom of Information Act (rules 19 and 20 of the clocks
 * page): null where a count is not known or there is nothing to take a share of.
 */
export function derive(tally: Tally): Readonly<Record<Derived, number | null>> {
  const of = (name: Counted) => tally[name] ?? null;
  const receivedLess = less(of("received"), of("onHold"));
  const resolvable = less(receivedLess, of("advice"), of("notHeld"));
  return {
    receivedLess,
    inTimeShare: share(of("inTime"), receivedLess),
    withExtensionShare: share(sum(of("inTime"), of("extended")), receivedLess),
    resolvable,
    grantedShare: share(of("granted"), resolvable),
    withheldShare: share(of("withheld"), resolvable),
    exemptionsTotal: sumOfKnown(countedExemptions.map(of)),
    s21Share: share(of("s21InTime"), of("s21")),
    reviewsShare: share(of("reviewsUpheld"), of("reviewsKnown")),
    complaintsShare: share(of("complaintsUpheld"), of("complaintsKnown")),
  };
}

/** What the regulator makes of a share of requests answered in time, permitted extensions included (rule 20 of the clocks page). */
export type Band = "good" | "adequate" | "unsatisfactory";

/** The regulator's band of a share in 100; null without one. */
export function bandOf(inTimeShare: number | null): Band | null {
  if (inTimeShare === null) return null;
  if (inTimeShare >= 95) return "good";
  return inTimeShare >= 90 ? "adequate" : "unsatisfactory";
}

/** All of them together; null where one is not known. */
export function sum(...numbers: readonly (number | null)[]): number | null {
  return numbers.reduce<number | null>((all, one) => (all === null || one === null ? null : all + one), 0);
}

function less(from: number | null, ...numbers: readonly (number | null)[]): number | null {
  const away = sum(...numbers);
  return from === null || away === null ? null : from - away;
}

/** Those that are known together; null where none is. */
export function sumOfKnown(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((one) => one !== null);
  return known.length === 0 ? null : known.reduce((all, one) => all + one, 0);
}

function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : (part * 100) / whole;
}
