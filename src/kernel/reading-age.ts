import { automatedReadability } from "automated-readability";

/** How a text reads. */
export interface Reading {
  /** The age from which most people read it with ease, in whole years; null for a text that is too short to tell. */
  readonly age: number | null;
  readonly words: number;
  /** Sentences of more than 25 words, as they stand. */
  readonly longSentences: readonly string[];
}

/** The Government Digital Service’s limit: people lose the beginning of a longer sentence. */
const longWords = 25;
/** Of fewer words no formula says anything. */
const wordsMin = 30;
/** Longer texts are judged by their beginning. */
const readMax = 30_000;
/** A school year in the United States and the age in it: grade 1 is six years old. */
const ageOfGrade = 5;

const words = new Intl.Segmenter("en-GB", { granularity: "word" });
const sentences = new Intl.Segmenter("en-GB", { granularity: "sentence" });

/**
 * How a text in Markdown reads, by the Automated Readability Index (Smith and Senter, 1967), which goes by characters and not by
 * syllables, so that it is the same on every machine. What is code, an address or a heading is left out.
 */
export function readingOf(markdown: string): Reading {
  const found = paragraphsIn(markdown.slice(0, readMax)).flatMap((paragraph) =>
    [...sentences.segment(paragraph)].map(({ segment }) => segment.trim()).filter((one) => one !== ""),
  );
  const counted = found.map((sentence) => {
    const said = [...words.segment(sentence)].flatMap(({ isWordLike, segment }) =>
      isWordLike === true ? [segment] : [],
    );
    return { sentence, words: said.length, characters: said.join("").length };
  });
  const sum = (of: (one: (typeof counted)[number]) => number) => counted.reduce((total, one) => total + of(one), 0);
  const [word, character, sentence] = [sum((one) => one.words), sum((one) => one.characters), counted.length];
  return {
    age:
      word < wordsMin ? null : Math.max(5, Math.ceil(automatedReadability({ sentence, word, character })) + ageOfGrade),
    words: word,
    longSentences: counted.filter((one) => one.words > longWords).map((one) => one.sentence),
  };
}

/** What people read of it as sentences: each line of a list is one, and headings, tables, code and addresses are none. */
function paragraphsIn(markdown: string): readonly string[] {
  return markdown
    .replaceAll(/```[^]*?(?:```|$)/g, "\n\n")
    .replaceAll(/`[^`\n]*`/g, " ")
    .replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, "$1")
    .replaceAll(/https?:\/\/\S+/g, " ")
    .split(/\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)/)
    .map((part) => part.trim())
    .filter((part) => part !== "" && !/^(?:#|\|)/.test(part))
    .map((part) =>
      part
        .replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "")
        .replaceAll(/[*_>]/g, "")
        .replaceAll(/\s+/g, " "),
    );
}
