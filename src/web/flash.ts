import type { FastifyReply, FastifyRequest } from "fastify";
import type { Flash } from "./view/models.ts";

/** What is said once on the page that comes next. A text alone tells of something that was done. */
export type Said = string | { readonly tone: Flash["tone"]; readonly text: string };

const cookieName = "reeve.flash";
const textMax = 300;

/** Says that there was nothing to do, or that it was done before: no refusal, and nothing that this person did now. */
export function note(text: string): Said {
  return { tone: "info", text };
}

/** Says why it was not done. */
export function problem(text: string): Said {
  return { tone: "bad", text };
}

/** A text alone says that it was done; empty for nothing said. */
export function flashFrom(said: Said | undefined): Flash | null {
  const flash = typeof said === "string" ? { tone: "good" as const, text: said } : said;
  return flash && flash.text !== "" ? flash : null;
}

/** Has it said at the top of the page that comes next, within a minute. */
export function sayNext(reply: FastifyReply, said: Said | undefined): void {
  const flash = flashFrom(said);
  if (!flash) return;
  reply.setCookie(cookieName, `${flash.tone}.${Buffer.from(flash.text).toString("base64url")}`, {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    maxAge: 60,
  });
}

/** What the request before had to say, once; null for nothing, and for a cookie that is not ours. */
export function flashOf(request: FastifyRequest): Flash | null {
  const [, tone, text] = /^(good|info|bad)\.([\w-]+)$/.exec(request.cookies[cookieName] ?? "") ?? [];
  if (!tone || !text) return null;
  request.flashShown = true;
  // The expression above lets in these three alone.
  return { tone: tone as Flash["tone"], text: Buffer.from(text, "base64url").toString("utf8").slice(0, textMax) };
}

/** The page shows it: it is not said again. */
export function flashWasShown(reply: FastifyReply): void {
  reply.clearCookie(cookieName, { path: "/" });
}
