import { sql } from "kysely";
import type { FastifyInstance } from "fastify";
import { escaped } from "../../kernel/html.ts";
import { passages } from "../../kernel/store/passages.ts";
import { mended, search } from "../../kernel/store/search.ts";
import type { Found, SearchAnswer } from "../../kernel/store/search.ts";
import type { RecordType } from "../../kernel/record.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { hrefOf } from "../names.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatCount, formatDay, plural } from "../view/format.ts";
import type { SearchPage, SearchResult } from "../view/models.ts";
import { pageClock, stateTag } from "./places.ts";

const resultsOfPage = 20;
/** The kernel ranks at most 1,000, so there is no page beyond. */
const pagesMax = 50;
/** Matches are counted no further. */
const matchesMax = 10_000;
const wordsMax = 400;

/** What a search asks for. */
interface Asked {
  readonly words: string;
  /** The name of a type; "" for all. */
  readonly type: string;
  /** From 1. */
  readonly page: number;
}

/** One box over everything that the person may see. */
export function registerSearch(app: FastifyInstance, parts: WebParts): void {
  app.get("/search", pageRoute(parts, answer));
}

async function answer(page: PageRequest): Promise<PageAnswer> {
  const asked = readAsked(page);
  return page.as(async (tx): Promise<PageAnswer> => {
    const exact = await recordOfReference(tx, asked.words);
    if (exact) return { redirect: exact };
    const limits = { limit: resultsOfPage, offset: (asked.page - 1) * resultsOfPage };
    const [shell, found] = await Promise.all([
      page.shell(tx, {
        title: asked.words ? `Search: ${asked.words}` : "Search",
        current: "/search",
        search: asked.words,
      }),
      asked.words === "" ? null : search(tx, asked.words, { ...limits, ...(asked.type ? { type: asked.type } : {}) }),
    ]);
    const blank = { shell, query: asked.words, action: "/search", results: [], countText: "", types: [], paging: {} };
    if (found === null)
      return {
        page: "search",
        model: {
          ...blank,
          empty: {
            title: "Search everything",
            text: "Type words, a reference such as INC-00012, or somebody’s name. You find what you may see: tickets, policies, people, and what was said about them.",
          },
        },
      };
    const where = await passages(tx, asked.words, found.found);
    const model: SearchPage = {
      ...blank,
      results: found.found.map((one) => resultOf(tx, one, where.get(one.id))),
      countText: countText(found),
      types: typesOf(tx, asked, found),
      paging: pagingOf(asked, found),
      ...(found.newestOnly
        ? {
            note: "These words are in very many records. The newest of them are ranked here: add a word to look further back.",
          }
        : {}),
      ...(found.found.length === 0 ? await nothingFound(tx, asked, found) : {}),
    };
    return { page: "search", model };
  });
}

function readAsked({ parts, query }: PageRequest): Asked {
  const words = first(query, "q").replaceAll("\u0000", " ").toWellFormed().trim().slice(0, wordsMax);
  const type = parts.registry.types.has(first(query, "type")) ? first(query, "type") : "";
  const page = Math.min(Math.max(1, Math.trunc(Number(first(query, "page"))) || 1), pagesMax);
  return { words, type, page };
}

/** The address of the record whose reference these words are, if there is just one and the person may see it. */
export async function recordOfReference(tx: Tx, words: string): Promise<string | null> {
  if (!/^[a-z]+-[\d-]+$/i.test(words) || words.length > 40) return null;
  const reference = words.toUpperCase();
  const types = [...tx.registry.types.values()].filter((type) =>
    reference.startsWith(type.reference.split("{")[0] ?? ""),
  );
  const written = [reference, ...types.map((type) => withNoughts(type, reference))];
  const { rows } = await sql<{ type: string; reference: string }>`select type, reference from records
    where organisation_id = ${tx.actor.organisationId}::uuid and type = any (${types.map(({ name }) => name)}::text[])
      and reference = any (${written}::text[]) limit 2`.execute(tx.db);
  const [only, other] = rows;
  return only && !other ? hrefOf(tx, only.type, only.reference) : null;
}

/** "INC-381" as the type writes it: INC-00381. */
function withNoughts(type: RecordType, reference: string): string {
  const figures = /\{(0+)\}/.exec(type.reference)?.[1]?.length ?? 0;
  return reference.replace(/\d+$/, (number) => number.padStart(figures, "0"));
}

function resultOf(
  tx: Tx,
  { type, reference, title, state, updatedAt, marked }: Found,
  passage: string | undefined,
): SearchResult {
  const definition = tx.registry.types.get(type);
  return {
    type: definition?.label.one ?? type,
    reference,
    title,
    titleHtml: markedHtml(marked),
    href: hrefOf(tx, type, reference),
    ...(definition ? { state: stateTag(definition, state) } : {}),
    ...(passage === undefined ? {} : { snippetHtml: markedHtml(withoutMarkdown(passage)) }),
    updated: `Updated ${formatDay(Temporal.Instant.from(updatedAt), pageClock(tx).zone)}`,
  };
}

/** A title or a passage as HTML with `<mark>` round the words found: escaped first, so that only our own marks are markup. */
export function markedHtml(marked: string): string {
  return escaped(marked)
    .replaceAll(/\uE000([^\uE000\uE001]*)\uE001/g, "<mark>$1</mark>")
    .replaceAll(/[\uE000\uE001]/g, "");
}

/** A passage without the marks of Markdown that show in the middle of it: asterisks, backticks and double underscores. */
function withoutMarkdown(passage: string): string {
  return passage.replaceAll(/[*`]+|__/g, "");
}

function countText({ matches, newestOnly }: SearchAnswer): string {
  if (newestOnly)
    return `${formatCount(Math.max(1000, Math.floor(matches / 1000) * 1000))}+ records found, the newest ranked`;
  if (matches >= matchesMax) return `${formatCount(matchesMax)}+ records found`;
  return matches === 0 ? "Nothing found" : `${plural(matches, "record")} found`;
}

/** The kinds of record found, most first, as tabs; none where there is but one. */
function typesOf(tx: Tx, asked: Asked, { byType }: SearchAnswer): SearchPage["types"] {
  const kinds = Object.entries(byType).toSorted(([, one], [, other]) => other - one);
  if (kinds.length < 2 && asked.type === "") return [];
  const every = kinds.reduce((sum, [, many]) => sum + many, 0);
  const tab = (label: string, many: number, type: string) => ({
    label,
    count: formatCount(many),
    href: hrefFor({ ...asked, type, page: 1 }),
    ...(asked.type === type ? { current: true } : {}),
  });
  return [
    tab("All", every, ""),
    ...kinds.map(([type, many]) => tab(tx.registry.types.get(type)?.label.many ?? type, many, type)),
  ];
}

function pagingOf(asked: Asked, { byType }: SearchAnswer): SearchPage["paging"] {
  const ranked = asked.type ? (byType[asked.type] ?? 0) : Object.values(byType).reduce((sum, many) => sum + many, 0);
  const more = ranked > asked.page * resultsOfPage && asked.page < pagesMax;
  return {
    ...(asked.page > 1 ? { previousHref: hrefFor({ ...asked, page: asked.page - 1 }) } : {}),
    ...(more ? { nextHref: hrefFor({ ...asked, page: asked.page + 1 }) } : {}),
  };
}

/** What to do next; and other words, when a mistake in typing is likely and they find something for this person. */
async function nothingFound(
  tx: Tx,
  asked: Asked,
  found: SearchAnswer,
): Promise<Pick<SearchPage, "didYouMean" | "empty">> {
  if (found.matches > 0)
    return {
      empty: {
        title: "Nothing here",
        text: "There is nothing of this kind, or no such page.",
        actions: [{ text: "All that was found", href: hrefFor({ ...asked, type: "", page: 1 }) }],
      },
    };
  const other = await mended(tx, asked.words);
  const helps = other !== null && (await search(tx, other, { limit: 1 })).matches > 0;
  return {
    ...(helps ? { didYouMean: { text: other, href: hrefFor({ words: other, type: "", page: 1 }) } } : {}),
    empty: {
      title: "Nothing that you may see has all of these words",
      text: "Use fewer words, or look for another form of them. Put words in “quotation marks” to find them side by side.",
    },
  };
}

function hrefFor({ words, type, page }: Asked): string {
  const query = new URLSearchParams({
    q: words,
    ...(type ? { type } : {}),
    ...(page > 1 ? { page: String(page) } : {}),
  });
  return `/search?${query.toString()}`;
}
