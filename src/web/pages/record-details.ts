import type { Field } from "../../kernel/fields/kind.ts";
import type { Line, LinesOptions } from "../../kernel/fields/lines.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import type { Column, FieldValue, RecordSection, Tag } from "../view/models.ts";
import { cellOf, linesIn, mentionedIn, shownOf, textOf, valueOf } from "./field-value.ts";
import type { Names } from "./field-value.ts";
import { isShown, linesOf, seenField } from "./seen-fields.ts";

/** Parts of a record that its page shows elsewhere: in the title, as tags, in the rail. */
const shownElsewhere = new Set(["title", "owner", "team", "requester"]);

/** The fields of a record's page that this person may read, in the definition's order. */
export function pageFields(tx: Tx, type: RecordType, record: Stored): [name: string, field: Field][] {
  return type.views.page.flatMap((name) => {
    const field = seenField(tx, type, name, record);
    return field &&
      isShown(tx, type, field, record) &&
      name !== "sensitivity" &&
      !shownElsewhere.has(field.options.is ?? "")
      ? [[name, field] as [string, Field]]
      : [];
  });
}

/** The records that the fields of the page lead to. */
export function detailIds(tx: Tx, type: RecordType, record: Stored): string[] {
  return pageFields(tx, type, record).flatMap(([name, field]) => mentionedIn(field, record.values[name]));
}

/** The values of a record, and a section for each of its lines. */
export function detailSections(tx: Tx, type: RecordType, record: Stored, names: Names): RecordSection[] {
  const fields = pageFields(tx, type, record);
  const values = fields.flatMap(([name, field]): FieldValue[] => {
    const shown = shownOf(field, record.values[name]);
    // What only a move or the product fills is no gap while it is empty, nor what most records leave so.
    const { askedByMoveOnly, readOnly, internal, sparse } = field.options;
    const mayBeAbsent = askedByMoveOnly || readOnly || internal || sparse;
    if (linesOf(field) || (shown === null && mayBeAbsent)) return [];
    return [
      { label: field.options.label, value: valueOf(shown, names), ...(shown?.kind === "html" ? { wide: true } : {}) },
    ];
  });
  const lines = fields.flatMap(([name, field]) => linesSection(field, record.values[name], names));
  const { given = [], empty = [] } = Object.groupBy(values, ({ value }) =>
    value.kind === "empty" ? "empty" : "given",
  );
  // Of a record that holds next to nothing its gaps are what there is to see.
  const shown = given.length > 0 ? { fields: given, ...(empty.length > 0 ? { empty } : {}) } : { fields: empty };
  return [...(values.length > 0 ? [{ kind: "fields" as const, ...shown }] : []), ...lines];
}

/** Flags beside the state: every choice that carries a tone, such as restricted, and what says that it is one. */
export function flagsOf(tx: Tx, type: RecordType, record: Stored): Tag[] {
  return Object.keys(type.fields).flatMap((name) => {
    const field = seenField(tx, type, name, record);
    const shown = field && shownOf(field, record.values[name]);
    const flag = field?.options.flag;
    if (flag !== undefined && shown?.kind === "text") return [{ text: shown.text, tone: flag }];
    if (flag !== undefined && shown?.kind === "record") return [{ text: field!.options.label, tone: flag }];
    return shown?.kind === "tag" ? [{ text: shown.text, tone: shown.tone }] : [];
  });
}

/** One line of several texts: under its number and what it begins with, every part of it by name. */
function lineSection(
  { one, fields }: Pick<LinesOptions, "one" | "fields">,
  { row, at }: { readonly row: Line; readonly at: number },
  names: Names,
): RecordSection {
  const [first, ...rest] = Object.entries(fields)
    .filter(([, { options }]) => !options.derived)
    .flatMap(([name, part]) => {
      const shown = shownOf(part, row[name]);
      return shown === null ? [] : [{ label: part.options.label, shown }];
    });
  return {
    kind: "fields",
    title: `${one} ${row.number ?? at + 1}: ${first ? textOf(first.shown, names) : ""}`,
    fields: rest.map(({ label, shown }) => ({
      label,
      value: valueOf(shown, names),
      ...(shown.kind === "html" ? { wide: true } : {}),
    })),
  };
}

function linesSection(field: Field, value: unknown, names: Names): RecordSection[] {
  const lines = linesOf(field);
  if (!lines) return [];
  const rows = linesIn(value);
  // What most records leave empty is no gap.
  if (rows.length === 0 && field.options.sparse) return [];
  const parts = Object.entries(lines.fields).filter(([, { options }]) => !options.derived);
  const long = parts.filter(([, part]) => part.kind.name === "long text");
  // Of several texts each needs its name, and what stands beside them too.
  if (long.length > 1 && rows.length > 0) return rows.map((row, at) => lineSection(lines, { row, at }, names));
  if (long.length > 0 && rows.length > 0) {
    const fields = rows.map((row, at): FieldValue => {
      const short = parts
        .filter((part) => !long.includes(part))
        .map(([name, part]) => textOf(shownOf(part, row[name]), names))
        .filter((text) => text !== "");
      const html = long
        .map(([name, part]) => shownOf(part, row[name]))
        .flatMap((shown) => (shown?.kind === "html" ? [shown.html] : []));
      return {
        label: `${row.number ?? at + 1}. ${short.join(", ")}`,
        value: html.length > 0 ? { kind: "html", html: html.join("") } : { kind: "empty" },
        wide: true,
        // A number for life is an address for life: /policies/POL-0001#clause-3.
        ...(lines.numbered && row.number !== undefined
          ? { id: `${lines.one.toLowerCase().replaceAll(/\W+/g, "-")}-${row.number}` }
          : {}),
      };
    });
    return [{ kind: "fields", title: field.options.label, fields }];
  }
  const columns: Column[] = [
    ...(lines.numbered ? [{ label: "#" }] : []),
    ...parts.map(([, part]) => ({
      label: part.options.label,
      ...(part.kind.filter === "number-range" ? { number: true } : {}),
    })),
  ];
  const cells = rows.map((row) => ({
    cells: [
      ...(lines.numbered ? [{ kind: "text" as const, text: String(row.number ?? "") }] : []),
      ...parts.map(([name, part]) => cellOf(shownOf(part, row[name]), names)),
    ],
  }));
  const empty = { title: `No ${field.options.label.toLowerCase()} yet`, text: "Edit this record to add the first." };
  return [
    { kind: "table", title: field.options.label, table: { caption: field.options.label, columns, rows: cells, empty } },
  ];
}
