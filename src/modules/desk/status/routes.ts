import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { unseen } from "../../../kernel/errors.ts";
import { isId } from "../../../kernel/store/find.ts";
import type { WebParts } from "../../../web/parts.ts";
import { statusFeed } from "./feed.ts";
import { statusPage } from "./page.ts";
import { readStatus } from "./read.ts";
import type { PublicStatus } from "./read.ts";

/** Where the public status is: of the only organisation here, or with an organisation's id behind it. */
export const statusPath = "/status";

/** How long a copy is shown before the database is asked again, and how many organisations have one. */
const freshMs = 1000;
const copiesMax = 200;

interface Answer {
  readonly body: Buffer;
  readonly etag: string;
}

/** What is kept ready to send for an address. */
interface Copy {
  /** null: there is no such organisation. */
  readonly status: PublicStatus | null;
  readonly page: Answer | null;
  readonly feed: Answer | null;
  readonly readAt: Temporal.Instant;
  /** When the database is asked again, on the clock of this process. */
  readonly freshUntil: number;
  readonly stale: boolean;
}

/**
 * The public status page and its feed, for everybody, from memory: a copy is a second old at the most, one reading at a time
 * serves all who ask, and while the database is away the last copy is shown and says so.
 */
export function registerStatus(app: FastifyInstance, parts: WebParts): void {
  const copies = new Map<string, Copy>();
  const reading = new Map<string, Promise<Copy>>();
  const current = (organisation: string): Copy | Promise<Copy> => {
    const copy = copies.get(organisation);
    if (copy && performance.now() < copy.freshUntil) return copy;
    const underWay =
      reading.get(organisation) ?? read(parts, organisation, copy).finally(() => reading.delete(organisation));
    reading.set(organisation, underWay);
    return underWay.then((made) => {
      if (copies.size >= copiesMax && !copies.has(organisation)) copies.clear();
      copies.set(organisation, made);
      return made;
    });
  };
  const answer = (kind: "page" | "feed", type: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const copy = await current(organisationIn(request));
    return sendCopy(request, reply, copy[kind] ?? unseen("There is no such page"), type);
  };
  const page = answer("page", "text/html; charset=utf-8");
  const feed = answer("feed", "application/atom+xml; charset=utf-8");
  app.get(statusPath, page);
  app.get(`${statusPath}/feed`, feed);
  app.get(`${statusPath}/:organisation`, page);
  app.get(`${statusPath}/:organisation/feed`, feed);
}

/** The id that the address names, or "" for none. Refuses (unseen) what is no id, so that nothing is kept for it. */
function organisationIn({ params }: FastifyRequest): string {
  // Fastify's own router gives strings.
  const { organisation } = params as { organisation?: string };
  if (organisation === undefined) return "";
  return isId(organisation) ? organisation.toLowerCase() : unseen("There is no such page");
}

async function read(parts: WebParts, organisation: string, before: Copy | undefined): Promise<Copy> {
  try {
    const status = await readStatus(parts.store, organisation === "" ? null : organisation);
    return copyOf(parts, organisation, { status, readAt: Temporal.Now.instant(), stale: false });
  } catch (error) {
    if (!before?.status) throw error;
    parts.log.warn({ err: error }, "the public status page is shown as it was");
    return before.stale
      ? { ...before, freshUntil: performance.now() + freshMs }
      : copyOf(parts, organisation, { status: before.status, readAt: before.readAt, stale: true });
  }
}

function copyOf(parts: WebParts, organisation: string, known: Pick<Copy, "status" | "readAt" | "stale">): Copy {
  const { status, readAt, stale } = known;
  const path = organisation === "" ? statusPath : `${statusPath}/${organisation}`;
  const answers =
    status === null
      ? { page: null, feed: null }
      : {
          page: answerOf(parts.render("status", statusPage(status, path, stale ? readAt : null))),
          feed: answerOf(statusFeed(status, `${parts.baseUrl}${path}`)),
        };
  return { ...known, ...answers, freshUntil: performance.now() + freshMs };
}

function answerOf(text: string): Answer {
  const body = Buffer.from(text);
  return { body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
}

function sendCopy(request: FastifyRequest, reply: FastifyReply, { body, etag }: Answer, type: string): FastifyReply {
  reply.header("cache-control", "public, max-age=1").header("etag", etag).type(type);
  const known = request.headers["if-none-match"];
  if (known === "*" || known?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag))
    return reply.code(304).send();
  return reply.send(body);
}
