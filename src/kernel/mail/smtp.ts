import { createTransport } from "nodemailer";
import type { MailChannel, Outcome } from "./channel.ts";
import { createTokenSource } from "./oauth-token.ts";
import type { SmtpSettings } from "./settings.ts";

const timeoutsMs = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 60_000 };

interface SmtpOptions {
  /** Certificates (PEM) to trust beside the system's: for tests. */
  readonly ca?: string;
}

type Transport = ReturnType<typeof openTransport>;

/** Mail by SMTP, over one connection that stays open while there is mail. */
export function createSmtpChannel(settings: SmtpSettings, options: SmtpOptions = {}): MailChannel {
  const { signIn } = settings;
  const tokens = signIn && "oauth" in signIn ? createTokenSource(signIn.oauth) : null;
  let open: { readonly transport: Transport; readonly token: string | null } | null = null;
  const close = () => {
    open?.transport.close();
    open = null;
  };
  const transport = async (): Promise<Transport> => {
    const token = tokens ? await tokens.token() : null;
    if (open && open.token !== token) close();
    open ??= { transport: openTransport(settings, token, options), token };
    return open.transport;
  };
  return {
    description: describe(settings),
    domain: settings.from.split("@")[1] ?? "localhost",
    close,
    send: async (mail) => {
      try {
        const info = await (
          await transport()
        ).sendMail({
          messageId: mail.messageId,
          from: { name: mail.organisation, address: settings.from },
          to: mail.to,
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          attachments: (mail.attachments ?? []).map(({ name, mediaType, content, contentId }) => ({
            filename: name,
            contentType: mediaType,
            content,
            ...(contentId === undefined ? {} : { cid: contentId, contentDisposition: "inline" as const }),
          })),
          ...(mail.replyTo === undefined ? {} : { replyTo: mail.replyTo }),
          ...(mail.references?.length
            ? { references: [...mail.references], inReplyTo: mail.references.at(-1) ?? "" }
            : {}),
          headers: {
            "Auto-Submitted": mail.automatic ?? "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "X-Loop": loopMark(settings.from),
          },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return { kind: "sent", answer: info.response };
      } catch (error) {
        const outcome = outcomeOf(error);
        if (outcome.kind === "later" && outcome.everything) {
          close();
          tokens?.forget();
        }
        return outcome;
      }
    },
  };
}

/** What stands on all mail of ours, so that what comes back as it went is known. */
export const loopMark = (from: string): string => `reeve@${from.split("@")[1] ?? "localhost"}`;

function openTransport({ host, port, security, signIn }: SmtpSettings, token: string | null, { ca }: SmtpOptions) {
  const auth =
    signIn === null
      ? {}
      : "password" in signIn
        ? { auth: { user: signIn.user, pass: signIn.password } }
        : { auth: { type: "OAuth2", user: signIn.user, accessToken: token ?? "" } };
  return createTransport({
    pool: true,
    maxConnections: 1,
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...auth,
    ...timeoutsMs,
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
  });
}

/** What an error of nodemailer means: its code says where it happened, the server's number whether it is for good. */
function outcomeOf(error: unknown): Outcome {
  const { code, responseCode, message } = faultOf(error);
  const why = message.replaceAll(/\s+/g, " ").slice(0, 900);
  if (code === "EENVELOPE" && responseCode === undefined) return { kind: "refused", why };
  // Only what is said of its addresses and of its text has to do with this mail. 421: the server goes; 530: sign in first.
  const ofMail = (code === "EENVELOPE" || code === "EMESSAGE") && responseCode !== 421 && responseCode !== 530;
  if (!ofMail || responseCode === undefined) return { kind: "later", why, everything: true };
  return responseCode >= 500 ? { kind: "refused", why } : { kind: "later", why, everything: false };
}

function faultOf(error: unknown): { code: string; responseCode?: number; message: string } {
  const part = (name: string): unknown =>
    typeof error === "object" && error !== null && name in error ? Reflect.get(error, name) : undefined;
  const responseCode = part("responseCode");
  return {
    code: String(part("code") ?? ""),
    message: error instanceof Error ? error.message : String(error),
    ...(typeof responseCode === "number" ? { responseCode } : {}),
  };
}

function describe({ host, port, security, signIn, from }: SmtpSettings): string[] {
  const how = {
    starttls: "encrypted (STARTTLS)",
    tls: "encrypted (TLS)",
    none: "not encrypted",
  }[security];
  const who =
    signIn === null
      ? "Nobody signs in."
      : `Signed in as ${signIn.user}, ${"password" in signIn ? "with a password" : "with OAuth 2"}.`;
  return [`Mail goes out from ${from} through ${host}, port ${port}, ${how}.`, who];
}
