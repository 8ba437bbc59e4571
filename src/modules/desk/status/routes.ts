import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { unseen } from "../../../kernel/errors.ts";
import type { WebParts } from "../../../web/parts.ts";
import { atomType, htmlType, organisationIn, publicCopies, sendPublic } from "../../../web/public-copies.ts";
import { statusFeed } from "./feed.ts";
import { statusPage } from "./page.ts";
import { readStatus } from "./read.ts";

/** Where the public status is: of the only organisation here, or with an organisation's id behind it. */
export const statusPath = "/status";

/** The public status page and its feed, for everybody, from memory: a copy is a second old at the most. */
export function registerStatus(app: FastifyInstance, parts: WebParts): void {
  const copies = publicCopies(parts.log, {
    freshMs: 1000,
    copiesMax: 200,
    shownAsItWas: "the public status page is shown as it was",
    read: (organisation) => readStatus(parts.store, organisation === "" ? null : organisation),
    make: (status, organisation, staleSince) => {
      const path = organisation === "" ? statusPath : `${statusPath}/${organisation}`;
      return {
        page: parts.render("status", statusPage(status, path, staleSince)),
        feed: statusFeed(status, `${parts.baseUrl}${path}`),
      };
    },
  });
  const answer = (kind: "page" | "feed", type: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const copy = await copies.answer(organisationIn(request), kind);
    return sendPublic(request, reply, copy ?? unseen("There is no such page"), { type, seconds: 1 });
  };
  const page = answer("page", htmlType);
  const feed = answer("feed", atomType);
  app.get(statusPath, page);
  app.get(`${statusPath}/feed`, feed);
  app.get(`${statusPath}/:organisation`, page);
  app.get(`${statusPath}/:organisation/feed`, feed);
}
