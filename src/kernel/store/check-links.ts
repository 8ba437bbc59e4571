import { sql } from "kysely";
import { Refusal } from "../errors.ts";
import type { Problem } from "../errors.ts";
import { fileProblems } from "../files/files.ts";
import type { Line, LineFields } from "../fields/lines.ts";
import type { Field } from "../fields/kind.ts";
import type { RecordType } from "../record.ts";
import type { Tx } from "../transaction.ts";
import { isId } from "./find.ts";
import type { Values } from "./values.ts";

interface Mention {
  readonly field: string;
  readonly label: string;
  readonly target: string;
  readonly id: string;
}

/**
 * Refuses values that lead to a record which is not there, is of another type, or may not be seen by the actor, and files
 * that are neither the actor's own nor those of the record (null: a new one).
 */
export async function checkLinks(tx: Tx, type: RecordType, values: Values, recordId: string | null): Promise<void> {
  const problems = await linkProblems(tx, type, values, recordId);
  if (problems.length > 0) throw new Refusal("invalid", problems);
}

/** The same, giving what is wrong instead of refusing. */
export async function linkProblems(
  tx: Tx,
  type: RecordType,
  values: Values,
  recordId: string | null,
): Promise<Problem[]> {
  const [problems] = await linkProblemsOfMany(tx, type, [{ values, recordId }]);
  return problems ?? [];
}

/** The same for the values of several records, of each what is wrong: what they lead to is read at once. */
export async function linkProblemsOfMany(
  tx: Tx,
  type: RecordType,
  records: readonly { readonly values: Values; readonly recordId: string | null }[],
): Promise<Problem[][]> {
  const mentions = records.map(({ values }) => mentionsIn(type.fields, values));
  const [typeOf, files] = await Promise.all([
    typesOf(
      tx,
      mentions.flat().map(({ id }) => id),
    ),
    Promise.all(records.map(({ values, recordId }) => fileProblems(tx, type, values, recordId))),
  ]);
  return mentions.map((own, at) => {
    const wrong = own
      .filter(({ id, target }) => typeOf.get(id) !== target && !(target === "person" && id === tx.actor.personId))
      .map(({ field, label }): Problem => ({
        field,
        message: `${label}: there is no such record, or you may not see it`,
      }));
    // Two lines with the same fault are told once.
    const told = new Set<string>();
    return [...wrong, ...(files[at] ?? [])].filter(
      ({ field, message }) => !told.has(`${field} ${message}`) && told.add(`${field} ${message}`),
    );
  });
}

/** The types of those of these records that the actor sees. */
async function typesOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; type: string }>`select id, type from records
    where organisation_id = ${tx.actor.organisationId}::uuid and id = any (${[...new Set(ids)]}::uuid[])`.execute(
    tx.db,
  );
  return new Map(rows.map((row) => [row.id, row.type]));
}

function mentionsIn(fields: Readonly<Record<string, Field>>, values: Values, at?: string): Mention[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field || value === null || value === undefined) return [];
    if (field.kind.name === "lines") {
      // The lines kind gives lines, and its options carry the fields of a line.
      const lineFields = (field.options as unknown as { fields: LineFields }).fields;
      return (value as readonly Line[]).flatMap((line) => mentionsIn(lineFields, line, name));
    }
    const widget = field.kind.input(field.options, null);
    if (widget.widget !== "record") return [];
    return [value]
      .flat()
      .map((id): Mention => ({ field: at ?? name, label: field.options.label, target: widget.type, id: String(id) }));
  });
}

/**
 * Turns what people and files write for a record (a reference, an exact name) into its id, for the fields that lead to
 * records. What cannot be found stays as it is, for the schema to refuse with a sentence.
 */
export async function resolveLinks(tx: Tx, type: Pick<RecordType, "fields">, given: Values): Promise<Values> {
  const resolved: Record<string, unknown> = { ...given };
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const widget = field?.kind.input(field.options, null);
    if (field?.kind.name === "lines")
      resolved[name] = await resolveLines(tx, (field.options as unknown as { fields: LineFields }).fields, value);
    if (widget?.widget !== "record") continue;
    if (typeof value === "string") resolved[name] = (await idOf(tx, widget.type, value)) ?? value;
    if (Array.isArray(value))
      resolved[name] = await Promise.all(
        value.map(async (item) => (typeof item === "string" ? ((await idOf(tx, widget.type, item)) ?? item) : item)),
      );
  }
  return resolved;
}

async function resolveLines(tx: Tx, fields: LineFields, value: unknown): Promise<unknown> {
  if (!Array.isArray(value)) return value;
  const lines: unknown[] = [];
  for (const line of value) {
    if (typeof line !== "object" || line === null) lines.push(line);
    else {
      const resolved: Record<string, unknown> = { ...line };
      for (const [name, { kind, options }] of Object.entries(fields)) {
        const widget = kind.input(options, null);
        const given = resolved[name];
        if (widget.widget === "record" && typeof given === "string")
          resolved[name] = (await idOf(tx, widget.type, given)) ?? given;
      }
      lines.push(resolved);
    }
  }
  return lines;
}

/** The id of the record of a type that has this id, reference or exact name; null when none or several do. */
export async function idOf(tx: Tx, typeName: string, written: string): Promise<string | null> {
  const text = written.trim();
  if (isId(text)) return text.toLowerCase();
  if (text === "me" && typeName === "person") return tx.actor.personId;
  if (text.length > 200 || text.includes("\u0000")) return null;
  // A suggestion reads "PER-00012 Priya Nair": the reference before the name settles it.
  const reference = /^([A-Za-z]+-[\d-]+)\b/.exec(text)?.[1] ?? text;
  const { rows } = await sql<{
    id: string;
  }>`select id from records where organisation_id = ${tx.actor.organisationId}::uuid and type = ${typeName}
    and (reference = ${reference.toUpperCase()} or lower(title) = lower(${text})) order by (reference = ${reference.toUpperCase()}) desc limit 2`.execute(
    tx.db,
  );
  const [first, second] = rows;
  return first && (!second || reference !== text) ? first.id : null;
}
