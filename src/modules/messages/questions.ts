import type { Line } from "../../kernel/fields/lines.ts";
import type { Stored } from "../../kernel/transaction.ts";

/** One question of a survey; `options` are what there is to choose from, in order, each answered by its place from 1. */
export interface Question {
  readonly number: number;
  readonly text: string;
  readonly kind: "one" | "many" | "scale" | "words";
  readonly options: readonly string[];
  readonly isRequired: boolean;
}

/** The answers to a statement, from 1 to 5. */
export const scale = ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"] as const;

/** The most characters of an answer in somebody's own words. */
export const wordsMax = 2000;

const kinds: ReadonlySet<unknown> = new Set(["one", "many", "scale", "words"]);

/** The questions of a survey in their order. */
export function questionsOf({ values }: Pick<Stored, "values">): readonly Question[] {
  // The field is one of lines.
  const lines = (values["questions"] ?? []) as readonly Line[];
  return lines.map((line) => {
    // The field admits only these; a line that is still being made has none yet.
    const kind = (kinds.has(line["kind"]) ? line["kind"] : "words") as Question["kind"];
    return {
      number: line.number ?? 0,
      text: String(line["text"] ?? ""),
      kind,
      options: kind === "scale" ? scale : kind === "words" ? [] : optionsIn(String(line["options"] ?? "")),
      isRequired: line["required"] === true,
    };
  });
}

/** As `publish_survey` counts them. */
function optionsIn(text: string): readonly string[] {
  return text.replace(/^[ \n\r\t]+|[ \n\r\t]+$/g, "").split(/\s*\n\s*/);
}
