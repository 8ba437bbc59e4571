import type { ImapFlow } from "imapflow";
import type { TokenSource } from "../../../kernel/mail/oauth-token.ts";
import { messageBytesMax } from "./keep.ts";

/** How a mailbox is signed in to. */
export interface ImapSettings {
  readonly host: string;
  readonly port: number;
  readonly security: "tls" | "starttls" | "none";
  readonly user: string;
  /** A password, or where tokens come from. */
  readonly secret: string | TokenSource;
  readonly folder: string;
  readonly takenFolder: string;
  /** Certificates (PEM) to trust beside the system's: for tests. */
  readonly ca?: string;
}

/** A message that lies in the folder. */
export interface Lying {
  readonly uidValidity: number;
  readonly uid: number;
}

/** A message as it was fetched: its head alone where there is a problem. */
export interface ReadMessage {
  readonly raw: Buffer;
  readonly problem?: string;
  /** When it came into the mailbox, as its server says. */
  readonly arrivedAt?: Temporal.Instant;
}

/** A mailbox that is open. */
export interface OpenMailbox {
  /** What lies in the folder, the oldest first, at most 200. */
  lying(): Promise<readonly Lying[]>;
  /** The whole of a message, or its head alone and why; null when it is not there any more. */
  read(message: Lying): Promise<ReadMessage | null>;
  /** Moves it to the folder for what was taken. */
  setAside(message: Lying): Promise<void>;
  /** Resolves when something new may have come, and after so many milliseconds. */
  wait(longestMs: number, stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const lyingMax = 200;

/** Opens a mailbox. Throws an Error with a sentence that holds no secret. */
export async function openMailbox(settings: ImapSettings): Promise<OpenMailbox> {
  const { secret, user, folder, takenFolder, security } = settings;
  const auth = typeof secret === "string" ? { user, pass: secret } : { user, accessToken: await secret.token() };
  // Loaded with the first mailbox: most processes have none.
  const { ImapFlow } = await import("imapflow");
  const client = new ImapFlow({
    host: settings.host,
    port: settings.port,
    secure: security === "tls",
    ...(security === "tls" ? {} : { doSTARTTLS: security === "starttls" }),
    auth,
    logger: false,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 120_000,
    tls: { minVersion: "TLSv1.2", ...(settings.ca === undefined ? {} : { ca: settings.ca }) },
  });
  // Said again by whatever is being done then.
  client.on("error", () => {});
  try {
    await client.connect();
    const folders = await client.list();
    if (!folders.some(({ path }) => path === takenFolder)) await client.mailboxCreate(takenFolder);
    await client.mailboxOpen(folder);
  } catch (error) {
    client.close();
    if (typeof secret !== "string") secret.forget();
    throw new Error(sentenceOf(error), { cause: error });
  }
  const uidValidity = () => (client.mailbox ? Number(client.mailbox.uidValidity) : 0);
  return {
    lying: async () => {
      const found = await client.search({ all: true }, { uid: true });
      return (found || []).slice(0, lyingMax).map((uid) => ({ uid, uidValidity: uidValidity() }));
    },
    read: (message) => readOne(client, message.uid),
    setAside: async ({ uid }) => {
      const moved = await client.messageMove(String(uid), takenFolder, { uid: true });
      if (!moved) throw new Error(`The server did not move a message to the folder “${takenFolder}”`);
    },
    wait: (longestMs, stop) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          client.off("exists", done);
          client.off("close", done);
          stop.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, longestMs);
        client.on("exists", done);
        client.on("close", done);
        stop.addEventListener("abort", done);
        if (stop.aborted) done();
      }),
    close: async () => {
      await client.logout().catch(() => {});
      client.close();
    },
  };
}

async function readOne(client: ImapFlow, uid: number): Promise<ReadMessage | null> {
  const at = String(uid);
  const known = await client.fetchOne(at, { size: true, internalDate: true }, { uid: true });
  if (!known) return null;
  const arrived = new Date(known.internalDate ?? Number.NaN).getTime();
  const arrivedAt = Number.isNaN(arrived) ? {} : { arrivedAt: Temporal.Instant.fromEpochMilliseconds(arrived) };
  if ((known.size ?? 0) <= messageBytesMax) {
    const whole = await client.fetchOne(at, { source: true }, { uid: true });
    return whole && whole.source ? { raw: whole.source, ...arrivedAt } : null;
  }
  const head = await client.fetchOne(at, { headers: true }, { uid: true });
  const problem = `It is larger than ${messageBytesMax / 1_000_000} MB, so it was not fetched. It lies in the mailbox`;
  return head && head.headers ? { raw: head.headers, problem, ...arrivedAt } : null;
}

/** Why it failed, as the server says it. */
function sentenceOf(error: unknown): string {
  const part = (name: string): string => {
    const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
    return typeof value === "string" ? value : "";
  };
  const said = part("responseText") || (error instanceof Error ? error.message : String(error));
  const refused = Reflect.get(Object(error), "authenticationFailed") === true;
  return `${refused ? "The server did not let Reeve sign in" : "The mailbox could not be opened"}: ${said}`
    .replaceAll(/\s+/g, " ")
    .slice(0, 290);
}
