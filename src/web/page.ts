import type { FastifyReply, FastifyRequest } from "fastify";
import { unseen } from "../kernel/errors.ts";
import type { Form } from "../kernel/fields/kind.ts";
import type { RecordType } from "../kernel/record.ts";
import { StandInOver } from "../kernel/act-as.ts";
import type { Tx } from "../kernel/transaction.ts";
import { actFor, actsFor } from "./stand-in.ts";
import { sendSessionEnded } from "./session-ended.ts";
import { shellFor } from "./shell.ts";
import type { ShellOptions } from "./shell.ts";
import type { WebParts } from "./parts.ts";
import type { SessionPerson } from "./sign-in/contract.ts";
import type { PageName, Pages, Shell } from "./view/models.ts";
import { note, sayNext } from "./flash.ts";
import type { Said } from "./flash.ts";

/** A request by someone who is signed in, as a page's code handles it. */
export interface PageRequest {
  readonly parts: WebParts;
  readonly request: FastifyRequest;
  readonly session: SessionPerson;
  /** What the form sent; empty for a GET. */
  readonly form: Form;
  /** Path parameters, and query parameters as they came. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Form;
  /** Runs work as this person in one transaction. A write and the page that tells of its refusal are two. */
  as<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** The same for somebody who is away, as far as this person stands in for them. Refuses (forbidden) where they do not. */
  asStandIn<Result>(personId: string, work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** What surrounds the page. */
  shell(tx: Tx, options: ShellOptions): Promise<Shell>;
  /** A token for the forms of this page. */
  readonly csrf: string;
}

/** What a page's code answers with, sent once its transactions have ended. */
export type PageAnswer =
  | {
      readonly [Name in PageName]: {
        readonly page: Name;
        readonly model: Pages[Name];
        readonly status?: number;
        /** The page shows something of ours in a frame. */
        readonly frames?: boolean;
      };
    }[PageName]
  /** 303: the browser reads the page there. `flash` is said once at the top of it. */
  | { readonly redirect: string; readonly flash?: Said }
  | {
      readonly body: string | Buffer | NodeJS.ReadableStream;
      readonly type: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export type PageHandler = (page: PageRequest) => Promise<PageAnswer>;

/** The handler of a route for people who are signed in; others are asked to, and lose nothing that they typed. */
export function pageRoute(parts: WebParts, handler: PageHandler) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const session = await parts.signIn.sessionFrom(request.headers);
    if (!session) return sendSessionEnded(parts, request, reply);
    for (const cookie of session.cookies) reply.header("set-cookie", cookie);
    const self = { organisationId: session.organisationId, personId: session.personId };
    const who = { ...self, ...actsFor(request) };
    const own = { ...parts, registry: await parts.store.registryFor(self) };
    // Fastify's own parsers give strings and lists of strings for forms and addresses.
    const page: PageRequest = {
      parts: own,
      request,
      session,
      form: (request.body ?? {}) as Form,
      params: (request.params ?? {}) as Readonly<Record<string, string>>,
      query: (request.query ?? {}) as Form,
      as: (work) => parts.store.as(who, work),
      asStandIn: (personId, work) => parts.store.as({ ...self, actsFor: personId }, work),
      shell: (tx, options) => shellFor({ parts: own, request, session, csrf: page.csrf }, tx, options),
      csrf: reply.generateCsrf(),
    };
    try {
      return await send(parts, reply, await handler(page));
    } catch (error) {
      if (!(error instanceof StandInOver)) throw error;
      actFor(reply, null);
      return send(parts, reply, { redirect: "/", flash: note(`${error.message}. You act for yourself again`) });
    }
  };
}

/** Sends what a page's code answered. */
export function send(parts: WebParts, reply: FastifyReply, answer: PageAnswer): FastifyReply {
  if ("redirect" in answer) {
    sayNext(reply, answer.flash);
    return reply.redirect(answer.redirect, 303);
  }
  if ("body" in answer)
    return reply
      .type(answer.type)
      .headers(answer.headers ?? {})
      .send(answer.body);
  // A page and its model belong together by the type of PageAnswer, which a union cannot tell the renderer.
  const html = (parts.render as (page: PageName, model: unknown) => string)(answer.page, answer.model);
  const policy = reply.getHeader("content-security-policy");
  if (answer.frames) reply.header("content-security-policy", `${String(policy)};frame-src 'self'`);
  return (
    reply
      .code(answer.status ?? 200)
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      // As bytes: a string would be made flat once to count them and once more to send them after the headers.
      .send(Buffer.from(html))
  );
}

/** The type whose pages live at `/{path}/...`. Refuses (unseen) an address that is no type's. */
export function typeAt(page: Pick<PageRequest, "parts" | "params">): RecordType {
  return page.parts.registry.byPath.get(page.params["path"] ?? "") ?? unseen("There is no such page");
}

/** The first value of a query parameter or form control; "" when absent. */
export function first(form: Form, name: string): string {
  const value = form[name];
  return (typeof value === "string" ? value : value?.[0]) ?? "";
}

/** Every value of a query parameter or form control. */
export function all(form: Form, name: string): readonly string[] {
  const value = form[name];
  return typeof value === "string" ? [value] : (value ?? []);
}
