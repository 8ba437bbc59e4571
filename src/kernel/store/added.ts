import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Field } from "../fields/kind.ts";
import { keptByType } from "../kept-by-type.ts";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";

/** The fields that the organisation added to a type. What records hold of them stands in `records.added`, by field. */
export const addedNames: (type: RecordType) => readonly string[] = keptByType(({ fields }) =>
  Object.keys(fields).filter((name) => fields[name]?.options.added),
);

/** What stands for an added field in a query: its text, as what the field's kind would keep in a column. */
export function addedExpression(name: string, { kind, options }: Field): RawBuilder<unknown> {
  const column = kind.column(options)?.type ?? "text";
  const text = sql`(added ->> ${sql.lit(name)})`;
  return column === "text" || column.endsWith("[]") ? text : sql`(${text}::${sql.raw(column)})`;
}

/** That an added field has one of these values, asked so that an index finds them. */
export function addedIs(name: string, values: readonly unknown[]): RawBuilder<unknown> {
  if (values.length === 0) return sql`false`;
  const each = values.map((value) => sql`added @> ${JSON.stringify({ [name]: value })}::jsonb`);
  return sql`(${sql.join(each, sql` or `)})`;
}

/** Of these values those of added fields, as `records` keeps them. */
export function addedValues(
  type: RecordType,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    addedNames(type).flatMap((name) => (name in values ? [[name, values[name] ?? null] as const] : [])),
  );
}

/** Writes what these records hold of added fields; what is null they hold no more. */
export async function storeAdded(
  tx: Tx,
  records: readonly { readonly id: string; readonly added: Readonly<Record<string, unknown>> }[],
): Promise<void> {
  const some = records.filter(({ added }) => Object.keys(added).length > 0);
  if (some.length > 0) await sql`select set_added(${JSON.stringify(some)}::jsonb)`.execute(tx.db);
}
