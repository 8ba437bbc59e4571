import { Refusal } from "../errors.ts";
import type { Problem } from "../errors.ts";
import type { RecordType } from "../record.ts";
import type { Actor } from "../transaction.ts";
import { importable, keysOf, matchColumns } from "./columns.ts";
import type { Target } from "./columns.ts";
import type { Import, Plan } from "./imports.ts";

/** What can be chosen for a column: the reference, which finds a record, and every field that can be given. */
export function columnTargets(actor: Actor, type: RecordType): readonly Target[] {
  return [{ name: "reference", label: "Reference" }, ...importable(actor, type)];
}

/** The likeliest: by name and likeness, and by the reference where the file has one. */
export function likelyPlan(
  actor: Actor,
  type: RecordType,
  { headings, told }: Pick<Import, "headings" | "told">,
): Plan {
  const headed = headings.slice(0, told.headed);
  const matched = matchColumns(headed, columnTargets(actor, type));
  const columns = headings.map((_heading, at) => matched[at] ?? null);
  return { columns, key: columns.includes("reference") ? "reference" : null, blanks: "keep" };
}

/** Refuses a plan that names a field twice or one that cannot be given, a key without its column, and no column at all. */
export function mustHoldTogether(actor: Actor, type: RecordType, { headings }: Import, { columns, key }: Plan): void {
  const known = new Set(columnTargets(actor, type).map(({ name }) => name));
  const problems = columns.flatMap((name, at): Problem[] => {
    if (name === null) return [];
    const field = `column-${at}`;
    if (!known.has(name)) return [{ field, message: `“${headings[at]}”: select what it becomes` }];
    const firstAt = columns.indexOf(name);
    return firstAt === at
      ? []
      : [
          {
            field,
            message: `“${headings[at]}” and “${headings[firstAt]}” cannot become the same field. Leave one out`,
          },
        ];
  });
  if (columns.every((name) => name === null)) problems.push({ message: "Select what at least one column becomes" });
  if (key !== null && !keysOf(actor, type).some(({ name }) => name === key))
    problems.push({ field: "key", message: "Select how a row finds what is here already" });
  else if (key !== null && !columns.includes(key))
    problems.push({ field: "key", message: "No column of the file becomes that. Select another, or none" });
  if (key !== "reference" && columns.includes("reference"))
    problems.push({
      field: `column-${columns.indexOf("reference")}`,
      message: "Reeve gives references itself. Leave the column out, or find records by it",
    });
  if (problems.length > 0) throw new Refusal("invalid", problems);
}
