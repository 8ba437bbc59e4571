import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Form } from "../kernel/fields/kind.ts";
import { howOften } from "../kernel/outside/how-often.ts";
import type { WebParts } from "./parts.ts";
import { networkOf } from "./sign-in/attempts.ts";
import type { PortalPage } from "./view/models.ts";

/** Bytes of a form of the public: the longest question and what the form carries beside it. */
const bodyLimit = 400_000;
/** Forms in a minute, from one place. */
const formsAMinute = 60;

/** How routes that take forms of the public are bounded. */
export const slowly = { config: { rateLimit: { max: formsAMinute, keyGenerator: placeFrom } }, bodyLimit };

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

/** Before a page whose address is itself the secret: it goes to nobody else, and is in no index. Send it with `no-store`. */
export async function secretAddress(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header("referrer-policy", "no-referrer").header("x-robots-tag", "noindex, nofollow");
}

/** Whether one more of a kind may be sent from where this comes from, and notes that it was: so many in an hour, counted for all web processes together. */
export async function maySend(
  { store, secret }: Pick<WebParts, "store" | "secret">,
  request: FastifyRequest,
  { what, anHour }: { readonly what: string; readonly anHour: number },
): Promise<boolean> {
  const from = { pool: store.pool, secret, now: Temporal.Now.instant() };
  const counted = { what, from: placeFrom(request), once: randomUUID() };
  return (await howOften(from, counted, { withinMinutes: 60, most: anHour })) < anHour;
}
