import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runReeve, startReeve, temporaryFolder } from "./running.ts";
import type { Running } from "./running.ts";

// `npm run ci` sets 20; three are enough to see that nothing fundamental broke.
const rounds = Number(process.env["REEVE_KILLS"] ?? 3);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let token: string;
let reeve: Running;

before(async () => {
  folder = await temporaryFolder();
  reeve = await startReeve(folder.path);
  token = (await runReeve(folder.path, ["token", "lead-support"])).stdout.trim();
});
after(async () => {
  reeve.process.kill("SIGTERM");
  await reeve.ended;
  await folder.remove();
});

/** Writers that go on until told to stop; each remembers what was acknowledged. */
function write(
  address: string,
  acknowledged: Map<string, string>,
  state: { stop: boolean; sent: number },
): Promise<void>[] {
  const one = async (writer: number) => {
    while (!state.stop) {
      const summary = `Kill test ${writer} ${state.sent++}`;
      const key = crypto.randomUUID();
      const answer = await fetch(`${address}/api/v1/tickets`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ summary }),
        signal: AbortSignal.timeout(20_000),
      }).catch(() => null);
      if (answer?.status === 201) acknowledged.set(((await answer.json()) as { reference: string }).reference, summary);
      else await sleep(50);
    }
  };
  return Array.from({ length: 4 }, (_unused, writer) => one(writer));
}

for (let round = 0; round < rounds; round++) {
  const victim = round % 2 === 0 ? "PostgreSQL" : "Reeve";
  test(`kill ${round + 1}: ${victim} dies during writes, and nothing acknowledged is lost`, async () => {
    const acknowledged = new Map<string, string>();
    const state = { stop: false, sent: 0 };
    const writers = write(reeve.address, acknowledged, state);
    await writtenAtLeast(20, acknowledged);
    await sleep(40 * (round % 5));
    if (victim === "PostgreSQL") {
      const pid = Number((await readFile(join(folder.path, "postgres/postmaster.pid"), "utf8")).split("\n")[0]);
      process.kill(pid, "SIGKILL");
      await sleep(1500);
    } else process.kill(reeve.process.pid!, "SIGKILL");
    state.stop = true;
    await Promise.all(writers);
    if (victim === "Reeve") reeve = await startReeve(folder.path);
    await eventuallyHealthy();
    for (const [reference, summary] of acknowledged) {
      const answer = await fetch(`${reeve.address}/api/v1/tickets/${reference}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(answer.status, 200, `${reference} was acknowledged and is lost`);
      assert.equal(((await answer.json()) as { summary: string }).summary, summary);
    }
    const verified = await runReeve(folder.path, ["verify", "--json"]);
    assert.equal(verified.code, 0, verified.stdout);
  });
}

/** Waits until so many were acknowledged: on a busy machine that takes longer. */
async function writtenAtLeast(wanted: number, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  for (let attempt = 0; attempt < 1200 && acknowledged.size < wanted; attempt++) await sleep(50);
  assert.ok(acknowledged.size >= wanted, `only ${acknowledged.size} were written in a minute`);
}

async function eventuallyHealthy(): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(`${reeve.address}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(100);
  }
  assert.fail("it did not become healthy again within a minute");
}
