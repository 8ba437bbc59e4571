import { nameFinder } from "./names.ts";
import type { KnownName } from "./names.ts";
import { marksMax } from "./marks.ts";
import type { Mark } from "./marks.ts";
import { edge, grown, overlap } from "./geometry.ts";
import type { Kind } from "./patterns.ts";
import { NoPdf } from "./no-pdf.ts";
import { openPdf } from "./pdf.ts";
import type { PageSize, Pdf } from "./pdf.ts";
import { jpegOf } from "./picture.ts";
import { suggestionsOn, wordsTyped } from "./suggest.ts";
import type { Suggestion } from "./suggest.ts";
import { isSeen, wordsOf } from "./words.ts";
import type { Word } from "./words.ts";

/** What is asked of a PDF, by a name and what goes with it. */
export type Task =
  | { readonly task: "picture"; readonly page: number }
  | { readonly task: "page"; readonly page: number; readonly names: readonly KnownName[] }
  | { readonly task: "find"; readonly names: readonly KnownName[]; readonly typed: string }
  | { readonly task: "text" }
  | { readonly task: "survey"; readonly names: readonly KnownName[]; readonly marks: readonly Mark[] }
  | { readonly task: "redact"; readonly marks: readonly Mark[]; readonly title: string };

/** What each gives. */
export interface Answers {
  /** A picture of the page, as JPEG. */
  picture: Uint8Array;
  page: SeenPage;
  /** What looks like something of a person in the whole document, or wherever the words typed stand; 2,001 at most. */
  find: readonly Suggestion[];
  /** The words of each page in their order, those that nobody sees among them; cut after five million characters. */
  text: readonly string[];
  survey: readonly Surveyed[];
  redact: Redacted;
}

/** A page as the officer looks at it. */
export interface SeenPage {
  readonly pages: number;
  readonly size: PageSize;
  readonly words: readonly Word[];
  /** How many words of it nobody sees: they are left out of the copy. */
  readonly unseen: number;
  readonly suggestions: readonly Suggestion[];
}

/** What the officer should look at again on a page. */
export interface Surveyed {
  readonly page: number;
  readonly marks: number;
  /** What looks like something of a person and is not marked, by kind. */
  readonly unmarked: Readonly<Partial<Record<Kind, number>>>;
  /** Whether names or numbers that are marked somewhere stand here without a mark. */
  readonly alsoHere: boolean;
  /** Whether the page has no text, as a scan without it: nothing can be found on it. */
  readonly wordless: boolean;
}

/** What came of redacting: the copy, or why it may not go out. */
export interface Redacted {
  readonly bytes: Uint8Array;
  readonly faults: readonly string[];
  readonly pages: number;
  /** Words that nobody sees and that are left out. */
  readonly unseen: number;
}

/** Does a task. Throws NoPdf with a sentence for what cannot be worked on. */
export async function doTask(
  bytes: Uint8Array,
  asked: Task,
  tell: (page: number) => void,
): Promise<Answers[Task["task"]]> {
  const pdf = await openPdf(bytes);
  try {
    if ("page" in asked && asked.page > pdf.pages) throw new NoPdf(`This PDF has ${pdf.pages} pages`);
    if (asked.task === "picture") return await jpegOf(pdf.picture(asked.page));
    if (asked.task === "page") return seenPage(pdf, asked.page, asked.names);
    if (asked.task === "find") return findAll(pdf, asked.names, asked.typed);
    if (asked.task === "text") return textOf(pdf);
    if (asked.task === "survey") return survey(pdf, asked.names, asked.marks);
    return await redact(pdf, asked.marks, asked.title, tell);
  } finally {
    pdf.close();
  }
}

function seenPage(pdf: Pdf, page: number, names: readonly KnownName[]): SeenPage {
  const size = pdf.size(page);
  const picture = pdf.picture(page);
  const words = wordsOf(pdf.signs(page));
  const seen = words.filter((word) => isSeen(word, size, picture));
  const suggestions = suggestionsOn(page, size, seen, nameFinder(names));
  return { pages: pdf.pages, size, words: seen, unseen: words.length - seen.length, suggestions };
}

function findAll(pdf: Pdf, names: readonly KnownName[], typed: string): Suggestion[] {
  const finder = nameFinder(names);
  const found: Suggestion[] = [];
  for (let page = 1; page <= pdf.pages && found.length <= marksMax; page++) {
    const [size, words] = [pdf.size(page), wordsOf(pdf.signs(page))];
    found.push(...(typed === "" ? suggestionsOn(page, size, words, finder) : wordsTyped(page, size, words, typed)));
  }
  // One more than there may be tells that there are too many.
  return found.slice(0, marksMax + 1);
}

function textOf(pdf: Pdf): string[] {
  const pages: string[] = [];
  for (let page = 1, left = textMax; page <= pdf.pages && left > 0; page++) {
    const text = wordsOf(pdf.signs(page))
      .map((word) => word.text)
      .join(" ")
      .slice(0, left);
    left -= text.length;
    pages.push(text);
  }
  return pages;
}

/** Characters of a document that are given as text. */
const textMax = 5_000_000;

function survey(pdf: Pdf, names: readonly KnownName[], marks: readonly Mark[]): Surveyed[] {
  const finder = nameFinder(names);
  const pages = Array.from({ length: pdf.pages }, (_, at) => at + 1).map((page) => {
    const words = wordsOf(pdf.signs(page));
    const own = marks.filter((mark) => mark.page === page);
    const open = suggestionsOn(page, pdf.size(page), words, finder).filter(
      ({ boxes }) => !boxes.every((box) => own.some((mark) => overlap(grown(mark, -edge), box))),
    );
    return { page, words, own, open };
  });
  const isUnder = ({ ink }: Word, over: readonly Mark[]) => over.some((mark) => overlap(grown(mark, -edge), ink));
  // A mark over an area, or a whole paragraph, holds words that stand everywhere; those that tell nobody are passed over.
  const marked = new Set(
    pages.flatMap(({ words, own }) => words.filter((word) => isUnder(word, own)).map(({ text }) => plain(text))),
  );
  return pages.map(({ page, words, own, open }) => ({
    page,
    marks: own.length,
    unmarked: Object.fromEntries(
      Map.groupBy(open, ({ kind }) => kind)
        .entries()
        .map(([kind, all]) => [kind, all.length]),
    ),
    alsoHere: words.some((word) => isTelling(word.text) && marked.has(plain(word.text)) && !isUnder(word, own)),
    wordless: words.length === 0,
  }));
}

const plain = (word: string) => word.toLowerCase().replaceAll(/[^\p{L}\p{N}@]/gu, "");
/** Words that begin with a capital, and numbers. */
const isTelling = (word: string) => /^\P{L}*\p{Lu}\p{L}{2}|@|\d{3}/u.test(word);

async function redact(
  pdf: Pdf,
  marks: readonly Mark[],
  title: string,
  tell: (page: number) => void,
): Promise<Redacted> {
  const beyond = marks.find(({ page }) => page > pdf.pages);
  if (beyond) throw new NoPdf(`Page ${beyond.page} is marked, and the PDF has ${pdf.pages}. Take that mark off`);
  // What makes PDF is read where one is made alone: most threads look at a page.
  const [{ rebuild }, { prove }] = await Promise.all([import("./rebuild.ts"), import("./prove.ts")]);
  const made = await rebuild(pdf, marks, title, tell);
  const faults = await prove(made, { marks, title, pages: pdf.pages });
  return { bytes: made.bytes, faults, pages: pdf.pages, unseen: made.unseen };
}
