import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, createServer as createSocketServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import hoodiecrow from "hoodiecrow-imap";

/** A real IMAP server of a test: the user is `desk`, and the password and the token of OAuth 2 are what is exported here. */
export interface ImapServer {
  readonly port: number;
  deliver(raw: Buffer): Promise<void>;
  /** How many messages lie in a folder. */
  lying(folder: string): Promise<number>;
  close(): Promise<void>;
}

export const password = "plum";
export const accessToken = "a-token-of-the-tests";

/** The IMAP server of npm, in this process. */
export async function startHoodiecrow(): Promise<ImapServer> {
  const plugins =
    "ID STARTTLS SASL-IR AUTH-PLAIN NAMESPACE IDLE ENABLE UIDPLUS MOVE UNSELECT LITERALPLUS SPECIAL-USE XOAUTH2";
  const server = hoodiecrow({
    plugins: plugins.split(" "),
    users: { desk: { password, xoauth2: { accessToken } } },
    storage: { INBOX: {}, "": { separator: "/", folders: { "Taken in": {} } } },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is never a string.
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    deliver: async (raw) => server.appendMessage("INBOX", [], "23-Nov-2026 09:30:00 +0000", raw.toString("latin1")),
    lying: async (folder) => server.getMailbox(folder).messages.length,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Where Debian's Dovecot is (dovecot-imapd); null where it is not installed, or nobody may start it. */
export async function findDovecot(): Promise<string | null> {
  if (process.getuid?.() !== 0) return null;
  const there = await Promise.all(
    ["/usr/sbin/dovecot", "/usr/lib/dovecot/imap"].map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return there.every(Boolean) ? "/usr/sbin/dovecot" : null;
}

/** Who owns the mail that Dovecot keeps: Debian's `nobody`. */
const nobody = 65_534;

/** Dovecot with settings of its own in a folder of its own. It asks `introspection` whether a token holds. */
export async function startDovecot(program: string, introspection: string): Promise<ImapServer> {
  const folder = await mkdtemp(join(tmpdir(), "reeve-dovecot-"));
  const mail = join(folder, "mail");
  for (const path of ["mail", "mail/new", "mail/cur", "mail/tmp", "run"]) await mkdir(join(folder, path));
  await chmod(folder, 0o755);
  for (const path of ["", "new", "cur", "tmp"]) await chown(join(mail, path), nobody, nobody);
  const port = await freePort();
  await writeFile(
    join(folder, "oauth.conf"),
    `introspection_mode = auth\nintrospection_url = ${introspection}\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n`,
  );
  await writeFile(join(folder, "dovecot.conf"), settings(folder, mail, port));
  const server = spawn(program, ["-F", "-c", join(folder, "dovecot.conf")], { stdio: "ignore" });
  const ended = once(server, "exit");
  for (let waited = 0; !(await answers(port)); waited++) {
    if (waited > 200 || server.exitCode !== null) throw new Error("Dovecot did not start");
    await sleep(25);
  }
  let delivered = 0;
  return {
    port,
    deliver: async (raw) => {
      delivered += 1;
      const path = join(mail, "new", `${Date.now()}.${delivered}.test`);
      await writeFile(path, raw);
      await chown(path, nobody, nobody);
    },
    lying: async (name) => {
      const at = name === "INBOX" ? mail : join(mail, `.${name}`);
      const parts = await Promise.all(["new", "cur"].map((part) => readdir(join(at, part)).catch(() => [])));
      return parts.flat().length;
    },
    close: async () => {
      server.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function settings(folder: string, mail: string, port: number): string {
  return `
protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2
mail_location = maildir:${mail}
first_valid_uid = 1
mail_max_userip_connections = 50
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = ${folder}/oauth.conf
}
passdb {
  driver = static
  mechanisms = plain
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${nobody} gid=${nobody} home=${mail}
}
namespace inbox {
  inbox = yes
  separator = /
}
`;
}

/** A directory that gives tokens to a client with a secret, and says of a token whether it holds. */
export async function startTokens(): Promise<{
  tokenUrl: string;
  introspection: string;
  asked: string[];
  close(): Promise<void>;
}> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://localhost");
      asked.push(`${request.method} ${url.pathname} ${Buffer.concat(parts).toString()}`);
      const holds = (request.headers.authorization ?? "").includes(accessToken) || url.search.includes(accessToken);
      const said =
        url.pathname === "/token"
          ? { access_token: accessToken, expires_in: 3600 }
          : { active: holds, username: "desk", scope: "imap" };
      response.setHeader("content-type", "application/json").end(JSON.stringify(said));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    tokenUrl: `http://127.0.0.1:${port}/token`,
    introspection: `http://127.0.0.1:${port}/introspect`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => (resolve(true), socket.destroy()));
    socket.once("error", () => resolve(false));
  });
}
