import type { FastifyInstance, FastifyReply } from "fastify";
import type { Form } from "../../kernel/fields/kind.ts";
import { frontOf } from "../logo.ts";
import { first, send } from "../page.ts";
import type { PageAnswer } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { plainShell } from "../shell.ts";
import type { SignInLink } from "../sign-in/link-key.ts";
import { linkHours } from "../sign-in/links.ts";
import type { LinkOwner, LinkUseResult } from "../sign-in/links.ts";
import { formatDuration } from "../view/format.ts";
import type { Organisation } from "../view/models.ts";

const path = "/sign-in/link";

/** How the organisation looks, where that may be shown. */
type Front = Organisation | undefined;

/** Choosing a password through a link, by somebody who is not signed in. */
export function registerUseOfLinks(app: FastifyInstance, parts: WebParts): void {
  app.get(path, async (request, reply) => {
    // Fastify's own parsers give strings and lists of strings for forms and addresses.
    const link = linkIn(request.query as Form);
    const [owner, front] = await Promise.all([parts.signIn.openLink(link), frontOf(parts)]);
    return answer(parts, reply, owner === null ? deadPage(front) : choosePage(reply, front, { link, owner }));
  });
  app.post(path, { preHandler: app.csrfProtection }, async (request, reply) => {
    const link = linkIn(request.query as Form);
    const wanted = first((request.body ?? {}) as Form, "password");
    // Longer than any that is taken is refused for it; nobody needs to look at all of it.
    const result = await parts.signIn.useLink({ link, wanted: wanted.slice(0, 1000), address: request.ip });
    if ("retryAfterSeconds" in result) reply.header("retry-after", String(Math.max(1, result.retryAfterSeconds)));
    return answer(parts, reply, afterUse(reply, await frontOf(parts), link, result));
  });
}

/** The address of a link, from the root of the site. */
export function pathOfLink({ organisationId, personId, expires, key }: SignInLink): string {
  return `${path}?${new URLSearchParams({ organisation: organisationId, person: personId, expires, key }).toString()}`;
}

function linkIn(query: Form): SignInLink {
  return {
    organisationId: first(query, "organisation"),
    personId: first(query, "person"),
    expires: first(query, "expires"),
    key: first(query, "key"),
  };
}

/** The address holds the key, so the browser is to tell it to nobody, not even to us. */
function answer(parts: WebParts, reply: FastifyReply, page: PageAnswer): FastifyReply {
  reply.header("referrer-policy", "no-referrer");
  return send(parts, reply, page);
}

function afterUse(reply: FastifyReply, front: Front, link: SignInLink, result: LinkUseResult): PageAnswer {
  if (result.ok) return { redirect: "/sign-in", flash: "Your password is set. Sign in with it." };
  if (result.reason === "dead") return deadPage(front);
  if (result.reason === "weak") return choosePage(reply, front, { link, owner: result.owner, error: result.message });
  if (result.reason === "taken") return takenPage(front, result.owner);
  const retry = `in ${formatDuration(Math.max(1, result.retryAfterSeconds))}`;
  return { page: "too-many-requests", status: 429, model: { shell: plainShell("Too many requests", front), retry } };
}

function choosePage(
  reply: FastifyReply,
  front: Front,
  { link, owner, error }: { link: SignInLink; owner: LinkOwner; error?: string },
): PageAnswer {
  return {
    page: "form",
    status: error === undefined ? 200 : 422,
    model: {
      shell: plainShell("Choose a password", front, reply.generateCsrf()),
      caption: `${owner.name}, ${owner.organisation}`,
      title: "Choose a password",
      intro: [`You sign in with ${owner.email} and this password.`],
      errors: error === undefined ? [] : [{ text: error, fieldId: "password" }],
      form: {
        // With all of the link, so that a page that came back with an error can be loaded again.
        action: pathOfLink(link),
        fields: [
          {
            id: "password",
            name: "password",
            label: "New password",
            hint: "12 characters or more. Three words that do not belong together make a good one",
            widget: "password",
            autocomplete: "new-password",
            ...(error === undefined ? {} : { error }),
          },
        ],
        hidden: [],
        submit: { label: "Set the password" },
      },
    },
  };
}

/** The same for every link that does not work, whatever the reason. */
function deadPage(front: Front): PageAnswer {
  const title = "This link no longer works";
  return {
    page: "bad-request",
    status: 410,
    model: {
      shell: plainShell(title, front),
      title,
      sentences: [
        `A sign-in link works once, for ${linkHours} hours. Check that you have all of it, as it was given to you.`,
        "If it has been used, or is too old, ask whoever gave it to you for a new one.",
      ],
      back: { text: "Sign in", href: "/sign-in" },
    },
  };
}

function takenPage(front: Front, { email }: LinkOwner): PageAnswer {
  const title = "Another account has your e-mail address";
  return {
    page: "bad-request",
    status: 409,
    model: {
      shell: plainShell(title, front),
      title,
      sentences: [
        `Your password was not set, because ${email} belongs to another account.`,
        "Ask whoever gave you the link to put the e-mail address on your record right, and then to make you a new link.",
      ],
      back: { text: "Sign in", href: "/sign-in" },
    },
  };
}
