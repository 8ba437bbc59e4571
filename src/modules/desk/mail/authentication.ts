import type { Message } from "./message.ts";

/** What the receiving server says of a message's sender. */
export interface Authentication {
  /** How each method came out, by its name: `pass`, `fail`, `softfail`, `none`. */
  readonly results: Readonly<Record<string, string>>;
  /** The methods that failed, in words; empty when the sender may be believed, or nothing is known. */
  readonly failed: readonly string[];
}

const methods = { spf: "SPF", dkim: "DKIM", dmarc: "DMARC" } as const;

/**
 * Reads the topmost Authentication-Results (RFC 8601), and only when it is of the server that the mailbox trusts: whoever sends
 * can write any below it. DMARC, where it passed, has the last word: it says that SPF or DKIM passed for the sender’s own domain.
 */
export function authenticationOf({ header }: Pick<Message, "header">, trusted: string | null): Authentication {
  const [topmost = ""] = header("authentication-results");
  const [server = "", ...parts] = withoutComments(topmost).split(";");
  if (trusted === null || server.trim().split(/\s+/)[0]?.toLowerCase() !== trusted.toLowerCase())
    return { results: {}, failed: [] };
  const results: Record<string, string> = {};
  for (const part of parts.slice(0, 50)) {
    const [, method = "", result = ""] = /^\s*([a-z][\w.-]{0,30})(?:\/\d+)?\s*=\s*([a-z]{1,20})/i.exec(part) ?? [];
    const name = method.toLowerCase();
    // Of several signatures one that passed is enough.
    if (Object.hasOwn(methods, name) && results[name] !== "pass") results[name] = result.toLowerCase();
  }
  if (results["dmarc"] === "pass") return { results, failed: [] };
  const failed = Object.entries(methods).flatMap(([name, label]) =>
    ["fail", "softfail", "permerror"].includes(results[name] ?? "") ? [label] : [],
  );
  return { results, failed };
}

function withoutComments(value: string): string {
  return value.replaceAll(/\([^()]*\)/g, " ");
}
