import { createHash } from "node:crypto";
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FindPrepared } from "./kernel/database/embedded-folder.ts";

const project = fileURLToPath(new URL("..", import.meta.url));

/** Where the prepared database is kept: the folder of a server that was stopped, by the name of what it was made from. */
export const preparedDatabases = join(project, ".cache", "prepared-database");

/** The prepared database of this version, where there is one: see `prepare-database.ts`. */
export const findPrepared: FindPrepared = async () => {
  const folder = join(preparedDatabases, await nameOfPrepared());
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
  const files = ["package-lock.json", "src/prepare-database.ts", ...names.flat().toSorted()];
  const texts = await Promise.all(files.map((name) => readFile(join(project, name), "utf8")));
  const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, files, texts]));
  return hash.digest("hex").slice(0, 16);
}
