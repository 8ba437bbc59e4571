import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import { filterOf } from "../../kernel/store/find.ts";
import { viewOf } from "../../kernel/store/row.ts";
import { search } from "../../kernel/store/search.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import type { PaletteItem } from "./palette.ts";
import { recordOfReference } from "./search.ts";

const recordsMax = 10;
/** Beginnings of words are looked for among this many of the newest records; whole words, and how titles begin, among all. */
const newestMax = 1000;

interface Row {
  readonly type: string;
  readonly reference: string;
  readonly title: string;
}

/** Records for words that are still being typed: by reference, by how the title begins, by words that they hold. */
export async function paletteRecords(tx: Tx, words: string): Promise<PaletteItem[]> {
  const exact = await recordOfReference(tx, words);
  const [begin, newest, whole] = await Promise.all([
    titlesThatBegin(tx, words),
    newestThatHold(tx, words),
    search(tx, words, { limit: recordsMax }),
  ]);
  const items = new Map<string, PaletteItem>();
  for (const { type, reference, title } of [...begin, ...whole.found, ...newest]) {
    const href = hrefOf(tx, type, reference);
    const one = tx.registry.types.get(type)?.label.one ?? type;
    items.set(href, items.get(href) ?? { label: title, hint: `${reference} ${one}`, href });
  }
  const all = [...items.values()];
  if (exact === null) return all.slice(0, recordsMax);
  const named = items.get(exact) ?? { label: words.toUpperCase(), href: exact };
  return [named, ...all.filter((item) => item !== named)].slice(0, recordsMax);
}

async function titlesThatBegin(tx: Tx, words: string): Promise<readonly Row[]> {
  const types = [...tx.registry.types.values()].filter((type) => may(tx.actor, type.name, "read"));
  if (types.length === 0) return [];
  const branches = types.map(
    (type) => sql`(select ${type.name}::text as type, reference, title from ${viewOf(type)}
    where organisation_id = ${tx.actor.organisationId}::uuid and lower(title) like ${`${pattern(words)}%`} ${filterOf(tx, type)} limit 4)`,
  );
  const { rows } = await sql<Row>`${sql.join(branches, sql` union all `)} limit ${recordsMax}`.execute(tx.db);
  return rows;
}

async function newestThatHold(tx: Tx, words: string): Promise<readonly Row[]> {
  // A type with a condition of its own is left to its view.
  const types = [...tx.registry.types.values()].filter(({ access }) => !access.read).map(({ name }) => name);
  const each = words.split(/\s+/).slice(0, 8);
  const holds = each.map((word) => sql`lower(reference || ' ' || title) like ${`%${pattern(word)}%`}`);
  const { rows } = await sql<Row>`select type, reference, title from
    (select type, reference, title, opened_at from records where organisation_id = ${tx.actor.organisationId}::uuid and type = any (${types}::text[])
     order by opened_at desc limit ${newestMax}) newest
    where ${sql.join(holds, sql` and `)} order by opened_at desc limit ${recordsMax}`.execute(tx.db);
  return rows;
}

/** Words as a pattern of `like` that means just them. */
function pattern(words: string): string {
  return words.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`);
}
