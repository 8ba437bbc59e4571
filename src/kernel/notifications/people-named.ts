import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Database } from "../database/tables.ts";
import { mentionsIn } from "./mentions.ts";

/** The people whom comments may mention, by name (lower case) and by reference. Of namesakes all; 500 at the most. */
export async function peopleNamed(
  db: Kysely<Database>,
  organisationId: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = [...new Set(texts.flatMap((text) => mentionsIn(text).flat()))];
  if (names.length === 0) return new Map();
  // Names are stored with either apostrophe.
  const spelt = names.flatMap((name) => (name.includes("'") ? [name, name.replaceAll("'", "’")] : [name]));
  const { rows } = await sql<{ id: string; name: string }>`
    select id, lower(title) as name from records
      where organisation_id = ${organisationId}::uuid and type = 'person' and lower(title) = any (${spelt}::text[]) and closed_at is null
    union all
    select id, lower(reference) from records
      where organisation_id = ${organisationId}::uuid and type = 'person' and reference = any (${names.map((name) => name.toUpperCase())}::text[])
    limit 500`.execute(db);
  const found = new Map<string, string[]>();
  for (const { id, name } of rows) {
    const key = name.replaceAll("’", "'");
    found.set(key, [...(found.get(key) ?? []), id]);
  }
  return found;
}
