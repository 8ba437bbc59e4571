import { countedExemptions } from "./figures.ts";
import type { Counted } from "./figures.ts";

/** What all requests of one class have in common, as far as figures look at it. */
export interface Class {
  readonly review: boolean;
  readonly environmental: boolean;
  readonly stage: "processed" | "processing" | "onHold";
  /** `untimed`: it should have a deadline and has none. */
  readonly time: "inTime" | "extended" | "late" | "notYetDue" | "untimed" | null;
  /** `unfitting`: a decision that such a request cannot have. */
  readonly outcome:
    | ("granted" | "part" | "withheld" | "notHeld" | "advice" | "pending" | "unfitting")
    | ("upheld" | "upheldPart" | "overturned")
    | null;
  /** Why it was refused whole. */
  readonly refused: "vexatious" | "repeated" | "cost" | "exemption" | null;
  /** Whether an exemption or exception that is counted was claimed; whether section 21 was. */
  readonly exempted: boolean;
  readonly s21: boolean;
}

/** Whether a class counts under a figure. */
type Counts = (one: Class) => boolean;

const asked =
  (counts: Counts): Counts =>
  (one) =>
    !one.review && counts(one);
const counted = (counts: Counts): Counts => asked((one) => one.stage !== "onHold" && counts(one));
const reviewed =
  (counts: Counts): Counts =>
  (one) =>
    one.review && counts(one);

/** Which classes count under which figure: what each figure means. Exemptions are counted by themselves. */
export const figureClasses = {
  received: asked(() => true),
  processed: asked(({ stage }) => stage === "processed"),
  onHold: asked(({ stage }) => stage === "onHold"),
  processing: asked(({ stage }) => stage === "processing"),
  environmental: asked(({ environmental }) => environmental),
  inTime: counted(({ time }) => time === "inTime"),
  extended: counted(({ time }) => time === "extended"),
  late: counted(({ time }) => time === "late"),
  notYetDue: counted(({ time }) => time === "notYetDue"),
  advice: counted(({ outcome }) => outcome === "advice"),
  notHeld: counted(({ outcome }) => outcome === "notHeld"),
  granted: counted(({ outcome }) => outcome === "granted"),
  part: counted(({ outcome }) => outcome === "part"),
  withheld: counted(({ outcome }) => outcome === "withheld"),
  pending: counted(({ outcome }) => outcome === "pending"),
  vexatious: counted(({ refused }) => refused === "vexatious"),
  repeated: counted(({ refused }) => refused === "repeated"),
  cost: counted(({ refused }) => refused === "cost"),
  exemption: counted(({ refused }) => refused === "exemption"),
  exempted: counted(({ exempted }) => exempted),
  s21: counted(({ s21 }) => s21),
  s21Part: counted(({ s21, outcome }) => s21 && outcome === "part"),
  s21Full: counted(({ s21, outcome }) => s21 && outcome === "withheld"),
  s21InTime: counted(({ s21, time }) => s21 && (time === "inTime" || time === "extended")),
  s21Late: counted(({ s21, time }) => s21 && time === "late"),
  reviews: reviewed(() => true),
  reviewsKnown: reviewed(({ stage, outcome }) => stage === "processed" && outcome !== "unfitting"),
  reviewsUpheld: reviewed(({ outcome }) => outcome === "upheld"),
  reviewsPart: reviewed(({ outcome }) => outcome === "upheldPart"),
  reviewsOverturned: reviewed(({ outcome }) => outcome === "overturned"),
  reviewsDone: reviewed(({ stage }) => stage === "processed"),
  // What must be mended before figures are true, and what is told beside them.
  untimed: ({ time }) => time === "untimed",
  unfitting: ({ outcome }) => outcome === "unfitting",
  lateOpen: counted(({ time, stage }) => time === "late" && stage === "processing"),
  lateDone: counted(({ time, stage }) => time === "late" && stage === "processed"),
  refusedByNothing: counted(({ refused, exempted, s21 }) => refused === "exemption" && !exempted && !s21),
  receivedLess: counted(() => true),
  resolvable: counted(({ outcome }) => outcome !== "advice" && outcome !== "notHeld"),
} as const satisfies Readonly<Record<string, Counts>>;

/** A figure that leads to its requests. */
export type FigureName = keyof typeof figureClasses | (typeof countedExemptions)[number];

/** Whether a word from outside names a figure. */
export function isFigure(name: string): name is FigureName {
  return Object.hasOwn(figureClasses, name) || isExemption(name);
}

/** Whether a figure is the use of one exemption. */
export function isExemption(name: string): name is (typeof countedExemptions)[number] {
  return countedExemptions.some((one) => one === name);
}

/** The classes' own figures that are counts of the Cabinet Office's file too. */
export const talliedFigures = Object.keys(figureClasses).filter(
  (name) =>
    !["untimed", "unfitting", "lateOpen", "lateDone", "refusedByNothing", "receivedLess", "resolvable"].includes(name),
) as readonly (keyof typeof figureClasses & Counted)[]; // all but those named are counts
