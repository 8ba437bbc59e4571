import { sql } from "kysely";
import { inSentence } from "../../kernel/fields/kind.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { Article } from "./article.record.ts";

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

/** What was opened most in the last 30 days, of what the actor may read; then the others by their titles. */
export async function readMost(tx: Tx, most: number): Promise<Suggested[]> {
  const { rows } = await sql<Suggested>`select id, reference, title
    from articles_read_most((${tx.now.toString()}::timestamptz at time zone 'Europe/London')::date - 30, ${most})`.execute(
    tx.db,
  );
  if (rows.length === most) return rows;
  const others = await sql<Suggested>`select id, reference, title from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = 'article' and state = 'published'
      and id <> all (${rows.map(({ id }) => id)}::uuid[])
    order by title limit ${most - rows.length}`.execute(tx.db);
  return [...rows, ...others.rows];
}

/** Counts that the actor opened an article. */
export async function countView(tx: Tx, articleId: string): Promise<void> {
  await sql`select count_article_view(${articleId}::uuid)`.execute(tx.db);
}

/** An article that is guidance on a tool. */
export interface Guidance {
  readonly reference: string;
  readonly title: string;
  /** The id of the system that it is about. */
  readonly tool: string;
  /** Whom it is written for, as a part of a sentence; null where that is everybody. */
  readonly readers: string | null;
}

/** So much guidance is listed; a council writes a few articles on each of its tools. */
const guidanceMax = 1000;

/** Published articles about a tool that the actor may read, by their titles. */
export async function guidance(tx: Tx): Promise<Guidance[]> {
  const { rows } = await sql<Guidance>`select reference, title, tool, readers from visible_article
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'published' and tool is not null
    order by lower(title), id limit ${guidanceMax}`.execute(tx.db);
  const { options } = Article.fields["readers"]!.options as unknown as {
    readonly options: Readonly<Record<string, string>>;
  };
  return rows.map((row) => {
    const label = row.readers === null || row.readers === "everybody" ? undefined : options[row.readers];
    return { ...row, readers: label === undefined ? null : inSentence(label) };
  });
}
