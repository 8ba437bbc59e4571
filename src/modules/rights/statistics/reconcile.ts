import { derive, stepNames, sum, sumOfKnown } from "./figures.ts";
import type { Counted, Tally } from "./figures.ts";

/** A whole that its parts must add up to. */
export interface Check {
  readonly name: string;
  /** What must hold, in words. */
  readonly says: string;
  /** Both sides; null where a count is not known, so that it cannot be checked. */
  readonly whole: number | null;
  readonly parts: number | null;
  /** Whether they agree; null where it cannot be checked. */
  readonly holds: boolean | null;
}

type Of = (name: Counted) => number | null;

interface Rule {
  readonly name: string;
  readonly says: string;
  readonly whole: (of: Of, tally: Tally) => number | null;
  readonly parts: (of: Of, tally: Tally) => number | null;
  /** `most`: the parts may be fewer than the whole. */
  readonly how?: "most" | "least";
}

const rules: readonly Rule[] = [
  {
    name: "received",
    says: "Requests received = answered + on hold or lapsed + still being dealt with",
    whole: (of) => of("received"),
    parts: (of) => sum(of("processed"), of("onHold"), of("processing")),
  },
  {
    name: "environmental",
    says: "Environmental requests are among those received",
    whole: (of) => of("received"),
    parts: (of) => of("environmental"),
    how: "most",
  },
  {
    name: "time",
    says: "Received, less on hold or lapsed = in 20 days + with a permitted extension + late + not yet due",
    whole: (_of, tally) => derive(tally).receivedLess,
    parts: (of) => sum(of("inTime"), of("extended"), of("late"), of("notYetDue") ?? 0),
  },
  {
    name: "outcomes",
    says: "Resolvable = granted in full + in part + withheld in full + not answered yet",
    whole: (_of, tally) => derive(tally).resolvable,
    parts: (of) => sum(of("granted"), of("part"), of("withheld"), of("pending")),
  },
  {
    name: "refusals",
    says: "Withheld in full = vexatious + repeated + over the cost limit + by an exemption",
    whole: (of) => of("withheld"),
    parts: (of) => sum(of("vexatious"), of("repeated"), of("cost"), of("exemption")),
  },
  {
    name: "exempted",
    says: "Requests withheld in part or by an exemption are as many at the least as those in which one was claimed",
    whole: (of) => sum(of("part"), of("exemption")),
    parts: (of) => of("exempted"),
    how: "most",
  },
  {
    name: "claimed",
    says: "Each request in which an exemption was claimed names one at the least",
    whole: (of) => of("exempted"),
    parts: (_of, tally) => derive(tally).exemptionsTotal,
    how: "least",
  },
  {
    name: "s21",
    says: "Section 21 = in part + in full",
    whole: (of) => of("s21"),
    parts: (of) => sum(of("s21Part"), of("s21Full")),
  },
  {
    name: "s21 time",
    says: "Section 21 = in time + late",
    whole: (of) => of("s21"),
    parts: (of) => sum(of("s21InTime"), of("s21Late")),
  },
  {
    name: "reviews",
    says: "Reviews with an outcome = upheld + upheld in part + overturned",
    whole: (of) => of("reviewsKnown"),
    parts: (of) => sum(of("reviewsUpheld"), of("reviewsPart"), of("reviewsOverturned")),
  },
  {
    name: "reviews asked",
    says: "Reviews with an outcome are among those asked for",
    whole: (of) => of("reviews"),
    parts: (of) => of("reviewsKnown"),
    how: "most",
  },
  {
    name: "complaints",
    says: "Regulator’s complaints with an outcome = upheld + upheld in part + overturned",
    whole: (of) => of("complaintsKnown"),
    parts: (of) => sum(of("complaintsUpheld"), of("complaintsPart"), of("complaintsOverturned")),
  },
  {
    name: "extensions",
    says: "Extensions that ended = all steps of how long they took",
    whole: (of) => of("extensionsDone"),
    parts: (of) => sumOfKnown(stepNames("extensions").map(of)),
  },
  {
    name: "extensions told",
    says: "Extensions that ended are among those told of",
    whole: (of) => of("extensions"),
    parts: (of) => of("extensionsDone"),
    how: "most",
  },
  {
    name: "reviews ended",
    says: "Reviews that ended = all steps of how long they took",
    whole: (of) => of("reviewsDone"),
    parts: (of) => sumOfKnown(stepNames("reviews").map(of)),
  },
];

/** Whether the parts of each figure add up to its whole. */
export function reconcile(tally: Tally): readonly Check[] {
  const of: Of = (name) => tally[name] ?? null;
  return rules.map(({ name, says, whole, parts, how }) => {
    const [all, some] = [whole(of, tally), parts(of, tally)];
    const holds =
      all === null || some === null
        ? null
        : how === "most"
          ? some <= all
          : how === "least"
            ? some >= all
            : some === all;
    return { name, says, whole: all, parts: some, holds };
  });
}
