import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

let project: string;
let npm: string;

const lock = { packages: { "": {}, "node_modules/a": { version: "1.0.0" }, "node_modules/b": { optional: true } } };

before(async () => {
  project = await mkdtemp(join(tmpdir(), "reeve-prepare-"));
  await cp(dirname(fileURLToPath(import.meta.url)), join(project, "bin"), { recursive: true });
  await mkdir(join(project, "src"));
  // Stands in for npm and the registry: puts a Node there, says so on stdout, and leaves a line for each call.
  npm = join(project, "npm-cli.js");
  await writeFile(
    npm,
    `const fs = require("node:fs");
    fs.appendFileSync(${JSON.stringify(join(project, "calls"))}, process.argv.slice(2).join(" ") + "\\n");
    if (process.env.NPM_FAILS) process.exit(1);
    fs.mkdirSync("node_modules/node/bin", { recursive: true });
    fs.symlinkSync(${JSON.stringify(process.execPath)}, "node_modules/node/bin/node");
    console.log("added 1 package");`,
  );
});

beforeEach(async () => {
  await rm(join(project, "node_modules"), { recursive: true, force: true });
  await writeFile(join(project, "calls"), "");
  await writeFile(join(project, "package-lock.json"), JSON.stringify(lock));
  await writeFile(join(project, "src", "cli.ts"), "console.log(process.argv.slice(2).join());");
});

after(() => rm(project, { recursive: true, force: true }));

test("a first command installs once, and stdout holds only the command's result", async () => {
  const first = await run("reeve.mjs", ["token", "lead"]);
  assert.equal(first.stdout, "token,lead\n");
  assert.match(first.stderr, /^Installing what Reeve needs from the npm registry/);
  const second = await run("reeve.mjs", ["help"]);
  assert.deepEqual(second, { stdout: "help\n", stderr: "", code: 0, signal: null });
  assert.equal((await calls()).length, 1);
});

test("a changed lock file installs again", async () => {
  await run("reeve.mjs");
  await writeFile(join(project, "package-lock.json"), JSON.stringify(lock, undefined, 2));
  await rm(join(project, "node_modules", "node"), { recursive: true });
  await run("reeve.mjs");
  assert.equal((await calls()).length, 2);
});

test("what was installed by hand is taken as it is, unless a version differs", async () => {
  await mkdir(join(project, "node_modules", "node", "bin"), { recursive: true });
  await symlink(process.execPath, join(project, "node_modules", "node", "bin", "node"));
  const list = join(project, "node_modules", ".package-lock.json");
  await writeFile(list, JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } }));
  assert.equal((await run("reeve.mjs", ["x"])).stdout, "x\n");
  assert.deepEqual(await calls(), []);
  await writeFile(list, JSON.stringify({ packages: { "node_modules/a": { version: "0.9.0" } } }));
  await rm(join(project, "node_modules", ".reeve-lock-sha256"));
  await run("reeve.mjs");
  assert.equal((await calls()).length, 1);
});

test("two first commands at the same moment install once", async () => {
  const both = await Promise.all([run("reeve.mjs", ["1"]), run("reeve.mjs", ["2"])]);
  assert.deepEqual(
    both.map(({ stdout }) => stdout),
    ["1\n", "2\n"],
  );
  assert.equal((await calls()).length, 1);
});

test("an install that fails ends with 1 and a sentence, and the next command tries again", async () => {
  const failed = await run("reeve.mjs", [], { NPM_FAILS: "yes" });
  assert.equal(failed.code, 1);
  assert.equal(failed.stdout, "");
  assert.match(failed.stderr, /\nInstalling failed/);
  assert.equal((await run("reeve.mjs", ["again"])).stdout, "again\n");
});

test("where the folder cannot be written, or a library is missing, a sentence says what to do", async () => {
  await rm(join(project, ".cache"), { recursive: true, force: true });
  await writeFile(join(project, ".cache"), "not a folder");
  const closed = await run("reeve.mjs");
  await rm(join(project, ".cache"));
  assert.equal(closed.code, 1);
  assert.match(
    closed.stderr,
    /^What this version of Reeve needs is not installed.*as the user that owns it\. \(.+\)\n$/,
  );
  // 127 is how the system ends a program whose libraries it did not find.
  await writeFile(join(project, "src", "cli.ts"), "process.exit(127);");
  const lacking = await run("reeve.mjs");
  assert.equal(lacking.code, 1);
  assert.match(lacking.stderr, /libatomic1 by apt-get/);
});

test("a first start has made ready what it begins from, anew when a migration is newer, and a later start does not", async () => {
  const looked = join(project, ".cache", "prepared", "looked-at");
  for (const folder of ["db/migrations", "src/kernel/database", "src/web/assets", ".cache/prepared"])
    await mkdir(join(project, folder), { recursive: true });
  const migration = join(project, "db", "migrations", "0001-first.sql");
  await writeFile(migration, "");
  await writeFile(
    join(project, "src", "prepare-first-start.ts"),
    `import { writeFileSync } from "node:fs";
    writeFileSync(${JSON.stringify(looked)}, "");
    console.log("prepared");`,
  );
  await writeFile(join(project, "src", "main.ts"), `console.log("started");`);
  const starts = async () => {
    const { stdout, stderr } = await run("start.mjs");
    return [stdout, stderr.includes("prepared")];
  };
  await run("reeve.mjs");
  assert.deepEqual(await starts(), ["started\n", true]);
  assert.deepEqual(await starts(), ["started\n", false]);
  const later = new Date(Date.now() + 5_000);
  await utimes(migration, later, later);
  assert.deepEqual(await starts(), ["started\n", true]);
  await mkdir(join(project, "data", "postgres"), { recursive: true });
  assert.deepEqual(await starts(), ["started\n", false], "what has a database copies none");
  assert.equal((await run("prepare-first-start.mjs")).code, 0);
});

test("the command's exit code is passed on, and so is the signal that ended it", async () => {
  await writeFile(join(project, "src", "cli.ts"), "process.exit(2);");
  assert.equal((await run("reeve.mjs")).code, 2);
  await writeFile(join(project, "src", "cli.ts"), "process.kill(process.pid, 'SIGKILL');");
  assert.equal((await run("reeve.mjs")).signal, "SIGKILL");
});

test("the service and the container run the product without npm, which at SIGTERM would end before it and its database", async () => {
  const deploy = join(dirname(dirname(fileURLToPath(import.meta.url))), "deploy");
  assert.match(await readFile(join(deploy, "Containerfile"), "utf8"), /^CMD \["node", "bin\/start\.mjs"\]$/m);
  assert.match(
    await readFile(join(deploy, "reeve.service"), "utf8"),
    /^ExecStart=\/usr\/bin\/env node bin\/start\.mjs$/m,
  );
});

for (const toGroup of [false, true]) {
  test(`SIGTERM twice ${toGroup ? "to the whole group" : "to the command"} lets the product close in its own time`, async () => {
    await writeFile(
      join(project, "src", "main.ts"),
      `process.on("SIGTERM", () => setTimeout(() => { console.log("closed"); process.exit(3); }, 400));
      setInterval(() => {}, 1000);
      console.log("ready");`,
    );
    const child = start("start.mjs", [], {}, true);
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    while (!stdout.includes("ready")) await sleep(20);
    assert.ok(child.pid !== undefined);
    const target = toGroup ? -child.pid : child.pid;
    process.kill(target, "SIGTERM");
    await sleep(100);
    process.kill(target, "SIGTERM");
    const [code] = await once(child, "close");
    assert.equal(code, 3);
    assert.match(stdout, /^ready\nclosed\n/);
  });
}

function start(command: string, args: string[] = [], env: Record<string, string> = {}, detached = false) {
  return spawn(process.execPath, [join(project, "bin", command), ...args], {
    env: { PATH: process.env.PATH, npm_execpath: npm, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached,
  });
}

async function run(command: string, args: string[] = [], env: Record<string, string> = {}) {
  const child = start(command, args, env);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, "close");
  return { stdout, stderr, code: child.exitCode, signal: child.signalCode };
}

async function calls(): Promise<string[]> {
  const text = await readFile(join(project, "calls"), "utf8");
  return text.split("\n").filter((line) => line !== "");
}
