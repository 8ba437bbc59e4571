import { access } from "node:fs/promises";
import { Client } from "pg";
import type { FilesPlace } from "../files/store.ts";
import { migrate } from "../database/migrate.ts";
import { problemText } from "../memory/verify-text.ts";
import { verify } from "../memory/verify.ts";
import type { VerifyReport } from "../memory/verify.ts";
import type { Registry } from "../registry.ts";
import { createPool } from "../transaction.ts";
import { eraseAgain } from "./erase-again.ts";
import { erasureListPath, keepErasureList, readErasureList } from "./erasure-list.ts";
import { BackupError } from "./failed.ts";
import { loadArchive } from "./load.ts";
import { openFileStore } from "./restored-files.ts";

export interface RestoreOptions {
  readonly ownerUrl: string;
  readonly filesFolder: FilesPlace;
  /** The backup. */
  readonly from: string;
  readonly registry: Registry;
  /** Lists of erasures to carry out again; the one beside the folder of files, when it is there, is always read. */
  readonly erasureLists?: readonly string[];
  readonly progress?: (line: string) => void;
}

export interface Restored {
  readonly tables: number;
  readonly rows: number;
  readonly files: number;
  /** Things erased by law after the backup was made, and now erased again. */
  readonly erasedAgain: number;
  readonly report: VerifyReport;
}

/**
 * Brings a backup back into an empty database, all of it or nothing: the tables as they were, the files, and what was
 * erased by law since then erased again. Then migrates on to this version and verifies; `report.ok` says whether the
 * memory is whole. Throws a BackupError in sentences when the database is not empty or the file is damaged, cut short,
 * not ours or from a newer version.
 */
export async function restore({
  ownerUrl,
  filesFolder,
  from,
  registry,
  erasureLists = [],
  progress = () => {},
}: RestoreOptions): Promise<Restored> {
  if (
    !(await access(from).then(
      () => true,
      () => false,
    ))
  )
    throw new BackupError(`There is no file ${from}.`);
  const lists = [erasureListPath(filesFolder), ...erasureLists];
  const erasures = (await Promise.all(lists.map(readErasureList))).flat();
  const client = new Client({
    connectionString: ownerUrl,
    options:
      "-c timezone=UTC -c datestyle=ISO -c client_encoding=UTF8 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
  });
  await client.connect();
  const files = openFileStore(filesFolder);
  try {
    await client.query("begin");
    const loaded = await loadArchive(client, { from, files, progress });
    const again = await eraseAgain(client, erasures);
    await client.query("commit");
    await files.remove(again.files);
    if (again.erased > 0)
      progress(
        `Erased again what was erased by law after the backup was made: ${again.erased.toLocaleString("en-GB")}`,
      );
    await migrate({ ownerUrl, appPassword: null, registry, log: progress });
    await client.query("analyze");
    await keepErasureList(client, erasureListPath(filesFolder));
    return {
      ...loaded,
      erasedAgain: again.erased,
      report: await proved({ ownerUrl, registry, filesFolder, progress }),
    };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    await files.undo();
    throw inWords(error, from);
  } finally {
    await client.end().catch(() => {});
  }
}

async function proved({
  ownerUrl,
  registry,
  filesFolder,
  progress,
}: Pick<RestoreOptions, "ownerUrl" | "registry" | "filesFolder"> & {
  progress: (line: string) => void;
}): Promise<VerifyReport> {
  const ownerPool = createPool(ownerUrl, 2);
  try {
    const report = await verify({ ownerPool, registry, filesFolder, progress });
    const [first] = report.problems;
    progress(
      first
        ? `The backup is back, but its memory is not whole: ${report.problemCount} wrong, the first: ${problemText(first)}`
        : "The backup is back and its memory is whole: every chain, seal, record, file and clock verifies",
    );
    return report;
  } finally {
    await ownerPool.end();
  }
}

/** Data that PostgreSQL cannot read, or what zlib and tar say of bytes that are none of theirs. */
const damage = /^(22|23|42)\w{3}$|^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB|ERR_STREAM_PREMATURE_CLOSE)/;

function inWords(error: unknown, from: string): Error {
  if (error instanceof BackupError || !(error instanceof Error))
    return error instanceof Error ? error : new Error(String(error));
  const code = "code" in error ? String(error.code) : "";
  if (code === "ENOSPC" || code === "53100")
    return new BackupError("The disk is full. Nothing was restored.", { cause: error });
  const cut = /Unexpected end|Invalid tar header|Invalid format|Unknown frame|Data corruption|checksum/i.test(
    error.message,
  );
  if (cut || damage.test(code))
    return new BackupError(
      `${from} is damaged, cut short, or no backup of Reeve (${error.message}). Nothing was restored.`,
      { cause: error },
    );
  return error;
}
