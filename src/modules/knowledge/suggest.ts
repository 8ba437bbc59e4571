import { sql } from "kysely";
import type { Tx } from "../../kernel/transaction.ts";

/** An article that fits some words. */
export interface Suggested {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
}

/** Published articles that the actor may read and that fit what was typed, whole words or beginnings; best first, at most 20. */
export async function suggestArticles(tx: Tx, typed: string, most = 6): Promise<Suggested[]> {
  const text = typed.slice(0, 200).replaceAll("\u0000", " ").toWellFormed();
  const { rows } = await sql<Suggested>`select id, reference, title from suggest_articles(${text}, ${most})`.execute(
    tx.db,
  );
  return rows;
}

/** Published articles that the actor may read and that say a whole word of a summary in their own title or other words, best first: an officer is shown no guesses. */
export async function suggestForSummary(tx: Tx, summary: string, most: number): Promise<Suggested[]> {
  const text = summary.slice(0, 200).replaceAll("\u0000", " ").toWellFormed();
  const { rows } = await sql<Suggested>`select a.id, s.reference, s.title
    from articles_by_title(${text}, ${most}) with ordinality as s (id, reference, title, place)
    join visible_article a on a.organisation_id = ${tx.actor.organisationId}::uuid and a.id = s.id
    order by s.place`.execute(tx.db);
  return rows;
}

/** What was opened most in the last 30 days, of what the actor may read. */
export async function readMost(tx: Tx, most: number): Promise<Suggested[]> {
  const { rows } = await sql<Suggested>`select a.id, a.reference, a.title from records a
    left join lateral (select sum(v.views) as views from article_views v where v.organisation_id = a.organisation_id
      and v.article_id = a.id and v.day > (${tx.now.toString()}::timestamptz at time zone 'Europe/London')::date - 30) v on true
    where a.organisation_id = ${tx.actor.organisationId}::uuid and a.type = 'article' and a.state = 'published'
    order by coalesce(v.views, 0) desc, a.title limit ${most}`.execute(tx.db);
  return rows;
}

/** Counts that the actor opened an article. */
export async function countView(tx: Tx, articleId: string): Promise<void> {
  await sql`select count_article_view(${articleId}::uuid)`.execute(tx.db);
}
