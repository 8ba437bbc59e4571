const common = new Set(
  [
    "when with from that this does have will cannot after before into what they them their been about working",
    // Where somebody is and when it was says nothing of what is wrong.
    "first second third floor room office town hall today morning afternoon week monday please",
  ].flatMap((words) => words.split(" ")),
);
const charactersMax = 2000;

/** The words that tell one text from another: of four letters and more, without an ending s. */
export function wordsOf(text: string): Set<string> {
  const words =
    text
      .slice(0, charactersMax)
      .toLowerCase()
      .match(/\p{L}{4,}/gu) ?? [];
  return new Set(words.filter((word) => !common.has(word)).map((word) => word.replace(/s$/, "")));
}
