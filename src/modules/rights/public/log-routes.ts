import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { unseen } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { formatMoment } from "../../../web/view/format.ts";
import { first } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { atomType, htmlType, publicCopies, sendPublic } from "../../../web/public-copies.ts";
import type { PortalBlock } from "../../../web/view/models.ts";
import { statisticsHref } from "./front.ts";
import type { PublicPlace } from "./front.ts";
import { logFeed } from "./log-feed.ts";
import { answerPage, frontPage, logPage } from "./log-pages.ts";
import { isReference, readAnswer, readLog, readPublicFile, readScheme } from "./log-read.ts";
import type { LogQuery } from "./log-read.ts";
import { schemePage } from "./scheme-page.ts";
import { sendFile } from "./sending.ts";
import type { Where } from "./sending.ts";
import { outcomeChart, periodPage, statisticsChart, statisticsFile, statisticsPage } from "./statistics-pages.ts";
import { isPeriod, readStatistics } from "./statistics-read.ts";

/** A copy is so old at the most, and so many are kept: a page for each of the words that people look for. */
const freshMs = 2000;
const copiesMax = 500;
const seconds = 2;
/** Searches and files of one place in a minute: people share addresses. */
const pagesAMinute = 600;

/** What a copy is of: a page of a place, and what it is narrowed by. */
interface Wanted {
  readonly place: PublicPlace;
  readonly page: "front" | "log" | "answer" | "scheme" | "feed" | "statistics" | "period" | "file";
  readonly query: LogQuery;
  /** Of an answer; of statistics the name of their period. */
  readonly reference: string;
}

const everything: LogQuery = { words: "", topic: "", year: null, offset: 0 };

/** The disclosure log, its feed and the publication scheme, for everybody, from memory. */
export function registerLog(app: FastifyInstance, parts: WebParts, { base, placeOf }: Where): void {
  const copies = publicCopies(parts.log, {
    freshMs,
    copiesMax,
    shownAsItWas: "a page of what is published is shown as it was",
    // The key is what was wanted, so one reading serves all who want the same.
    read: async (key) => {
      const wanted = JSON.parse(key) as Wanted;
      return readWanted(parts, wanted);
    },
    make: (known, key, staleSince) => ({
      body: known.make(parts, (JSON.parse(key) as Wanted).place, staleBlocks(staleSince)),
    }),
  });
  const answer = (page: Wanted["page"]) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { reference = "" } = request.params as Readonly<Record<string, string>>;
    if (!names(page, reference)) unseen("There is no such page");
    const query = page === "log" ? queryIn((request.query ?? {}) as Form) : everything;
    const wanted: Wanted = {
      place: await placeOf(request),
      page,
      query,
      reference,
    };
    const copy = (await copies.answer(JSON.stringify(wanted), "body")) ?? unseen("There is no such page");
    if (page === "file")
      reply.header("content-disposition", `attachment; filename="requests-for-information-${reference}.csv"`);
    return sendPublic(request, reply, copy, { type: types[page] ?? htmlType, seconds });
  };
  const limited = { config: { rateLimit: { max: pagesAMinute, allowList: isKept } } };
  app.get(base, limited, answer("front"));
  app.get(`${base}/answers`, limited, answer("log"));
  app.get(`${base}/answers/feed`, limited, answer("feed"));
  app.get(`${base}/answers/:reference`, limited, answer("answer"));
  app.get(`${base}/scheme`, limited, answer("scheme"));
  app.get(statisticsHref(base), limited, answer("statistics"));
  app.get(statisticsHref(base, ":reference"), limited, answer("period"));
  app.get(`${statisticsHref(base, ":reference")}/file.csv`, limited, answer("file"));
  app.get(`${base}/files/:reference/:id`, limited, async (request, reply) => {
    const { reference = "", id = "" } = request.params as Readonly<Record<string, string>>;
    const { front } = await placeOf(request);
    const file = await readPublicFile(parts, front.id, reference, id);
    return sendFile(parts, reply, file ?? unseen("There is no such file"), "public, max-age=60");
  });
}

const types: Readonly<Partial<Record<Wanted["page"], string>>> = { feed: atomType, file: "text/csv; charset=utf-8" };

/** Whether what the address names has the form of what the page is of: nothing else is asked for, or kept in memory. */
function names(page: Wanted["page"], reference: string): boolean {
  if (page === "answer") return isReference(reference);
  return page === "period" || page === "file" ? isPeriod(reference) : reference === "";
}

/** What many ask for alike comes from memory, which costs less than to refuse it. */
function isKept({ url }: FastifyRequest): boolean {
  return /\/(?:information|answers|feed|scheme|statistics|of\/[\w-]{36})$/.test(url);
}

/** What was read, and how a page is made of it. */
interface Made {
  make(parts: WebParts, place: PublicPlace, stale: readonly PortalBlock[]): string;
}

async function readWanted(parts: WebParts, { place, page, query, reference }: Wanted): Promise<Made | null> {
  const { id } = place.front;
  if (page === "front") return { make: (web, at, stale) => web.render("portal", frontPage(at, stale)) };
  if (page === "scheme") {
    const entries = await readScheme(parts, id);
    return { make: (web, at, stale) => web.render("portal", schemePage(at, entries, stale)) };
  }
  if (page === "answer") {
    const answer = await readAnswer(parts, id, reference);
    return answer && { make: (web, at, stale) => web.render("portal", answerPage(at, answer, stale)) };
  }
  if (page === "statistics" || page === "period" || page === "file") return readFigures(parts, place, page, reference);
  const log = await readLog(parts, id, query);
  if (page === "feed") return { make: (web, at) => logFeed(at, log, web.baseUrl) };
  return { make: (web, at, stale) => web.render("portal", logPage(at, log, query, stale)) };
}

/** Statistics; their pictures are drawn once for all who look. */
async function readFigures(
  parts: WebParts,
  { front, base }: PublicPlace,
  page: "statistics" | "period" | "file",
  period: string,
): Promise<Made | null> {
  const published = await readStatistics(parts, front.id);
  if (page === "statistics") {
    const chart = await statisticsChart(base, published);
    return { make: (web, at, stale) => web.render("portal", statisticsPage(at, published, chart, stale)) };
  }
  const one = published.find((some) => some.period === period);
  if (!one) return null;
  if (page === "file") return { make: () => statisticsFile(one) };
  const chart = await outcomeChart(one);
  return { make: (web, at, stale) => web.render("portal", periodPage(at, one, chart, stale)) };
}

/** What a list is narrowed by; what is none of it is passed over, so that every address answers. */
function queryIn(query: Form): LogQuery {
  const words = first(query, "q")
    .replaceAll(/[\u0000-\u001f\u007f]+/g, " ")
    .toWellFormed()
    .trim()
    .slice(0, 200);
  const [topic, year, from] = [first(query, "topic"), first(query, "year"), first(query, "from")];
  return {
    words: words.toWellFormed(),
    topic: /^[a-z0-9_]{1,60}$/.test(topic) ? topic : "",
    year: /^(?:19|20)\d\d$/.test(year) ? Number(year) : null,
    offset: /^\d{1,5}$/.test(from) ? Number(from) : 0,
  };
}

function staleBlocks(since: Temporal.Instant | null): PortalBlock[] {
  if (since === null) return [];
  const at = formatMoment(since, "Europe/London");
  return [{ kind: "inset", lines: [`This page cannot be brought up to date just now. It is as it was at ${at}.`] }];
}
