import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Form } from "../../kernel/fields/kind.ts";
import { localPath } from "../local-path.ts";
import { frontOf } from "../logo.ts";
import { first, send } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { plainShell } from "../shell.ts";
import { flowSeconds } from "../sign-in/flows.ts";
import { returnPath } from "../sign-in/directory/directory.ts";
import type { DirectoryRefusal, DirectoryResult } from "../sign-in/directory/directory.ts";
import { formatDuration } from "../view/format.ts";

const path = "/sign-in/organisation";
const cookieName = "reeve.directory";

/** Signing in with the organisation's own directory: to it, and back. */
export function registerOrganisationSignIn(app: FastifyInstance, parts: WebParts): void {
  const { directory } = parts.signIn;
  if (directory === null) return;
  const cookie = { path, httpOnly: true, sameSite: "lax", secure: parts.baseUrl.startsWith("https:") } as const;
  app.get(path, { config: { rateLimit: {} } }, async (request, reply) => {
    // Fastify's own parser gives strings and lists of strings for an address.
    const started = await directory.begin(nextOf(request.query as Form));
    if (started === null) return refuse(parts, reply, { ok: false, reason: "unavailable" });
    reply.setCookie(cookieName, started.secret, { ...cookie, maxAge: flowSeconds });
    return reply.header("cache-control", "no-store").redirect(started.href, 303);
  });
  app.get(returnPath, async (request, reply) => {
    reply.clearCookie(cookieName, cookie).header("referrer-policy", "no-referrer");
    const result = await directory.finish({
      secret: request.cookies[cookieName],
      query: queryOf(request),
      headers: request.headers,
      address: request.ip,
    });
    if (!result.ok) return refuse(parts, reply, result);
    for (const line of result.cookies) reply.header("set-cookie", line);
    return reply.redirect(result.next || "/", 303);
  });
}

/** Where to go after signing in, on this site and not back to signing in; "" for the usual place. */
export function nextOf(form: Form): string {
  const next = localPath(first(form, "next"));
  return next === null || next === "/" || /^\/(sign-in|sign-out|setup)\b/.test(next) ? "" : next;
}

function queryOf({ url }: FastifyRequest): string {
  const at = url.indexOf("?");
  return at < 0 ? "" : url.slice(at, at + 8000);
}

type Refused = Exclude<DirectoryResult, { ok: true }>;

async function refuse(parts: WebParts, reply: FastifyReply, result: Refused): Promise<FastifyReply> {
  if ("retryAfterSeconds" in result) {
    const seconds = Math.max(1, result.retryAfterSeconds);
    reply.header("retry-after", String(seconds));
    const model = { shell: plainShell("Too many requests"), retry: `in ${formatDuration(seconds)}` };
    return send(parts, reply, { page: "too-many-requests", status: 429, model });
  }
  const { status, title, sentences } = refusals[result.reason];
  return send(parts, reply, {
    page: "bad-request",
    status,
    model: {
      shell: plainShell(title, await frontOf(parts)),
      title,
      sentences,
      back: { text: "Back to signing in", href: "/sign-in" },
    },
  });
}

const notSignedIn = "You were not signed in";

/** What to do about each: by the person, or by whoever looks after the directory. */
const refusals: Readonly<
  Record<DirectoryRefusal, { readonly status: number; readonly title: string; readonly sentences: readonly string[] }>
> = {
  dead: {
    status: 400,
    title: "Begin again to sign in",
    sentences: ["This way back works once, for 10 minutes, and in the browser that you began in."],
  },
  unproven: {
    status: 403,
    title: notSignedIn,
    sentences: [
      "Your organisation’s sign-in did not say who you are, or you chose not to go on there.",
      "Try again. If it stays so, tell your administrator that Reeve could not prove what your directory sent.",
    ],
  },
  unavailable: {
    status: 503,
    title: "Your organisation’s sign-in does not answer",
    sentences: [
      "Try again in a few minutes. Nothing is wrong with your account.",
      "An administrator can sign in with a password meanwhile.",
    ],
  },
  tenant: {
    status: 403,
    title: notSignedIn,
    sentences: ["Your account is of another organisation’s directory. Sign in there with your account of this one."],
  },
  unverified: {
    status: 403,
    title: "Your e-mail address is not verified",
    sentences: [
      "Reeve knows people who come for the first time by their e-mail address, and your organisation’s sign-in does not say that yours is verified.",
      "Ask your administrator: the directory must send “email” with “email_verified”, or in Entra ID with the optional claim “xms_edov”.",
    ],
  },
  inactive: {
    status: 403,
    title: "You are not active in Reeve",
    sentences: ["Your organisation’s sign-in knows you. Ask your administrator to make you active again here."],
  },
  ambiguous: {
    status: 403,
    title: "More than one record has your e-mail address",
    sentences: ["Ask your administrator to leave it on one of them, then sign in again."],
  },
  taken: {
    status: 403,
    title: "Somebody else signs in with your e-mail address",
    sentences: [
      "It belongs to the account of another person of your directory, who may have left.",
      "Ask your administrator to put the e-mail address on that record right, then sign in again.",
    ],
  },
  "no-role": {
    status: 403,
    title: "Reeve is not open to you yet",
    sentences: [
      "None of the groups that you are in gives a role in Reeve.",
      "Ask your administrator to put you in one that does.",
    ],
  },
  "too-many-groups": {
    status: 403,
    title: "You are in too many groups",
    sentences: [
      "Your directory left your groups out, because there are more than it sends (200 in Entra ID), so Reeve cannot tell which roles you have.",
      "Ask your administrator to have it send only the groups that are assigned to Reeve: in Entra ID under “Token configuration”, “Groups assigned to the application”.",
    ],
  },
  "no-organisation": {
    status: 409,
    title: "Reeve is not set up for this",
    sentences: ["Signing in with your organisation’s account needs one organisation that is no demonstration."],
  },
};
