/**
 * Makes the database that a first start copies: a new server, with every migration and the queue's own tables, stopped.
 * Run after an install and when what it is made from has changed. It holds nobody's password, so a copy lets nobody in
 * before it is given its own. Where it cannot be made, a first start takes longer, and that is all.
 */
import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withStartLock } from "./kernel/database/embedded-lock.ts";
import { nameOfPrepared, preparedDatabases } from "./prepared-database.ts";

try {
  await mkdir(preparedDatabases, { recursive: true, mode: 0o700 });
  await withStartLock(preparedDatabases, 60_000, async () => {
    const name = await nameOfPrepared();
    const isThere = await access(join(preparedDatabases, name)).then(
      () => true,
      () => false,
    );
    if (!isThere) await make(name);
    // Its time says when it was last looked at: bin/prepare.mjs compares it with those of the migrations.
    await writeFile(join(preparedDatabases, "looked-at"), "");
  });
} catch (error) {
  process.stderr.write(
    `The database for first starts could not be prepared (${error instanceof Error ? error.message : String(error)}). ` +
      "Reeve works without it.\n",
  );
}

async function make(name: string): Promise<void> {
  process.stderr.write("Preparing the database for first starts (once for each version) ...\n");
  const [{ startEmbeddedPostgres }, { migrate }, { prepareJobs }, { createPool }, { registry }] = await Promise.all([
    import("./kernel/database/embedded.ts"),
    import("./kernel/database/migrate.ts"),
    import("./jobs.ts"),
    import("./kernel/transaction.ts"),
    import("./records.ts"),
  ]);
  // Nobody else makes one now: these are of other versions, or were cut short.
  for (const left of await readdir(preparedDatabases))
    await rm(join(preparedDatabases, left), { recursive: true, force: true });
  const unfinished = join(preparedDatabases, `making-${randomUUID()}`);
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
    await rename(join(unfinished, "postgres"), join(preparedDatabases, name));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
