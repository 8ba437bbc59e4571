import { sql } from "kysely";
import { may } from "../../kernel/access.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { submissionField } from "../../web/pages/submitting.ts";
import { plural } from "../../web/view/format.ts";
import type { PortalFound, PortalRow } from "../../web/view/models.ts";
import { suggestArticles } from "../knowledge/module.ts";

const itemsMax = 200;
const articlesShown = 6;
const itemsShown = 4;

interface Item {
  readonly reference: string;
  readonly title: string;
  readonly summary: string | null;
  readonly synonyms: string | null;
}

/** Everything that the catalogue offers, by name. */
export async function offeredItems(tx: Tx): Promise<Item[]> {
  if (!may(tx.actor, "catalogue_item", "read")) return [];
  const { rows } = await sql<Item>`select reference, title, summary, synonyms from visible_catalogue_item
    where organisation_id = ${tx.actor.organisationId}::uuid and state = 'offered' order by lower(title), id limit ${itemsMax}`.execute(
    tx.db,
  );
  return rows;
}

/** An item as something to choose. */
export function itemRow({ reference, title, summary }: Item): PortalRow {
  return { text: title, href: `/help/ask/${reference}`, ...(summary ? { note: summary } : {}) };
}

/** What fits some words: articles, then what can be asked for, then the way to tell somebody. */
export async function findHelp(tx: Tx, typed: string): Promise<PortalFound> {
  const [articles, items] = await Promise.all([suggestArticles(tx, typed, articlesShown), offeredItems(tx)]);
  const fitting = itemsFor(items, typed).slice(0, itemsShown);
  const counts = [
    ...(articles.length > 0 ? [plural(articles.length, "article")] : []),
    ...(fitting.length > 0 ? [plural(fitting.length, "thing to ask for", "things to ask for")] : []),
  ];
  return {
    typed,
    said: counts.length > 0 ? `${counts.join(" and ")} found` : "Nothing found",
    groups: [
      ...(articles.length > 0
        ? [
            {
              title: "This may answer it",
              rows: articles.map(({ reference, title }) => ({ text: title, href: `/articles/${reference}` })),
            },
          ]
        : []),
      ...(fitting.length > 0 ? [{ title: "You can ask for", rows: fitting.map(itemRow) }] : []),
    ],
    otherwise: {
      title: counts.length > 0 ? "None of these?" : "Tell us about it",
      text: "Answer a few questions, and somebody will look at it.",
      move: {
        label: "Report a problem",
        href: "/help/report",
        method: "post",
        hidden: [{ name: "q", value: typed }, submissionField()],
      },
    },
  };
}

/** The items of whose words some begin with a word that was typed, the most fitting first. */
export function itemsFor<One extends Pick<Item, "title" | "summary" | "synonyms">>(
  items: readonly One[],
  typed: string,
): One[] {
  const wanted = wordsOf(typed).filter((word) => word.length > 2);
  return items
    .map((item) => {
      const own = wordsOf(`${item.title} ${item.synonyms ?? ""} ${item.summary ?? ""}`);
      return { item, fits: wanted.filter((word) => own.some((one) => one.startsWith(word))).length };
    })
    .filter(({ fits }) => fits > 0)
    .toSorted((one, other) => other.fits - one.fits)
    .map(({ item }) => item);
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
}
