import { readsInternal } from "../../kernel/access.ts";
import type { Field } from "../../kernel/fields/kind.ts";
import { schemaOf } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { ImportRow } from "../../kernel/transfer/imports.ts";
import type { Tx } from "../../kernel/transaction.ts";
import type { Cell } from "../view/models.ts";
import { cut, linesIn, mentionedIn, shownOf, textOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { linesOf } from "./seen-fields.ts";

/** The most values of one row that are shown, and the characters of each. */
const most = { values: 30, characters: 160, lines: 10 } as const;

/** The ids that the values of these rows lead to. */
export function idsIn(type: RecordType, rows: readonly ImportRow[]): string[] {
  return rows.flatMap(({ given, before }) =>
    [given, before].flatMap((values) =>
      Object.entries(values ?? {}).flatMap(([name, value]) => {
        const field = type.fields[name];
        return field ? mentionedIn(field, value) : [];
      }),
    ),
  );
}

/**
 * What a row will keep, value by value in the order of the definition: as the fields read the cells, and of a change what
 * was there before. `names` holds the row's own record where the person still sees it; without it nothing of it is shown.
 */
export function valuesCell(tx: Tx, type: RecordType, row: ImportRow, names: Names): Cell {
  const { given, before, outcome } = row;
  const seen = outcome === "create" || (row.recordId !== null && names.has(row.recordId));
  if (given === null || !seen) return { kind: "empty" };
  const values = Object.entries(type.fields).flatMap(([name, field]) => {
    if (!Object.hasOwn(given, name) || (field.options.internal && !readsInternal(tx.actor, type.name))) return [];
    const text = wordsOf(field, keptOf(field, given[name]), names);
    const { label } = field.options;
    if (outcome === "create") return text === "" ? [] : [{ label, text }];
    const from = wordsOf(field, before?.[name], names) || "nothing";
    return [{ label, text: text || "nothing", ...(before === null ? {} : { from }) }];
  });
  const shown = values.slice(0, most.values);
  const more = values.length - shown.length;
  if (more > 0) shown.push({ label: "And", text: `${more} more` });
  return shown.length === 0 ? { kind: "empty" } : { kind: "values", values: shown };
}

/** As the field keeps it: the check has read it, and what it makes of it is kept only when it is saved. */
function keptOf(field: Field, value: unknown): unknown {
  const parsed = schemaOf(field).safeParse(value);
  return parsed.success ? parsed.data : value;
}

function wordsOf(field: Field, value: unknown, names: Names): string {
  const lines = linesOf(field);
  if (!lines) return cut(textOf(shownOf(field, value), names), most.characters);
  const all = linesIn(value);
  const words = all.slice(0, most.lines).map((line) =>
    Object.entries(lines.fields)
      .map(([name, part]) => textOf(shownOf(part, line[name]), names))
      .filter((text) => text !== "")
      .join(" · "),
  );
  const more = all.length > words.length ? [`${all.length - words.length} more`] : [];
  return cut([...words, ...more].join("; "), most.characters);
}
