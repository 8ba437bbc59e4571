import { AsyncLocalStorage } from "node:async_hooks";
import type { Span } from "./tracing.ts";

/** What is known, wherever code runs, of what it runs for. */
export interface RequestContext {
  /** The id that the request's answer carries as `X-Request-Id`; null for what runs by itself. */
  readonly requestId: string | null;
  /** The step of a trace that it is part of, where traces are kept. */
  readonly span?: Span;
}

/** What code runs for; a job has the id of the request that began it. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The id of the request for which this runs; null for what runs by itself. */
export function currentRequestId(): string | null {
  return requestContext.getStore()?.requestId ?? null;
}
