import type { FastifyReply, FastifyRequest } from "fastify";
import type { Form } from "../kernel/fields/kind.ts";
import type { WebParts } from "./parts.ts";
import { plainShell } from "./shell.ts";

const secretFields = /password|token|_csrf/i;

/**
 * Someone who is not signed in asked for a page: they sign in first and come back. What a form sent is shown and carried
 * along, so that it can be sent again.
 */
export async function sendSessionEnded(parts: WebParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const next = request.method === "GET" ? request.url : "/";
  if (request.method !== "POST") return reply.redirect(`/sign-in?next=${encodeURIComponent(next)}`, 303);
  // The form parser gives strings and lists of strings.
  const form = (request.body ?? {}) as Form;
  const typed = Object.entries(form).filter(([name]) => !secretFields.test(name)).flatMap(([name, value]) => [value ?? []].flat().map((text) => ({ name, value: text })));
  const csrf = reply.generateCsrf();
  const people = await parts.signIn.demoAccounts();
  const html = parts.render("session-ended", {
    shell: plainShell("Your session has ended", undefined, csrf),
    errors: [],
    form: {
      action: "/sign-in",
      fields: [
        ...(people.length > 0
          ? [{ id: "account", name: "account", label: "Sign in as", widget: "radios" as const, value: "", options: people.map(({ accountId, name }) => ({ value: accountId, label: name })) }]
          : [
              { id: "email", name: "email", label: "E-mail address", widget: "text" as const, value: "", inputType: "email" as const, autocomplete: "username" },
              { id: "password", name: "password", label: "Password", widget: "password" as const, autocomplete: "current-password" as const },
            ]),
      ],
      hidden: [{ name: "_csrf", value: csrf }, { name: "_again", value: request.url }, ...typed.map(({ name, value }) => ({ name: `again.${name}`, value }))],
      submit: { label: "Sign in and go on" },
    },
    kept: typed.filter(({ name, value }) => !name.startsWith("_") && value.trim() !== "").map(({ name, value }) => ({ label: name, value })),
  });
  return reply.code(401).type("text/html; charset=utf-8").header("cache-control", "no-store").send(html);
}
