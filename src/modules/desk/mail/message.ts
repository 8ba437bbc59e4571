import type { AddressObject } from "mailparser";
import { unwrapTnef } from "./tnef.ts";

/** A message as it came in, read. All text is well formed and without U+0000. */
export interface Message {
  /** In angle brackets; null where it has none. */
  readonly messageId: string | null;
  /** Whom it says it is from: the first address of `From`, in lower case. */
  readonly from: { readonly name: string; readonly address: string } | null;
  /** The addresses that it names in `To` and `Cc`, in lower case. */
  readonly to: readonly string[];
  readonly subject: string;
  /** The ids that it answers, of In-Reply-To and References, in angle brackets; the newest first. */
  readonly references: readonly string[];
  /** All of what it says as plain text. */
  readonly text: string;
  /** As it was sent: not to be shown before it is made safe. */
  readonly html: string | null;
  /** The values of a header, topmost first, unfolded. */
  readonly header: (name: string) => readonly string[];
  /** Of the whole message: `multipart/report`. */
  readonly mediaType: string;
  readonly attachments: readonly Enclosed[];
}

/** A file that a message brings. */
export interface Enclosed {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Buffer;
}

const textMax = 1_000_000;
const headersMax = 500;
const referencesMax = 50;
const enclosedMax = 100;
const addressesMax = 500;
/** A smaller picture in the text is a logo or a line of a signature. Bytes. */
const pictureMin = 8192;

/** Reads a message (RFC 5322 with MIME) in whatever character sets it is written; what cannot be decoded is replaced. */
export async function readMessage(raw: Buffer): Promise<Message> {
  // Loaded with the first message: it brings character sets by the megabyte.
  const { simpleParser } = await import("mailparser");
  const mail = await simpleParser(raw, {
    skipImageLinks: true,
    skipTextToHtml: true,
    keepDeliveryStatus: true,
    maxHtmlLengthToParse: 2_000_000,
  });
  const headers = mail.headerLines.slice(0, headersMax).map(({ key, line }) => [key, unfolded(line)] as const);
  const header = (name: string) => headers.flatMap(([key, value]) => (key === name ? [value] : []));
  const wrapped = mail.attachments.filter(isTnef).map(({ content }) => unwrapTnef(content));
  const [sender] = mail.from?.value ?? [];
  const plain = clean(mail.text ?? "").trim() || clean(wrapped.map(({ text }) => text).join("\n")).trim();
  return {
    messageId: idsIn(mail.messageId ?? "")[0] ?? null,
    from:
      sender?.address && sender.address.length <= 254
        ? { name: line(sender.name, 120), address: clean(sender.address).trim().toLowerCase() }
        : null,
    to: addressesIn(mail.to, mail.cc),
    subject: line(mail.subject ?? "", 200),
    references: referencesOf(header),
    text: plain.slice(0, textMax),
    html: mail.html ? clean(mail.html).slice(0, textMax) : null,
    header,
    mediaType: /^\s*([\w.+-]+\/[\w.+-]+)/.exec(header("content-type")[0] ?? "")?.[1]?.toLowerCase() ?? "text/plain",
    attachments: [
      ...mail.attachments
        .filter((one) => !(isTnef(one) && unwrapTnef(one.content).whole))
        .filter(({ related, size, contentType }) => !(related && contentType.startsWith("image/") && size < pictureMin))
        .map(({ filename, contentType, content }) => ({
          name: line(filename ?? "", 200) || nameless(contentType),
          mediaType: contentType,
          content,
        })),
      ...wrapped.flatMap(({ files }) => files),
    ].slice(0, enclosedMax),
  };
}

/** The Message-IDs in a header's value, in angle brackets. */
export function idsIn(value: string): string[] {
  return [...value.slice(0, 20_000).matchAll(/<[^<>\s]{1,280}>/g)].map(([id]) => id);
}

function addressesIn(...headers: readonly (AddressObject | AddressObject[] | undefined)[]): string[] {
  const named = headers.flatMap((header) => header ?? []).flatMap(({ value }) => value);
  // A named group (RFC 5322 section 3.4) holds its members.
  const all = named
    .slice(0, addressesMax)
    .flatMap(({ address, group = [] }) => [address, ...group.map((one) => one.address)]);
  return all.flatMap((address) => (address ? [clean(address).trim().toLowerCase()] : [])).slice(0, addressesMax);
}

function referencesOf(header: Message["header"]): string[] {
  const [answered = "", all = ""] = [header("in-reply-to")[0], header("references")[0]];
  return [...new Set([...idsIn(answered), ...idsIn(all).toReversed()])].slice(0, referencesMax);
}

function unfolded(line: string): string {
  const value = line.slice(line.indexOf(":") + 1).replaceAll(/\r?\n[ \t]*/g, " ");
  return clean(value).trim().slice(0, 20_000);
}

/** Without what no text of ours may hold. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "");
}

/** One line without control characters. */
function line(text: string, max: number): string {
  return clean(text)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim()
    .slice(0, max)
    .toWellFormed()
    .trim();
}

function isTnef({ contentType, filename }: { contentType: string; filename?: string }): boolean {
  return /^application\/(ms-tnef|vnd\.ms-tnef)$/i.test(contentType) || /^winmail\.dat$/i.test(filename ?? "");
}

function nameless(mediaType: string): string {
  return mediaType === "message/rfc822" ? "message.eml" : "file";
}
