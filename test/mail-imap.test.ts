import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { createTokenSource } from "../src/kernel/mail/oauth-token.ts";
import { seal } from "../src/kernel/sealed.ts";
import { create } from "../src/kernel/store/create.ts";
import { move } from "../src/kernel/store/move.ts";
import { fetchAll } from "../src/modules/desk/mail/fetch.ts";
import { openMailbox } from "../src/modules/desk/mail/imap.ts";
import type { ImapSettings, OpenMailbox } from "../src/modules/desk/mail/imap.ts";
import { keepFetching, sealingOf } from "../src/modules/desk/mail/keep-fetching.ts";
import { Mailbox } from "../src/modules/desk/mail/mailbox.record.ts";
import { findDovecot, password, startDovecot, startHoodiecrow, startTokens } from "./imap-servers.ts";
import type { ImapServer } from "./imap-servers.ts";
import { message } from "./mail-messages.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let filesFolder: string;
let tokens: Awaited<ReturnType<typeof startTokens>>;
const dovecot = await findDovecot();
const childPath = fileURLToPath(new URL("./mail-fetch-child.ts", import.meta.url));
const secret = "a secret of the tests, long enough to seal with";

before(async () => {
  world = await createWorld();
  filesFolder = await mkdtemp(join(tmpdir(), "reeve-imap-"));
  tokens = await startTokens();
});
after(async () => {
  await tokens.close();
  await world.close();
  await rm(filesFolder, { recursive: true, force: true });
});

const many = async (what: string) => {
  const { rows } = await world.ownerPool.query<{ many: number }>(
    "select count(*)::int as many from records where type = $1",
    [what],
  );
  return rows[0]?.many ?? 0;
};

async function makeMailbox(port: number): Promise<string> {
  return world.system(async (tx) => {
    const { rows } = await world.ownerPool.query<{ id: string }>("select id from records where type = 'queue' limit 1");
    const address = `desk${port}@aldermoor.gov.uk`;
    const values = {
      name: `Desk ${port}`,
      address,
      queue: rows[0]?.id,
      host: "127.0.0.1",
      port,
      security: "none",
      signsInAs: "desk",
    };
    const made = await create(tx, Mailbox, values, { trusted: true });
    return (await move(tx, Mailbox, made.id, "any", "switch_on", {})).id;
  });
}

async function sealed(mailboxId: string, port: number, text: string): Promise<void> {
  const at = { id: mailboxId, host: "127.0.0.1", port, security: "none", user: "desk", tokenUrl: null };
  await world.ownerPool.query(
    `insert into mailbox_secrets (organisation_id, mailbox_id, sealed) values ($1, $2, $3)
     on conflict (organisation_id, mailbox_id) do update set sealed = excluded.sealed`,
    [world.council.organisationId, mailboxId, seal(sealingOf(secret, at), text)],
  );
}

for (const [name, start] of [
  ["the server of npm", startHoodiecrow],
  ["Dovecot", () => startDovecot(dovecot ?? "", tokens.introspection)],
] as const)
  describe(
    `a mailbox on ${name}`,
    { skip: name === "Dovecot" && dovecot === null && "Dovecot is not installed here" },
    () => {
      let server: ImapServer;
      let mailboxId: string;
      const settings = (): ImapSettings => ({
        host: "127.0.0.1",
        port: server.port,
        security: "none",
        user: "desk",
        secret: password,
        folder: "INBOX",
        takenFolder: "Taken in",
      });
      const fetched = async (changed: Partial<ImapSettings> = {}, wrap = (open: OpenMailbox) => open) => {
        const open = await openMailbox({ ...settings(), ...changed });
        try {
          const where = { organisationId: world.council.organisationId, mailboxId };
          return await fetchAll({ ...world, filesFolder }, where, wrap(open));
        } finally {
          await open.close();
        }
      };
      before(async () => {
        server = await start();
        mailboxId = await makeMailbox(server.port);
      });
      after(() => server.close());

      test("is read with a password, and each message is moved once it is taken in", async () => {
        const before = await many("ticket");
        await server.deliver(message({ subject: "First" }));
        await server.deliver(message({ subject: "Second", text: "Größe 5" }));
        assert.equal(await fetched(), 2);
        assert.equal(await many("ticket"), before + 2);
        assert.deepEqual([await server.lying("INBOX"), await server.lying("Taken in")], [0, 2]);
        assert.equal(await fetched(), 0);
      });

      test("is read with a token of OAuth 2, and says why where it is not let in", async () => {
        await server.deliver(message({ subject: "By token" }));
        const source = createTokenSource({
          tokenUrl: tokens.tokenUrl,
          clientId: "reeve",
          clientSecret: "s3cret",
          scope: "imap",
        });
        assert.equal(await fetched({ secret: source }), 1);
        assert.ok(tokens.asked.some((one) => one.includes("grant_type=client_credentials")));
        await assert.rejects(fetched({ secret: "wrong" }), /The server did not let Reeve sign in/);
      });

      test("keeps a message of which taking in failed, and takes no message twice that could not be moved", async () => {
        await server.deliver(message({ subject: "Hard to take" }));
        const before = await many("ticket");
        await world.ownerPool.query("alter table inbound_message add constraint nobody check (false) not valid");
        await assert.rejects(fetched());
        await world.ownerPool.query("alter table inbound_message drop constraint nobody");
        assert.deepEqual([await many("ticket"), await server.lying("INBOX")], [before, 1]);
        const cannotMove = (open: OpenMailbox): OpenMailbox => ({
          ...open,
          setAside: () => Promise.reject(new Error("no")),
        });
        await assert.rejects(fetched({}, cannotMove), /no/);
        assert.deepEqual([await many("ticket"), await server.lying("INBOX")], [before + 1, 1]);
        assert.equal(await fetched(), 0);
        assert.deepEqual([await many("ticket"), await server.lying("INBOX")], [before + 1, 0]);
      });
    },
  );

test("a process that is killed between our commit and the server's move takes nothing in twice and loses nothing", async () => {
  const server = await startHoodiecrow();
  try {
    const mailboxId = await makeMailbox(server.port);
    const where = { organisationId: world.council.organisationId, mailboxId };
    for (const subject of ["One", "Two"]) await server.deliver(message({ subject }));
    const before = await many("ticket");
    const child = spawn(
      process.execPath,
      [childPath, world.ownerUrl, filesFolder, where.organisationId, mailboxId, String(server.port)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const exit = once(child, "exit");
    await Promise.race([once(child.stdout, "data"), exit.then(() => assert.fail("the child ended by itself"))]);
    child.kill("SIGKILL");
    await exit;
    assert.deepEqual([await many("ticket"), await server.lying("INBOX")], [before + 1, 2]);
    const at = { host: "127.0.0.1", port: server.port, security: "none", user: "desk", secret: password } as const;
    const open = await openMailbox({ ...at, folder: "INBOX", takenFolder: "Taken in" });
    // The lock of a process that died is gone when PostgreSQL has seen it die.
    for (let tries = 0; (await server.lying("INBOX")) > 0 && tries < 200; tries++) {
      await fetchAll({ ...world, filesFolder }, where, open);
      await sleep(25);
    }
    await open.close();
    assert.deepEqual(
      [await many("ticket"), await server.lying("INBOX"), await server.lying("Taken in")],
      [before + 2, 0, 2],
    );
  } finally {
    await server.close();
  }
});

test("the worker follows each mailbox that is on, shows why one fails, and takes up what is set right", async () => {
  const server = await startHoodiecrow();
  const stop = new AbortController();
  const parts = {
    ...world,
    filesFolder,
    secret,
    channel: null,
    baseUrl: "http://localhost:3000",
    log: pino({ level: "silent" }),
  };
  await world.ownerPool.query("update records set state = 'off' where type = 'mailbox'");
  const mailboxId = await makeMailbox(server.port);
  const state = async () => {
    const { rows } = await world.ownerPool.query<{ failure: string | null; failures: number; taken: boolean }>(
      "select failure, failures, taken_at is not null as taken from mailbox_states where mailbox_id = $1",
      [mailboxId],
    );
    return rows[0];
  };
  const until = async (holds: () => Promise<boolean>) => {
    for (let waited = 0; waited < 400; waited++) {
      if (await holds()) return;
      await sleep(25);
    }
    assert.fail("it never came to be");
  };
  const running = keepFetching(parts, stop.signal);
  try {
    await until(async () => /no password yet/.test((await state())?.failure ?? ""));
    await sealed(mailboxId, server.port, password);
    await server.deliver(message({ subject: "Was there" }));
    await until(async () => (await state())?.taken === true && (await state())?.failures === 0);
    const before = await many("ticket");
    await server.deliver(message({ subject: "Came while open" }));
    await until(async () => (await many("ticket")) === before + 1);
    await sealed(mailboxId, server.port, "wrong");
    await until(async () => /did not let Reeve sign in/.test((await state())?.failure ?? ""));
  } finally {
    stop.abort();
    await running;
    await server.close();
  }
});
