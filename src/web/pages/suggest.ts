import { sql } from "kysely";
import { plannedOnce } from "../../kernel/database/in-transaction.ts";
import { filterOf } from "../../kernel/store/find.ts";
import { countSource } from "../../kernel/store/list.ts";
import { search } from "../../kernel/store/search.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";

const suggestionsMax = 10;
/** Beginnings of words are looked for among those of this many of the newest records that are open; whole words among all. */
const lookedAtMax = 5000;

/** GET `/{path}/suggest?q=&except=`: records to pick, but the one of that reference, as JSON, `value` being what the lookup takes and `label` what people read. */
export async function suggestions(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const typed = first(page.query, "q").trim().slice(0, 100).replaceAll("\u0000", "").toWellFormed();
  const except = first(page.query, "except");
  const found =
    typed.length < 2
      ? []
      : await page.as(async (tx) => {
          const pattern = typed.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`);
          const { table, and } = countSource(type, {});
          const { rows } = await sql<{ reference: string; title: string }>`${plannedOnce} select reference, title from
      (select reference, title, closed_at from ${table} where ${and} organisation_id = ${tx.actor.organisationId}::uuid ${filterOf(tx, type)}
       order by opened_at desc limit ${sql.lit(lookedAtMax)}) newest
      where closed_at is null and (lower(title) like ${`${pattern}%`} or lower(title) like ${`% ${pattern}%`} or lower(reference) like ${`${pattern}%`})
      order by lower(title), reference limit ${sql.lit(suggestionsMax)}`.execute(tx.db);
          const byWords =
            rows.length < suggestionsMax
              ? (await search(tx, typed, { type: type.name, limit: suggestionsMax })).found
              : [];
          return [...rows, ...byWords.filter(({ reference }) => !rows.some((row) => row.reference === reference))]
            .filter(({ reference }) => reference !== except)
            .slice(0, suggestionsMax);
        });
  const body = JSON.stringify(found.map(({ reference, title }) => ({ value: `${reference} ${title}`, label: title })));
  return { body, type: "application/json; charset=utf-8", headers: { "cache-control": "no-store" } };
}
