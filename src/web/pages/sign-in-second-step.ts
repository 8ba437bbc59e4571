import type { FastifyInstance, FastifyReply } from "fastify";
import type { Form } from "../../kernel/fields/kind.ts";
import { frontOf } from "../logo.ts";
import { first, send } from "../page.ts";
import type { PageAnswer } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { sendOffer, typedBefore } from "../session-ended.ts";
import { plainShell } from "../shell.ts";
import type { SecondStepAsked } from "../sign-in/second-step/second-step.ts";
import { nextOf } from "./organisation-sign-in.ts";
import { askForCode, carried, showRecoveryCodes, tooManyTries } from "./second-step-page.ts";

const action = "/sign-in/second-step";
const cancel = { text: "Cancel", href: "/sign-in" };

/** The code that is asked for after the right password. */
export function registerSecondStepOfSignIn(app: FastifyInstance, parts: WebParts): void {
  app.get(action, async (_request, reply) => reply.redirect("/sign-in", 303));
  app.post(action, { preHandler: app.csrfProtection }, async (request, reply) => {
    // Fastify's own parser gives strings and lists of strings for a form.
    const form = (request.body ?? {}) as Form;
    const result = await parts.signIn.secondStep.pass({
      secret: first(form, "_step"),
      code: first(form, "code").slice(0, 100),
      headers: request.headers,
      address: request.ip,
    });
    if (result.ok) {
      for (const cookie of result.cookies) reply.header("set-cookie", cookie);
      return afterwards(parts, reply, form, result.recoveryCodes);
    }
    if ("retryAfterSeconds" in result) return send(parts, reply, tooManyTries(reply, result));
    if (result.reason === "wrong-code") return sendCodeAsked(parts, reply, form, result.again, true);
    return send(parts, reply, beginAgain());
  });
}

/** Asks for the code, after a password that was right. */
export async function sendCodeAsked(
  parts: WebParts,
  reply: FastifyReply,
  form: Form,
  asked: SecondStepAsked,
  wrong = false,
): Promise<FastifyReply> {
  const shell = plainShell(
    asked.setup ? "Set up two-step sign-in" : "Enter your code",
    await frontOf(parts),
    reply.generateCsrf(),
  );
  return send(parts, reply, askForCode({ shell, asked, action, hidden: carried(form), wrong, cancel }));
}

/** On to where they wanted to go, or to what they had typed; past the recovery codes where they are new. */
async function afterwards(
  parts: WebParts,
  reply: FastifyReply,
  form: Form,
  codes: readonly string[] | null,
): Promise<FastifyReply> {
  const typed = typedBefore(form);
  const next = nextOf(form) || "/";
  if (codes === null) return typed ? sendOffer(parts, reply, typed) : reply.redirect(next, 303);
  const shell = plainShell("Keep your recovery codes", await frontOf(parts), reply.generateCsrf());
  const offer = typed && {
    action: typed.action,
    fields: [],
    hidden: typed.fields,
    submit: { label: "Send what you typed" },
  };
  return send(
    parts,
    reply,
    showRecoveryCodes(shell, codes, offer ? { form: offer } : { back: { text: "Go on to Reeve", href: next } }),
  );
}

function beginAgain(): PageAnswer {
  const title = "Sign in again";
  return {
    page: "bad-request",
    status: 400,
    model: {
      shell: plainShell(title),
      title,
      sentences: ["After your password there are 10 minutes for the code, and each page takes one."],
      back: { text: "Sign in", href: "/sign-in" },
    },
  };
}
