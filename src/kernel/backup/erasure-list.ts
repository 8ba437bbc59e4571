import { open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type pg from "pg";
import * as z from "zod";
import { unlessAbsent } from "../files/disk.ts";
import { storeOf } from "../files/store.ts";
import type { FilesPlace } from "../files/store.ts";
import { BackupError } from "./failed.ts";

/**
 * The list of erasures outside the database: a line of JSON for each, ids and certificates alone. A backup that is older
 * than an erasure still holds what was erased, so a restore reads this list and erases it again. Keep a copy of it away
 * from the machine, newer than the backups: it says nothing of anyone.
 */
const lineSchema = z.object({
  certificate: z.uuid(),
  organisation: z.uuid(),
  record: z.uuid(),
  /** null: the whole record. */
  sequence: z.int().positive().nullable(),
  /** The hash of the event that was erased, by which it is known again; null for a whole record. */
  event: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  at: z.string(),
});

export type ErasedThing = z.infer<typeof lineSchema>;

/** Where the list is kept, beside the folder of files. */
export function erasureListPath(place: FilesPlace): string {
  return join(dirname(storeOf(place).folder), "erasures.jsonl");
}

/** Writes the erasures that the list does not hold yet, safe on the disk. Call it after each erasure, and each minute. */
export async function keepErasureList(ownerPool: pg.Pool | pg.Client, path: string): Promise<number> {
  const known = new Set((await readErasureList(path)).map(({ certificate }) => certificate));
  const { rows } =
    await ownerPool.query<ErasedThing>(`select x.certificate, x.organisation_id as organisation, x.record_id as record, x.sequence,
      encode(e.hash, 'hex') as event, to_char(x.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
    from reeve.erasures x left join reeve.events e on e.organisation_id = x.organisation_id and e.record_id = x.record_id and e.sequence = x.sequence
    order by x.at, x.certificate`);
  const missing = rows.filter(({ certificate }) => !known.has(certificate));
  if (missing.length === 0) return 0;
  const file = await open(path, "a", 0o600);
  try {
    await file.appendFile(missing.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await file.sync();
  } finally {
    await file.close();
  }
  return missing.length;
}

/** The list's lines; none where there is no list. Refuses (BackupError) a line that is none of ours, but the last may be cut short. */
export async function readErasureList(path: string): Promise<ErasedThing[]> {
  const text = await readFile(path, "utf8").catch(unlessAbsent(""));
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    if (line.trim() === "") return [];
    const parsed = lineSchema.safeParse(parseJson(line));
    if (parsed.success) return [parsed.data];
    // A power cut may leave half a line at the end; the database still has that erasure, and it is written again.
    if (at === lines.length - 1) return [];
    throw new BackupError(
      `Line ${at + 1} of the list of erasures ${path} cannot be read. Put the list back from a copy: without it, what was erased by law may come back.`,
    );
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
