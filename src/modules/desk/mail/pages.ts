import { sql } from "kysely";
import type { FastifyInstance } from "fastify";
import { changesEveryRole, mustBeAllowed } from "../../../kernel/access.ts";
import { forbid, refuse, unseen } from "../../../kernel/errors.ts";
import { openContent } from "../../../kernel/files/content.ts";
import { findFile } from "../../../kernel/files/files.ts";
import { escaped } from "../../../kernel/html.ts";
import { seal } from "../../../kernel/sealed.ts";
import { find } from "../../../kernel/store/find.ts";
import { appendEvent } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { first, pageRoute } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { addressOf, crumbsTo, navigationOf, pageClock, stateTag } from "../../../web/pages/places.ts";
import { formatFileSize, formatRecent, recentInSentence } from "../../../web/view/format.ts";
import type { FieldValue, RecordSection } from "../../../web/view/models.ts";
import { InboundMessage } from "./inbound-message.record.ts";
import { sealingOf } from "./keep-fetching.ts";
import { Mailbox } from "./mailbox.record.ts";
import { readMessage } from "./message.ts";
import { safeHtml } from "./safe-html.ts";

/** The pages of the desk's mail that follow from no definition. */
export function registerMailIn(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  app.get(`/${InboundMessage.path}/:reference/whole`, pageRoute(parts, wholePage));
  app.get(
    `/${Mailbox.path}/:reference/secret`,
    pageRoute(parts, (page) => secretPage(page)),
  );
  app.post(`/${Mailbox.path}/:reference/secret`, own, pageRoute(parts, setSecret));
}

/** Reading a larger message would hold up everybody's pages; it can still be downloaded. Bytes. */
const shownMax = 10_000_000;
const headersShown = [
  ["from", "From"],
  ["to", "To"],
  ["cc", "Cc"],
  ["reply-to", "Answers go to"],
  ["return-path", "Return path"],
  ["date", "Sent"],
  ["message-id", "Message-ID"],
  ["in-reply-to", "Answers"],
  ["references", "References"],
  ["authentication-results", "What the server says of the sender"],
  ["auto-submitted", "Auto-Submitted"],
  ["precedence", "Precedence"],
  ["x-auto-response-suppress", "X-Auto-Response-Suppress"],
  ["list-id", "Mailing list"],
] as const;

/** The whole of a message with what its quotes hold, and the headers by which it was judged. */
async function wholePage(page: PageRequest): Promise<PageAnswer> {
  const found = await page.as(async (tx) => {
    const message = await find(tx, InboundMessage, page.params["reference"] ?? "");
    mustBeAllowed(tx.actor, InboundMessage, "internal", "read messages as they came", message);
    const { raw } = message.values;
    return { message, file: typeof raw === "string" ? await findFile(tx, raw) : unseen("Nothing of it was kept here") };
  });
  // Not within the transaction: reading takes a while.
  const content = found.file.sizeBytes > shownMax ? null : await openContent(page.parts.filesFolder, found.file.sha256);
  const read = content === null ? null : await readMessage(Buffer.concat(await content.toArray()));
  return page.as(async (tx) => {
    const { message, file } = found;
    const fields: FieldValue[] = headersShown.flatMap(([name, label]) => {
      const values = read?.header(name) ?? [];
      // Those below the first may be of whoever sent it.
      const text = name === "authentication-results" ? values[0] : values.join(", ");
      return text ? [{ label, value: { kind: "text" as const, text: text.slice(0, 2000) } }] : [];
    });
    const words = read?.html ? safeHtml(read.html) : escaped(read?.text ?? "").replaceAll("\n", "<br>");
    const tooLarge = `It is ${formatFileSize(file.sizeBytes)}, too large to be shown here. Download it as it came.`;
    const said: FieldValue = {
      label: "What it says, with what it quotes",
      wide: true,
      value: read === null ? { kind: "text", text: tooLarge } : { kind: "html", html: words || "It says nothing." },
    };
    const title = `The whole of ${message.reference}`;
    return {
      page: "record",
      model: {
        shell: await page.shell(tx, { title, current: navigationOf(tx.registry, InboundMessage) }),
        breadcrumb: [...crumbsTo(tx, InboundMessage), { text: message.reference, href: addressOf(tx, message) }],
        title: message.title,
        reference: message.reference,
        state: stateTag(InboundMessage, message.state),
        tags: [],
        moves: [],
        tabs: [],
        sections: [
          { kind: "fields", fields: [said] },
          { kind: "fields", title: "Headers that matter", fields: [...fields, asItCame(file.id)] },
        ],
        rail: [],
      },
    };
  });
}

function asItCame(id: string): FieldValue {
  return { label: "As it came", value: { kind: "link", text: "Download the message", href: `/files/${id}` } };
}

/** What the page of a message adds: the way to all of it. */
export async function messageSections(tx: Tx, message: Stored): Promise<readonly RecordSection[]> {
  if (typeof message.values["raw"] !== "string") return [];
  const href = `${addressOf(tx, message)}/whole`;
  const link = { kind: "link" as const, text: "Show the whole message and its headers", href };
  return [{ kind: "fields", title: "All of it", fields: [{ label: "Without what it quotes cut off", value: link }] }];
}

/** What the page of a mailbox adds: whether its mail arrives, and the way to its password. */
export async function mailboxSections(tx: Tx, mailbox: Stored): Promise<readonly RecordSection[]> {
  const { rows } = await sql<{
    lookedAt: string | null;
    takenAt: string | null;
    failedAt: string | null;
    failure: string | null;
    failures: number | null;
    secretAt: string | null;
  }>`select s.looked_at as "lookedAt", s.taken_at as "takenAt", s.failed_at as "failedAt", s.failure, s.failures, p.made_at as "secretAt"
    from (select ${mailbox.id}::uuid as id) m
    left join mailbox_states s on s.organisation_id = ${tx.actor.organisationId}::uuid and s.mailbox_id = m.id
    left join mailbox_secrets p on p.organisation_id = ${tx.actor.organisationId}::uuid and p.mailbox_id = m.id`.execute(
    tx.db,
  );
  const state = rows[0]!;
  const at = (moment: string | null, none: string) =>
    moment === null ? none : formatRecent(Temporal.Instant.from(moment), pageClock(tx));
  const fails = (state.failures ?? 0) > 0;
  const text = (label: string, value: string): FieldValue => ({ label, value: { kind: "text", text: value } });
  const how =
    mailbox.state !== "on"
      ? "It is off, so nothing is fetched"
      : fails
        ? "It fails"
        : state.lookedAt === null
          ? "It has not been looked into yet"
          : "It is looked into every few seconds";
  const tone = mailbox.state !== "on" ? "neutral" : fails ? "bad" : state.lookedAt === null ? "warn" : "good";
  const what = mailbox.values["signIn"] === "oauth" ? "client secret" : "password";
  const secret = state.secretAt === null ? `Set the ${what}` : `Set another ${what}`;
  return [
    {
      kind: "fields",
      title: "How it goes",
      fields: [
        { label: "Now", value: { kind: "tag", tag: { text: how, tone } } },
        text("Last looked into", at(state.lookedAt, "Never")),
        text("Last mail taken in", at(state.takenAt, "None yet")),
        ...(state.failure === null || state.failedAt === null
          ? []
          : [
              {
                ...text(
                  "Last failure",
                  `${state.failure} (${recentInSentence(Temporal.Instant.from(state.failedAt), pageClock(tx))})`,
                ),
                wide: true,
              },
            ]),
        changesEveryRole(tx.actor)
          ? { label: `Its ${what}`, value: { kind: "link", text: secret, href: `${addressOf(tx, mailbox)}/secret` } }
          : text(`Its ${what}`, state.secretAt === null ? "Not set: an administrator sets it" : "Set"),
      ],
    },
  ];
}

async function mailboxAt(page: PageRequest, tx: Tx): Promise<Stored> {
  const mailbox = await find(tx, Mailbox, page.params["reference"] ?? "");
  if (!changesEveryRole(tx.actor))
    forbid("You may not say how a mailbox is signed in to. It needs the permission “change” for all roles");
  mustBeAllowed(tx.actor, Mailbox, "change", "look after this mailbox", mailbox);
  return mailbox;
}

/** Where it is sent to: the secret opens for nothing else. */
function destination({ values }: Stored) {
  const { host, port, security, signsInAs: user, tokenUrl } = values;
  return { host, port, security, user, tokenUrl };
}

function secretPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const mailbox = await mailboxAt(page, tx);
    const what = mailbox.values["signIn"] === "oauth" ? "client secret" : "password";
    const title = `Set the ${what}`;
    return {
      page: "sign-in-link",
      model: {
        shell: await page.shell(tx, {
          title: `${title}: ${mailbox.title}`,
          current: navigationOf(tx.registry, Mailbox),
        }),
        breadcrumb: [...crumbsTo(tx, Mailbox), { text: mailbox.reference, href: addressOf(tx, mailbox) }],
        caption: `${mailbox.reference} ${mailbox.title}`,
        title,
        paragraphs: [
          `Reeve signs in to ${String(mailbox.values["host"])} with it, as ${String(mailbox.values["signsInAs"])}.`,
          "It is kept sealed and never shown again.",
        ],
        form: {
          action: `${addressOf(tx, mailbox)}/secret`,
          fields: [
            {
              id: "secret",
              name: "secret",
              label: what === "password" ? "Password" : "Client secret",
              widget: "password",
              autocomplete: "new-password",
            },
          ],
          hidden: [],
          submit: { label: "Keep it" },
          cancel: { text: "Cancel", href: addressOf(tx, mailbox) },
        },
      },
    };
  });
}

async function setSecret(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const mailbox = await mailboxAt(page, tx);
    const given = first(page.form, "secret");
    if (given === "" || given.length > 4000)
      refuse("secret", "Enter what it is signed in to with, 4,000 characters at the most");
    const sealed = seal(sealingOf(page.parts.secret, { id: mailbox.id, ...destination(mailbox) }), given);
    await sql`select set_mailbox_secret(${mailbox.id}::uuid, ${sealed}::bytea)`.execute(tx.db);
    await appendEvent(tx, mailbox.id, { verb: "mailbox_secret_set", body: {} });
    return {
      redirect: addressOf(tx, mailbox),
      flash: "It is kept. What the mailbox does with it shows here in a few seconds",
    };
  });
}
