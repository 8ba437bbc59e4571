import { sql } from "kysely";
import { unseen } from "../../kernel/errors.ts";
import { formatMoment } from "../../kernel/fields/moment.ts";
import { toHtml } from "../../kernel/markdown.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { localPath } from "../../web/local-path.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import type { Banner, DocumentPage } from "../../web/view/models.ts";
import { helpPath, portalShell, usesPortal } from "../portal/module.ts";
import { messagePath } from "./letters.ts";

/** What a message has said to whoever acts. Moments are ISO 8601 in UTC. */
interface ToldMessage {
  readonly reference: string;
  readonly title: string;
  readonly over: boolean;
  readonly incident: boolean;
  /** The newest first. */
  readonly said: readonly { readonly number: number; readonly at: string; readonly text: string }[];
}

/** A message as it was said to those whom it was meant for; everybody else finds nothing there. */
export function readPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const message = await readMessage(tx, page.params["reference"] ?? "", first(page.query, "from") === "mail");
    const [latest, ...earlier] = message.said;
    const options = { title: message.title };
    const model: DocumentPage = {
      shell: usesPortal(tx.actor) ? await portalShell(page, tx, options) : await page.shell(tx, options),
      back: usesPortal(tx.actor) ? { text: "Help", href: helpPath } : { text: "My work", href: "/" },
      caption: message.reference,
      title: message.title,
      ...(message.incident ? { tag: tagOf(message) } : {}),
      notes: [],
      links: [],
      groups: [
        ...(latest ? [{ parts: [partOf(latest)] }] : []),
        ...(earlier.length > 0
          ? [
              {
                fold: earlier.length === 1 ? "What was said before" : `The ${earlier.length} earlier updates`,
                parts: earlier.map(partOf),
              },
            ]
          : []),
      ],
    };
    return { page: "document", model };
  });
}

function tagOf({ over }: ToldMessage): NonNullable<DocumentPage["tag"]> {
  return over ? { text: "Over", tone: "good" } : { text: "Not over yet", tone: "warn" };
}

function partOf({ number, at, text }: ToldMessage["said"][number]): DocumentPage["groups"][number]["parts"][number] {
  return { id: `part-${number}`, heading: formatMoment(at), html: toHtml(text) };
}

async function readMessage(tx: Tx, reference: string, byLink: boolean): Promise<ToldMessage> {
  if (reference.length > 60 || reference.includes("\u0000")) unseen();
  const { rows } = await sql<{ told: ToldMessage | null }>`
    select read_message(${reference.toUpperCase()}, ${byLink}) as told`.execute(tx.db);
  return rows[0]?.told ?? unseen();
}

/** POST: puts a message away that stands across the top of each page, and stays where the person was. */
export async function putAway(page: PageRequest): Promise<PageAnswer> {
  const reference = page.params["reference"] ?? "";
  if (reference.length > 60 || reference.includes("\u0000")) unseen();
  await page.as((tx) => sql`select put_message_away(${reference.toUpperCase()})`.execute(tx.db));
  return { redirect: pathOf(page.request.headers.referer, page.parts.baseUrl) };
}

/** The page of ours that a form was sent from; the beginning where that is not known. */
function pathOf(referer: string | undefined, baseUrl: string): string {
  return referer?.startsWith(`${baseUrl}/`) === true ? (localPath(referer.slice(baseUrl.length)) ?? "/") : "/";
}

/** What stands across the top of each page for whoever acts; nothing for whoever stands in, who is told for themselves. */
export async function messageBanners(tx: Tx): Promise<readonly Banner[]> {
  if (tx.actor.personId === null || tx.actor.standsInFor) return [];
  const { rows } = await sql<{ reference: string; title: string; part: number }>`
    select reference, title, part from my_messages()`.execute(tx.db);
  return rows.map(({ reference, title }) => ({
    text: title,
    link: { text: "Read it", href: messagePath(reference) },
    putAway: `/messages/${reference}/put-away`,
  }));
}
