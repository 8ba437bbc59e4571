import type { FastifyInstance, FastifyReply } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { problem } from "../flash.ts";
import { frontOf } from "../logo.ts";
import { first, pageRoute, send } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { plainShell } from "../shell.ts";
import { refusalOf } from "../sign-in-form.ts";
import { deviceName } from "../sign-in/device.ts";
import type { Passkeys } from "../sign-in/passkeys/passkeys.ts";
import { formatDay, recentInSentence } from "../view/format.ts";
import type { AccountPage, FormError } from "../view/models.ts";
import { nextOf } from "./organisation-sign-in.ts";
import { askPassword } from "./own-password.ts";
import { tooManyTries } from "./second-step-page.ts";

/** Where one signs in with a passkey. */
export const passkeyPath = "/sign-in/passkey";
const home = "/account/passkeys";
const responseMax = 60_000;

/** Signing in with a passkey, and one's own passkeys. */
export function registerPasskeys(app: FastifyInstance, parts: WebParts): void {
  const { passkeys } = parts.signIn;
  if (passkeys === null) return;
  const own = { preHandler: app.csrfProtection };
  app.get(passkeyPath, { config: { rateLimit: {} } }, async (request, reply) =>
    // Fastify's own parser gives strings and lists of strings for an address.
    sendEntering(parts, passkeys, reply, { next: nextOf(request.query as Form), errors: [], status: 200 }),
  );
  app.post(passkeyPath, own, async (request, reply) => {
    const form = (request.body ?? {}) as Form;
    const result = await passkeys.enter({
      secret: first(form, "_step"),
      response: first(form, "response").slice(0, responseMax),
      headers: request.headers,
      address: request.ip,
    });
    const next = nextOf(form);
    if (result.ok) {
      for (const cookie of result.cookies) reply.header("set-cookie", cookie);
      return reply.redirect(next || "/", 303);
    }
    if ("retryAfterSeconds" in result) return send(parts, reply, tooManyTries(reply, result));
    const errors =
      result.reason === "organisation-only" ? refusalOf(result).errors : [{ text: refusals[result.reason] }];
    return sendEntering(parts, passkeys, reply, { next, errors, status: 422 });
  });
  app.get(
    `${home}/add`,
    pageRoute(parts, (page) => askPassword(page, adding)),
  );
  app.post(`${home}/add`, own, (request, reply) =>
    pageRoute(parts, (page) => beginAdding(page, passkeys, reply))(request, reply),
  );
  app.post(
    home,
    own,
    pageRoute(parts, (page) => add(page, passkeys)),
  );
  app.get(home, async (_request, reply) => reply.redirect("/account", 303));
  app.post(
    `${home}/:passkey/remove`,
    own,
    pageRoute(parts, (page) => remove(page, passkeys)),
  );
}

const adding = {
  title: "Add a passkey",
  intro:
    "A passkey is kept on your phone, laptop or security key. It signs you in with your fingerprint, your face or a PIN, in place of your password and any code.",
  action: `${home}/add`,
  submit: "Go on",
};

const refusals = {
  wrong: "That passkey is not known here, or was not used as it should be. Try again, or sign in with your password",
  dead: "The page was open for too long. Try again",
} as const;

/** How the account page tells of them; absent where one cannot have any. */
export async function passkeySection(page: PageRequest, possible: boolean): Promise<AccountPage["passkeys"]> {
  const { passkeys } = page.parts.signIn;
  if (passkeys === null || !possible) return undefined;
  const clock = { now: Temporal.Now.instant(), zone: "Europe/London" };
  const rows = (await passkeys.list(page.request.headers)) ?? [];
  return {
    addHref: `${home}/add`,
    items: rows.map(({ id, name, createdAt, lastUsedAt }) => ({
      name,
      text: `Added ${formatDay(Temporal.Instant.fromEpochMilliseconds(createdAt.getTime()), clock.zone)}. ${
        lastUsedAt === null
          ? "Not used yet."
          : `Last used ${recentInSentence(Temporal.Instant.fromEpochMilliseconds(lastUsedAt.getTime()), clock)}.`
      }`,
      removeAction: `${home}/${encodeURIComponent(id.slice(0, 190))}/remove`,
    })),
  };
}

async function sendEntering(
  parts: WebParts,
  passkeys: Passkeys,
  reply: FastifyReply,
  { next, errors, status }: { next: string; errors: readonly FormError[]; status: number },
): Promise<FastifyReply> {
  const { secret, options } = await passkeys.begin();
  return send(parts, reply, {
    page: "passkey",
    status,
    model: {
      shell: plainShell("Sign in with a passkey", await frontOf(parts), reply.generateCsrf()),
      title: "Sign in with a passkey",
      paragraphs: ["Your device asks for your fingerprint, your face or its PIN."],
      errors,
      action: passkeyPath,
      kind: "get",
      options,
      hidden: [{ name: "_step", value: secret }, ...(next === "" ? [] : [{ name: "next", value: next }])],
      submit: "Use your passkey",
      cancel: { text: "Sign in another way", href: "/sign-in" },
    },
  });
}

async function beginAdding(page: PageRequest, passkeys: Passkeys, reply: FastifyReply): Promise<PageAnswer> {
  const password = first(page.form, "password").slice(0, 1000);
  if (password === "") return askPassword(page, adding, "Enter your password");
  const result = await passkeys.beginAdding({ password, headers: page.request.headers, address: page.request.ip });
  if (!result.ok) {
    if ("retryAfterSeconds" in result) return tooManyTries(reply, result);
    return askPassword(page, adding, "That is not your password");
  }
  return {
    page: "passkey",
    // Turbo shows a form's answer that is no address only with such a status.
    status: 401,
    model: {
      shell: await page.as((tx) => page.shell(tx, { title: "Add a passkey" })),
      title: "Add a passkey",
      paragraphs: ["Give it a name by which you know it again. Then your device asks where to keep it."],
      errors: [],
      action: home,
      kind: "create",
      options: result.step.options,
      name: deviceName(String(page.request.headers["user-agent"] ?? "")),
      hidden: [{ name: "_step", value: result.step.secret }],
      submit: "Add the passkey",
      cancel: { text: "Cancel", href: "/account" },
    },
  };
}

async function add(page: PageRequest, passkeys: Passkeys): Promise<PageAnswer> {
  const added = await passkeys.add({
    secret: first(page.form, "_step"),
    response: first(page.form, "response").slice(0, responseMax),
    name: first(page.form, "name").replaceAll(/\p{Cc}/gu, " "),
    headers: page.request.headers,
  });
  return {
    redirect: "/account",
    flash: added
      ? "The passkey is added. You can sign in with it from now on."
      : problem("The passkey was not added. Begin again, and finish within 10 minutes."),
  };
}

async function remove(page: PageRequest, passkeys: Passkeys): Promise<PageAnswer> {
  const wanted = page.params["passkey"] ?? "";
  const rows = (await passkeys.list(page.request.headers)) ?? [];
  const found = rows.find(({ id }) => id.slice(0, 190) === wanted) ?? unseen("That passkey is removed already");
  await passkeys.remove(page.request.headers, found.id);
  return { redirect: "/account", flash: "The passkey is removed. Remove it from your device as well." };
}
