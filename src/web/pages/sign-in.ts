import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Form } from "../../kernel/fields/kind.ts";
import { flashOf } from "../flash.ts";
import { frontOf } from "../logo.ts";
import { first, send } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { sendOffer, sendStillEnded, typedBefore } from "../session-ended.ts";
import type { Flash } from "../view/models.ts";
import { plainShell } from "../shell.ts";
import { organisationButton, refusalOf, signInFields } from "../sign-in-form.ts";
import type { SignInRefusal } from "../sign-in-form.ts";
import type { SignInResult } from "../sign-in/contract.ts";
import { nextOf, registerOrganisationSignIn } from "./organisation-sign-in.ts";
import { passkeyPath } from "./passkeys.ts";
import { registerSecondStepOfSignIn, sendCodeAsked } from "./sign-in-second-step.ts";
import { registerSetup } from "./setup.ts";
import { registerUseOfLinks } from "./use-sign-in-link.ts";

const noLongerDemo: SignInRefusal = {
  status: 422,
  errors: [{ text: "Select one of the people of the demonstration" }],
};

/** Signing in, with a password or as one of the people of a demonstration, and signing out. */
export function registerSignIn(app: FastifyInstance, parts: WebParts): void {
  // Only what came from our own form may sign anybody in or out.
  const own = { preHandler: app.csrfProtection };
  app.get("/sign-in", async (request, reply) => {
    // Fastify's own parser gives strings and lists of strings for an address.
    const next = nextOf(request.query as Form);
    if (await parts.signIn.sessionFrom(request.headers)) return reply.redirect(next || "/", 303);
    return sendSignIn(parts, reply, { next, flash: flashOf(request) });
  });
  app.post("/sign-in", own, async (request, reply) => {
    const form = (request.body ?? {}) as Form;
    // From the session-ended page, by somebody who has signed in in another tab meanwhile.
    if (typedBefore(form) && first(form, "password") === "" && (await parts.signIn.sessionFrom(request.headers)))
      return signedIn(parts, reply, form, []);
    const { result, refusal } = await tryPassword(parts, request, form);
    if (result?.ok) return signedIn(parts, reply, form, result.cookies);
    if (result?.reason === "second-step") return sendCodeAsked(parts, reply, form, result.asked);
    return refuseSignIn(parts, reply, form, refusal);
  });
  app.post("/sign-in/demo", own, async (request, reply) => {
    const form = (request.body ?? {}) as Form;
    const result = await parts.signIn.signInAs(accountOf(form), { headers: request.headers, address: request.ip });
    return result.ok ? signedIn(parts, reply, form, result.cookies) : refuseSignIn(parts, reply, form, noLongerDemo);
  });
  app.post("/sign-out", own, async (request, reply) => {
    for (const cookie of await parts.signIn.signOut(request.headers)) reply.header("set-cookie", cookie);
    return reply.redirect("/sign-in", 303);
  });
  registerSetup(app, parts);
  registerUseOfLinks(app, parts);
  registerOrganisationSignIn(app, parts);
  registerSecondStepOfSignIn(app, parts);
}

/** Checks the password, or the account where the session-ended page of a demonstration named one. */
async function tryPassword(
  parts: WebParts,
  request: FastifyRequest,
  form: Form,
): Promise<{ result: SignInResult | null; refusal: SignInRefusal }> {
  const client = { headers: request.headers, address: request.ip };
  if (first(form, "account") !== "")
    return { result: await parts.signIn.signInAs(accountOf(form), client), refusal: noLongerDemo };
  const email = first(form, "email").trim();
  const password = first(form, "password");
  const missing = [
    ...(email === "" ? [{ text: "Enter your e-mail address", fieldId: "email" }] : []),
    ...(password === "" ? [{ text: "Enter your password", fieldId: "password" }] : []),
  ];
  if (missing.length > 0) return { result: null, refusal: { status: 422, errors: missing } };
  const result = await parts.signIn.signIn({
    email: email.replaceAll("\0", "").slice(0, 300),
    password: password.slice(0, 1000),
    ...client,
  });
  return { result, refusal: result.ok || result.reason === "second-step" ? noLongerDemo : refusalOf(result) };
}

/** On to where they wanted to go, or to what they had typed when their session ended. */
async function signedIn(
  parts: WebParts,
  reply: FastifyReply,
  form: Form,
  cookies: readonly string[],
): Promise<FastifyReply> {
  for (const cookie of cookies) reply.header("set-cookie", cookie);
  const typed = typedBefore(form);
  return typed ? sendOffer(parts, reply, typed) : reply.redirect(nextOf(form) || "/", 303);
}

async function refuseSignIn(
  parts: WebParts,
  reply: FastifyReply,
  form: Form,
  refusal: SignInRefusal,
): Promise<FastifyReply> {
  if (refusal.retryAfterSeconds !== undefined)
    reply.header("retry-after", String(Math.max(1, refusal.retryAfterSeconds)));
  const typed = typedBefore(form);
  const email = first(form, "email");
  if (!typed) return sendSignIn(parts, reply, { next: nextOf(form), email, refusal });
  const people = await parts.signIn.demoAccounts();
  const errors = people.length > 0 ? [{ text: "Select who to sign in as", fieldId: "account" }] : refusal.errors;
  return sendStillEnded(parts, reply, refusal.status, { typed, errors, email });
}

async function sendSignIn(
  parts: WebParts,
  reply: FastifyReply,
  options: { next: string; email?: string; refusal?: SignInRefusal; flash?: Flash | null },
): Promise<FastifyReply> {
  const errors = options.refusal?.errors ?? [];
  const hidden = options.next === "" ? [] : [{ name: "next", value: options.next }];
  const people = await parts.signIn.demoAccounts();
  const waiting = (await parts.setup?.isWaiting()) === true;
  return send(parts, reply, {
    page: "sign-in",
    status: options.refusal?.status ?? 200,
    model: {
      shell: {
        ...plainShell("Sign in", await frontOf(parts), reply.generateCsrf()),
        ...(options.flash ? { flash: options.flash } : {}),
      },
      errors,
      ...(waiting ? { waitsForSetup: true } : {}),
      ...organisationButton(parts, options.next),
      ...(parts.signIn.passkeys === null
        ? {}
        : {
            passkeyHref: `${passkeyPath}${options.next === "" ? "" : `?${new URLSearchParams({ next: options.next }).toString()}`}`,
          }),
      ...(parts.signIn.passwordsForAdministratorsOnly ? { passwordsForAdministratorsOnly: true } : {}),
      form: {
        action: "/sign-in",
        fields: signInFields(options.email ?? "", errors),
        hidden,
        submit: { label: "Sign in" },
      },
      ...(people.length > 0
        ? {
            demoPeople: {
              action: "/sign-in/demo",
              people: people.map(({ accountId, name, email, jobTitle }) => ({
                key: email?.split("@")[0] ?? "",
                name,
                role: jobTitle ?? "",
                hidden: [...hidden, { name: "account", value: accountId }],
              })),
            },
          }
        : {}),
    },
  });
}

function accountOf(form: Form): string {
  return first(form, "account").replaceAll("\0", "").slice(0, 100);
}
