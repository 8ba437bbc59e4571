import type { Line } from "../../kernel/fields/lines.ts";
import type { Stored } from "../../kernel/transaction.ts";

/** A clause as it is read: its number never changes. The text is Markdown. */
export interface Clause {
  readonly number: number;
  readonly heading: string;
  readonly text: string;
}

/** The lines of a field of a policy. */
export function linesOf({ values }: Pick<Stored, "values">, field: string): readonly Line[] {
  // The field is one of lines.
  return (values[field] ?? []) as readonly Line[];
}

/** The clauses of a policy as they are being written. */
export function clausesOf(policy: Pick<Stored, "values">): readonly Clause[] {
  return linesOf(policy, "clauses").map((line, at) => ({
    number: line.number ?? at + 1,
    heading: String(line["heading"] ?? ""),
    text: String(line["text"] ?? ""),
  }));
}

/** The clauses of lines that were kept when a version was published. */
export function publishedClauses(lines: unknown): readonly Clause[] {
  return linesOf({ values: { lines } }, "lines").map((line, at) => ({
    number: typeof line["clause"] === "number" ? line["clause"] : at + 1,
    heading: String(line["heading"] ?? ""),
    text: String(line["text"] ?? ""),
  }));
}

/** The clause of that number, as it is written or as it was published last. */
export function clauseNamed(policy: Pick<Stored, "values">, number: unknown): Clause | undefined {
  return [...clausesOf(policy), ...publishedClauses(policy.values["published"])].find(
    (clause) => clause.number === number,
  );
}

/** The part of an address that leads to a clause: `clause-3`. */
export function clauseAnchor(number: number): string {
  return `clause-${number}`;
}
