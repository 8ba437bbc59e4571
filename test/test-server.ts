import { cp, mkdtemp, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { withStartLock } from "../src/kernel/database/embedded-lock.ts";
import { othersUse } from "../src/kernel/database/embedded-sessions.ts";
import { startEmbeddedPostgres } from "../src/kernel/database/embedded.ts";
import { isInMemory, scratch } from "./scratch.ts";

/** The PostgreSQL that every test process uses. It stops with the last of them. */
export interface TestServer {
  /** Its address as the owner. */
  readonly url: string;
  /** What was made in it now is of use to later runs. */
  keep(): Promise<void>;
}

const cacheFolder = fileURLToPath(new URL("../.cache", import.meta.url));
/** Its data while it is stopped; while it runs as well, where there is no room in memory. */
const kept = join(cacheFolder, "test-postgres");
/** Leads to its data in memory while it runs there. */
const lead = join(cacheFolder, "test-postgres-in-memory");
/** A file in the data that says that they are to be kept. */
const toBeKept = "to-be-kept";

let used: Promise<TestServer> | undefined;

/** Starts the server, or adopts the one that runs, and uses it until this process ends. */
export function testServer(): Promise<TestServer> {
  used ??= beginUse();
  return used;
}

/** Nobody begins to use the server while another process stops it. */
const alone = <Result>(work: () => Promise<Result>) => withStartLock(cacheFolder, 300_000, work);

function beginUse(): Promise<TestServer> {
  return alone(async () => {
    const folder = await dataFolder();
    const server = await startEmbeddedPostgres({ dataFolder: folder, log: () => {} });
    if (server.startedHere) await ease(server.url);
    // A session of ours, by which other processes see that it is used.
    // pg's types leave out what lets a process end beside it.
    const session = new pg.Client({ connectionString: server.url }) as pg.Client & Record<"ref" | "unref", () => void>;
    session.on("error", () => {});
    await session.connect();
    session.unref();
    const endUse = async () => {
      session.ref();
      await session.end();
      // Looked at first without the lock: sessions that were just closed are listed for a moment.
      if (await othersUse(server.url)) return;
      await alone(async () => {
        if (await othersUse(server.url)) return;
        await server.stop({ evenIfShared: true });
        if (folder === lead) await putAway();
      });
    };
    // What cannot be stopped or put away now is found by the next run.
    process.once("beforeExit", () => void endUse().catch(() => {}));
    return { url: server.url, keep: () => writeFile(join(folder, toBeKept), "") };
  });
}

/** Pages are not written twice against a power cut, which is for the kill tests, on servers of their own. */
async function ease(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("alter system set full_page_writes = off");
  await client.query("select pg_reload_conf()");
  await client.end();
}

async function dataFolder(): Promise<string> {
  if (await exists(lead)) return lead;
  if (!isInMemory) return kept;
  const folder = await mkdtemp(join(scratch, "reeve-test-server-"));
  // Not of one that still runs, as on a machine that had less room when it began.
  if ((await exists(kept)) && !(await exists(join(kept, "postgres/postmaster.pid")))) await copy(kept, folder);
  await rm(lead, { force: true });
  await symlink(folder, lead);
  return lead;
}

/** Keeps what is of use to later runs, and frees the memory. */
async function putAway(): Promise<void> {
  if (!(await exists(lead))) return;
  const folder = await realpath(lead);
  if (await exists(join(folder, toBeKept))) {
    await rm(join(folder, toBeKept));
    await rm(kept, { recursive: true, force: true });
    await copy(folder, kept);
  }
  await rm(lead);
  await rm(folder, { recursive: true });
}

/** With the times of the files, by which one sees which templates are old. */
const copy = (from: string, to: string) => cp(from, to, { recursive: true, preserveTimestamps: true });

/** Whether it is there; a link that leads nowhere is not. */
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
