import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { bulkJobs } from "../src/kernel/bulk/jobs.ts";
import { runJob } from "../src/kernel/jobs/run.ts";
import type { JobKind } from "../src/kernel/jobs/run.ts";
import { importJobs } from "../src/kernel/transfer/jobs.ts";
import type { WebParts } from "../src/web/parts.ts";
import { createWebWorld, words } from "./web-world.ts";
import type { Browser, WebWorld } from "./web-world.ts";

/** A web world with a folder for files, whose jobs a test runs itself. */
export interface ImportWorld extends WebWorld {
  readonly filesFolder: string;
  /** Runs every job that waits, one after another, until none does. */
  runJobs(kinds?: Readonly<Record<string, JobKind>>): Promise<void>;
}

/** Makes one. Give `parts` to change what the app is made of. */
export async function createImportWorld(parts: Partial<WebParts> = {}): Promise<ImportWorld> {
  const filesFolder = await mkdtemp(join(tmpdir(), "reeve-import-"));
  const world = await createWebWorld({ filesFolder, ...parts });
  return {
    ...world,
    filesFolder,
    runJobs: async (kinds = { ...importJobs, ...bulkJobs }) => {
      for (;;) {
        const { rows } = await world.ownerPool.query<{ organisation: string; job: string }>(
          "select organisation_id as organisation, id as job from jobs where state = 'waiting' and next_at <= now() order by id",
        );
        if (rows.length === 0) return;
        for (const where of rows)
          await runJob(
            { ownerPool: world.ownerPool, store: world.store, kinds, filesFolder, log: pino({ level: "silent" }) },
            where,
          );
      }
    },
    close: async () => {
      await world.close();
      await rm(filesFolder, { recursive: true, force: true });
    },
  };
}

/** Sends a file and has it read. Gives the address of the import. */
export async function sendFile(
  world: ImportWorld,
  browser: Browser,
  path: string,
  content: string | Buffer,
  name = "people.csv",
): Promise<string> {
  const answer = await browser.post(
    `/${path}/import`,
    { file: new File([new Uint8Array(Buffer.from(content))], name) },
    { from: `/${path}/import` },
  );
  if (answer.statusCode !== 303) throw new Error(`${answer.statusCode}: ${words(answer)}`);
  await world.runJobs();
  return String(answer.headers.location);
}

/** Sends the columns as the page has matched them, with what `changed` says otherwise, and has every row checked. */
export async function checkColumns(
  world: ImportWorld,
  browser: Browser,
  at: string,
  changed: Readonly<Record<string, string>> = {},
) {
  const page = await browser.get(`${at}/columns`);
  const selects = [...page.body.matchAll(/<select[^>]*\bname="([^"]+)"[^>]*>(.*?)<\/select>/gs)].map(
    ([, name = "", options = ""]) => [name, /<option value="([^"]*)" selected/.exec(options)?.[1] ?? ""] as const,
  );
  const answer = await browser.post(
    `${at}/columns`,
    { ...Object.fromEntries(selects), blanks: "keep", ...changed },
    { from: page },
  );
  if (answer.statusCode !== 303) return answer;
  await world.runJobs();
  return browser.get(at);
}

/** Saves what was checked. */
export async function saveRows(world: ImportWorld, browser: Browser, at: string) {
  await browser.post(`${at}/save`, {}, { from: at });
  await world.runJobs();
  return browser.get(at);
}
