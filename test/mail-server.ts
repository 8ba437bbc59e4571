import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";
import type { SmtpSettings } from "../src/kernel/mail/settings.ts";
import { certificate } from "./mail-certificate.fixture.ts";

/** A mail as the server took it: it said 250. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly raw: string;
}

/** A real SMTP server of a test. */
export interface MailServer {
  readonly port: number;
  readonly taken: readonly TakenMail[];
  /** How to give it mail without signing in or encryption. */
  readonly settings: SmtpSettings;
  close(): Promise<void>;
}

interface MailServerOptions extends SMTPServerOptions {
  /** Called when a whole mail has come, before it is taken. */
  readonly beforeTaken?: (messageId: string) => Promise<void>;
  /** Called when the server has said that it took it. */
  readonly afterTaken?: (messageId: string) => void;
  /** Refuses a mail that has come, with this number and these words. */
  readonly refuses?: (to: readonly string[]) => { readonly code: number; readonly words: string } | null;
}

/** Starts a server on a free port of this machine. It offers STARTTLS with the tests' own certificate. */
export async function startMailServer({
  beforeTaken,
  afterTaken,
  refuses,
  ...options
}: MailServerOptions = {}): Promise<MailServer> {
  const taken: TakenMail[] = [];
  const server = new SMTPServer({
    ...certificate,
    logger: false,
    authOptional: options.onAuth === undefined,
    onData: (stream, session, callback) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const raw = Buffer.concat(parts).toString("utf8");
        const messageId = /^Message-ID: (<[^>]+>)/im.exec(raw)?.[1] ?? "";
        const { mailFrom, rcptTo } = session.envelope;
        const to = rcptTo.map(({ address }) => address);
        const refusal = refuses?.(to) ?? null;
        const answering = async () => {
          await beforeTaken?.(messageId);
          if (refusal) {
            callback(Object.assign(new Error(refusal.words), { responseCode: refusal.code }));
            return;
          }
          taken.push({ from: mailFrom ? mailFrom.address : "", to, messageId, raw });
          callback(null);
          afterTaken?.(messageId);
        };
        answering().catch(() => stream.destroy());
      });
    },
    ...options,
  });
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  // A TCP server's address is never a string.
  const { port } = listening.address() as AddressInfo;
  return {
    port,
    taken,
    settings: { way: "smtp", from: "reeve@aldermoor.gov.uk", host: "127.0.0.1", port, security: "none", signIn: null },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The readable parts of a mail and its headers, decoded. */
export function readMail({ raw }: TakenMail): { headers: string; text: string; html: string } {
  const at = raw.indexOf("\r\n\r\n");
  const headers = raw.slice(0, at).replaceAll(/\r\n[ \t]+/g, " ");
  const boundary = /boundary="([^"]+)"/.exec(headers)?.[1] ?? "";
  const part = (type: string) => {
    const found = raw.split(`--${boundary}`).find((one) => one.includes(`Content-Type: ${type}`)) ?? "";
    const body = found.slice(found.indexOf("\r\n\r\n") + 4);
    if (/Content-Transfer-Encoding: base64/i.test(found)) return Buffer.from(body, "base64").toString("utf8");
    return /quoted-printable/i.test(found) ? fromQuotedPrintable(body) : body;
  };
  return { headers, text: part("text/plain"), html: part("text/html") };
}

function fromQuotedPrintable(body: string): string {
  const bytes = body
    .replaceAll(/=\r\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
