import type pg from "pg";
import { escaped } from "../html.ts";
import { toHtml } from "../markdown.ts";
import type { Registry } from "../registry.ts";
import { asSystem } from "../transaction.ts";
import type { Mail } from "./channel.ts";
import type { OutboxMail } from "./compose.ts";

/** A letter to whoever asked, as the module of its record says it; null when that says nothing. */
export async function composeLetter(
  parts: { readonly ownerPool: pg.Pool; readonly registry: Registry; readonly baseUrl: string },
  mail: OutboxMail & { readonly recordId: string },
  { email, organisation, key }: { readonly email: string; readonly organisation: string; readonly key?: string },
  page: (subject: string, content: string) => string,
): Promise<Mail | null> {
  const letter = await asSystem({ ...parts, organisationId: mail.organisationId }, async (tx) => {
    const row = await tx.db.selectFrom("records").select("type").where("id", "=", mail.recordId).executeTakeFirst();
    const say = parts.registry.modules
      .map(({ letters }) => letters?.[row?.type ?? ""])
      .find((one) => one !== undefined);
    const about = { recordId: mail.recordId, sequence: mail.sequence ?? null, personId: mail.personId };
    return say?.(tx, key === undefined ? about : { ...about, follow: { key, baseUrl: parts.baseUrl } }) ?? null;
  });
  if (letter === null) return null;
  return {
    messageId: mail.messageId,
    to: email,
    organisation,
    subject: letter.subject,
    text: `${letter.body}\n\n--\n${organisation}\n`,
    html: page(
      letter.subject,
      `${toHtml(letter.body)}\n<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #b1b4b6;font-size:16px">${escaped(organisation)}</p>`,
    ),
    automatic: letter.automatic ?? "no",
    ...(letter.replyTo === undefined ? {} : { replyTo: letter.replyTo }),
    ...(letter.references === undefined ? {} : { references: letter.references }),
  };
}
