import { createHash } from "node:crypto";
import type { Line } from "../../../kernel/fields/lines.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * The fingerprint of an agreed text, to which signatures are bound: SHA-256, in hexadecimal, of the JSON of
 * `[outcome, [[heading, text], …], [[section, …tests by name], …], [[activity, what, minutes], …]]`, and once it went to be
 * signed `[[place, heading, words], …]` of the letter around it. What is withheld and why, and what it would cost, are signed
 * with the words.
 */
export function hashOfText(values: Values): string {
  const words = [
    values["outcome"] ?? "",
    linesIn(values["sections"]).map((line) => [line["heading"] ?? "", line["text"] ?? ""]),
    linesIn(values["withheld"]).map(wholeLine),
    linesIn(values["costs"]).map(wholeLine),
  ];
  const around = linesIn(values["letterParts"]);
  if (around.length > 0)
    words.push(around.map((line) => [line["place"] ?? "", line["heading"] ?? "", line["words"] ?? ""]));
  return createHash("sha256").update(JSON.stringify(words)).digest("hex");
}

/** What a line holds, by name in the order of the alphabet. */
function wholeLine(line: Line): unknown {
  return Object.entries(line)
    .filter(
      ([name, value]) => name !== "id" && name !== "number" && value !== null && value !== undefined && value !== "",
    )
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function linesIn(value: unknown): readonly Line[] {
  // Only fields of lines are given.
  return Array.isArray(value) ? (value as readonly Line[]) : [];
}
