import { createHash } from "node:crypto";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FindPrepared } from "./kernel/database/embedded-folder.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

/** What was made ready for first starts by `prepare-first-start.ts`: a database, and what `prepareAssets` makes. */
export const preparedFolder = join(project, ".cache", "prepared");

/** The folder of a database server that was prepared for this version and stopped, where there is one. */
export const findPrepared: FindPrepared = async () => {
  const folder = join(preparedFolder, await nameOfPrepared());
  return access(folder).then(
    () => folder,
    () => undefined,
  );
};

/** A name for all that a prepared database is made from: PostgreSQL and the queue (the lock file), our code for them, the migrations. */
export async function nameOfPrepared(): Promise<string> {
  const folders = ["db/migrations", "src/kernel/database"];
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(join(project, folder))).map((name) => `${folder}/${name}`)),
  );
  const files = ["package-lock.json", "src/prepare-first-start.ts", ...names.flat().toSorted()];
  const texts = await Promise.all(files.map((name) => readFile(join(project, name), "utf8")));
  const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, files, texts]));
  return `database-${hash.digest("hex").slice(0, 16)}`;
}
