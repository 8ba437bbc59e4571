import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gatherMail } from "../src/kernel/mail/gather.ts";
import { sendWaiting } from "../src/kernel/mail/send-waiting.ts";
import { createSmtpChannel } from "../src/kernel/mail/smtp.ts";
import { tellAll } from "../src/kernel/notifications/tell.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { create } from "../src/kernel/store/create.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { startMailServer } from "./mail-server.ts";
import type { MailServer } from "./mail-server.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

let world: World;
let server: MailServer;
let beforeTaken: () => Promise<void> = async () => {};
let afterTaken: () => void = () => {};
const childPath = fileURLToPath(new URL("./mail-child.ts", import.meta.url));
/** They are sent mail in one go, so each has one to themselves. */
const people = ["Ann Archer", "Ben Baker", "Cas Carter"];

before(async () => {
  world = await createWorld();
  server = await startMailServer({ beforeTaken: () => beforeTaken(), afterTaken: () => afterTaken() });
  for (const name of people) {
    const { personId } = await world.person(name, "supportOfficer");
    await world.ownerPool.query("update person set account_id = $2, email = $2 where id = $1", [
      personId,
      `${name.split(" ")[0]?.toLowerCase()}@aldermoor.gov.uk`,
    ]);
  }
});
after(async () => {
  await server.close();
  await world.close();
});
afterEach(() => {
  beforeTaken = async () => {};
  afterTaken = () => {};
});

/** Puts one mail to each of the three in the outbox. */
async function threeMails(): Promise<void> {
  const ada = await world.person("Ada Min", "administrator");
  await world.store.as(ada, async (tx) => {
    const type = typeNamed(world.registry, "ticket");
    const made = await create(tx, type, { summary: "The printer jams" });
    await comment(tx, type, made.id, { text: people.map((name) => `@${name}`).join(", "), audience: "" });
  });
  await tellAll({ ...world, mail: true });
  assert.equal(await gatherMail(world.ownerPool, { domain: "aldermoor.gov.uk" }), 3);
}

function startChild(): ChildProcess {
  return spawn(process.execPath, [childPath, world.ownerUrl, String(server.port)], { stdio: "inherit" });
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Sends what waits, to its end. The lock of a process that died is gone when PostgreSQL has seen it die. */
async function sendRest(): Promise<void> {
  const channel = createSmtpChannel(server.settings);
  for (let round = 0; round < 200; round++) {
    await sendWaiting({ ...world, channel, baseUrl: "http://localhost:3000" });
    const { rows } = await world.ownerPool.query("select 1 from mail_outbox where state = 'waiting'");
    if (rows.length === 0) return channel.close();
    await sleep(25);
  }
  assert.fail("mail still waits");
}

/** How often each mail was taken by the server since a place, and whether each of the outbox was. */
async function timesTaken(since: number): Promise<number[]> {
  const ids = server.taken.slice(since).map(({ messageId }) => messageId);
  const { rows } = await world.ownerPool.query<{ message_id: string; state: string }>(
    "select message_id, state from mail_outbox where made_at > now() - interval '1 hour' order by made_at desc, id desc limit 3",
  );
  assert.ok(rows.every(({ state }) => state === "sent"));
  return rows.map(({ message_id: id }) => ids.filter((one) => one === id).length).sort();
}

test("a process that is killed between the server's 250 and our commit repeats that one mail, under the same Message-ID", async () => {
  await threeMails();
  const since = server.taken.length;
  const blocker = await world.ownerPool.connect();
  try {
    let taken = 0;
    // Before the second is taken the outbox is shut against writing, so that the child cannot write down that it was.
    beforeTaken = async () => {
      taken++;
      if (taken === 2) await blocker.query("begin; lock table mail_outbox in share mode");
    };
    const child = startChild();
    for (let waited = 0; ; waited++) {
      const { rows } = await blocker.query(
        "select 1 from pg_locks where relation = 'reeve.mail_outbox'::regclass and not granted",
      );
      if (taken >= 2 && rows.length > 0) break;
      assert.ok(waited < 400, "the child never came to write down that the mail went");
      await sleep(25);
    }
    assert.equal(server.taken.length - since, 2);
    await killed(child);
    await blocker.query("rollback");
  } finally {
    blocker.release();
  }
  await sendRest();
  assert.deepEqual(await timesTaken(since), [1, 1, 2]);
});

test("a process that is killed before the server has taken the mail repeats none", async () => {
  await threeMails();
  const since = server.taken.length;
  let arrived: () => void = () => {};
  const second = new Promise<void>((resolve) => (arrived = resolve));
  let dead: () => void = () => {};
  const death = new Promise<void>((resolve) => (dead = resolve));
  let coming = 0;
  beforeTaken = async () => {
    coming++;
    if (coming === 2) {
      arrived();
      await death;
      throw new Error("Nobody hears this server any more, so it takes nothing");
    }
  };
  const child = startChild();
  await second;
  await killed(child);
  beforeTaken = async () => {};
  dead();
  await sendRest();
  assert.deepEqual(await timesTaken(since), [1, 1, 1]);
});

test("two processes at once send each mail once", async () => {
  await threeMails();
  const since = server.taken.length;
  await Promise.all([startChild(), startChild()].map((child) => once(child, "exit")));
  assert.deepEqual(await timesTaken(since), [1, 1, 1]);
});
