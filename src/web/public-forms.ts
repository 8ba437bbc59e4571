import type { FastifyReply, FastifyRequest } from "fastify";
import type { Form } from "../kernel/fields/kind.ts";
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
export function placeFrom(request: FastifyRequest): string {
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

/** Bounds how much is sent from one place: so many within an hour, in this process. */
export function sendingBound(mostAnHour: number): (from: string) => boolean {
  const sent = new Map<string, number[]>();
  return (from) => {
    const since = Date.now() - 3_600_000;
    const recent = (sent.get(from) ?? []).filter((at) => at > since);
    if (sent.size > 10_000 && !sent.has(from)) sent.clear();
    const may = recent.length < mostAnHour;
    sent.set(from, may ? [...recent, Date.now()] : recent);
    return may;
  };
}
