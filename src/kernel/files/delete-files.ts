import { storeOf } from "./store.ts";
import type { FilesPlace } from "./store.ts";

/**
 * Deletes the content of files that no record leads to any more, by their SHA-256 (hexadecimal), and passes over one that
 * is not there. Tries them all; throws an AggregateError that names those which the disk or the store would not let go.
 */
export async function deleteFiles(place: FilesPlace, sha256s: readonly string[]): Promise<void> {
  const store = storeOf(place);
  const failed: string[] = [];
  const errors: unknown[] = [];
  for (const sha256 of sha256s) {
    try {
      await store.remove(sha256);
    } catch (error) {
      failed.push(sha256);
      errors.push(error);
    }
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `erased files that are still on the disk: ${failed.join(", ")}`);
}
