import type pg from "pg";
import { requestContext } from "./request-context.ts";

/** What is said of a step: never a value, a name or an address that somebody gave. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A step of a trace, begun. */
export interface Span {
  /** Says more of it; `name` gives it another name. */
  tell(attributes: Attributes, name?: string): void;
  /** Says that it failed, and with what kind of error. */
  failed(error: unknown): void;
  end(): void;
}

/** Of what a step is: `server` of a request, `client` of what is asked of the database, `internal` of a job. */
export type SpanKind = "server" | "client" | "internal";

/** Where traces are kept. */
export interface Tracing {
  /** Begins a step. */
  start(name: string, kind: SpanKind, attributes: Attributes, parent?: Span): Span;
  /** Counts the connections of a pool from now on. */
  watchPool(pool: pg.Pool): void;
  /** Sends what was not sent yet. */
  stop(): Promise<void>;
}

let tracing: Tracing | null = null;

/** Keeps traces from now on, of pools that are made afterwards too; null keeps none, which costs nothing. */
export function keepTraces(kept: Tracing | null): void {
  tracing = kept;
}

/** Begins the step of a request; null where no traces are kept. */
export function startRequest(attributes: Attributes): Span | null {
  return tracing?.start("request", "server", attributes) ?? null;
}

/** Does work as a step of the trace that it is part of, or of one of its own. */
export async function traced<Result>(
  name: string,
  attributes: Attributes,
  work: () => Promise<Result>,
): Promise<Result> {
  if (tracing === null) return work();
  const around = requestContext.getStore();
  const span = tracing.start(name, "internal", attributes, around?.span);
  try {
    return await requestContext.run({ requestId: around?.requestId ?? null, span }, work);
  } catch (error) {
    span.failed(error);
    throw error;
  } finally {
    span.end();
  }
}

type Query = (...given: unknown[]) => unknown;

/** Makes each statement on a pool a step of the trace for which it is asked; what belongs to none is none. */
export function traceStatements(pool: pg.Pool): void {
  if (tracing === null) return;
  tracing.watchPool(pool);
  pool.on("connect", (client) => {
    const plain = (client.query as Query).bind(client);
    // Whatever forms a query has, it gets what it was given.
    client.query = ((...given: unknown[]) => tracedQuery(plain, given)) as typeof client.query;
  });
}

function tracedQuery(query: Query, given: unknown[]): unknown {
  const parent = requestContext.getStore()?.span;
  if (tracing === null || parent === undefined) return query(...given);
  const { name, attributes } = summaryOf(given[0]);
  const span = tracing.start(name, "client", attributes, parent);
  const ended = (error: unknown) => {
    if (error !== null && error !== undefined) span.failed(error);
    span.end();
  };
  const callback = given.at(-1);
  if (typeof callback === "function")
    return query(...given.slice(0, -1), (error: unknown, result: unknown) => {
      ended(error);
      callback(error, result);
    });
  const asked = query(...given);
  if (asked instanceof Promise) asked.then(() => ended(null), ended);
  else span.end();
  return asked;
}

/** A statement by what it does and to which table: its text is ours, but what stands between quotation marks may be anybody's. */
function summaryOf(given: unknown): { name: string; attributes: Attributes } {
  const held = typeof given === "object" && given !== null && "text" in given ? given.text : given;
  const text = typeof held === "string" ? held.slice(0, 5000) : "";
  const operation = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? "QUERY";
  const table = /\b(?:from|into|update)\s+(?:"?reeve"?\.)?"?([a-z_]{1,63})\b(?!\s*[.(])/i.exec(text)?.[1];
  const called = /^\s*select\s+([a-z_]{1,63})\(/i.exec(text)?.[1];
  const summary = [operation, called ?? table].filter((part) => part !== undefined).join(" ");
  return {
    name: summary,
    attributes: { "db.system.name": "postgresql", "db.operation.name": operation, "db.query.summary": summary },
  };
}
