import { sql } from "kysely";
import { plannedOnce } from "../../kernel/database/in-transaction.ts";
import type { RecordType } from "../../kernel/record.ts";
import { filterOf } from "../../kernel/store/find.ts";
import { viewOf } from "../../kernel/store/row.ts";
import { search } from "../../kernel/store/search.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import type { PaletteItem } from "./palette.ts";
import { recordOfReference } from "./search.ts";

const recordsMax = 10;
/** Parts of words are looked for among this many of the newest records of each type, whole words among all. */
const newestMax = 400;

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

/** By the index on titles, which only helps for types of which the person sees every record. */
async function titlesThatBegin(tx: Tx, words: string): Promise<readonly Row[]> {
  const types = seenWhole(tx);
  if (types.length === 0) return [];
  const start = words.toLowerCase();
  const branches = types.map(
    (type) => sql`(select ${type.name}::text as type, reference, title from ${viewOf(type)}
    where organisation_id = ${tx.actor.organisationId}::uuid and lower(title) ~>=~ ${start} and lower(title) ~<~ ${`${start}\u{10ffff}`}
    ${filterOf(tx, type)} order by lower(title) using ~<~ limit 4)`,
  );
  const { rows } = await sql<Row>`${sql.join(branches, sql` union all `)} limit ${recordsMax}`.execute(tx.db);
  return rows;
}

/** The newest of each type that the person sees whole; and the newest of what is their own or their teams'. */
async function newestThatHold(tx: Tx, words: string): Promise<readonly Row[]> {
  const { organisationId, personId, teams } = tx.actor;
  // A type with a condition of its own is left to its view.
  const types = seenWhole(tx).flatMap(({ name, access }) => (access.read ? [] : [name]));
  const guarded = [...tx.registry.types.values()].flatMap(({ name, access }) => (access.read ? [name] : []));
  const each = words.toLowerCase().split(/\s+/).slice(0, 8);
  const holds = each.map((word) => sql`lower(reference || ' ' || title) like ${`%${pattern(word)}%`}`);
  const own = ["owner_id", "requester_id", "created_by"].map(
    (column) => sql`union all (select type, reference, title, opened_at from records
      where organisation_id = ${organisationId}::uuid and ${sql.ref(column)} = ${personId}::uuid order by opened_at desc limit ${sql.lit(newestMax)})`,
  );
  const { rows } = await sql<Row>`${plannedOnce} select distinct type, reference, title, opened_at from (
    select newest.* from unnest(${types}::text[]) as wanted (name), lateral (
      select type, reference, title, opened_at from records
      where organisation_id = ${organisationId}::uuid and type = wanted.name order by opened_at desc limit ${sql.lit(newestMax)}) newest
    union all (select type, reference, title, opened_at from records
      where organisation_id = ${organisationId}::uuid and team_id = any (${teams}::uuid[]) and closed_at is null limit ${sql.lit(newestMax)})
    ${sql.join(own, sql` `)}) looked
    where type <> all (${guarded}::text[]) and ${sql.join(holds, sql` and `)} order by opened_at desc limit ${sql.lit(recordsMax)}`.execute(
    tx.db,
  );
  return rows;
}

/** The types of which the person sees every record that is not restricted. */
function seenWhole(tx: Tx): RecordType[] {
  const whole = new Set(
    tx.actor.grants.flatMap(({ type, permission, scope }) => (permission === "read" && scope === "all" ? [type] : [])),
  );
  return [...tx.registry.types.values()].filter(({ name }) => whole.has(name));
}

/** Words as a pattern of `like` that means just them. */
function pattern(words: string): string {
  return words.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
