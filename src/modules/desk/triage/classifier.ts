import { setImmediate } from "node:timers/promises";

/** What is known of one piece of work, as words such as `word:printer` or `location:Library`, each said once. */
export type Features = readonly string[];

/** One piece of work of the past, and where it turned out to belong. */
export interface Example {
  readonly features: Features;
  readonly label: string;
}

/** A label that is likely, and what speaks for it. */
export interface Suggestion {
  readonly label: string;
  /** How likely, from 0 to 1; all labels together make 1. */
  readonly share: number;
  /** The features that speak most for this label, the strongest first; none where only its frequency does. */
  readonly reasons: readonly string[];
}

/**
 * What was learned: for each label a number to start with, and for each feature its weight for each label in the order of
 * `labels`. Plain JSON, so that it can be kept.
 */
export interface Classifier {
  readonly labels: readonly string[];
  readonly start: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

export interface TrainingOptions {
  /** How often every example is gone through. */
  readonly rounds?: number;
  /** A feature that fewer examples have is left out. */
  readonly seenAtLeast?: number;
  /** At most so many labels and features, the most frequent. */
  readonly labelsMax?: number;
  readonly featuresMax?: number;
}

const learningRate = 0.5;
const examplesAtATime = 100;
/** Pulls weights towards nothing, so that what was seen seldom says little. */
const decay = 1e-4;

/**
 * Learns to tell labels apart: multinomial logistic regression over yes-or-no features, by stochastic gradient descent with
 * Adagrad’s step sizes (Duchi, Hazan and Singer, 2011). The same examples in the same order always give the same result.
 */
export async function train(examples: readonly Example[], options: TrainingOptions = {}): Promise<Classifier> {
  const { rounds = 6, seenAtLeast = 2, labelsMax = 300, featuresMax = 10_000 } = options;
  const labels = mostFrequent(
    examples.map(({ label }) => label),
    1,
    labelsMax,
  );
  const names = mostFrequent(
    examples.flatMap(({ features }) => features),
    seenAtLeast,
    featuresMax,
  );
  const labelAt = new Map(labels.map((label, at) => [label, at]));
  const featureAt = new Map(names.map((name, at) => [name, at]));
  const known = examples.flatMap(({ features, label }) => {
    const at = labelAt.get(label);
    return at === undefined ? [] : [{ label: at, features: placesOf(features, featureAt) }];
  });
  const count = labels.length;
  // The last row is what every example has: how frequent a label is.
  const weights = new Float64Array((names.length + 1) * count);
  const squares = new Float64Array(weights.length).fill(1e-8);
  const shares = new Float64Array(count);
  const random = repeatable(known.length);
  for (let round = 0; round < rounds; round += 1) {
    for (const [place, { label, features }] of shuffled(known, random).entries()) {
      // Whatever else this process does goes on meanwhile.
      if (place % examplesAtATime === 0) await setImmediate();
      const rows = [...features, names.length];
      sharesOf(weights, count, rows, shares);
      for (let at = 0; at < count; at += 1) {
        const wrong = shares[at]! - (at === label ? 1 : 0);
        for (const row of rows) {
          const place = row * count + at;
          const slope = wrong + decay * weights[place]!;
          if (Math.abs(slope) < 1e-6) continue;
          squares[place]! += slope * slope;
          weights[place]! -= (learningRate * slope) / Math.sqrt(squares[place]!);
        }
      }
    }
  }
  const rowAt = (row: number) => [...weights.subarray(row * count, (row + 1) * count)].map(rounded);
  return {
    labels,
    start: rowAt(names.length),
    weights: Object.fromEntries(names.map((name, row) => [name, rowAt(row)])),
  };
}

/** The likeliest labels for these features, the likeliest first, each with what speaks for it. */
export function classify(classifier: Classifier, features: Features, most = 3): Suggestion[] {
  const { labels, start, weights } = classifier;
  const known = [...new Set(features)].flatMap((name) => {
    const row = Object.hasOwn(weights, name) ? weights[name] : undefined;
    return row ? [{ name, row }] : [];
  });
  const scores = labels.map((_label, at) => known.reduce((sum, { row }) => sum + row[at]!, start[at]!));
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return labels
    .map((label, at) => ({ label, share: powers[at]! / total, at }))
    .toSorted((one, other) => other.share - one.share)
    .slice(0, most)
    .map(({ label, share, at }) => ({ label, share, reasons: reasonsFor(known, at) }));
}

const reasonsMax = 3;

/** What speaks for a label: the features that weigh more for it than for labels on average. */
function reasonsFor(
  known: readonly { readonly name: string; readonly row: readonly number[] }[],
  at: number,
): string[] {
  return known
    .map(({ name, row }) => ({ name, weight: row[at]! - row.reduce((sum, one) => sum + one, 0) / row.length }))
    .filter(({ weight }) => weight > 0.1)
    .toSorted((one, other) => other.weight - one.weight)
    .slice(0, reasonsMax)
    .map(({ name }) => name);
}

function sharesOf(weights: Float64Array, count: number, rows: readonly number[], shares: Float64Array): void {
  shares.fill(0);
  for (const row of rows) for (let at = 0; at < count; at += 1) shares[at]! += weights[row * count + at]!;
  const highest = shares.reduce((most, score) => Math.max(most, score), -Infinity);
  let total = 0;
  for (let at = 0; at < count; at += 1) total += shares[at] = Math.exp(shares[at]! - highest);
  for (let at = 0; at < count; at += 1) shares[at]! /= total;
}

function placesOf(features: Features, featureAt: ReadonlyMap<string, number>): number[] {
  return [...new Set(features)].flatMap((name) => featureAt.get(name) ?? []);
}

function mostFrequent(names: readonly string[], seenAtLeast: number, most: number): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= seenAtLeast)
    .toSorted(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name);
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function repeatable(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}

const rounded = (weight: number): number => Math.round(weight * 100) / 100;
