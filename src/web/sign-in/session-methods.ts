import type { SignIn } from "./contract.ts";
import { headersFor } from "./headers.ts";
import { ownSession, unlessRefused } from "./parts.ts";
import type { SignInParts } from "./parts.ts";
import { endOtherSessionRows, endSessionRow, listSessionRows } from "./sessions.ts";

type Methods = Pick<SignIn, "sessionFrom" | "signOut" | "listSessions" | "endSession" | "endOtherSessions">;

/** Who is asking, and their sessions. */
export function sessionMethods(parts: SignInParts): Methods {
  const { pool, auth, people } = parts;
  return {
    async sessionFrom(headers) {
      const asked = headersFor(headers);
      if (!asked.has("cookie")) return null;
      const answer = await unlessRefused(auth.api.getSession({ headers: asked, returnHeaders: true }));
      if (answer?.response == null) return null;
      const { session, user } = answer.response;
      const person = await people.get(session.id);
      // The id comes from a signed cookie or the database; that both name one account costs nothing to ask.
      if (person === null || person.accountId !== user.id) return null;
      return { sessionId: session.id, ...person, email: user.email, cookies: answer.headers.getSetCookie() };
    },

    async signOut(headers) {
      const found = await ownSession(parts, headers);
      const answer = await auth.api.signOut({ headers: headersFor(headers), returnHeaders: true });
      if (found !== null) people.forget(found.session.id);
      return answer.headers.getSetCookie();
    },

    async listSessions(headers) {
      const own = await ownSession(parts, headers);
      return own === null ? null : listSessionRows(pool, own.user.id, own.session.id);
    },

    async endSession(headers, sessionId) {
      const own = await ownSession(parts, headers);
      if (own === null || !(await endSessionRow(pool, own.user.id, sessionId))) return false;
      people.forget(sessionId);
      return true;
    },

    async endOtherSessions(headers) {
      const own = await ownSession(parts, headers);
      if (own === null) return null;
      const ended = await endOtherSessionRows(pool, own.user.id, own.session.id);
      for (const sessionId of ended) people.forget(sessionId);
      return ended.length;
    },
  };
}
