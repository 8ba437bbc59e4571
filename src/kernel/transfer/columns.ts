import { may, readsInternal } from "../access.ts";
import type { RecordType } from "../record.ts";
import { givenOutsideMoves } from "../store/values.ts";
import type { Actor } from "../transaction.ts";

/** What a column of a file may become. */
export interface Target {
  /** A field, or `reference`. */
  readonly name: string;
  readonly label: string;
}

/** The columns of every record that an export has beside its fields, and that nobody can give. */
const ownColumns = ["Reference", "State", "Due", "Opened", "Updated", "Closed"];

/** The fields that the actor may give for a type, as far as a cell can hold them, in the order of its form. */
export function importable(actor: Actor, type: RecordType): readonly Target[] {
  const changes = may(actor, type.name, type.access.change.permission);
  const given = changes ? givenOutsideMoves(type) : type.views.form;
  const ordered = [...type.views.form, ...given.filter((name) => !type.views.form.includes(name))];
  return ordered.flatMap((name): Target[] => {
    const field = type.fields[name];
    if (!field || !given.includes(name)) return [];
    const { kind, options } = field;
    if (options.readOnly || kind.name === "computed" || kind.name === "file") return [];
    return options.internal && !readsInternal(actor, type.name) ? [] : [{ name, label: options.label }];
  });
}

/** The fields by which records that are here already can be told: one text or number each. */
export function keysOf(actor: Actor, type: RecordType): readonly Target[] {
  const kinds = new Set(["text", "e-mail", "phone", "web address", "whole number"]);
  return [
    { name: "reference", label: "Reference" },
    ...importable(actor, type).filter(({ name }) => kinds.has(type.fields[name]?.kind.name ?? "")),
  ];
}

/** Which target each heading means: the same words first, then the likest, each target once; null where none is like it. */
export function matchColumns(headings: readonly string[], targets: readonly Target[]): (string | null)[] {
  const pairs = headings.flatMap((heading, at) =>
    targets.map(({ name, label }) => ({
      at,
      name,
      likeness: Math.max(likeness(heading, label), likeness(heading, name)),
    })),
  );
  const found = headings.map((): string | null => null);
  const taken = new Set<string>();
  for (const { at, name, likeness: how } of pairs.toSorted((one, other) => other.likeness - one.likeness)) {
    if (how < 0.6) break;
    if (found[at] !== null || taken.has(name)) continue;
    found[at] = name;
    taken.add(name);
  }
  return found;
}

/** A column as a spreadsheet calls it, counted from 0: "C", "AA". */
export function columnLetters(at: number): string {
  return (at < 26 ? "" : columnLetters(Math.floor(at / 26) - 1)) + String.fromCodePoint(65 + (at % 26));
}

/** Whether a file's headings are those of an export of ours: its apostrophes before formulas are then ours as well. */
export function isOurs(type: RecordType, headings: readonly string[]): boolean {
  const labels = new Set([...ownColumns, ...Object.values(type.fields).map(({ options }) => options.label)]);
  return headings.length > 0 && headings.every((heading) => labels.has(heading));
}

/** Takes off the apostrophe that an export of ours puts before what a spreadsheet would take for a formula. */
export function withoutApostrophe(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

/** From 0 to 1: 1 for the same words, else by the pairs of letters that both have (Dice's coefficient). */
function likeness(one: string, other: string): number {
  const [a, b] = [plain(one), plain(other)];
  if (a === "" || b === "") return 0;
  if (a === b) return 1;
  const pairs = pairsOf(b);
  let shared = 0;
  for (const pair of pairsOf(a)) {
    const at = pairs.indexOf(pair);
    if (at >= 0) {
      shared += 1;
      pairs.splice(at, 1);
    }
  }
  return Math.min(0.99, (2 * shared) / Math.max(1, a.length - 1 + b.length - 1));
}

/** In lower case, letters and figures alone. */
function plain(words: string): string {
  return words
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function pairsOf(word: string): string[] {
  return Array.from({ length: Math.max(0, word.length - 1) }, (_one, at) => word.slice(at, at + 2));
}
