import * as z from "zod";
import type { OAuthClient } from "./settings.ts";

const timeoutMs = 15_000;
/** A token is used no longer than to this long before its end. */
const marginMs = 120_000;

const answerSchema = z.object({
  access_token: z.string().min(1).max(20_000),
  expires_in: z.coerce.number().positive().default(3600),
});
const faultSchema = z.object({ error: z.string().max(200), error_description: z.string().optional() });

/** Gives an access token of a client that signs in for itself (RFC 6749 section 4.4), a new one as the old one ends. */
export interface TokenSource {
  /** Throws an Error with a sentence when none is given. */
  token(): Promise<string>;
  /** The last token was refused: the next call asks for another. */
  forget(): void;
}

/** A source that keeps its token while it holds. */
export function createTokenSource({ tokenUrl, clientId, clientSecret, scope }: OAuthClient): TokenSource {
  let kept: { readonly token: string; readonly until: number } | null = null;
  return {
    forget: () => (kept = null),
    token: async () => {
      if (kept && kept.until > Date.now()) return kept.token;
      const response = await fetch(tokenUrl, {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: clientId,
          client_secret: clientSecret,
          scope,
        }),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: "error",
      });
      const body: unknown = await response.json().catch(() => null);
      const answer = answerSchema.safeParse(body);
      if (!response.ok || !answer.success) {
        const fault = faultSchema.safeParse(body);
        // The description's first line names the cause; what follows are ids of the request.
        const why = fault.success
          ? `${fault.data.error} ${fault.data.error_description?.split(/[\r\n]/)[0] ?? ""}`
          : "";
        throw new Error(`${new URL(tokenUrl).host} gave no token (${response.status}) ${why}`.trim().slice(0, 500));
      }
      kept = { token: answer.data.access_token, until: Date.now() + answer.data.expires_in * 1000 - marginMs };
      return kept.token;
    },
  };
}
