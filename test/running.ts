import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { access, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { memoryFlags } from "../bin/memory.mjs";
import { withStartLock } from "../src/kernel/database/embedded-lock.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { sealAll } from "../src/kernel/memory/seal.ts";
import { createPool } from "../src/kernel/transaction.ts";
import { scratch } from "./scratch.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A process of the product, as a person starts it. */
export interface Running {
  readonly process: ChildProcess;
  /** Where it says that it can be reached. */
  readonly address: string;
  /** Everything it printed so far. */
  output(): string;
  /** Ends when the process has: its exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** A data folder of its own, removed by `remove`. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(scratch, "reeve-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/**
 * A data folder with the demonstration in it, stopped: a copy of one that is made once for each state of the code, since
 * making it takes longer than most of what is tested on it. Removed by `remove`.
 */
export async function demoFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await temporaryFolder();
  await copyDemo(folder.path);
  return folder;
}

/** The same into a folder that is there. */
export async function copyDemo(path: string): Promise<void> {
  await cp(await madeDemo(), path, { recursive: true });
}

/** Where the demonstration is that all are copies of. One process makes it, and the others wait for that. */
async function madeDemo(): Promise<string> {
  const demos = join(root, ".cache/test-demo");
  const made = join(demos, await hashOfCode());
  if (await exists(made)) return made;
  await mkdir(demos, { recursive: true, mode: 0o700 });
  await withStartLock(demos, 300_000, async () => {
    if (!(await exists(made))) await makeDemo(made);
  });
  return made;
}

async function makeDemo(made: string): Promise<void> {
  for (const left of await readdir(dirname(made)))
    await rm(join(dirname(made), left), { recursive: true, force: true });
  const unfinished = `${made}.unfinished`;
  await mkdir(unfinished, { mode: 0o700 });
  const reeve = await startReeve(unfinished);
  // One of everything is there before the older tickets, of which there are more than tests need.
  const waited = performance.now();
  let ended = false;
  void reeve.ended.then(() => (ended = true));
  while (!ended && performance.now() - waited < 280_000 && !/older tickets/.test(reeve.output())) await setTimeout(100);
  if (!/the older tickets of its year/.test(reeve.output()))
    throw new Error(`The demonstration could not be made:\n${reeve.output()}`);
  reeve.process.kill("SIGTERM");
  const code = await reeve.ended;
  if (code !== 0 || (await exists(join(unfinished, "postgres/postmaster.pid"))))
    throw new Error(`The demonstration was not stopped whole (${code}):\n${reeve.output()}`);
  // Else each start of a copy would go on with the tickets of its year.
  await rm(join(unfinished, "demonstration.json"));
  await sealIn(unfinished);
  await rename(unfinished, made);
}

/** Seals what happened, as the worker does each minute while the product runs: a copy may be begun with much later. */
async function sealIn(dataFolder: string): Promise<void> {
  const server = await startEmbeddedPostgres({ dataFolder, log: () => {} });
  const pool = createPool(server.url, 1, "long work");
  await sealAll(pool);
  await pool.end();
  await server.stop({ evenIfShared: true });
}

async function hashOfCode(): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of ["src", "db/migrations"]) {
    const names = (await readdir(join(root, folder), { recursive: true })).filter((name) => /\.(ts|sql)$/.test(name));
    for (const name of names.toSorted()) hash.update(name).update(await readFile(join(root, folder, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Starts the product on a data folder and a free port, and waits until it is ready; throws with its output when it ends first. */
export async function startReeve(
  dataFolder: string,
  environment: Readonly<Record<string, string>> = {},
  script = "src/main.ts",
): Promise<Running> {
  await giveAssets(dataFolder);
  const child = spawn(process.execPath, [...memoryFlags, join(root, script)], {
    cwd: root,
    env: { ...process.env, PORT: "0", REEVE_DATA: dataFolder, NODE_TEST_CONTEXT: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  const ended = new Promise<number | string>((resolve) =>
    child.on("exit", (code, signal) => resolve(code ?? signal ?? "")),
  );
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString("utf8");
      const ready = /Reeve is ready at (\S+)/.exec(printed);
      if (ready?.[1]) resolve(ready[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    void ended.then((code) => reject(new Error(`It ended with ${code} before it was ready:\n${printed}`)));
  });
  return { process: child, address, output: () => printed, ended };
}

/** The stylesheet and scripts as the tests have them, where a folder has none: making them takes as long as all else of a start. */
async function giveAssets(dataFolder: string): Promise<void> {
  const [ready, its] = [join(root, ".cache/test-assets"), join(dataFolder, "assets")];
  const isFolder = await stat(dataFolder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const filter = (path: string) => !path.endsWith(".tmp");
  if (isFolder && (await exists(ready)) && !(await exists(its))) await cp(ready, its, { recursive: true, filter });
}

/** Runs a command of the terminal to its end. */
export async function runReeve(
  dataFolder: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, "src/cli.ts"), ...words], {
    cwd: root,
    env: { ...process.env, REEVE_DATA: dataFolder, NODE_TEST_CONTEXT: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | string>((resolve) => child.on("exit", (status, signal) => resolve(status ?? signal ?? ""))),
  ]);
  return { code, stdout, stderr };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
