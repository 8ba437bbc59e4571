import type pg from "pg";
import { Refusal } from "../errors.ts";
import { openContent } from "../files/content.ts";
import type { FilesPlace } from "../files/store.ts";
import { escaped } from "../html.ts";
import { notificationsOfMail } from "../notifications/inbox.ts";
import type { Notification } from "../notifications/inbox.ts";
import { notificationKinds } from "../notifications/kinds.ts";
import { sentenceOf, titleMayLeave } from "../notifications/sentence.ts";
import type { TellingParts } from "../notifications/note.ts";
import { typeNamed } from "../registry.ts";
import { StandInOver } from "../act-as.ts";
import { asPerson } from "../transaction.ts";
import type { Tx } from "../transaction.ts";
import type { Attachment, Mail } from "./channel.ts";
import { composeLetter } from "./compose-letter.ts";
import { sayDigest } from "./digests.ts";
import { outsiderOf } from "./outsider.ts";

/** What a mail in the outbox says of itself. */
export interface OutboxMail {
  readonly organisationId: string;
  readonly id: string;
  /** null for a letter to somebody outside, who is no person here. */
  readonly personId: string | null;
  readonly purpose: "notifications" | "test" | "report" | "letter" | "identity" | "digest";
  /** The report that it carries; null for none. */
  readonly reportId: string | null;
  readonly messageId: string;
  /** Which mail of the day it is, by name and day; nothing for other mail. */
  readonly digest?: string | null;
  /** What a letter is about, and the line of its timeline; nothing for other mail. */
  readonly recordId?: string | null;
  readonly sequence?: number | null;
}

/** What a mail says, before it is dressed as text or HTML. */
export interface Said {
  readonly subject: string;
  readonly lead: string;
  readonly items: readonly {
    readonly name: string;
    readonly sentence: string;
    readonly href: string;
    /** A picture among the attachments, by its `contentId`: HTML shows it below the sentence, which says the same in words. */
    readonly picture?: { readonly contentId: string; readonly width: number };
  }[];
  readonly more: string | null;
  readonly attachments?: readonly Attachment[];
  /** Why they get it, and where they can choose otherwise. */
  readonly why?: { readonly text: string; readonly href: string };
}

/**
 * Says what a report says to whoever reads it, as that person; null when it is gone or there is nothing of it that they may
 * see. Pictures and files are made where pages are, so the worker is given this.
 */
export type SayReport = (tx: Tx, reportId: string, baseUrl: string) => Promise<Said | null>;

/** A mail lists at most this many things; it says how many more there are. */
const listedMax = 50;

/**
 * Puts a mail together of what its reader may see at this moment, and no more of it than is needed to know what it is
 * about: no words of comments, of restricted records the reference alone. null when there is nothing to say or nobody to
 * say it to.
 */
export async function composeMail(
  parts: Pick<TellingParts, "ownerPool" | "registry"> & {
    readonly baseUrl: string;
    readonly sayReport?: SayReport;
    /** Where the organisation's logo is kept; without it mail goes without. */
    readonly filesFolder?: FilesPlace;
    /** The secret of the installation, for letters to people outside; without it none goes to them. */
    readonly secret?: string;
  },
  mail: OutboxMail,
): Promise<Mail | null> {
  const { personId } = mail;
  const reader = personId === null ? await outsiderOf(parts, mail) : await readerOf(parts.ownerPool, mail);
  if (!reader) return null;
  const { email, organisation } = reader;
  if (mail.recordId) return composeLetter(parts, { ...mail, recordId: mail.recordId }, reader, pageOf);
  if (personId === null) return null;
  const own = { ...mail, personId };
  try {
    return await asPerson(parts, own, async (tx) => {
      const said = await saidIn(parts, tx, own, organisation);
      if (said === null) return null;
      const why = said.why ?? { text: usualWhy, href: `${parts.baseUrl}/account/notifications` };
      const logo = await logoOf(tx, parts.filesFolder);
      const attachments = [...(logo ? [logo.attachment] : []), ...(said.attachments ?? [])];
      return {
        messageId: mail.messageId,
        to: email,
        organisation,
        subject: said.subject,
        text: textOf(said, { organisation, why }),
        html: htmlOf(said, { organisation, why, ...(logo ? { logo } : {}) }),
        ...(attachments.length > 0 ? { attachments } : {}),
      };
    });
  } catch (error) {
    // Someone who is no longer active here has nothing to be told.
    if (error instanceof Refusal && error.kind === "unseen") return null;
    throw error;
  }
}

/** A mail to a person here. */
type OwnMail = OutboxMail & { readonly personId: string };

/** What a mail is to say, as its reader may see it; null when that is nothing. */
async function saidIn(
  parts: Parameters<typeof composeMail>[0],
  tx: Tx,
  mail: OwnMail,
  organisation: string,
): Promise<Said | null> {
  if (mail.purpose === "test") return testMail(organisation);
  if (mail.purpose === "report")
    return mail.reportId === null ? null : ((await parts.sayReport?.(tx, mail.reportId, parts.baseUrl)) ?? null);
  if (mail.purpose === "digest") return sayDigest(parts, tx, mail.digest ?? "");
  const own = await notificationsOfMail(tx, mail.id, listedMax + 1);
  const notifications = [...own, ...(await standInNews(parts, mail))];
  return notifications.length === 0 ? null : newsMail(tx, notifications, parts.baseUrl);
}

/** What a mail says of the work of those for whom its reader stands in: read as such, and no longer once that has ended. */
async function standInNews(parts: Parameters<typeof composeMail>[0], mail: OwnMail): Promise<Notification[]> {
  const { rows } = await parts.ownerPool.query<{ absent: string }>(
    `select distinct for_id as absent from reeve.notifications where organisation_id = $1 and mail_id = $2 and for_id is not null limit 20`,
    [mail.organisationId, mail.id],
  );
  const news: Notification[] = [];
  for (const { absent } of rows) {
    const read = asPerson(parts, { ...mail, actsFor: absent }, (tx) => notificationsOfMail(tx, mail.id, listedMax + 1));
    news.push(
      ...(await read.catch((error: unknown) => {
        if (error instanceof StandInOver) return [];
        throw error;
      })),
    );
  }
  return news;
}

/** Whom a mail is for; null when they have no address, or are invented. */
async function readerOf(
  ownerPool: pg.Pool,
  { organisationId, personId }: OutboxMail,
): Promise<{ email: string; organisation: string } | null> {
  const { rows } = await ownerPool.query<{ email: string; organisation: string }>(
    `select p.email, o.name as organisation from reeve.person p join reeve.organisations o on o.id = p.organisation_id
    where p.organisation_id = $1 and p.id = $2 and p.email is not null and p.active and p.address_bounces is not true and not o.demo`,
    [organisationId, personId],
  );
  return rows[0] ?? null;
}

function testMail(organisation: string): Said {
  return {
    subject: "A test of mail from Reeve",
    lead: `This is a test: mail from Reeve, the system of ${organisation}, has reached you.`,
    items: [],
    more: null,
  };
}

function newsMail(tx: Tx, notifications: readonly Notification[], baseUrl: string): Said {
  const shown = notifications.slice(0, listedMax);
  const items = shown.map((item) => {
    const type = typeNamed(tx.registry, item.type);
    const href = `${baseUrl}/notifications/${item.id}`;
    if (item.sensitivity === "restricted")
      return {
        name: item.reference,
        sentence: "There is news about it. It is restricted, so it is not said here.",
        href,
      };
    const name = titleMayLeave(type, item) ? `${item.reference} ${item.title}` : item.reference;
    return { name, sentence: sentenceOf(type, item), href };
  });
  const [first] = shown;
  const one = shown.length === 1 && first;
  return {
    subject: one
      ? `${first.reference}: ${first.sensitivity === "restricted" ? "news" : subjectOf(first)}`
      : `${notifications.length > listedMax ? `More than ${listedMax}` : shown.length} things that concern you`,
    lead: one ? "This concerns you:" : "These concern you, the newest first:",
    items,
    more: notifications.length > listedMax ? `The rest stand under ${baseUrl}/notifications` : null,
  };
}

function subjectOf({ kind }: Notification): string {
  const { label } = notificationKinds[kind];
  return `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

interface Around {
  readonly organisation: string;
  readonly why: NonNullable<Said["why"]>;
  readonly logo?: Logo;
}

/** The organisation's logo in a mail: with the mail itself, since programs for mail fetch nothing unasked. */
interface Logo {
  readonly attachment: Attachment & { readonly contentId: string };
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What is laid under it, as CSS. */
  readonly ground: string;
}

/** Null where the organisation has none, or its content is not there: the mail says the same without. */
async function logoOf(tx: Tx, filesFolder: FilesPlace | undefined): Promise<Logo | null> {
  if (filesFolder === undefined) return null;
  const row = await tx.db
    .selectFrom("organisations")
    .select(["logo_sha256", "logo_width", "logo_height", "logo_tone"])
    .where("id", "=", tx.actor.organisationId)
    .executeTakeFirstOrThrow();
  if (!row.logo_sha256) return null;
  const hex = row.logo_sha256.toString("hex");
  const content = await openContent(filesFolder, hex);
  if (content === null) return null;
  return {
    attachment: {
      name: "logo.png",
      mediaType: "image/png",
      content: Buffer.concat(await content.toArray()),
      contentId: `logo@${hex.slice(0, 32)}`,
    },
    width: Math.ceil((row.logo_width ?? 0) / 2),
    height: Math.ceil((row.logo_height ?? 0) / 2),
    ground: row.logo_tone === "light" ? "#0b0c0c" : "#ffffff",
  };
}

const usualWhy = "You get this because of how you chose to hear of things in Reeve.";

function textOf({ lead, items, more }: Said, { organisation, why }: Around): string {
  return [
    lead,
    ...items.map(({ name, sentence, href }) => `${name}\n${sentence}\n${href}`),
    ...(more === null ? [] : [more]),
    `--\n${organisation}\n${why.text} Choose otherwise:\n${why.href}`,
  ].join("\n\n");
}

function htmlOf({ subject, lead, items, more }: Said, { organisation, why, logo }: Around): string {
  const list = items
    .map(
      ({ name, sentence, href, picture }) =>
        `<li style="margin:0 0 16px"><a href="${escaped(href)}" style="color:#1d70b8;font-weight:bold">${escaped(name)}</a><br>${escaped(sentence)}${pictureOf(picture)}</li>`,
    )
    .join("\n");
  return pageOf(
    subject,
    `${logoShown(logo, organisation)}<h1 style="font-size:22px;margin:0 0 16px">${escaped(subject)}</h1>
<p style="margin:0 0 16px">${escaped(lead)}</p>
${list === "" ? "" : `<ul style="margin:0 0 16px;padding:0;list-style:none">\n${list}\n</ul>`}
${more === null ? "" : `<p style="margin:0 0 16px">${escaped(more)}</p>`}
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #b1b4b6;font-size:16px">${escaped(organisation)}<br>${escaped(why.text)} <a href="${escaped(why.href)}" style="color:#1d70b8">Choose otherwise</a>.</p>`,
  );
}

function pageOf(subject: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(subject)}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#0b0c0c;font-family:Arial,sans-serif;font-size:18px;line-height:1.4">
<div style="max-width:600px">
${content}
</div>
</body>
</html>
`;
}

function logoShown(logo: Logo | undefined, organisation: string): string {
  if (!logo) return "";
  const { attachment, width, height, ground } = logo;
  return `<p style="margin:0 0 24px"><img src="cid:${escaped(attachment.contentId)}" width="${width}" height="${height}" alt="${escaped(organisation)}" style="display:inline-block;background:${ground};padding:4px"></p>\n`;
}

/** The sentence before it says what it shows, so it has no words of its own for those who do not see it. */
function pictureOf(picture: Said["items"][number]["picture"]): string {
  if (!picture) return "";
  return `<br><img src="cid:${escaped(picture.contentId)}" width="${picture.width}" alt="" style="display:block;max-width:100%;height:auto;margin:8px 0 0">`;
}
