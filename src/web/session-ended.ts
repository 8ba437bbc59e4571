import type { FastifyReply, FastifyRequest } from "fastify";
import type { Form } from "../kernel/fields/kind.ts";
import { isId } from "../kernel/store/find.ts";
import { localPath } from "./local-path.ts";
import { frontOf } from "./logo.ts";
import type { WebParts } from "./parts.ts";
import { plainShell } from "./shell.ts";
import { organisationButton, signInFields } from "./sign-in-form.ts";
import type { FormError, HiddenField, SessionEndedPage } from "./view/models.ts";

const secretFields = /password|token|_csrf/i;
/** What was typed travels through the sign-in form under names that begin with this. */
const prefix = "again.";

/** What a form sent when nobody was signed in any more, and where it was meant for. */
interface Typed {
  readonly action: string;
  readonly fields: readonly HiddenField[];
}

/**
 * Someone who is not signed in asked for a page: they sign in first and come back. What a form sent is shown and carried
 * along, so that it can be sent again.
 */
export async function sendSessionEnded(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (request.method !== "POST") {
    const next = request.method === "GET" && request.url !== "/" ? `?next=${encodeURIComponent(request.url)}` : "";
    return reply.redirect(`/sign-in${next}`, 303);
  }
  // The form parser gives strings and lists of strings.
  const typed = { action: request.url, fields: fieldsOf((request.body ?? {}) as Form) };
  return sendPage(parts, reply, 401, await askingPage(parts, reply, typed));
}

/** What came with a sign-in from the session-ended page; null for any other sign-in. */
export function typedBefore(form: Form): Typed | null {
  const again = form["_again"];
  const action = typeof again === "string" ? localPath(again) : null;
  if (action === null) return null;
  const kept = Object.entries(form).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
  return { action, fields: fieldsOf(Object.fromEntries(kept)) };
}

/** The session-ended page again, after signing in there failed. */
export async function sendStillEnded(
  parts: WebParts,
  reply: FastifyReply,
  status: number,
  options: { typed: Typed; errors: readonly FormError[]; email: string },
): Promise<FastifyReply> {
  return sendPage(parts, reply, status, await askingPage(parts, reply, options.typed, options));
}

/** Offers to send what was typed, now that someone is signed in. Nothing is sent without being asked for. */
export async function sendOffer(
  parts: WebParts,
  reply: FastifyReply,
  { action, fields }: Typed,
): Promise<FastifyReply> {
  return sendPage(parts, reply, 200, {
    shell: plainShell("You are signed in again", await frontOf(parts), reply.generateCsrf()),
    signedIn: true,
    errors: [],
    form: {
      action,
      fields: [],
      hidden: fields,
      submit: { label: "Send what you typed" },
      cancel: { text: "Do not send it", href: "/" },
    },
    kept: shown(fields),
  });
}

async function askingPage(
  parts: WebParts,
  reply: FastifyReply,
  typed: Typed,
  again?: { errors: readonly FormError[]; email: string },
): Promise<SessionEndedPage> {
  const people = await parts.signIn.demoAccounts();
  const errors = again?.errors ?? [];
  return {
    shell: plainShell("Your session has ended", await frontOf(parts), reply.generateCsrf()),
    errors,
    form: {
      action: "/sign-in",
      fields:
        people.length > 0
          ? [
              {
                id: "account",
                name: "account",
                label: "Sign in as",
                widget: "radios",
                value: "",
                options: people.map(({ accountId, name, jobTitle }) => ({
                  value: accountId,
                  label: jobTitle === null ? name : `${name} (${jobTitle})`,
                })),
                ...(errors[0] ? { error: errors[0].text } : {}),
              },
            ]
          : signInFields(again?.email ?? "", errors),
      hidden: [
        { name: "_again", value: typed.action },
        ...typed.fields.map(({ name, value }) => ({ name: `${prefix}${name}`, value })),
      ],
      submit: { label: "Sign in and go on" },
    },
    ...organisationButton(parts, "/account"),
    kept: shown(typed.fields),
  };
}

function fieldsOf(form: Form): HiddenField[] {
  return Object.entries(form).flatMap(([name, value]) =>
    secretFields.test(name) ? [] : [value ?? []].flat().map((text) => ({ name, value: text })),
  );
}

/** What was typed in words: without what forms carry for themselves, such as the ids of records. */
function shown(fields: readonly HiddenField[]): SessionEndedPage["kept"] {
  return fields
    .filter(({ name, value }) => !name.startsWith("_") && value.trim() !== "" && !isId(value))
    .map(({ name, value }) => ({ label: labelOf(name), value }));
}

/** `waitingReason` as people read it: "Waiting reason". */
function labelOf(name: string): string {
  const words = name
    .replaceAll(/[-_.]+/g, " ")
    .replaceAll(/([a-z])([A-Z])/g, (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function sendPage(parts: WebParts, reply: FastifyReply, status: number, model: SessionEndedPage): FastifyReply {
  return reply
    .code(status)
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .send(parts.render("session-ended", model));
}
