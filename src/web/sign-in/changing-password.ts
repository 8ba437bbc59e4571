import type { SignIn } from "./contract.ts";
import { guarded } from "./entering.ts";
import { headersFor } from "./headers.ts";
import { cookiesUnlessRefused, ownSession } from "./parts.ts";
import type { SignInParts } from "./parts.ts";
import { checkPassword } from "./password.ts";
import { listSessionRows } from "./sessions.ts";

export function changingPassword(parts: SignInParts): Pick<SignIn, "changePassword"> {
  const { pool, auth, people } = parts;
  return {
    async changePassword({ current, wanted, context = {}, headers, address }) {
      const own = await ownSession(parts, headers);
      if (own === null) return { ok: false, reason: "signed-out" };
      const strength = checkPassword(wanted, { name: own.user.name, email: own.user.email, ...context });
      if (!strength.ok) return { ok: false, reason: "weak", message: strength.message };
      const before = await listSessionRows(pool, own.user.id, own.session.id);
      const result = await guarded(parts, own.user.email, address, () =>
        cookiesUnlessRefused(
          auth.api.changePassword({
            body: { currentPassword: current, newPassword: wanted, revokeOtherSessions: true },
            headers: headersFor(headers, address),
            returnHeaders: true,
          }),
        ),
      );
      if (!result.ok) return result;
      for (const session of before) people.forget(session.id);
      return { ok: true, cookies: result.value };
    },
  };
}
