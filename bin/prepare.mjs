// What runs before anything is installed: plain JavaScript for any Node from 20 on, with no dependency.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

const modulesFolder = join(projectFolder, "node_modules");
const stampFile = join(modulesFolder, ".reeve-lock-sha256");
const cacheFolder = join(projectFolder, ".cache");
const installingFile = join(cacheFolder, "installing");
/** Installing is given this long before another start takes over what looks abandoned. */
const installMinutesMax = 15;

/** Makes node_modules match package-lock.json. Uses the network, and says so on stderr, only when it does not yet. */
export async function prepare() {
  const lockText = readFileSync(join(projectFolder, "package-lock.json"), "utf8");
  const wanted = createHash("sha256").update(lockText).digest("hex");
  if (isInstalled(wanted, lockText)) return;
  await waitForOurTurn();
  process.once("exit", endTurn);
  try {
    if (isInstalled(wanted, lockText)) return;
    process.stderr.write("Installing what Reeve needs from the npm registry (once; about a minute) ...\n");
    // What an interrupted install left looks installed to npm, and may lack its files or its programs.
    if (!existsSync(stampFile)) rmSync(modulesFolder, { recursive: true, force: true });
    rmSync(stampFile, { force: true });
    await install();
    writeFileSync(stampFile, wanted);
  } finally {
    endTurn();
    process.off("exit", endTurn);
  }
}

/**
 * Has made what a first start begins from (src/prepare-first-start.ts), where something that it is made from is newer.
 * Where it cannot be made, everything works without it.
 */
export async function prepareFirstStart() {
  const script = join(projectFolder, "src", "prepare-first-start.ts");
  const node = node26();
  if (node === undefined || !existsSync(script) || isPrepared()) return;
  keepCompiled();
  await run(node, [script], { cwd: projectFolder, stdio: ["ignore", 2, 2] });
}

function isPrepared() {
  const timeOf = (name) => statSync(join(projectFolder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const within = (folder) => readdirSync(join(projectFolder, folder)).map((name) => `${folder}/${name}`);
  const files = ["package-lock.json", "src/prepare-first-start.ts"];
  files.push(...within("db/migrations"), ...within("src/kernel/database"), ...within("src/web/assets"));
  const made = timeOf(".cache/prepared/looked-at");
  return files.every((name) => timeOf(name) <= made);
}

/** Runs the pinned Node 26 with these arguments in place of this process, and ends as it ends. */
export async function runWithNode26(args, options = {}) {
  keepCompiled();
  // With an arena for each of its threads the process holds some 20 MB more. Only the GNU C library reads this.
  process.env.MALLOC_ARENA_MAX ??= "2";
  const result = await run(findNode26(), args, { stdio: "inherit", ...options });
  if (result.error) {
    fail(`The Node.js 26 that Reeve installs cannot run on this machine (${result.error.message}). ${howToReinstall}`);
  }
  // The code of a program whose libraries are not all there: it has named the missing one above.
  if (result.code === 127) fail(howToGetLibraries);
  endAs(result);
}

// Node.js from 25 on is linked with libatomic, which small Linux installations lack: https://github.com/nodejs/node/issues/60790.
const howToGetLibraries =
  "The Node.js 26 that Reeve installs needs the library named above, which this machine lacks. Install it (libatomic1 " +
  "by apt-get on Debian and Ubuntu, libatomic by dnf on Red Hat) and run the command again.";

const howToReinstall =
  "Allow the install scripts of the packages that package.json names under allowScripts, then delete the folder " +
  "node_modules and run the command again.";

function isInstalled(wanted, lockText) {
  if (readText(stampFile)?.trim() === wanted) return true;
  if (!installedByHand(lockText)) return false;
  try {
    writeFileSync(stampFile, wanted);
  } catch {
    // A folder that this user may only read is fine as it is.
  }
  return true;
}

// After an install by hand there is no stamp, but npm leaves its own list of what it put there.
function installedByHand(lockText) {
  const listed = readText(join(modulesFolder, ".package-lock.json"));
  if (listed === undefined) return false;
  try {
    const present = JSON.parse(listed).packages;
    return Object.entries(JSON.parse(lockText).packages).every(([path, wanted]) => {
      if (path === "") return true;
      const found = present[path];
      if (found === undefined) return wanted.optional === true;
      return found.version === wanted.version && found.integrity === wanted.integrity;
    });
  } catch {
    return false;
  }
}

// Two commands at once must not install over each other; one that was killed must not block the next.
async function waitForOurTurn() {
  try {
    mkdirSync(cacheFolder, { recursive: true });
  } catch (error) {
    failReadOnly(error);
  }
  for (let said = false; ; said = true) {
    try {
      writeFileSync(installingFile, String(process.pid), { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") failReadOnly(error);
    }
    if (!otherInstallRuns()) rmSync(installingFile, { force: true });
    else if (!said) process.stderr.write("Waiting for another command that is installing what Reeve needs ...\n");
    await sleep(200);
  }
}

function endTurn() {
  rmSync(installingFile, { force: true });
}

function otherInstallRuns() {
  const pid = Number(readText(installingFile));
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    if (Date.now() - statSync(installingFile).mtimeMs > installMinutesMax * 60_000) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function install() {
  // Not `npm ci`: it refuses a lock file that does not list the packages of every other operating system. With
  // --no-save npm keeps to the lock file and leaves it as it is. Development packages are installed whatever NODE_ENV
  // says, because the tests and checks belong to the product.
  const args = ["install", "--no-save", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  args.push("--loglevel=error");
  // What npm prints goes to stderr (2): stdout holds only the result of the command that was asked for.
  const options = { cwd: projectFolder, stdio: ["ignore", 2, 2] };
  const npmProgram = process.env.npm_execpath;
  const result =
    npmProgram && /npm-cli\.c?js$/.test(npmProgram)
      ? await run(outerNode(), [npmProgram, ...args], options)
      : await run("npm", args, { ...options, shell: process.platform === "win32" });
  if (result.error) fail(`npm could not be started (${result.error.message}). Install Node.js 20 or newer with npm.`);
  if (result.signal) endAs(result);
  if (result.code !== 0) {
    fail("Installing failed (npm says why above). Check that the npm registry can be reached and run it again.");
  }
}

// Under `npm start` our own Node may be the one in node_modules, which is about to be replaced.
function outerNode() {
  const { npm_node_execpath: given } = process.env;
  if (!isInModules(process.execPath)) return process.execPath;
  return given && !isInModules(given) && existsSync(given) ? given : "node";
}

function isInModules(program) {
  return program.startsWith(modulesFolder + sep);
}

// What Node made of our TypeScript is kept, which halves the time that each process takes to begin. Where the folder
// cannot be written, Node does without.
function keepCompiled() {
  process.env.NODE_COMPILE_CACHE ??= join(cacheFolder, "compiled");
}

function findNode26() {
  return (
    node26() ??
    fail(`Reeve needs Node.js 26 and its npm package "node" is there without the program. ${howToReinstall}`)
  );
}

function node26() {
  const program = process.platform === "win32" ? "node.exe" : "node";
  const system = process.platform === "win32" ? "win" : process.platform;
  const specific = `node-${system}-${process.arch}`;
  const candidates = [
    join(modulesFolder, "node", "bin", program),
    join(modulesFolder, "node", "node_modules", specific, "bin", program),
    join(modulesFolder, specific, "bin", program),
  ];
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;
  return process.versions.node.startsWith("26.") ? process.execPath : undefined;
}

/**
 * Starts a program and waits for its end. Every signal that asks us to end goes on to it, each time it comes: we never
 * die before it, so that nobody restarts the product while it is still closing.
 */
function run(program, args, options) {
  return new Promise((resolve) => {
    const child = spawn(program, args, options);
    const passOn = (signal) => child.kill(signal);
    const signals = ["SIGTERM", "SIGINT", "SIGHUP"];
    for (const signal of signals) process.on(signal, passOn);
    // npm and its shell end at a signal without passing it on: whoever was told to stop was our parent.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event === undefined || process.ppid === parent) return;
      clearInterval(watch);
      child.kill("SIGTERM");
    }, 500);
    watch.unref();
    const end = (result) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, passOn);
      resolve(result);
    };
    child.on("error", (error) => {
      // An error can also mean that a signal could not be sent; then the program still runs.
      if (child.pid === undefined) end({ error });
    });
    child.on("exit", (code, signal) => end({ code, signal }));
  });
}

function endAs({ code, signal }) {
  if (!signal) process.exit(code ?? 1);
  process.kill(process.pid, signal);
  // Reached only where the signal did not end us, as on Windows.
  setTimeout(() => process.exit(1), 1000);
}

// As in the service and the container, to which the project's folder is read only.
function failReadOnly(error) {
  fail(
    "What this version of Reeve needs is not installed, and the project's folder cannot be written from here. Run " +
      `npm run reeve -- help in it once, as the user that owns it. (${error.message})`,
  );
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
