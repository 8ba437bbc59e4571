import type { FastifyInstance, FastifyRequest } from "fastify";
import { unseen } from "../../../kernel/errors.ts";
import type { WebParts } from "../../../web/parts.ts";
import { readFront } from "../../../web/public-front.ts";
import type { Front } from "../../../web/public-front.ts";
import { formIn, placeFrom, sendingBound, show, slowly } from "../../../web/public-forms.ts";
import { organisationIn, publicCopies } from "../../../web/public-copies.ts";
import { beginAsking, goOnAsking } from "./ask.ts";
import type { Asking } from "./asking.ts";
import { wordCounter } from "./doubts.ts";
import { registerFollowing } from "./follow-routes.ts";
import { baseOf, publicPath, publicPathOf } from "./front.ts";
import { registerLog } from "./log-routes.ts";
import { sentAnHour } from "./sending.ts";
import type { PlaceOf, Where } from "./sending.ts";

/** How long what is said of an organisation is kept, and how many have a copy. */
const freshMs = 2000;
const organisationsMax = 200;

/** The pages of information for the public: nobody signs in, nothing is kept in the browser, and no script is needed. */
export function registerPublic(app: FastifyInstance, parts: WebParts): void {
  const fronts = publicCopies<Front, never>(parts.log, {
    freshMs,
    copiesMax: organisationsMax,
    shownAsItWas: "the public pages of information are shown as they were",
    read: (organisation) => readFront(parts.store, organisation),
    make: () => ({}),
  });
  const placeOf: PlaceOf = async (request) => {
    const organisation = organisationIn(request);
    const front = (await fronts.known(organisation)) ?? unseen("There is no such page");
    return { front, base: baseOf(organisation) };
  };
  for (const base of [publicPath, publicPathOf]) {
    registerLog(app, parts, { base, placeOf });
    registerAsking(app, parts, { base, placeOf });
  }
  registerFollowing(app, parts, async (organisationId) => {
    const [sole, front] = await Promise.all([fronts.known(""), fronts.known(organisationId)]);
    return { front: front ?? unseen("There is no such page"), base: baseOf(sole ? "" : organisationId) };
  });
}

function registerAsking(app: FastifyInstance, parts: WebParts, { base, placeOf }: Where): void {
  const mayOne = sendingBound(sentAnHour);
  const sameToday = wordCounter();
  const asking = async (request: FastifyRequest): Promise<Asking> => ({
    parts,
    place: await placeOf(request),
    maySend: () => mayOne(placeFrom(request)),
    sameToday,
  });
  app.get(`${base}/ask`, async (request, reply) => show(parts, reply, beginAsking(await asking(request))));
  app.post(`${base}/ask`, slowly, async (request, reply) =>
    show(parts, reply, await goOnAsking(await asking(request), formIn(request))),
  );
}
