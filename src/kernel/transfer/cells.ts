import { Refusal } from "../errors.ts";
import type { Problem } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Stored } from "../transaction.ts";
import { withoutApostrophe } from "./columns.ts";
import type { Import, Plan } from "./imports.ts";
import { problemAt } from "./link-names.ts";
import type { LinkNames } from "./link-names.ts";

type Values = Record<string, unknown>;

/** A row's cells by the field that each is, before links are looked up. Empty cells are not in it. */
export function cellsByField(
  { plan, headings }: Pick<Import, "headings"> & { readonly plan: Plan },
  cells: readonly string[],
  ours: boolean,
): ReadonlyMap<string, string> {
  return new Map(
    headings.flatMap((_heading, at): [string, string][] => {
      const name = plan.columns[at] ?? null;
      const cell = ours ? withoutApostrophe(cells[at] ?? "") : (cells[at] ?? "");
      return name === null || cell.trim() === "" ? [] : [[name, cell]];
    }),
  );
}

/** Refuses a row with something in a column that has no heading and of which the plan says nothing: its cells may be shifted. */
export function mustFit(
  { plan, headings, told }: Pick<Import, "headings" | "told"> & { readonly plan: Plan },
  cells: readonly string[],
): void {
  const fits = (cell: string, at: number) =>
    at < (told.headed ?? headings.length) ||
    cell.trim() === "" ||
    (plan.columns[at] ?? null) !== null ||
    plan.ignored?.includes(at);
  if (cells.every(fits)) return;
  const shown = cells.slice(0, 12).map((cell) => `“${shortened(cell.trim())}”`);
  const more = cells.length > shown.length ? ` and ${cells.length - shown.length} more` : "";
  throw new Refusal("invalid", [
    {
      message: `The row has more cells than there are headings: ${shown.join(", ")}${more}. Is there a delimiter too many, or are quotation marks missing`,
    },
  ]);
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}

/** The type that a field's cells name records of; null for every other field. */
export function targetOf(type: RecordType, name: string): { readonly type: string; readonly many: boolean } | null {
  const field = type.fields[name];
  const widget = field?.kind.input(field.options, null);
  return widget?.widget === "record" ? widget : null;
}

/** The texts of a cell that name records. */
export function linkTexts(cell: string, many: boolean): string[] {
  return (many ? cell.split(";") : [cell]).map((text) => text.trim()).filter((text) => text !== "");
}

/**
 * What the cells say, by field, with records by their id. `held` is the record that is here already: a cell that says what
 * an export would say of it changes nothing, even where two records have the same name.
 */
export function valuesOfCells(
  type: RecordType,
  cells: ReadonlyMap<string, string>,
  names: LinkNames,
  held: { readonly record: Stored; readonly titles: ReadonlyMap<string, string> } | null,
): { values: Values; problems: Problem[] } {
  const values: Values = {};
  const problems: Problem[] = [];
  for (const [name, cell] of cells) {
    const field = type.fields[name];
    if (!field) continue;
    const target = targetOf(type, name);
    if (!target) {
      values[name] = field.kind.fromText(field.options, cell) ?? null;
      continue;
    }
    const current = held?.record.values[name];
    if (typeof current === "string" && held?.titles.get(current)?.toLowerCase() === cell.trim().toLowerCase()) {
      values[name] = current;
      continue;
    }
    const ids: string[] = [];
    for (const text of linkTexts(cell, target.many)) {
      const meaning = names.of(target.type, text);
      if ("id" in meaning) ids.push(meaning.id);
      else problems.push(problemAt(name, field.options.label, meaning.problem));
    }
    values[name] = target.many ? ids : ids[0];
  }
  return { values, problems };
}
