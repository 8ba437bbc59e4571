import assert from "node:assert/strict";
import { access, mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { demoToken } from "../src/council/demo-token.ts";
import { filePath } from "../src/kernel/files/disk.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import type { EmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { verify } from "../src/kernel/memory/verify.ts";
import { createPool, createStore } from "../src/kernel/transaction.ts";
import { registry } from "../src/records.ts";
import { assertNothingLost, halfDone, readKept, rememberedKeys, timesDone } from "./kill-checks.ts";
import { send, startWriters } from "./kill-writers.ts";
import type { Step } from "./kill-writers.ts";
import { runReeve, startReeve, demoFolder } from "./running.ts";
import type { Running } from "./running.ts";

// `npm run ci` sets 20; three are enough to see that nothing fundamental broke.
const rounds = Number(process.env["REEVE_KILLS"] ?? 3);

let folder: Awaited<ReturnType<typeof demoFolder>>;
/** The last one is for looking; each of the others is a writer's, since requests are counted for each token. */
let tokens: readonly string[];
let reeve: Running;
let server: EmbeddedPostgres;
let ownerPool: pg.Pool;
/** Every request of every round. */
const steps: Step[] = [];

before(async () => {
  folder = await demoFolder();
  reeve = await startReeve(folder.path);
  // Adopted: Reeve goes on looking after it, on the same port.
  server = await startEmbeddedPostgres({ dataFolder: folder.path, log: () => {} });
  ownerPool = createPool(server.url, 2, "long work");
  const store = createStore({ pool: ownerPool, registry });
  tokens = await Promise.all(Array.from({ length: 5 }, () => demoToken({ store, ownerPool, key: "lead-support" })));
});
after(async () => {
  await ownerPool.end();
  reeve.process.kill("SIGTERM");
  await reeve.ended;
  // A round that failed may have left it without its Reeve.
  await server.stop({ evenIfShared: true });
  await folder.remove();
});

for (let round = 0; round < rounds; round++) {
  const victim = round % 2 === 0 ? "PostgreSQL" : "Reeve";
  test(`kill ${round + 1}: ${victim} dies during writes, nothing acknowledged is lost, and nothing is half done`, async (t) => {
    const writers = startWriters(reeve.address, tokens.slice(0, -1));
    await acknowledgedAtLeast(60, writers.steps);
    await sleep(40 * (round % 5));
    await (victim === "PostgreSQL" ? killPostgres() : killReeve());
    await writers.stop();
    steps.push(...writers.steps);
    if (victim === "Reeve") {
      const left = await leaveFile();
      reeve = await startReeve(folder.path);
      await eventually(async () => !(await isThere(left)), "the file that a crash left was swept");
    }
    await eventually(isHealthy, "it became healthy again");
    const open = writers.steps.filter(({ acknowledged }) => !acknowledged);
    const done = await assertWhole(open);
    await assertShown(writers.steps);
    const again = await Promise.all(open.map(sendTwiceAgain));
    t.diagnostic(`${writers.steps.length} sent, ${open.length} without an answer, ${done} of these done`);
    assert.deepEqual(
      again.filter((problem) => problem !== null),
      [],
    );
    for (const step of open) step.acknowledged = true;
    await assertWhole([]);
  });
}

test("after all that every kind of write was among them, and the terminal's verify finds everything as it was written", async () => {
  assert.deepEqual(new Set(steps.map(({ kind }) => kind)), new Set(["create", "move", "comment", "change"]));
  const verified = await runReeve(folder.path, ["verify", "--json"]);
  assert.equal(verified.code, 0, verified.stdout);
});

/** Nothing acknowledged is lost, nothing is half done, the memory verifies. Gives how many of the open steps were done. */
async function assertWhole(open: readonly Step[]): Promise<number> {
  const [kept, keys] = [await readKept(ownerPool), await rememberedKeys(ownerPool)];
  assertNothingLost(kept, steps);
  const done = open.map((step) => timesDone(kept, step));
  for (const [place, step] of open.entries()) {
    assert.ok((done[place] ?? 0) <= 1, `${step.method} ${step.path} was done twice`);
    if (step.method === "POST")
      assert.equal(keys.has(step.headers["idempotency-key"] ?? ""), done[place] === 1, `${step.path} and its key`);
  }
  assert.deepEqual(await halfDone(ownerPool), []);
  const { problems } = await verify({ ownerPool, registry });
  assert.deepEqual(problems, []);
  return done.filter((times) => times === 1).length;
}

/** The tickets that were acknowledged in this round are there for those who ask, as the database holds them. */
async function assertShown(sent: readonly Step[]): Promise<void> {
  const kept = await readKept(ownerPool);
  const token = tokens.at(-1) ?? "";
  for (const { ticket } of sent.filter(({ kind, acknowledged }) => kind === "create" && acknowledged)) {
    const { reference, state, version } = kept.get(ticket) ?? assert.fail(`${ticket} is lost`);
    const answer = await fetch(`${reeve.address}/api/v1/tickets/${reference}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 200, `${reference} was acknowledged and is lost`);
    // The API says what a ticket is; what is compared is what it says.
    const shown = (await answer.json()) as { summary: string; state: string; version: number; clocks: unknown[] };
    assert.deepEqual(
      [shown.summary, shown.state, shown.version, shown.clocks.length],
      [ticket, state, version, 2],
      reference,
    );
  }
}

/**
 * Sends a step that had no answer twice more, at once. A POST is done once for its key and says so both times; a PATCH is
 * done once for the version it read, and what comes after is stale. Gives what was answered otherwise.
 */
async function sendTwiceAgain(step: Step): Promise<string | null> {
  const answers = await Promise.all([send(reeve.address, step), send(reeve.address, step)]);
  const statuses = answers.map((answer) => answer?.status ?? 0);
  const expected = step.method === "POST" ? [step.kind === "move" ? 200 : 201] : [200, 412];
  return statuses.every((status) => expected.includes(status))
    ? null
    : `${step.method} ${step.path} was answered ${statuses.join(" and ")}: ${JSON.stringify(answers[0]?.body)}`;
}

async function killPostgres(): Promise<void> {
  const pid = Number((await readFile(join(folder.path, "postgres/postmaster.pid"), "utf8")).split("\n")[0]);
  process.kill(pid, "SIGKILL");
  await sleep(1500);
}

async function killReeve(): Promise<void> {
  process.kill(reeve.process.pid!, "SIGKILL");
  await reeve.ended;
}

/** Content as an erasure leaves it that was cut short between the database and the disk: nothing names it. */
async function leaveFile(): Promise<string> {
  const path = filePath(join(folder.path, "files"), "ab".repeat(32));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "a passport");
  await utimes(path, 0, 0);
  return path;
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const isHealthy = async () => {
  const answer = await fetch(`${reeve.address}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  return answer?.status === 200;
};

/** Waits until so many were acknowledged: on a busy machine that takes longer. */
async function acknowledgedAtLeast(wanted: number, sent: readonly Step[]): Promise<void> {
  await eventually(
    async () => sent.filter(({ acknowledged }) => acknowledged).length >= wanted,
    `${wanted} were acknowledged`,
  );
}

async function eventually(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    if (await condition()) return;
    await sleep(50);
  }
  assert.fail(`it is not so within a minute that ${what}`);
}
