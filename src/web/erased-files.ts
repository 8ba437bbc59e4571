import { deleteFiles } from "../kernel/files/delete-files.ts";
import type { WebParts } from "./parts.ts";

/**
 * Deletes the content of files that were erased by law, after the transaction. Answers whether all is gone; what the disk
 * would not let go is logged, for whoever runs the machine; the sweep of each day (kernel/files/sweep-files.ts) tries again,
 * and takes what a crash between the two left behind.
 */
export async function deleteErasedFiles(
  { filesFolder, log }: Pick<WebParts, "filesFolder" | "log">,
  sha256s: readonly string[],
): Promise<boolean> {
  try {
    await deleteFiles(filesFolder, sha256s);
    return true;
  } catch (error) {
    log.error({ err: error }, "erased files are still on the disk: delete them, or let the daily sweep do it");
    return false;
  }
}
