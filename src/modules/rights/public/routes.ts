import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal, refusalOr, unseen } from "../../../kernel/errors.ts";
import type { WebParts } from "../../../web/parts.ts";
import { readFront } from "../../../web/public-front.ts";
import type { Front } from "../../../web/public-front.ts";
import { formIn, maySend, show, slowly } from "../../../web/public-forms.ts";
import { organisationIn, publicCopies } from "../../../web/public-copies.ts";
import { beginAsking, goOnAsking } from "./ask.ts";
import type { Asking } from "./asking.ts";
import { registerFollowing } from "./follow-routes.ts";
import { baseOf, publicPath, publicPathOf } from "./front.ts";
import { missingPage } from "./missing-page.ts";
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
  /** What is not there; any other failure is as everywhere. */
  async function answerMissing(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!(error instanceof Refusal) || error.kind !== "unseen") throw error;
    const named = await refusalOr(() => placeOf(request));
    const sole = named instanceof Refusal ? await fronts.known("") : null;
    const place = named instanceof Refusal ? sole && { front: sole, base: baseOf("") } : named;
    if (place === null) throw error;
    return show(parts, reply, { model: missingPage(place), status: 404 }, "no-store");
  }
  // A scope of its own, so that what is not there is said in the words of these pages.
  app.register(async (scope) => {
    for (const base of [publicPath, publicPathOf]) {
      registerLog(scope, parts, { base, placeOf });
      registerAsking(scope, parts, { base, placeOf });
    }
    registerFollowing(scope, parts, async (organisationId) => {
      const [sole, front] = await Promise.all([fronts.known(""), fronts.known(organisationId)]);
      return { front: front ?? unseen("There is no such page"), base: baseOf(sole ? "" : organisationId) };
    });
    scope.get(`${publicPath}/*`, async () => unseen("There is no such page"));
    scope.setErrorHandler((error, request, reply) => answerMissing(error, request, reply));
  });
}

function registerAsking(app: FastifyInstance, parts: WebParts, { base, placeOf }: Where): void {
  const asking = async (request: FastifyRequest): Promise<Asking> => ({
    parts,
    place: await placeOf(request),
    maySend: () => maySend(parts, request, { what: "a request", anHour: sentAnHour }),
  });
  app.get(`${base}/ask`, async (request, reply) => show(parts, reply, beginAsking(await asking(request))));
  app.post(`${base}/ask`, slowly, async (request, reply) =>
    show(parts, reply, await goOnAsking(await asking(request), formIn(request))),
  );
}
