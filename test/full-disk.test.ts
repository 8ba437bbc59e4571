import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { copyDemo, runReeve, startReeve, temporaryFolder } from "./running.ts";
import type { Running } from "./running.ts";

// A disk of its own that can be filled: a part of the memory, which only the superuser of a Linux may mount.
const run = promisify(execFile);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let reeve: Running | undefined;
let token: string;
let noDisk: string | false = false;

before(async () => {
  folder = await temporaryFolder();
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=256M,mode=0700", "tmpfs", folder.path]);
  } catch (error) {
    noDisk = `no disk to fill: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
    return;
  }
  await copyDemo(folder.path);
  reeve = await startReeve(folder.path);
  token = (await runReeve(folder.path, ["token", "lead-support"])).stdout.trim();
});
after(async () => {
  reeve?.process.kill("SIGTERM");
  await reeve?.ended;
  if (noDisk === false) await run("umount", ["-l", folder.path]);
  await folder.remove();
});

const filler = () => join(folder.path, "filler");

/** Leaves so little room that a few tickets take it. */
async function fill(): Promise<void> {
  const file = await open(filler(), "a");
  const block = Buffer.alloc(1_000_000);
  try {
    for (;;) await file.appendFile(block);
  } catch (error) {
    assert.equal(error instanceof Error && "code" in error && error.code, "ENOSPC");
    await file.truncate((await file.stat()).size - 200_000);
  } finally {
    await file.close();
  }
}

async function ask(path: string, body?: object): Promise<Response> {
  return fetch(`${reeve!.address}${path}`, {
    method: body ? "POST" : "GET",
    // A connection of its own: one that is kept open may be closed by the server just as the next request is sent.
    headers: {
      authorization: `Bearer ${token}`,
      connection: "close",
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(15_000),
  });
}

/** Makes tickets until the disk takes no more. */
async function makeUntilRefused(): Promise<{ readonly made: string[]; readonly refusal: Response }> {
  const made: string[] = [];
  for (let n = 1; n <= 300; n++) {
    const details = Array.from({ length: 1200 }, () => Math.random().toString(36).slice(2)).join(" ");
    const answer = await ask("/api/v1/tickets", { summary: `Before the disk was full ${n}`, details });
    if (answer.status !== 201) return { made, refusal: answer };
    made.push(answer.headers.get("location") ?? "");
  }
  throw new Error("Three hundred tickets of 14 kB fit on a full disk");
}

async function becomes(status: number, path: string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if ((await ask(path)).status === status) return;
    await sleep(500);
  }
  assert.fail(`${path} did not become ${status} within a minute`);
}

test("a full disk is a problem that says so, what was there can be read, and it goes on when there is room", async (t) => {
  if (noDisk !== false) return t.skip(noDisk);
  await fill();
  const { made, refusal } = await makeUntilRefused();
  assert.equal(refusal.status, 503);
  assert.match(await refusal.text(), /disk is full/);
  assert.equal((await ask("/api/v1/tickets?limit=5")).status, 200, "reading goes on");
  await rm(filler());
  const after = await ask("/api/v1/tickets", { summary: "After there was room" });
  assert.equal(after.status, 201);
  for (const location of made) assert.equal((await ask(location)).status, 200, "what was acknowledged is there");
});

test("a database that gave up because the disk was full comes back by itself when there is room", async (t) => {
  if (noDisk !== false) return t.skip(noDisk);
  await fill();
  await makeUntilRefused();
  const pid = Number.parseInt(await readFile(join(folder.path, "postgres", "postmaster.pid"), "utf8"), 10);
  process.kill(pid, "SIGKILL");
  await becomes(503, "/health");
  const page = await fetch(`${reeve!.address}/sign-in`, { signal: AbortSignal.timeout(15_000) });
  assert.equal(page.status, 503);
  assert.match(await page.text(), /cannot work just now/);
  await sleep(3_000);
  await rm(filler());
  await becomes(200, "/health");
  assert.equal((await ask("/api/v1/tickets", { summary: "After it came back" })).status, 201);
});
