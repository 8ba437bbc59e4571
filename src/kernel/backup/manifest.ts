import * as z from "zod";

/**
 * A backup is a tar archive (POSIX ustar) compressed with Zstandard, so that it can be opened without Reeve:
 *
 *     manifest.json                  what is in it, see `Manifest`
 *     tables/<table>/000001.copy     rows as `COPY table (columns) TO STDOUT` writes them in UTF-8, in parts
 *     files/<sha256>                 the content of a file, by its SHA-256 in hexadecimal
 *     contents.json                  last: how many rows and bytes there were, and their SHA-256, see `Contents`
 *
 * A file without contents.json was cut short.
 */
export const formatVersion = 1;
export const manifestName = "manifest.json";
export const contentsName = "contents.json";

const name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a backup holds, known before the first row is read. */
export const manifestSchema = z.object({
  format: z.literal("reeve-backup"),
  version: z.literal(formatVersion),
  /** ISO 8601, when the snapshot was taken. */
  madeAt: z.string(),
  /** Every migration that the database had; the last one's number says which version made it. */
  migrations: z.array(z.object({ number: z.int().positive(), name: z.string(), sha256 })).min(1),
  tables: z.array(z.object({ name, columns: z.array(name).min(1), rows: z.int().nonnegative() })),
  sequences: z.array(z.object({ name, value: z.string().regex(/^-?\d{1,19}$/), called: z.boolean() })),
});

/** What a backup turned out to hold: the proof that it is whole. */
export const contentsSchema = z.object({
  manifestSha256: sha256,
  tables: z.record(name, z.object({ rows: z.int().nonnegative(), bytes: z.int().nonnegative(), sha256 })),
  files: z.int().nonnegative(),
  /** Files that records lead to and that were not in the folder. */
  missingFiles: z.array(sha256),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Contents = z.infer<typeof contentsSchema>;

/** Data that no backup takes along: sessions and one-time words end with the database that gave them, and what follows from the rest is made again. */
export const leftOut: ReadonlySet<string> = new Set([
  "sign_in_session",
  "sign_in_verification",
  "sign_in_attempt",
  "sign_in_flow",
  // A restored database begins another run of transaction numbers, so cursors of the feed from before it are refused.
  "feed_epoch",
  // Worked out of roles, and worked out again.
  "grants_marks",
  "grants_kept",
]);
