/**
 * Makes what each first start would make alike: the stylesheet and scripts, and a database that it copies, a new server with
 * every migration and the queue's own tables, stopped. Run after an install and when what they are made from has changed.
 * The database holds nobody's password, so a copy lets nobody in before it is given its own. Where they cannot be made, a
 * first start takes longer, and that is all.
 */
import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withStartLock } from "./kernel/database/embedded-lock.ts";
import { nameOfPrepared, preparedFolder } from "./prepared.ts";
import { prepareAssets } from "./web/view/assets.ts";

try {
  await mkdir(preparedFolder, { recursive: true, mode: 0o700 });
  await withStartLock(preparedFolder, 60_000, async () => {
    const name = await nameOfPrepared();
    const isThere = await access(join(preparedFolder, name)).then(
      () => true,
      () => false,
    );
    if (!isThere) await makeDatabase(name);
    await prepareAssets(preparedFolder);
    // Its time says when it was last looked at: bin/prepare.mjs compares it with those of the migrations.
    await writeFile(join(preparedFolder, "looked-at"), "");
  });
} catch (error) {
  process.stderr.write(
    `First starts could not be prepared (${error instanceof Error ? error.message : String(error)}). ` +
      "Reeve works without it.\n",
  );
}

async function makeDatabase(name: string): Promise<void> {
  process.stderr.write("Preparing first starts (once for each version) ...\n");
  const [{ startEmbeddedPostgres }, { migrate }, { prepareJobs }, { createPool }, { registry }] = await Promise.all([
    import("./kernel/database/embedded.ts"),
    import("./kernel/database/migrate.ts"),
    import("./jobs.ts"),
    import("./kernel/transaction.ts"),
    import("./records.ts"),
  ]);
  // Nobody else makes one now: these are of other versions, or were cut short.
  for (const left of await readdir(preparedFolder))
    if (/^(database|making)-/.test(left)) await rm(join(preparedFolder, left), { recursive: true, force: true });
  const unfinished = join(preparedFolder, `making-${randomUUID()}`);
  try {
    const server = await startEmbeddedPostgres({ dataFolder: unfinished, log: () => {} });
    try {
      await migrate({ ownerUrl: server.url, appPassword: null, registry });
      const pool = createPool(server.url, 2, "long work");
      await prepareJobs(pool);
      await pool.query("alter role reeve_owner password null");
      await pool.end();
    } finally {
      await server.stop({ evenIfShared: true });
    }
    await rename(join(unfinished, "postgres"), join(preparedFolder, name));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
