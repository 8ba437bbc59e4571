import type { LoggerOptions } from "pino";
import { currentRequestId } from "../kernel/request-context.ts";

/**
 * What of an error goes into the log. PostgreSQL repeats the row that it refused (`detail`) and the value that it could not
 * read (class 22), and with them what people wrote: neither has business in a log.
 */
export function errorForLog(error: Error): Readonly<Record<string, unknown>> {
  const { name, message, stack = "" } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const constraint = "constraint" in error && typeof error.constraint === "string" ? error.constraint : undefined;
  const said = code !== undefined && /^22/.test(code) ? message.replace(/:.*|".*"/s, " …") : message;
  const cause = error.cause instanceof Error ? errorForLog(error.cause) : undefined;
  return { type: name, message: said, code, constraint, stack: stack.replace(message, () => said), cause };
}

/** How the product's log writes what it is given. */
export const logSerializers = { err: errorForLog };

/** What the log is made with: each line that is written for a request says which, as `requestId`. */
export const logOptions: LoggerOptions = {
  serializers: logSerializers,
  mixin: (_given, _level, logger) => {
    const requestId = currentRequestId();
    return requestId === null || "requestId" in logger.bindings() ? {} : { requestId };
  },
};
