import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { may, mustBeAllowed } from "../../kernel/access.ts";
import { unseen } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx, Who } from "../../kernel/transaction.ts";
import { decisionsOf } from "../../kernel/work.ts";
import { bellOf } from "../bell.ts";
import { namesOf } from "../names.ts";
import type { WebParts } from "../parts.ts";
import type { Shown } from "./changes.ts";
import { createHub } from "./hub.ts";
import type { Hub, Reader, Stream } from "./hub.ts";
import { rowsTogether } from "./rows-together.ts";

/** So often a proxy sees something, and a session that has ended is noticed. Milliseconds. */
const beatMs = 25_000;
/** After this a page is asked to connect again, so that what its person may see is read anew. Milliseconds. */
const lifeMs = 600_000;
/** More than this waiting to be read means that nobody reads. Bytes. */
const unreadMax = 64_000;
/** Characters of a view. */
const viewMax = 2000;
/** The most lists that a page follows beside what it is of. */
const alsoMax = 40;

/**
 * Server-sent events: `/live/{path}` for a list, `/live/{path}/{reference}` for a record, `/live?of=work` and
 * `/live?of=told` for one's own work and notifications, `/live` for a page of anything else. `every` says how many seconds lie between two looks at the least;
 * `view` is the query of a list's own address: its rows are then sent as others see the same change (rows-together.ts). `also` names by their paths, with commas between, the lists whose records it shows as well. `look` says that the
 * page may be another by now, and since when; `rows` what the rows of a list are now; `here` who else has the record open; `bell` how many notifications are unread;
 * `again` that the page should connect anew.
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
    rowsFor: (pages, asked) =>
      rowsTogether(parts, pages, { ...asked, sessionOf: (page) => open.get(page)?.sessionId ?? "" }),
    bellOf: (who) => parts.store.as(who, async (tx) => (await bellOf(tx)).count ?? ""),
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
  app.get("/live", { exposeHeadRoute: false }, route);
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
  const asked = request.params as { path?: string; reference?: string };
  const { at, of, every, also, view } = request.query as Form;
  const { shown, reader, others } = await shownAt(parts, who, {
    ...asked,
    own: of === "work" || of === "told" ? of : "nothing",
    also: typeof also === "string" ? also.split(",", alsoMax) : [],
  });
  if (request.raw.destroyed) return reply.hijack();
  const gapMs = /^\d{1,3}$/.test(String(every)) ? { gapMs: Math.max(1, Number(every)) * 1000 } : {};
  const viewed = typeof view === "string" && view.length <= viewMax ? { view } : {};
  const stream = begin(live, { shown, who, also: others, ...gapMs, ...viewed }, session.sessionId, reply);
  live.hub.open(stream, reader, /^\d{1,15}$/.test(String(at)) ? Number(at) : 0);
  return reply;
}

function refuse(reply: FastifyReply, status: number, why: string): FastifyReply {
  return reply.code(status).type("text/plain; charset=utf-8").header("cache-control", "no-store").send(why);
}

interface Asked {
  readonly path?: string;
  readonly reference?: string;
  /** What it is of where there is no path. */
  readonly own: Exclude<Shown["what"], "record" | "list">;
  /** The paths of types whose records it shows as well. */
  readonly also: readonly string[];
}

/** What the address names. Refuses (unseen, forbidden) what the person may not see. */
async function shownAt(
  { store, registry }: WebParts,
  who: Who,
  { path, reference, own, also }: Asked,
): Promise<{ shown: Shown; reader: Reader; others: string[] }> {
  const { organisationId } = who;
  const type = path === undefined ? null : (registry.byPath.get(path) ?? unseen("There is no such page"));
  return store.as(who, async (tx) => {
    const reader = { actor: tx.actor, decides: decidedBy(tx) };
    // What the person does not read is not on their page either.
    const others = [...new Set(also)].flatMap((one) => {
      const other = registry.byPath.get(one);
      return other && may(tx.actor, other.name, "read") ? [other.name] : [];
    });
    if (type === null) return { shown: { organisationId, what: own, type: "", recordId: null }, reader, others };
    mustBeAllowed(tx.actor, type, "read", `see ${type.label.many.toLowerCase()}`);
    if (reference === undefined)
      return { shown: { organisationId, what: "list", type: type.name, recordId: null }, reader, others };
    const { id } = await find(tx, type, reference);
    return { shown: { organisationId, what: "record", type: type.name, recordId: id }, reader, others };
  });
}

/** The types of which the person takes decisions. */
function decidedBy({ actor, registry }: Tx): ReadonlySet<string> {
  const types = [...registry.types.values()];
  return new Set(
    types
      .filter((type) => decisionsOf(type).some((permission) => may(actor, type.name, permission)))
      .map(({ name }) => name),
  );
}

function begin(
  live: Live,
  page: Pick<Stream, "shown" | "who" | "gapMs" | "also" | "view">,
  sessionId: string,
  reply: FastifyReply,
) {
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
  const write = (event: string | Buffer) => {
    if (raw.writableLength > unreadMax) raw.destroy();
    else raw.write(event);
  };
  const stream: Stream = {
    ...page,
    send: (event, data) => write(event === "beat" ? ":\n\n" : `event: ${event}\ndata: ${data}\n\n`),
    give: write,
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
