import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { unseen } from "../kernel/errors.ts";
import { isId } from "../kernel/store/find.ts";
import type { WebParts } from "./parts.ts";

/** A page for everybody, ready to send. */
export interface PublicAnswer {
  readonly body: Buffer;
  readonly etag: string;
}

interface CopiesOptions<Known, Kind extends string> {
  /** How long a copy is shown before the database is asked again, and how many keys have one. */
  readonly freshMs: number;
  readonly copiesMax: number;
  /** Said in the log when it cannot be read: “the public status page is shown as it was”. */
  readonly shownAsItWas: string;
  /** Reads what is known by a key; null where there is nothing by it. */
  read(key: string): Promise<Known | null>;
  /** Makes what is sent; `staleSince` says when it was read where it could not be read since. */
  make(known: Known, key: string, staleSince: Temporal.Instant | null): Readonly<Record<Kind, string>>;
}

interface Copy<Known, Kind extends string> {
  readonly known: Known | null;
  readonly answers: Readonly<Record<Kind, PublicAnswer>> | null;
  readonly readAt: Temporal.Instant;
  /** When the database is asked again, on the clock of this process. */
  readonly freshUntil: number;
  readonly stale: boolean;
}

/** Pages for everybody, from memory. */
export interface PublicCopies<Known, Kind extends string> {
  /** What is sent by a key; null where there is nothing by it. */
  answer(key: string, kind: Kind): Promise<PublicAnswer | null>;
  /** What is known by a key. */
  known(key: string): Promise<Known | null>;
}

/**
 * Keeps pages for everybody ready to send: a copy is as old as told at the most, one reading at a time serves all who ask for
 * it, and while the database is away the last copy is shown and says so.
 */
export function publicCopies<Known, Kind extends string>(
  log: Pick<WebParts["log"], "warn">,
  options: CopiesOptions<Known, Kind>,
): PublicCopies<Known, Kind> {
  type Kept = Copy<Known, Kind>;
  const copies = new Map<string, Kept>();
  const reading = new Map<string, Promise<Kept>>();
  const copyOf = (key: string, from: Pick<Kept, "known" | "readAt" | "stale">): Kept => {
    const made = from.known === null ? null : options.make(from.known, key, from.stale ? from.readAt : null);
    return { ...from, answers: made && ready(made), freshUntil: performance.now() + options.freshMs };
  };
  const read = async (key: string, before: Kept | undefined): Promise<Kept> => {
    try {
      return copyOf(key, { known: await options.read(key), readAt: Temporal.Now.instant(), stale: false });
    } catch (error) {
      if (!before || before.known === null) throw error;
      log.warn({ err: error }, options.shownAsItWas);
      return before.stale
        ? { ...before, freshUntil: performance.now() + options.freshMs }
        : copyOf(key, { known: before.known, readAt: before.readAt, stale: true });
    }
  };
  const current = (key: string): Kept | Promise<Kept> => {
    const copy = copies.get(key);
    if (copy && performance.now() < copy.freshUntil) return copy;
    const underWay = reading.get(key) ?? read(key, copy).finally(() => reading.delete(key));
    reading.set(key, underWay);
    return underWay.then((made) => {
      if (copies.size >= options.copiesMax && !copies.has(key)) copies.clear();
      copies.set(key, made);
      return made;
    });
  };
  return {
    answer: async (key, kind) => (await current(key)).answers?.[kind] ?? null,
    known: async (key) => (await current(key)).known,
  };
}

function ready<Kind extends string>(made: Readonly<Record<Kind, string>>): Record<Kind, PublicAnswer> {
  const entries = Object.entries<string>(made).map(([kind, text]) => {
    const body = Buffer.from(text);
    return [kind, { body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` }] as const;
  });
  // The names are those of `made`.
  return Object.fromEntries(entries) as Record<Kind, PublicAnswer>;
}

/** Sends a copy that any cache may keep for so many seconds, or says that theirs is still the same. */
export function sendPublic(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag }: PublicAnswer,
  { type, seconds }: { readonly type: string; readonly seconds: number },
): FastifyReply {
  reply.header("cache-control", `public, max-age=${seconds}`).header("etag", etag).type(type);
  const known = request.headers["if-none-match"];
  if (known === "*" || known?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag))
    return reply.code(304).send();
  return reply.send(body);
}

/** Types of what is sent to everybody. */
export const htmlType = "text/html; charset=utf-8";
export const atomType = "application/atom+xml; charset=utf-8";

/** The id that the address names, or "" for none. Refuses (unseen) what is no id, so that nothing is kept for it. */
export function organisationIn({ params }: FastifyRequest): string {
  // Fastify's own router gives strings.
  const { organisation } = params as { organisation?: string };
  if (organisation === undefined) return "";
  return isId(organisation) ? organisation.toLowerCase() : unseen("There is no such page");
}
