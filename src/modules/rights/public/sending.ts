import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { unseen } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { openContent } from "../../../kernel/files/content.ts";
import type { StoredFile } from "../../../kernel/files/files.ts";
import { howOften } from "../../../kernel/outside/how-often.ts";
import { headersOfFile } from "../../../web/file-headers.ts";
import type { WebParts } from "../../../web/parts.ts";
import { networkOf } from "../../../web/sign-in/attempts.ts";
import type { PortalPage } from "../../../web/view/models.ts";
import type { PublicPlace } from "./front.ts";

/** Bytes of a form of the public: the longest question and what the form carries beside it. */
const bodyLimit = 400_000;
/** From one place: forms in a minute, and requests that are sent or replies in an hour. */
const formsAMinute = 60;
const sentAnHour = { withinMinutes: 60, most: 20 };

/** Finds the place that an address names. Refuses (unseen) where there is none. */
export type PlaceOf = (request: FastifyRequest) => Promise<PublicPlace>;

/** Which addresses begin with what. */
export interface Where {
  readonly base: string;
  readonly placeOf: PlaceOf;
}

/** How routes that take forms of the public are bounded. */
export const slowly = { config: { rateLimit: { max: formsAMinute, keyGenerator: placeFrom } }, bodyLimit };

/** Whether one more may be sent from where this comes from, and notes that it was. It is counted for all web processes. */
export async function maySend(
  { store, secret }: WebParts,
  request: FastifyRequest,
  what: "a request" | "a reply",
): Promise<boolean> {
  const from = { pool: store.pool, secret, now: Temporal.Now.instant() };
  const others = await howOften(from, { what, from: placeFrom(request), once: randomUUID() }, sentAnHour);
  return others < sentAnHour.most;
}

/** What counts as one place: see `networkOf`. */
function placeFrom(request: FastifyRequest): string {
  return networkOf(request.ip);
}

/** What a form sent. */
export function formIn(request: FastifyRequest): Form {
  // Fastify's parser of forms gives strings and lists of strings.
  return (request.body ?? {}) as Form;
}

/** Sends a page, or leads to another. A form is kept by the browser alone, so that going back finds it. */
export function show(
  parts: WebParts,
  reply: FastifyReply,
  view: { readonly model: PortalPage; readonly status?: number } | { readonly redirect: string },
  cache = "private, no-cache",
): FastifyReply {
  if ("redirect" in view) return reply.redirect(view.redirect, 303);
  return reply
    .code(view.status ?? 200)
    .type("text/html; charset=utf-8")
    .header("cache-control", cache)
    .send(parts.render("portal", view.model));
}

/** Sends a file that was found for whoever asks. */
export async function sendFile(
  parts: WebParts,
  reply: FastifyReply,
  file: StoredFile,
  cache: string,
): Promise<FastifyReply> {
  const content = (await openContent(parts.filesFolder, file.sha256)) ?? unseen("The file is no longer there");
  return reply
    .type(file.mediaType)
    .headers({ ...headersOfFile(file), "cache-control": cache })
    .send(content);
}
