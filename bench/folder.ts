import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readMigrations } from "../src/kernel/database/migrate.ts";
import { makeBenchData } from "./generate.ts";
import type { BenchFacts } from "./generate.ts";

const benchFolder = fileURLToPath(new URL("../.cache/", import.meta.url));
const factsFile = "bench.json";

/**
 * The data folder with this many tickets (a multiple of 10,000): the one that was made by these migrations and this
 * generator, or else a new one. A folder is what `REEVE_DATA` takes; its server is not running.
 */
export async function benchFolderOf(
  tickets: number,
  log: (line: string) => void,
): Promise<{ dataFolder: string; facts: BenchFacts }> {
  const dataFolder = `${benchFolder}bench-${await sourceHash()}/${tickets}`;
  const known = await readFile(`${dataFolder}/${factsFile}`, "utf8").catch(() => null);
  // Written below.
  if (known !== null) return { dataFolder, facts: JSON.parse(known) as BenchFacts };
  await removeOld(dataFolder);
  const making = `${dataFolder}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true, mode: 0o700 });
  const facts = await makeBenchData(making, tickets, log);
  await writeFile(`${making}/${factsFile}`, JSON.stringify(facts, null, 2));
  await rename(making, dataFolder);
  return { dataFolder, facts };
}

/** What decides how the data comes out: the migrations, and these files. */
async function sourceHash(): Promise<string> {
  const sources = ["articles.ts", "generate.ts", "joins.ts", "tickets.sql", "words.ts"].map((name) =>
    readFile(new URL(name, import.meta.url), "utf8"),
  );
  const migrations = (await readMigrations()).map(({ sha256 }) => sha256);
  return createHash("sha256")
    .update([...migrations, ...(await Promise.all(sources))].join("\n"))
    .digest("hex")
    .slice(0, 16);
}

/** Makes room: what other migrations made is of no more use, and a million tickets take several gigabytes. */
async function removeOld(dataFolder: string): Promise<void> {
  const current = dataFolder.split("/").at(-2);
  for (const name of (await namesIn(benchFolder)).filter((other) => other.startsWith("bench-") && other !== current)) {
    const folders = (await namesIn(`${benchFolder}${name}`)).map((size) => `${benchFolder}${name}/${size}`);
    const inUse = await Promise.all(folders.map(isRunning));
    if (!inUse.includes(true)) await rm(`${benchFolder}${name}`, { recursive: true, force: true });
  }
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** Whether a server works on a data folder: another bench that is still measuring, or making. */
async function isRunning(dataFolder: string): Promise<boolean> {
  const pid = Number.parseInt(await readFile(`${dataFolder}/postgres/postmaster.pid`, "utf8").catch(() => ""), 10);
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
