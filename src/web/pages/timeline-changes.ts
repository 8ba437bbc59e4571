import type { Field } from "../../kernel/fields/kind.ts";
import type { Line } from "../../kernel/fields/lines.ts";
import type { RecordType } from "../../kernel/record.ts";
import { sameValue } from "../../kernel/store/values.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { TimelineEntry } from "../view/models.ts";
import { cut, linesIn, shownOf, textOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { isShown, linesOf, seenField } from "./seen-fields.ts";

type Changes = NonNullable<TimelineEntry["changes"]>;

/** The most lines of one field whose changes are spelt out. */
const linesShown = 20;

/** Values before and after in words, of the fields that this person may read. Lines are told one by one. */
export function changesIn(
  { tx, type, record }: { tx: Tx; type: RecordType; record: Stored },
  values: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>,
  names: Names,
): Changes {
  // In the definition's order: the database keeps none.
  return Object.keys(type.fields).flatMap((name): Changes => {
    const field = seenField(tx, type, name, record);
    const change = Object.hasOwn(values, name) ? values[name] : undefined;
    if (!field || !change || !isShown(tx, type, field, record)) return [];
    const { from, to } = change;
    // That a new record is not restricted goes without saying.
    if (name === "sensitivity" && from === null && to === "normal") return [];
    if (linesOf(field)) return lineChanges(field, linesIn(from), linesIn(to), names);
    const words = (value: unknown) => cut(textOf(shownOf(field, value), names));
    return [{ field: field.options.label, from: words(from), to: words(to) }];
  });
}

function lineChanges(field: Field, before: readonly Line[], after: readonly Line[], names: Names): Changes {
  const lines = linesOf(field);
  if (!lines) return [];
  const words = (line: Line) =>
    cut(
      Object.entries(lines.fields)
        .map(([name, part]) => textOf(shownOf(part, line[name]), names))
        .filter((text) => text !== "")
        .join(" · "),
      160,
    );
  const called = (line: Line, word: string) =>
    `${lines.one}${line.number === undefined ? "" : ` ${line.number}`} ${word}`;
  const was = new Map(before.map((line) => [line.id, line]));
  const stays = new Set(after.map(({ id }) => id));
  const told = [
    ...before
      .filter(({ id }) => !stays.has(id))
      .map((line) => ({ field: called(line, "removed"), from: words(line), to: "nothing" })),
    ...after.flatMap((line) => {
      const earlier = line.id === undefined ? undefined : was.get(line.id);
      if (!earlier) return [{ field: called(line, "added"), from: "", to: words(line) }];
      const same = Object.keys(lines.fields).every((name) => sameValue(earlier[name], line[name]));
      return same ? [] : [{ field: called(earlier, "changed"), from: words(earlier), to: words(line) }];
    }),
  ];
  if (told.length === 0) return [{ field: field.options.label, from: "", to: "in another order" }];
  const rest = told.length - linesShown;
  return rest > 0
    ? [...told.slice(0, linesShown), { field: field.options.label, from: "", to: `and ${rest} more` }]
    : told;
}
