import type { FastifyInstance, FastifyReply } from "fastify";
import { Refusal, unseen } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import { first, send } from "../page.ts";
import type { Setup, WebParts } from "../parts.ts";
import { plainShell } from "../shell.ts";
import type { FormField } from "../view/models.ts";

const fieldNames = ["organisation", "name", "email", "password"] as const;

/** The first visit of a new installation, behind the one-time link: the organisation and its first administrator. */
export function registerSetup(app: FastifyInstance, parts: WebParts): void {
  const { setup } = parts;
  app.get("/setup", async (request, reply) => {
    // Fastify's own parser gives strings and lists of strings for an address.
    const key = first(request.query as Form, "key");
    await mustBeOpen(setup, key);
    return sendSetup(parts, reply, { key, form: {} });
  });
  app.post("/setup", { preHandler: app.csrfProtection }, async (request, reply) => {
    const form = (request.body ?? {}) as Form;
    const key = first(form, "key");
    const open = await mustBeOpen(setup, key);
    const given = {
      organisation: first(form, "organisation"),
      name: first(form, "name"),
      email: first(form, "email"),
      password: first(form, "password"),
    };
    try {
      await open.complete(given);
    } catch (error) {
      if (error instanceof Refusal && error.kind === "invalid")
        return sendSetup(parts, reply, { key, form, refusal: error });
      throw error;
    }
    const result = await parts.signIn.signIn({
      email: given.email,
      password: given.password,
      headers: request.headers,
      address: request.ip,
    });
    if (result.ok) for (const cookie of result.cookies) reply.header("set-cookie", cookie);
    return send(parts, reply, {
      redirect: result.ok ? "/" : "/sign-in",
      flash: `${given.organisation.trim()} is ready, and you are its administrator.`,
    });
  });
}

async function mustBeOpen(setup: Setup | null, key: string): Promise<Setup> {
  return setup && (await setup.isOpen(key))
    ? setup
    : unseen("This link has been used, or is not the one that Reeve printed when it started");
}

function sendSetup(
  parts: WebParts,
  reply: FastifyReply,
  { key, form, refusal }: { key: string; form: Form; refusal?: Refusal },
): FastifyReply {
  const errorAt = new Map(refusal?.problems.map(({ field, message }) => [field ?? "", message]));
  const of = (name: (typeof fieldNames)[number]) => {
    const error = errorAt.get(name);
    return { id: name, name, ...(error === undefined ? {} : { error }) };
  };
  const fields: FormField[] = [
    {
      ...of("organisation"),
      label: "Name of the organisation",
      widget: "text",
      value: first(form, "organisation"),
      autocomplete: "organization",
    },
    { ...of("name"), label: "Your name", widget: "text", value: first(form, "name"), autocomplete: "name" },
    {
      ...of("email"),
      label: "Your e-mail address",
      hint: "You sign in with it",
      widget: "text",
      inputType: "email",
      value: first(form, "email"),
      autocomplete: "username",
    },
    {
      ...of("password"),
      label: "Password",
      hint: "12 characters or more. Three words that do not belong together make a good one",
      widget: "password",
      autocomplete: "new-password",
    },
  ];
  return send(parts, reply, {
    page: "setup",
    status: refusal ? 422 : 200,
    model: {
      shell: plainShell("Set up Reeve", undefined, reply.generateCsrf()),
      errors: [...errorAt].map(([field, text]) => ({ text, ...(field === "" ? {} : { fieldId: field }) })),
      form: {
        action: "/setup",
        fields,
        hidden: [{ name: "key", value: key }],
        submit: { label: "Make the organisation" },
      },
    },
  });
}
