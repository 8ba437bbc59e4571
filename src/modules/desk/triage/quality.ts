import { classify, train } from "./classifier.ts";
import type { Example } from "./classifier.ts";

/** How often something was right. Shares are from 0 to 1. */
export interface Scores {
  /** The first that was suggested was right. */
  readonly first: number;
  /** One of the first three was right. */
  readonly firstThree: number;
  /** The mean over labels of F1 (harmonic mean of precision and recall): each label counts as much as any other. */
  readonly macroF1: number;
}

/** How well suggestions do on work that they were not learned from, beside always guessing what is most frequent. */
export interface Quality {
  readonly learnedFrom: number;
  readonly triedOn: number;
  /** How many labels there were among what it was tried on. */
  readonly labels: number;
  readonly suggested: Scores;
  readonly majority: Scores;
}

/** The share of the past that is learned from; it is tried on what came after. */
const learnedShare = 0.8;

/** Learns from the older work and tries it on the newer; `examples` are in the order of time. */
export async function qualityOf(examples: readonly Example[]): Promise<Quality> {
  const learned = examples.slice(0, Math.floor(examples.length * learnedShare));
  const tried = examples.slice(learned.length);
  const classifier = await train(learned);
  const frequent = classifier.labels.slice(0, 3);
  const labels = new Set(tried.map(({ label }) => label));
  const scores = (suggest: (example: Example) => readonly string[]) => scoresOf(tried, labels, suggest);
  return {
    learnedFrom: learned.length,
    triedOn: tried.length,
    labels: labels.size,
    suggested: scores(({ features }) => classify(classifier, features).map(({ label }) => label)),
    majority: scores(() => frequent),
  };
}

function scoresOf(
  tried: readonly Example[],
  labels: ReadonlySet<string>,
  suggest: (example: Example) => readonly string[],
): Scores {
  const right = new Map<string, number>();
  const suggestions = new Map<string, number>();
  const times = new Map<string, number>();
  const count = (counts: Map<string, number>, label: string) => counts.set(label, (counts.get(label) ?? 0) + 1);
  let three = 0;
  for (const example of tried) {
    const suggested = suggest(example);
    count(times, example.label);
    if (suggested[0] !== undefined) count(suggestions, suggested[0]);
    if (suggested[0] === example.label) count(right, example.label);
    if (suggested.includes(example.label)) three += 1;
  }
  const share = (part: number) => (tried.length === 0 ? 0 : part / tried.length);
  const f1 = [...labels].map(
    (label) => (2 * (right.get(label) ?? 0)) / ((suggestions.get(label) ?? 0) + (times.get(label) ?? 0)),
  );
  return {
    first: share([...right.values()].reduce((sum, one) => sum + one, 0)),
    firstThree: share(three),
    macroF1: f1.length === 0 ? 0 : f1.reduce((sum, one) => sum + one, 0) / f1.length,
  };
}
