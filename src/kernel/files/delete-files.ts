import { rm } from "node:fs/promises";
import { filePath } from "./content.ts";

/**
 * Deletes the content of files that no record leads to any more, by their SHA-256 (hexadecimal), and passes over one that
 * is not there. Tries them all; throws an AggregateError that names those which the disk would not let go.
 */
export async function deleteFiles(filesFolder: string, sha256s: readonly string[]): Promise<void> {
  const failed: string[] = [];
  const errors: unknown[] = [];
  for (const sha256 of sha256s) {
    try {
      await rm(filePath(filesFolder, sha256), { force: true });
    } catch (error) {
      failed.push(sha256);
      errors.push(error);
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `erased files that are still on the disk: ${failed.join(", ")}`);
}
