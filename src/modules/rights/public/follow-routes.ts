import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../../../kernel/errors.ts";
import type { Form } from "../../../kernel/fields/kind.ts";
import { first } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { formIn, maySend, secretAddress, show, slowly } from "../../../web/public-forms.ts";
import { askForReview, followedFile, readFollowed, replyTo } from "./follow.ts";
import { followPage } from "./follow-page.ts";
import type { Refused } from "./follow-page.ts";
import { sendFile, sentAnHour } from "./sending.ts";
import { followPath } from "./front.ts";
import type { PublicPlace } from "./front.ts";

/** The pages where somebody follows what they asked, by a secret address. */
export function registerFollowing(
  app: FastifyInstance,
  parts: WebParts,
  placeOfOrganisation: (organisationId: string) => Promise<PublicPlace>,
): void {
  const page = async (request: FastifyRequest, sent: boolean, refused?: Refused) => {
    const key = keyIn(request);
    const followable = await readFollowed(parts, key);
    const place = await placeOfOrganisation(followable.organisationId);
    const address = `${parts.baseUrl}${followPath(key)}`;
    return { place, model: followPage(place, key, followable, { sent, address, ...(refused ? { refused } : {}) }) };
  };
  const guarded = { ...slowly, preHandler: secretAddress };
  app.get(followPath(":key"), guarded, async (request, reply) => {
    const { model } = await page(request, first((request.query ?? {}) as Form, "sent") === "yes");
    return show(parts, reply, { model }, "no-store");
  });
  app.get(`${followPath(":key")}/files/:id`, guarded, async (request, reply) => {
    const { id = "" } = request.params as Record<string, string>;
    return sendFile(parts, reply, await followedFile(parts, keyIn(request), id), "no-store");
  });
  app.post(`${followPath(":key")}/reply`, guarded, async (request, reply) =>
    taken(request, reply, "reply", (key) => replyTo(parts, key, formIn(request)).then(() => key)),
  );
  app.post(`${followPath(":key")}/review`, guarded, async (request, reply) =>
    taken(request, reply, "review", (key) => askForReview(parts, key, formIn(request))),
  );

  async function taken(
    request: FastifyRequest,
    reply: FastifyReply,
    which: Refused["form"],
    work: (key: string) => Promise<string>,
  ): Promise<FastifyReply> {
    try {
      if (!(await maySend(parts, request, { what: "a reply", anHour: sentAnHour })))
        throw new Refusal("invalid", [
          { message: "You have written many times within an hour. Wait an hour, or reach us otherwise" },
        ]);
      return await reply.redirect(followPath(await work(keyIn(request))), 303);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind === "unseen") throw error;
      const text = first(formIn(request), "text").slice(0, 6000).toWellFormed();
      const { model } = await page(request, false, { form: which, text, message: error.message });
      return show(parts, reply, { model, status: 422 }, "no-store");
    }
  }
}

function keyIn(request: FastifyRequest): string {
  // Fastify's own router gives strings.
  return (request.params as Readonly<Record<string, string>>)["key"] ?? "";
}
