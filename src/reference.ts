import { whenAsked } from "./kernel/asked.ts";
import { columnOf } from "./kernel/store/row.ts";
import { filterNames } from "./kernel/store/filters.ts";
import { furtherFilters } from "./kernel/store/further-filters.ts";
import { sortable } from "./kernel/store/list.ts";
import { statesAfter } from "./kernel/lifecycle.ts";
import type { RecordType } from "./kernel/record.ts";
import type { Registry } from "./kernel/registry.ts";
import { howCounted, unitLabel } from "./web/measures/words.ts";

/** What each type is, for those who write code and those who review it: fields, states, moves, and what its list reads. */
export function recordTypesReference(registry: Registry): string {
  const modules = registry.modules.map((module) =>
    [`## ${module.label}`, ...module.records.map(typeReference)].join("\n\n"),
  );
  return `${["# Record types", "Generated from the definitions by `npm run docs`. Read it; do not edit it.", ...modules].join("\n\n")}\n`;
}

/** What each measure is, for those who read figures and those who answer for them. */
export function measuresReference(registry: Registry): string {
  const modules = registry.modules.flatMap(({ label, measures = [] }) =>
    measures.length === 0
      ? []
      : [
          `## ${label}`,
          ...measures.map((measure) =>
            [
              `### ${measure.label} (\`${measure.name}\`)`,
              measure.meaning,
              `${howCounted(measure)} Unit: ${unitLabel(measure).toLowerCase()}. ${measure.owner} answers for it. Page at \`/measures/${measure.name}\`, API at \`/api/v1/measures/${measure.name}\`.`,
            ].join("\n\n"),
          ),
        ],
  );
  return `${["# Measures", "Generated from the definitions by `npm run docs`. Read it; do not edit it.", ...modules].join("\n\n")}\n`;
}

function typeReference(type: RecordType): string {
  return [
    `### ${type.label.one} (\`${type.name}\`)`,
    `References like \`${type.reference}\`. Pages at \`/${type.path}\`, API at \`/api/v1/${type.path}\`.`,
    table(
      ["Field", "Kind", "Required", "Column"],
      Object.entries(type.fields).map(([name, { kind, options }]) => [
        `\`${name}\` ${options.label}`,
        kind.name,
        [options.required ? "yes" : "", whenAsked(type, name) ?? ""].filter((part) => part !== "").join(", "),
        columnOf(type, name) ?? "elsewhere",
      ]),
    ),
    table(
      ["State", "Label", "Final"],
      Object.entries(type.states).map(([name, state]) => [`\`${name}\``, state.label, state.final ? "yes" : ""]),
    ),
    table(
      ["Move", "From", "To", "Asks for", "Permission"],
      Object.entries(type.moves).map(([name, move]) => [
        `\`${name}\` ${move.label}`,
        move.from.join(", "),
        statesAfter(move).join(", ") || "stays",
        (move.asks ?? []).join(", "),
        move.who?.permission ?? type.access.change.permission,
      ]),
    ),
    `Its list reads \`visible_${type.name}\` by key. It can be narrowed by ${names([...filterNames(type), ...furtherFilters(type)].map(({ name }) => name))} and sorted by ${names(sortable(type))}.`,
    ["```sql", listSql(type), "```"].join("\n"),
  ].join("\n\n");
}

/** The statement of the type's own list: its first page, 50 rows and one to know whether more follow. */
function listSql(type: RecordType): string {
  const descending = type.views.list.sort.startsWith("-");
  const name = type.views.list.sort.replace(/^-/, "");
  const base: Readonly<Record<string, string>> = {
    reference: "reference",
    state: "state",
    due: "next_due_at",
    opened: "opened_at",
    updated: "updated_at",
    closed: "closed_at",
  };
  const column = base[name] ?? (name === type.titleField ? "lower(title)" : (columnOf(type, name) ?? "id"));
  const direction = descending ? "desc" : "asc";
  const open = type.views.list.openOnly ? " and closed_at is null" : "";
  const nulls =
    column === "closed_at" || (!(name in base) && name !== type.titleField) ? `(${column} is null) asc, ` : "";
  return `select *, (${column})::text as sort_value from visible_${type.name}\nwhere organisation_id = $1${open}\norder by ${nulls}${column} ${direction}, id ${direction} limit 51`;
}

function names(list: readonly string[]): string {
  return list.map((name) => `\`${name}\``).join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
