import type { FastifyReply, FastifyRequest } from "fastify";
import { isId } from "../kernel/store/find.ts";

/** Names the person for whom somebody acts. It gives no right: the database asks each time whether they stand in. */
const cookie = "reeve.for";

/** The person for whom this browser acts; absent where its person acts for themselves. */
export function actsFor(request: FastifyRequest): { readonly actsFor?: string } {
  const id = request.cookies[cookie] ?? "";
  return isId(id) ? { actsFor: id.toLowerCase() } : {};
}

/** From the next page on this browser acts for that person; null: for its own. */
export function actFor(reply: FastifyReply, personId: string | null): void {
  if (personId === null) reply.clearCookie(cookie, { path: "/" });
  else reply.setCookie(cookie, personId, { path: "/", httpOnly: true, sameSite: "lax" });
}
