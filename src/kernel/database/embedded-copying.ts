/** The thread that makes a server's folder of a prepared one: see `copyPrepared`. Says true when it is whole. */
import { chownSync, constants, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { databaseName, ownerName } from "./embedded-folder.ts";
import type { CopyOrder } from "./embedded-prepared.ts";
import { postgresCommand, runToEnd } from "./embedded-programs.ts";
import type { ServerIdentity } from "./embedded-programs.ts";

// Given by `copyPrepared` alone.
const order = workerData as CopyOrder;
copyFolder(order.from, order.to, order.paths.identity);
const isWhole = (await renew(order)) && (await isWritten(order));
if (parentPort) tell(parentPort, isWhole);

/** Of threads, which need no origin; the rule that asks for one is about windows. */
function tell(port: MessagePort, answer: boolean): void {
  port.postMessage(answer);
}

/** Shares the files' content with the original where the disk can (reflinks), until one of them changes. */
function copyFolder(from: string, to: string, identity: ServerIdentity | undefined): void {
  mkdirSync(to, { mode: 0o700 });
  if (identity !== undefined) chownSync(to, identity.uid, identity.gid);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [original, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(original, copy, identity);
    else {
      copyFileSync(original, copy, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      if (identity !== undefined) chownSync(copy, identity.uid, identity.gid);
    }
  }
}

/**
 * What no two databases may have in common is made anew, by PostgreSQL alone on the folder, with no way in for anybody. That it
 * can begin and end there proves the copy as well.
 */
async function renew({ to, password, paths }: CopyOrder): Promise<boolean> {
  const statements = [
    `alter role ${ownerName} password '${password}'`,
    "update reeve.feed_epoch set epoch = gen_random_uuid()",
  ];
  const settings = ["exit_on_error=on", "shared_buffers=16MB", "fsync=off", "timezone=UTC"].flatMap((one) => [
    "-c",
    one,
  ]);
  const command = postgresCommand("postgres", ["--single", "-D", to, ...settings, databaseName], paths.identity);
  const { succeeded, output } = await runToEnd(command, paths.dataFolder, `${statements.join("\n")}\n`);
  return succeeded && !/ERROR|FATAL|PANIC/.test(output);
}

/** As initdb does with what it makes: a power cut must leave all of it or nothing that has its name. */
async function isWritten({ to, paths }: CopyOrder): Promise<boolean> {
  // All of the disk at once, where the system can, takes a tenth of the time of two thousand files one after the other.
  const atOnce = process.platform === "linux" ? ["--sync-method=syncfs"] : [];
  const command = postgresCommand("initdb", ["--sync-only", ...atOnce, `--pgdata=${to}`], paths.identity);
  return (await runToEnd(command, paths.dataFolder)).succeeded;
}
