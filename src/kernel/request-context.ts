import { AsyncLocalStorage } from "node:async_hooks";

/** What is known, wherever code runs, of the request that it runs for. */
export interface RequestContext {
  /** The id that the answer carries as `X-Request-Id`. */
  readonly requestId: string;
}

/** The request for which code runs; a job has that of the request that began it. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The id of the request for which this runs; null for what runs by itself. */
export function currentRequestId(): string | null {
  return requestContext.getStore()?.requestId ?? null;
}
