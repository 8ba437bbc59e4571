import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { mustBeAllowed } from "../../kernel/access.ts";
import { unseen } from "../../kernel/errors.ts";
import { find } from "../../kernel/store/find.ts";
import type { Actor, Who } from "../../kernel/transaction.ts";
import { namesOf } from "../names.ts";
import type { WebParts } from "../parts.ts";
import type { Shown } from "./changes.ts";
import { createHub } from "./hub.ts";
import type { Hub, Stream } from "./hub.ts";

/** So often a proxy sees something, and a session that has ended is noticed. Milliseconds. */
const beatMs = 25_000;
/** After this a page is asked to connect again, so that what its person may see is read anew. Milliseconds. */
const lifeMs = 600_000;
/** More than this waiting to be read means that nobody reads. Bytes. */
const unreadMax = 64_000;

/**
 * Server-sent events: `/live/{path}` for a list and `/live/{path}/{reference}` for a record. `look` says that the page
 * may be another by now, and since when; `here` who else has the record open; `again` that the page should connect anew.
 */
export function registerLive(app: FastifyInstance, parts: WebParts): void {
  const hub = createHub({
    pool: parts.store.pool,
    log: parts.log,
    namesFor: (who, ids) =>
      parts.store.as(who, async (tx) => {
        const names = await namesOf(tx, ids);
        return new Map([...names].map(([id, { title }]) => [id, title]));
      }),
  });
  const beats = setInterval(() => void beat(parts, open), beatMs).unref();
  const open = new Map<Stream, Connection>();
  app.addHook("onListen", async () => hub.start());
  app.addHook("preClose", async () => {
    clearInterval(beats);
    for (const stream of open.keys()) stream.end();
  });
  app.addHook("onClose", () => hub.close());
  const route = async (request: FastifyRequest, reply: FastifyReply) => connect(parts, { hub, open }, request, reply);
  app.get("/live/:path", { exposeHeadRoute: false }, route);
  app.get("/live/:path/:reference", { exposeHeadRoute: false }, route);
}

export interface Connection {
  readonly sessionId: string;
  readonly since: number;
}

export interface Live {
  readonly hub: Hub;
  readonly open: Map<Stream, Connection>;
}

async function connect(parts: WebParts, live: Live, request: FastifyRequest, reply: FastifyReply) {
  const session = await parts.signIn.sessionFrom({ ...request.headers, "reeve-by-itself": "1" });
  if (!session) return refuse(reply, 401, "You are signed in no longer");
  const who = { organisationId: session.organisationId, personId: session.personId };
  const full = live.hub.full(who);
  if (full === "person") return refuse(reply, 429, "You have too many pages open to follow them all");
  if (full === "all") return refuse(reply, 503, "Too many pages are open to follow them all");
  // Fastify's own parsers give strings.
  const { path = "", reference } = request.params as { path?: string; reference?: string };
  const { at } = request.query as { at?: string };
  const { shown, actor } = await shownAt(parts, who, path, reference);
  if (request.raw.destroyed) return reply.hijack();
  const stream = begin(live, { shown, who }, session.sessionId, reply);
  live.hub.open(stream, actor, /^\d{1,15}$/.test(at ?? "") ? Number(at) : 0);
  return reply;
}

function refuse(reply: FastifyReply, status: number, why: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").header("cache-control", "no-store").send(why);
}

/** What the address names. Refuses (unseen, forbidden) what the person may not see. */
async function shownAt(
  { store, registry }: WebParts,
  who: Who,
  path: string,
  reference: string | undefined,
): Promise<{ shown: Shown; actor: Actor }> {
  const type = registry.byPath.get(path) ?? unseen("There is no such page");
  return store.as(who, async (tx) => {
    mustBeAllowed(tx.actor, type, "read", `see ${type.label.many.toLowerCase()}`);
    const recordId = reference === undefined ? null : (await find(tx, type, reference)).id;
    return { shown: { organisationId: who.organisationId, type: type.name, recordId }, actor: tx.actor };
  });
}

function begin(live: Live, { shown, who }: Pick<Stream, "shown" | "who">, sessionId: string, reply: FastifyReply) {
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    ...reply.getHeaders(),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    // nginx and others like it would hold events back until there are many.
    "x-accel-buffering": "no",
  } as Record<string, string>);
  raw.socket?.setNoDelay(true);
  raw.socket?.setKeepAlive(true, beatMs);
  const stream: Stream = {
    shown,
    who,
    send: (event, data) => {
      if (raw.writableLength > unreadMax) raw.destroy();
      else raw.write(event === "beat" ? ":\n\n" : `event: ${event}\ndata: ${data}\n\n`);
    },
    end: () => void raw.end(),
  };
  // Something at once: browsers and proxies take the connection for open only then.
  raw.write(":\n\n");
  live.open.set(stream, { sessionId, since: Date.now() });
  raw.on("close", () => {
    live.open.delete(stream);
    live.hub.closed(stream);
  });
  return stream;
}

/** Keeps connections open, and ends those of sessions that have ended. */
export async function beat({ signIn, log }: Pick<WebParts, "signIn" | "log">, open: Live["open"]): Promise<void> {
  const sessions = new Set([...open.values()].map(({ sessionId }) => sessionId));
  // A database that does not answer just now ends no session.
  const ended = await signIn.endedSessions([...sessions]).catch((error: unknown) => {
    log.warn({ err: error }, "sessions could not be looked up");
    return new Set<string>();
  });
  for (const [stream, { sessionId, since }] of open) {
    if (ended.has(sessionId)) stream.end();
    else if (Date.now() - since > lifeMs) {
      stream.send("again", String(Date.now()));
      stream.end();
    } else stream.send("beat", "");
  }
}
