/** What is known of a ticket when it comes. `words` are PostgreSQL's English lexemes of its title and details. */
export interface Asked {
  readonly words: readonly string[];
  readonly kind: string;
  /** The id of whoever asked. */
  readonly requester: string | null;
}

const wordsMax = 200;

/** The features that triage is learned from and suggested by: the words, what kind of ticket it is, and who asks. */
export function featuresFrom({ words, kind, requester }: Asked): string[] {
  const telling = words.filter((word) => word.length > 1 && !/^[\d.,:/-]+$/.test(word)).slice(0, wordsMax);
  return [
    ...telling.map((word) => `word:${word}`),
    `kind:${kind}`,
    ...(requester === null ? [] : [`requester:${requester}`]),
  ];
}
