import type { Message } from "./message.ts";

/** What of a message is not by a person's hand: a reply that a program sends, another mail of a program; null for a person's. */
export type Automatic = "reply" | "other" | null;

/** Whether a program sent it, by what programs say of themselves (RFC 3834, Exchange, mailing lists). */
export function automaticOf({ header, subject }: Pick<Message, "header" | "subject">): Automatic {
  const submitted = header("auto-submitted")[0]?.toLowerCase().split(/[;\s]/)[0] ?? "no";
  if (submitted === "auto-replied") return "reply";
  const precedence = header("precedence")[0]?.toLowerCase() ?? "";
  const exchange = header("x-auto-response-suppress").length > 0 && isOutOfOffice(subject);
  if (exchange || precedence === "auto_reply" || precedence === "auto-reply") return "reply";
  if (
    ["x-autoreply", "x-autorespond", "x-autoresponder", "x-ms-exchange-inbox-rules-loop"].some(
      (name) => header(name).length > 0,
    )
  )
    return "reply";
  if (submitted !== "no" || ["bulk", "list", "junk"].includes(precedence) || header("list-id").length > 0)
    return "other";
  // Whoever sends with an empty return path wants no answer (RFC 5321 section 4.5.5).
  if (header("return-path")[0] === "<>" || header("x-auto-response-suppress").some((value) => /\ball\b/i.test(value)))
    return "other";
  return null;
}

function isOutOfOffice(subject: string): boolean {
  return /^\s*(automatic reply|out of office|autoreply|auto-reply|automatische antwort|réponse automatique)\b/i.test(
    subject,
  );
}
