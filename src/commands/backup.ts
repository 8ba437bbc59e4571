import type { Command } from "commander";
import { backup } from "../kernel/backup/backup.ts";
import { restore } from "../kernel/backup/restore.ts";
import { verifyText } from "../kernel/memory/verify-text.ts";
import { registry } from "../records.ts";
import { sealedThings } from "./doctor-secret.ts";
import { lookingAt, mustBeStarted, pathFrom, progress, withRuntime } from "./with-runtime.ts";

/** `backup` and `restore`: one file that holds the database and the files. */
export function addBackupCommands(program: Command): void {
  program
    .command("backup")
    .argument("<file>", "where to write it")
    .description("write one file with the database and the files, while Reeve runs")
    .action(makeBackup);
  program
    .command("restore")
    .argument("<file>", "a file that backup wrote")
    .option("--erasures <file...>", "lists of what was erased by law since, to erase again")
    .description("bring a backup back, into an empty database")
    .action(bringBack);
}

async function makeBackup(file: string): Promise<void> {
  const out = pathFrom(file);
  // A database that is behind is backed up as it is: that is what one does before a new version migrates it.
  const { contents } = await lookingAt(async (runtime) => {
    await mustBeStarted(runtime);
    return backup({ ownerUrl: runtime.ownerUrl, filesFolder: runtime.filesFolder, out, progress });
  });
  process.stdout.write(`${out}\n`);
  // It holds everything else, and whoever runs it each night must hear of what it lacks.
  if (contents.missingFiles.length > 0) process.exitCode = 1;
}

async function bringBack(file: string, options: { erasures?: readonly string[] }): Promise<void> {
  const restored = await withRuntime(
    async (runtime) => {
      const done = await restore({
        ownerUrl: runtime.ownerUrl,
        filesFolder: runtime.filesFolder,
        from: pathFrom(file),
        registry,
        erasureLists: (options.erasures ?? []).map(pathFrom),
        progress,
      });
      const sealed = await sealedThings(runtime);
      if (!sealed.fine) progress(`${sealed.what}: ${sealed.says}`);
      return done;
    },
    { migrates: false },
  );
  process.stdout.write(verifyText(restored.report));
  process.exitCode = restored.report.ok ? 0 : 1;
}
