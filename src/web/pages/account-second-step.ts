import type { FastifyInstance, FastifyReply } from "fastify";
import { unseen } from "../../kernel/errors.ts";
import { problem } from "../flash.ts";
import { first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { SecondStepAsked, SecondStepRefusal } from "../sign-in/second-step/second-step.ts";
import { formatDay, plural } from "../view/format.ts";
import type { AccountPage } from "../view/models.ts";
import { askPassword } from "./own-password.ts";
import { askForCode, showRecoveryCodes, tooManyTries } from "./second-step-page.ts";

const home = "/account/second-step";
const back = { text: "Back to your account", href: "/account" };
const cancel = { text: "Cancel", href: "/account" };

/** What is done to one's own second step, each by giving one's password. */
const actions = {
  begin: {
    title: "Set up two-step sign-in",
    intro: "A code from your phone is then asked for as well, so that your password alone lets nobody in.",
    submit: "Go on",
  },
  codes: {
    title: "Make new recovery codes",
    intro: "The recovery codes that you have now then stop working.",
    submit: "Make new codes",
  },
  end: {
    title: "Turn off two-step sign-in",
    intro: "Your password alone then lets you in. Your recovery codes stop working.",
    submit: "Turn it off",
  },
} as const;
type ActionName = keyof typeof actions;

/** Turning two-step sign-in on and off for oneself, and new recovery codes. */
export function registerSecondStep(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  const address = `${home}/:action`;
  app.get(
    address,
    pageRoute(parts, (page) => askFor(page, actionOf(page))),
  );
  app.post(address, own, (request, reply) =>
    pageRoute(parts, (page) => withPassword(page, reply, actionOf(page)))(request, reply),
  );
  app.post(`${home}/begin/code`, own, (request, reply) =>
    pageRoute(parts, (page) => withCode(page, reply))(request, reply),
  );
  app.get(`${home}/begin/code`, async (_request, reply) => reply.redirect("/account", 303));
}

/** How the account page tells of it; null for who has no password, or is of a demonstration. */
export async function secondStepSection(page: PageRequest): Promise<AccountPage["secondStep"]> {
  const state = page.session.demo ? null : await page.parts.signIn.secondStep.state(page.request.headers);
  if (!state?.possible) return undefined;
  if (state.kept === null)
    return {
      text: "Off. Set it up, and your password alone lets nobody in.",
      links: [{ text: "Set it up", href: `${home}/begin` }],
    };
  const since = formatDay(Temporal.Instant.fromEpochMilliseconds(state.kept.startedAt.getTime()), "Europe/London");
  const left = plural(state.kept.recoveryCodesLeft, "recovery code", "recovery codes");
  return {
    text: `On since ${since}, with ${left} left.${state.asked ? " A role of yours asks for it." : ""}`,
    links: [
      { text: "Make new recovery codes", href: `${home}/codes` },
      ...(state.asked ? [] : [{ text: "Turn it off", href: `${home}/end` }]),
    ],
  };
}

function actionOf({ params }: PageRequest): ActionName {
  const name = params["action"] ?? "";
  // Just looked up.
  return Object.hasOwn(actions, name) ? (name as ActionName) : unseen("There is no such page");
}

function askFor(page: PageRequest, name: ActionName, error?: string): Promise<PageAnswer> {
  return askPassword(page, { ...actions[name], action: `${home}/${name}` }, error);
}

async function withPassword(page: PageRequest, reply: FastifyReply, name: ActionName): Promise<PageAnswer> {
  const password = first(page.form, "password").slice(0, 1000);
  if (password === "") return askFor(page, name, "Enter your password");
  const { secondStep } = page.parts.signIn;
  const asking = { password, headers: page.request.headers, address: page.request.ip };
  const refused = (result: SecondStepRefusal): Promise<PageAnswer> | PageAnswer => {
    if ("retryAfterSeconds" in result) return tooManyTries(reply, result);
    return result.reason === "wrong" ? askFor(page, name, "That is not your password") : { redirect: "/account" };
  };
  if (name === "begin") {
    const result = await secondStep.begin(asking);
    return result.ok ? setupPage(page, { secret: result.setup.secret, setup: result.setup }) : refused(result);
  }
  if (name === "codes") {
    const result = await secondStep.renewCodes(asking);
    return result.ok ? codesPage(page, result.recoveryCodes) : refused(result);
  }
  const result = await secondStep.end(asking);
  return result.ok ? { redirect: "/account", flash: "Two-step sign-in is off." } : refused(result);
}

async function setupPage(page: PageRequest, asked: SecondStepAsked, wrong = false): Promise<PageAnswer> {
  const shell = await page.as((tx) => page.shell(tx, { title: actions.begin.title }));
  return askForCode({ shell, asked, action: `${home}/begin/code`, wrong, cancel });
}

async function withCode(page: PageRequest, reply: FastifyReply): Promise<PageAnswer> {
  const result = await page.parts.signIn.secondStep.confirm({
    secret: first(page.form, "_step"),
    code: first(page.form, "code").slice(0, 100),
    headers: page.request.headers,
    address: page.request.ip,
  });
  if (result.ok) return codesPage(page, result.recoveryCodes);
  if ("retryAfterSeconds" in result) return tooManyTries(reply, result);
  if (result.reason !== "wrong-code")
    return { redirect: "/account", flash: problem("Begin again to set up two-step sign-in.") };
  return setupPage(page, result.again, true);
}

async function codesPage(page: PageRequest, codes: readonly string[]): Promise<PageAnswer> {
  const shell = await page.as((tx) => page.shell(tx, { title: "Keep your recovery codes" }));
  return showRecoveryCodes(shell, codes, { back });
}
