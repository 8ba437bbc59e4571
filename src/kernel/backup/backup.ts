import { createHash } from "node:crypto";
import { access, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Client } from "pg";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { bytesOf, writeArchive } from "./archive.ts";
import type { ArchiveWriter } from "./archive.ts";
import { erasureListPath, keepErasureList } from "./erasure-list.ts";
import { BackupError } from "./failed.ts";
import { storeOf } from "../files/store.ts";
import type { FilesPlace } from "../files/store.ts";
import { contentsName, formatVersion, leftOut, manifestName } from "./manifest.ts";
import type { Contents, Manifest } from "./manifest.ts";

export interface BackupOptions {
  readonly ownerUrl: string;
  readonly filesFolder: FilesPlace;
  /** Where the backup is written; nothing may be there yet. */
  readonly out: string;
  readonly progress?: (line: string) => void;
}

/** How a table's rows are cut: what is in memory at once. */
const partBytes = 4 * 1024 * 1024;

/**
 * Writes one file with every table and every file that a record leads to, as they are at one moment, while the product
 * runs. Throws a BackupError when it cannot, and then leaves no file. Sessions are left out: people sign in again.
 */
export async function backup({
  ownerUrl,
  filesFolder,
  out,
  progress = () => {},
}: BackupOptions): Promise<{ manifest: Manifest; contents: Contents }> {
  if (await exists(out)) throw new BackupError(`There is a file ${out} already. Give the backup another name.`);
  if (!(await exists(dirname(out))))
    throw new BackupError(`There is no folder ${dirname(out)} to write the backup in.`);
  const client = new Client({
    connectionString: ownerUrl,
    options:
      "-c search_path=reeve,public -c timezone=UTC -c datestyle=ISO -c client_encoding=UTF8 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
  });
  await client.connect();
  try {
    await mkdir(dirname(erasureListPath(filesFolder)), { recursive: true });
    await keepErasureList(client, erasureListPath(filesFolder));
    await client.query("begin isolation level repeatable read read only");
    const manifest = await manifestOf(client);
    const archive = writeArchive(out, new Date(manifest.madeAt));
    try {
      const contents = await fill(archive, client, { manifest, filesFolder, progress });
      await archive.finish();
      return { manifest, contents };
    } catch (error) {
      await archive.abandon();
      throw inWords(error, out);
    }
  } finally {
    await client.end();
  }
}

async function fill(
  archive: ArchiveWriter,
  client: pg.Client,
  {
    manifest,
    filesFolder,
    progress,
  }: { manifest: Manifest; filesFolder: FilesPlace; progress: (line: string) => void },
): Promise<Contents> {
  const manifestBytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await archive.add(manifestName, manifestBytes);
  const tables: Contents["tables"] = {};
  for (const { name, columns, rows } of manifest.tables) {
    if (rows > 0) progress(`Backing up ${name}: ${rows.toLocaleString("en-GB")} rows`);
    tables[name] = await copyTable(archive, client, name, columns);
  }
  const { rows: wanted } = await client.query<{ hex: string; held: boolean }>(
    "select encode(sha256, 'hex') as hex, bool_or(record_id is not null or id in (select logo_file from organisations)) as held from files group by sha256 order by hex",
  );
  const missingFiles: string[] = [];
  let files = 0;
  for (const { hex, held } of wanted) {
    if (await addFile(archive, filesFolder, hex)) files++;
    else if (held) missingFiles.push(hex);
  }
  if (files > 0) progress(`Backing up ${files.toLocaleString("en-GB")} files`);
  if (missingFiles.length > 0)
    progress(
      `${missingFiles.length.toLocaleString("en-GB")} files that records lead to are not in ${storeOf(filesFolder).where}: the first is ${missingFiles[0]}`,
    );
  const contents: Contents = {
    manifestSha256: createHash("sha256").update(manifestBytes).digest("hex"),
    tables,
    files,
    missingFiles,
  };
  await archive.add(contentsName, Buffer.from(`${JSON.stringify(contents, null, 2)}\n`));
  return contents;
}

/** The first look at the database: from here on it stands still for this transaction. */
async function manifestOf(client: pg.Client): Promise<Manifest> {
  const migrations = await client.query<Manifest["migrations"][number]>(
    "select number, name, sha256 from migrations order by number",
  );
  if (migrations.rows.length === 0)
    throw new BackupError("This database has no migrations yet, so there is nothing to back up.");
  const { rows: found } = await client.query<{ name: string; columns: string[] }>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and (c.relname, a.attname) <> ('events', 'transaction_id')
    where c.relnamespace = 'reeve'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition group by c.relname order by c.relname`);
  const tables: Manifest["tables"] = [];
  for (const { name, columns } of found.filter((table) => !leftOut.has(table.name))) {
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::float8 as rows from ${client.escapeIdentifier(name)}`,
    );
    tables.push({ name, columns, rows: rows[0]?.rows ?? 0 });
  }
  const { rows: now } = await client.query<{ at: string }>(
    `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at`,
  );
  return {
    format: "reeve-backup",
    version: formatVersion,
    madeAt: now[0]!.at,
    migrations: migrations.rows,
    tables,
    sequences: await sequencesOf(client),
  };
}

/** Sequences stand outside transactions, so each is at or past what the snapshot's rows have used: no number comes twice. */
async function sequencesOf(client: pg.Client): Promise<Manifest["sequences"]> {
  const { rows: found } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'reeve'::regnamespace and relkind = 'S' order by relname",
  );
  const sequences: Manifest["sequences"] = [];
  for (const { name } of found) {
    const { rows } = await client.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${client.escapeIdentifier(name)}`,
    );
    if (rows[0]) sequences.push({ name, ...rows[0] });
  }
  return sequences;
}

async function copyTable(
  archive: ArchiveWriter,
  client: pg.Client,
  name: string,
  columns: readonly string[],
): Promise<Contents["tables"][string]> {
  const sql = `copy ${client.escapeIdentifier(name)} (${columns.map((column) => client.escapeIdentifier(column)).join(", ")}) to stdout`;
  const hash = createHash("sha256");
  let rows = 0;
  let bytes = 0;
  let parts = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const flush = async () => {
    if (heldBytes === 0) return;
    await archive.add(`tables/${name}/${String(++parts).padStart(6, "0")}.copy`, Buffer.concat(held));
    held = [];
    heldBytes = 0;
  };
  for await (const chunk of bytesOf(client.query(copyTo(sql)))) {
    hash.update(chunk);
    bytes += chunk.length;
    // In COPY's text format a line end within a value is written \n, so each one in the data ends a row.
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows++;
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes >= partBytes) await flush();
  }
  await flush();
  return { rows, bytes, sha256: hash.digest("hex") };
}

/** Adds a file's content; false when it is not there (it was erased by law after the snapshot, or somebody took it). */
async function addFile(archive: ArchiveWriter, place: FilesPlace, hex: string): Promise<boolean> {
  const found = await storeOf(place).read(hex);
  if (found === null) return false;
  await archive.addStream(`files/${hex}`, found.sizeBytes, found.content);
  return true;
}

function inWords(error: unknown, out: string): Error {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new BackupError(`The disk is full, so the backup ${out} could not be written. Nothing of it was kept.`, {
      cause: error,
    });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new BackupError(`The backup cannot be written at ${out}: this account may not write there.`, {
      cause: error,
    });
  return error instanceof Error ? error : new Error(String(error));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
