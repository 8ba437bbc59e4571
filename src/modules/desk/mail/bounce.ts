import { idsIn } from "./message.ts";
import type { Message } from "./message.ts";

/** A report that mail came back (RFC 3464). */
export interface Bounce {
  /** Whether it is for good: then the address is not written to again. */
  readonly final: boolean;
  /** What the other server said, in a line. */
  readonly why: string;
  /** The Message-IDs that it may speak of, in angle brackets. */
  readonly of: readonly string[];
}

const idsMax = 50;

/** Reads a delivery report; null for any other message. */
export function bounceOf(message: Message, raw: Buffer): Bounce | null {
  const type = message.header("content-type")[0] ?? "";
  const status = message.attachments.find(({ mediaType }) => mediaType === "message/delivery-status");
  if (message.mediaType !== "multipart/report" || (!/report-type\s*=\s*"?delivery-status/i.test(type) && !status))
    return null;
  const said = status?.content.toString("latin1").slice(0, 20_000) ?? "";
  const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.+(?:\\r?\\n[ \\t].+)*)`, "im").exec(said)?.[1] ?? "";
  const action = field("Action").trim().toLowerCase();
  const code = field("Status").trim();
  const diagnosis = field("Diagnostic-Code").replaceAll(/\s+/g, " ").trim();
  // The mail that came back is quoted in it, or its headers alone are.
  const quoted = raw.subarray(raw.indexOf("\n\r\n") + 1).toString("latin1");
  const ids = [...quoted.matchAll(/^(?:message-id|in-reply-to|references)\s*:((?:.|\r?\n[ \t])*)/gim)].slice(0, idsMax);
  return {
    final: action === "failed" || (action === "" && code.startsWith("5")),
    why: (diagnosis || `${action} ${code}`.trim() || "No reason was given").slice(0, 200),
    of: [...new Set([...message.references, ...ids.flatMap(([, value = ""]) => idsIn(value))])].slice(0, idsMax),
  };
}
