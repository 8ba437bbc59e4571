import type { Auth } from "./better-auth.ts";
import type { SignIn } from "./contract.ts";
import { headersFor } from "./headers.ts";
import type { RequestHeaders } from "./headers.ts";
import { ownSession, unlessRefused } from "./parts.ts";
import type { SignInParts } from "./parts.ts";
import { recent } from "./recent.ts";
import { endOtherSessionRows, endSessionRow, listSessionRows } from "./sessions.ts";

/** For this long a cookie's signature is not proved again; whether its session still runs is. Milliseconds. */
const cookieKeptMs = 10_000;
const cookiesMax = 1000;

type Methods = Pick<
  SignIn,
  | "sessionFrom"
  | "endedSessions"
  | "signOut"
  | "listSessions"
  | "endSession"
  | "endOtherSessions"
  | "signOutEverywhere"
  | "forgetSessions"
>;

/** Who is asking, and their sessions. */
export function sessionMethods(parts: SignInParts): Methods {
  const { pool, auth, people } = parts;
  // Proving a cookie's signatures takes a good part of a page's time, and people open several pages in a row.
  const kept = { keptMs: cookieKeptMs, entriesMax: cookiesMax, clock: () => parts.now().getTime() };
  const proved = recent((cookie) => provedCookie(auth, cookie, true), kept);
  const provedUnused = recent((cookie) => provedCookie(auth, cookie, false), kept);
  return {
    async sessionFrom(headers) {
      const cookie = headersFor(headers).get("cookie");
      const found = cookie === null ? null : await (isByItself(headers) ? provedUnused : proved).get(cookie);
      if (found === null) return null;
      const person = await people.get(found.sessionId);
      // The id comes from a signed cookie or the database; that both name one account costs nothing to ask.
      if (person === null || person.accountId !== found.accountId) return null;
      const { sessionId, email, cookies } = found;
      return { sessionId, ...person, email, cookies };
    },

    async endedSessions(sessionIds) {
      const { rows } = await pool.query<{ id: string }>(
        "select id from unnest($1::text[]) as id where not exists (select from reeve.person_for_session(id))",
        [sessionIds],
      );
      return new Set(rows.map(({ id }) => id));
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

    async signOutEverywhere(headers) {
      const own = await ownSession(parts, headers);
      const ended = own === null ? [] : await endOtherSessionRows(pool, own.user.id, own.session.id);
      const answer = await auth.api.signOut({ headers: headersFor(headers), returnHeaders: true });
      for (const sessionId of own === null ? [] : [...ended, own.session.id]) people.forget(sessionId);
      return answer.headers.getSetCookie();
    },

    forgetSessions(sessionIds) {
      for (const sessionId of sessionIds) people.forget(sessionId);
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

/** The session that a browser's cookies are of, by their signatures, and cookies to set in their place where they are old. */
async function provedCookie(auth: Auth, cookie: string, isUse: boolean) {
  const query = isUse ? {} : { disableRefresh: true };
  const answer = await unlessRefused(
    auth.api.getSession({ headers: new Headers({ cookie }), query, returnHeaders: true }),
  );
  if (answer?.response == null) return null;
  const { session, user } = answer.response;
  return { sessionId: session.id, accountId: user.id, email: user.email, cookies: answer.headers.getSetCookie() };
}

/** Whether a page sent this without anybody's doing. */
function isByItself(headers: RequestHeaders): boolean {
  return headers instanceof Headers ? headers.has("reeve-by-itself") : headers["reeve-by-itself"] !== undefined;
}
