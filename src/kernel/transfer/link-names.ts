import { sql } from "kysely";
import type { Problem } from "../errors.ts";
import type { RecordType } from "../record.ts";
import { typeNamed } from "../registry.ts";
import { isId } from "../store/find.ts";
import { columnOf, viewOf } from "../store/row.ts";
import type { Tx } from "../transaction.ts";

/** What a text stands for: a record's id, or a sentence that says why it stands for none. */
type Meaning = { readonly id: string } | { readonly problem: string };

/** The records that the cells of a file name, read once for each text of a file, as the actor. */
export class LinkNames {
  readonly #known = new Map<string, Meaning>();

  /** Reads what these texts stand for, where that is not known yet. */
  async read(tx: Tx, texts: ReadonlyMap<string, ReadonlySet<string>>): Promise<void> {
    for (const [typeName, all] of texts) {
      const unknown = [...all].filter((text) => !this.#known.has(keyOf(typeName, text)));
      if (unknown.length === 0) continue;
      const type = typeNamed(tx.registry, typeName);
      const rows = await rowsFor(tx, type, unknown);
      for (const text of unknown) this.#known.set(keyOf(typeName, text), meaningOf(tx, type, text, rows));
    }
  }

  /** What a text that was read stands for. */
  of(typeName: string, text: string): Meaning {
    return this.#known.get(keyOf(typeName, text)) ?? { problem: `“${text}” was not looked up` };
  }
}

/** A problem at a field, from a meaning that is none. */
export function problemAt(field: string, label: string, problem: string): Problem {
  return { field, message: `${label}: ${problem}` };
}

interface Row {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  /** Its e-mail address, in lower case, where the texts asked for one. */
  readonly email?: string | null;
}

async function rowsFor(tx: Tx, type: RecordType, texts: readonly string[]): Promise<Row[]> {
  const [named, written] = await Promise.all([rowsNamed(tx, type.name, texts), rowsWithAddress(tx, type, texts)]);
  return [...named, ...written];
}

/** The records that an e-mail address means, of a type that has one. */
async function rowsWithAddress(tx: Tx, type: RecordType, texts: readonly string[]): Promise<Row[]> {
  const addresses = texts.filter(isAddress).map((text) => text.toLowerCase());
  const [field] =
    Object.entries(type.fields).find(([, { kind, options }]) => kind.name === "e-mail" && !options.internal) ?? [];
  const column = field === undefined ? null : columnOf(type, field);
  if (addresses.length === 0 || column === null) return [];
  const { rows } = await sql<Row>`select id, reference, title, ${sql.ref(column)} as email from ${viewOf(type)}
    where organisation_id = ${tx.actor.organisationId}::uuid and ${sql.ref(column)} = any (${addresses}::text[])
    order by closed_at is not null, id limit 20000`.execute(tx.db);
  return rows;
}

function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}

function rowsNamed(tx: Tx, typeName: string, texts: readonly string[]): Promise<Row[]> {
  const ids = texts.filter(isId);
  const references = texts.flatMap((text) => referenceIn(text) ?? []);
  const titles = texts.map((text) => text.toLowerCase());
  return sql<Row>`select id, reference, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = ${typeName}
      and (id = any (${ids}::uuid[]) or reference = any (${references}::text[]) or lower(title) = any (${titles}::text[]))
    order by closed_at is not null, id limit 20000`
    .execute(tx.db)
    .then(({ rows }) => rows);
}

/** By id, by reference (alone or before the name), by exact name or e-mail address; of several with one name none. */
function meaningOf(tx: Tx, type: RecordType, text: string, rows: readonly Row[]): Meaning {
  if (text === "me" && type.name === "person" && tx.actor.personId !== null) return { id: tx.actor.personId };
  const one = type.label.one.toLowerCase();
  if (isId(text)) {
    const id = text.toLowerCase();
    return rows.some((row) => row.id === id) ? { id } : { problem: `there is no such ${one}, or you may not see it` };
  }
  const reference = referenceIn(text);
  const byReference = reference && rows.find((row) => row.reference === reference);
  if (byReference) return { id: byReference.id };
  const same = text.toLowerCase();
  const named = rows.filter((row) => row.title.toLowerCase() === same || row.email === same);
  const called = [...new Map(named.map((row) => [row.id, row])).values()];
  if (called.length > 1)
    return { problem: `${called.length} ${type.label.many.toLowerCase()} are called “${text}”. Give the reference` };
  const [only] = called;
  return only
    ? { id: only.id }
    : { problem: `there is no ${one} “${text.slice(0, 100)}” that you may see. Give the reference or the exact name` };
}

function referenceIn(text: string): string | undefined {
  return /^([A-Za-z]+-\d[\d-]*)\b/.exec(text)?.[1]?.toUpperCase();
}

function keyOf(typeName: string, text: string): string {
  return `${typeName} ${text}`;
}
