import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import helmet from "@fastify/helmet";
import type { FastifyHelmetOptions } from "@fastify/helmet";
import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../kernel/errors.ts";
import { ApiProblem, problemKinds, problemMediaType, problemText } from "./api/problems.ts";
import type { ProblemKind } from "./api/problems.ts";

/** The headers that every answer has, for those to requests that reach no route, where the plugin does not set them. */
export async function securityHeaders(options: FastifyHelmetOptions): Promise<Readonly<Record<string, string>>> {
  const bare = fastify();
  await bare.register(helmet, options);
  bare.get("/", async () => "");
  const { headers } = await bare.inject("/");
  await bare.close();
  const ordinary = new Set(["content-type", "content-length", "date", "connection"]);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (ordinary.has(name) ? [] : [[name, String(value)]])),
  );
}

/** What the router found wrong with an address: one that is too long to be anything's is simply not there. */
export function routerError(error: Error & { code?: string }): Error {
  if (error.code !== "FST_ERR_MAX_PARAM_LENGTH") return error;
  return new Refusal("unseen", [{ message: "There is nothing at this address" }]);
}

/** Answers what is no HTTP, or too large or too slow to be read as such, with a problem written to the socket itself. */
export function answerUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  headers: Readonly<Record<string, string>>,
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const kind = kindOf(error.code);
  const { status, when } = problemKinds[kind];
  const id = randomUUID();
  const body = problemText(kind, { detail: kind === "malformed" ? "This is no HTTP/1.1" : when, id });
  const lines = Object.entries({
    ...headers,
    "content-type": problemMediaType,
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    "x-request-id": id,
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}`);
  if (socket.writable)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("\r\n")}\r\n\r\n${body}`, () =>
      socket.destroySoon(),
    );
  else socket.destroy();
}

function kindOf(code: string | undefined): ProblemKind {
  if (code === "HPE_HEADER_OVERFLOW") return "headers-too-large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "too-slow" : "malformed";
}

/** Refuses (415) a body that is compressed, on pages and API alike: nothing here would decompress it. */
export function refuseEncodedBodies(app: FastifyInstance): void {
  // After the gate of the API, before the body is read.
  app.addHook("preParsing", async (request) => {
    const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "";
    if (encoding === "" || encoding === "identity" || request.method === "GET" || request.method === "HEAD") return;
    throw new ApiProblem(
      "content-encoding",
      `The body is sent with Content-Encoding: ${encoding.slice(0, 40)}, which is not read here. Send it again without compression, and without that header`,
      // RFC 9110 section 12.5.3: with 415, what would have been taken.
      { "accept-encoding": "identity" },
    );
  });
}
