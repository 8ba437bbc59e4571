import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { once } from "node:events";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { readArchive } from "./archive.ts";
import { BackupError } from "./failed.ts";
import { contentsName, contentsSchema, manifestName, manifestSchema } from "./manifest.ts";
import type { Contents, Manifest } from "./manifest.ts";
import type { FileStore } from "./restored-files.ts";
import { emptySchema } from "./empty-schema.ts";
import type { EmptySchema } from "./empty-schema.ts";

interface LoadOptions {
  readonly from: string;
  readonly files: FileStore;
  readonly progress: (line: string) => void;
}

/** Loads a whole archive within the client's transaction: makes the schema, fills it, and proves that all of it came. */
export async function loadArchive(
  client: pg.Client,
  { from, files, progress }: LoadOptions,
): Promise<{ tables: number; rows: number; files: number }> {
  const loading = createLoading(client, progress);
  let fileCount = 0;
  try {
    await readArchive(from, async (name, content) => {
      const [folder, item = ""] = name.split("/");
      if (name === manifestName) await loading.begin(await whole(content));
      else if (folder === "tables") await loading.add(item, content);
      else if (name === contentsName) await loading.end(await whole(content), fileCount);
      else if (folder === "files" && /^[0-9a-f]{64}$/.test(item)) {
        await files.put(item, content);
        fileCount++;
      } else
        throw new BackupError(`The backup holds “${name}”, which this version does not know. Nothing was restored.`);
    });
    return { ...(await loading.finish()), files: fileCount };
  } catch (error) {
    loading.abandon();
    throw error;
  }
}

/** What has come of a backup so far. */
function createLoading(client: pg.Client, progress: (line: string) => void) {
  let manifest: Manifest | null = null;
  let manifestSha256 = "";
  let contents: Contents | null = null;
  let schema: EmptySchema | null = null;
  let open: {
    readonly name: string;
    readonly copy: ReturnType<typeof copyFrom>;
    readonly hash: Hash;
    bytes: number;
    /** What PostgreSQL refused: the stream says it once and then writes no more. */
    failure: Error | null;
  } | null = null;
  const came: Record<string, Contents["tables"][string]> = {};

  const closeTable = async () => {
    if (!open) return;
    const { name, copy, hash, bytes, failure } = open;
    open = null;
    if (failure) throw failure;
    const finished = once(copy, "finish");
    copy.end();
    await finished;
    came[name] = { rows: copy.rowCount, bytes, sha256: hash.digest("hex") };
  };
  const openTable = (name: string) => {
    const known = manifest?.tables.find((one) => one.name === name);
    if (!known || name in came)
      throw new BackupError(`The backup is damaged: rows of “${name}” stand where none should. Nothing was restored.`);
    progress(`Restoring ${name}: ${known.rows.toLocaleString("en-GB")} rows`);
    const columns = known.columns.map((column) => client.escapeIdentifier(column)).join(", ");
    const copy = client.query(copyFrom(`copy ${client.escapeIdentifier(name)} (${columns}) from stdin`));
    const table = { name, copy, hash: createHash("sha256"), bytes: 0, failure: null as Error | null };
    // Whoever writes next learns of a failure; on its own it must not end the process.
    copy.on("error", (error) => (table.failure = error));
    open = table;
    return table;
  };

  return {
    /** Tells PostgreSQL that no more rows come, so that the connection can be used for the rollback. */
    abandon: () => open?.copy.destroy(),
    begin: async (bytes: Buffer) => {
      if (manifest) throw new BackupError("The backup is damaged: it begins twice. Nothing was restored.");
      manifest = parsed(manifestSchema, bytes);
      manifestSha256 = createHash("sha256").update(bytes).digest("hex");
      schema = await emptySchema(client, manifest);
    },
    add: async (name: string, content: AsyncIterable<Buffer>) => {
      if (open?.name !== name) await closeTable();
      const table = open ?? openTable(name);
      for await (const chunk of content) {
        table.hash.update(chunk);
        table.bytes += chunk.length;
        if (table.failure) throw table.failure;
        if (!table.copy.write(chunk)) await once(table.copy, "drain");
      }
    },
    end: async (bytes: Buffer, files: number) => {
      await closeTable();
      contents = parsed(contentsSchema, bytes);
      if (contents.files !== files || contents.manifestSha256 !== manifestSha256)
        throw new BackupError("The backup is damaged: not all of it is there. Nothing was restored.");
    },
    finish: async () => {
      if (!manifest || !schema) throw new BackupError("This is no backup of Reeve. Nothing was restored.");
      if (!contents) throw new BackupError("The backup is cut short: its end is missing. Nothing was restored.");
      const all = { manifest, contents };
      for (const { name, rows } of all.manifest.tables) {
        const expected = all.contents.tables[name];
        const got = came[name] ?? { rows: 0, bytes: 0, sha256: createHash("sha256").digest("hex") };
        if (!expected || expected.rows !== rows || got.rows !== rows || got.sha256 !== expected.sha256)
          throw new BackupError(
            `The backup is damaged: the rows of ${name} are not what was backed up. Nothing was restored.`,
          );
      }
      progress("Making the indexes and checking that all belongs together");
      await schema.complete();
      return { tables: all.manifest.tables.length, rows: all.manifest.tables.reduce((sum, { rows }) => sum + rows, 0) };
    },
  };
}

async function whole(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parsed<Output>(
  schema: { safeParse(given: unknown): { success: true; data: Output } | { success: false } },
  bytes: Buffer,
): Output {
  let given: unknown = null;
  try {
    given = JSON.parse(bytes.toString("utf8"));
  } catch {
    // Refused below.
  }
  const result = schema.safeParse(given);
  if (!result.success)
    throw new BackupError("This is no backup that this version of Reeve can read. Nothing was restored.");
  return result.data;
}
