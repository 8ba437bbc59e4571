import type { Line } from "../../kernel/fields/lines.ts";
import type { Stored } from "../../kernel/transaction.ts";

/** A question of a catalogue item. */
export interface ItemQuestion {
  readonly number: number;
  readonly label: string;
  readonly kind: "text" | "long" | "choice" | "yes_no" | "number" | "date";
  readonly hint: string;
  readonly required: boolean;
  readonly choices: readonly string[];
  /** Asked only when the question of this number has this answer. */
  readonly onlyIf: { readonly number: number; readonly answer: string } | null;
}

/** Who is to approve, in order. */
export interface ItemApproval {
  readonly by: "manager" | "service_owner" | "person";
  readonly personId: string | null;
  readonly why: string;
}

/** What a team does. */
export interface ItemStep {
  readonly what: string;
  readonly teamId: string;
  readonly days: number;
  /** Done at the same time as the one before. */
  readonly together: boolean;
}

/** The questions of an item, in order. */
export function questionsOf(item: Stored): ItemQuestion[] {
  return linesOf(item, "questions").map((line, at) => ({
    number: typeof line["number"] === "number" ? line["number"] : at + 1,
    label: String(line["label"] ?? ""),
    // The field admits only these.
    kind: String(line["kind"] ?? "text") as ItemQuestion["kind"],
    hint: String(line["hint"] ?? ""),
    required: line["required"] === true,
    choices: choicesOf(line),
    onlyIf:
      typeof line["onlyIf"] === "number"
        ? { number: line["onlyIf"], answer: String(line["onlyIfAnswer"] ?? "").trim() }
        : null,
  }));
}

/** The approvals that an item needs, in order. */
export function approvalsOf(item: Stored): ItemApproval[] {
  return linesOf(item, "approvals").map((line) => ({
    // The field admits only these.
    by: String(line["by"]) as ItemApproval["by"],
    personId: typeof line["person"] === "string" ? line["person"] : null,
    why: String(line["why"] ?? ""),
  }));
}

/** The steps of an item, in waves: those of a wave are done at the same time, a wave after the one before. */
export function wavesOf(item: Stored): (ItemStep & { readonly place: number })[][] {
  const waves: (ItemStep & { place: number })[][] = [];
  for (const [at, line] of linesOf(item, "steps").entries()) {
    const step = {
      place: at + 1,
      what: String(line["what"] ?? ""),
      teamId: String(line["team"]),
      days: typeof line["days"] === "number" ? line["days"] : 5,
      together: line["together"] === true,
    };
    const last = waves.at(-1);
    if (step.together && last) last.push(step);
    else waves.push([step]);
  }
  return waves;
}

/** The choices of a question, which stand with semicolons between. */
export function choicesOf(question: Line): string[] {
  const text = String(question["choices"] ?? "");
  return [...new Set(text.split(";").map((choice) => choice.trim()))].filter((choice) => choice !== "");
}

function linesOf({ values }: Stored, name: string): readonly Line[] {
  // The lines kind gives lines.
  return (values[name] ?? []) as readonly Line[];
}
